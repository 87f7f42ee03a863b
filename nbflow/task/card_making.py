"""One card made: of its components, or by the class of its type; within its time, and never at the task's cost."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from traceback import format_exception
from typing import TYPE_CHECKING, Any

from nbflow.cards.html import Html
from nbflow.errors import CardError, problem
from nbflow.model.card import CardAsk, CardContent
from nbflow.task.alarm import alarm
from nbflow.task.card_types import OURS, CardTypes
from nbflow.task.carding import OneCard

if TYPE_CHECKING:
    from nbflow.cards.components.component import CardComponent

#: stands in a page for what changes with each drawing of the card
_TOKEN = "[METAFLOW_RELOAD_TOKEN]"  # noqa: S105 - no secret
#: most bytes of one card
LIMIT = 20_000_000


class CardLateError(BaseException):
    """Making a card took too long. Not an Exception: what a card's own code catches would go on."""


def made(
    card: OneCard, types: CardTypes, task: Callable[[], Any], graph: Callable[[], Any], data: Any = None
) -> CardContent:
    """Return the finished card. Raises what making it raises, and CardLateError after the card's `timeout`."""
    with alarm(card.ask.timeout, late):
        return _within(content(card, types, task, graph, {"user": data, "mode": "render", "render_seq": "final"}))


def content(
    card: OneCard, types: CardTypes, task: Callable[[], Any], graph: Callable[[], Any], data: dict[str, Any]
) -> CardContent:
    """Return the card as it is now. `task` and `graph` are made where the card's type is a class of its own."""
    ask, components = card.ask, list(card.components)
    if ask.type in OURS:
        return of_components(ask, components, data["user"])
    kind = types.find(ask.type)
    if kind is None:
        raise CardError(problem("K024", **unknown(ask.type, types)))
    shown = [each.html() for each in components]
    named = {each.component_id: str(it) for each, it in zip(components, shown, strict=True) if each.component_id}
    told = {**data, "components": named, "component_update_ts": card.components.changed_at}
    finished = task()
    instance = _instance(kind, ask, shown, _Flow(finished.pathspec, graph()))
    page = _rendered(instance, finished, told)
    if isinstance(page, str):
        # a page of its own: nothing of it is changed, and it is shown as untrusted
        from nbflow.cards.sanitize import text_of

        page = page.replace(_TOKEN, _token(instance, finished, told))
        return CardContent(ask.type, ask.id, page, raw=True, text=text_of(page), data=data["user"])
    if page is None:
        raise TypeError(f"{kind.__name__}.render returned None, not a page")
    from nbflow.cards.components.anything import component_of

    several = page if isinstance(page, list | tuple) else [page]
    return of_components(ask, [component_of(each) for each in several], data["user"])


def of_components(ask: CardAsk, components: Sequence[CardComponent], data: Any = None) -> CardContent:
    """Return a card of components, one below the other."""
    from nbflow.cards.components.component import needs_of
    from nbflow.cards.document import height_of
    from nbflow.cards.task_card import laid_out

    body = laid_out(components)
    return CardContent(
        *(ask.type, ask.id, str(body)),
        needs=needs_of(body),
        text=_texts(components),
        data=data,
        height=height_of(components) if components else 0,
    )


def failed(ask: CardAsk, error: BaseException, place: str) -> CardContent:
    """Return the card that says why there is none; `place` is the task's pathspec."""
    from nbflow.cards.task_card import error_body

    why = reason(error)
    trace = "" if isinstance(error, CardLateError | CardError) else "".join(format_exception(error))
    title = f"{ask.told[0].upper()}{ask.told[1:]} could not be made"
    body = error_body(title, why, trace[-20_000:], place)
    return CardContent(ask.type, ask.id, str(body), text=f"{title}: {why}", error=why)


def reason(error: BaseException) -> str:
    """Return in a line why a card could not be made."""
    if isinstance(error, CardLateError):
        return str(error)
    if isinstance(error, CardError):
        found = error.problems[0]
        return ": ".join(filter(None, (found.what, found.fix.rstrip("."))))
    return f"{type(error).__name__}: {error}"[:500]


def unknown(wanted: str, types: CardTypes) -> dict[str, str]:
    """Return what is to be said of a type that nothing knows."""
    from nbflow.errors import did_you_mean

    return {"type": wanted, "hint": did_you_mean(wanted, types.known), "known": ", ".join(types.known)}


def late(seconds: float) -> CardLateError:
    """Return what ends the making of a card after so many seconds."""
    return CardLateError(f"making it took longer than {seconds:g} s")


def _within(card: CardContent) -> CardContent:
    if (size := len(card.html)) > LIMIT:
        raise ValueError(f"it has {size / 1e6:.0f} MB, and a card keeps {LIMIT // 1_000_000} MB at most")
    return card


class _Flow:
    """What a card is told of the flow itself."""

    def __init__(self, task: str, graph: Mapping[str, Any]) -> None:
        self.name = task.partition("/")[0]
        self.script_name = graph["file"]
        self.steps = graph["steps"]
        self.__doc__ = graph["doc"]


def _token(instance: Any, task: Any, data: Mapping[str, Any]) -> str:
    """Return what stands in a page for its place among the drawings of the card; see MetaflowCard."""
    policy = getattr(instance, "RELOAD_POLICY", "never")
    if data["mode"] == "render":
        return "final"
    if policy == "onchange":
        return str(instance.reload_content_token(task, data))
    return f"render-seq-{data['render_seq']}" if policy == "always" else "never"


def _instance(kind: type[Any], ask: CardAsk, shown: list[Html], flow: _Flow) -> Any:
    """Return the card's object, made with what its `__init__` takes of what Metaflow gives."""
    given: dict[str, Any] = {"components": [*map(str, shown)], "graph": flow.steps, "flow": flow}
    if ask.options:
        given["options"] = dict(ask.options)
    parameters = inspect.signature(kind).parameters
    takes_all = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    # an option that is not taken is the person's mistake, and is said; the rest is an offer
    return kind(
        **{name: value for name, value in given.items() if takes_all or name in parameters or name == "options"}
    )


def _rendered(instance: Any, task: Any, data: dict[str, Any]) -> Any:
    render = instance.render if data["mode"] == "render" else instance.render_runtime
    takes_data = "data" in inspect.signature(render).parameters
    return render(task, data) if takes_data else render(task)


def _texts(components: Sequence[CardComponent]) -> str:
    return "\n\n".join(filter(None, (each.text().strip("\n") for each in components)))
