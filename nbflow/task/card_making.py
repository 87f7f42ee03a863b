"""One card made: of its components, or by the class of its type; within its time, and never at the task's cost."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from traceback import format_exception
from typing import Any

from nbflow.cards import html as h
from nbflow.cards.html import Html
from nbflow.errors import CardError, problem
from nbflow.model.card import CardAsk, CardContent
from nbflow.task.alarm import alarm
from nbflow.task.card_types import OURS, CardTypes
from nbflow.task.carding import Component, OneCard

#: most bytes of one card
LIMIT = 20_000_000
_ERROR = "error"


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
    shown = [_shown(each) for each in components]
    instance = _instance(kind, ask, shown, graph)
    page = _rendered(instance, task(), data)
    if isinstance(page, str):
        # a page of its own: nothing of it is changed, and it is shown as untrusted
        return CardContent(ask.type, ask.id, str(page), raw=True, text=_texts(components), data=data["user"])
    if page is None:
        raise TypeError(f"{kind.__name__}.render returned None, not a page")
    from nbflow.cards.components.anything import component_of

    several = page if isinstance(page, list | tuple) else [page]
    return of_components(ask, [component_of(each) for each in several], data["user"])


def of_components(ask: CardAsk, components: Iterable[Component], data: Any = None) -> CardContent:
    """Return a card of components, one below the other. One that cannot be shown says so in its place."""
    from nbflow.cards.document import height_of

    several = list(components)
    needs = frozenset(name for each in several for name in getattr(each, "needs", ()))
    body = h.join(_shown(each) for each in several)
    return CardContent(
        ask.type, ask.id, str(body), needs=needs, text=_texts(several), data=data, height=_height(height_of, several)
    )


def failed(ask: CardAsk, error: BaseException) -> CardContent:
    """Return the card that says why there is none."""
    why = reason(error)
    trace = "" if isinstance(error, CardLateError | CardError) else "".join(format_exception(error))
    parts: list[Html] = [h.block(h.tag("b", f"{ask.told} could not be made")), h.block(why)]
    if trace:
        parts.append(h.preformatted(trace[-20_000:], height=400))
    return CardContent(_ERROR, ask.id, str(h.join(parts)), text=f"{ask.told} could not be made: {why}", error=why)


def reason(error: BaseException) -> str:
    """Return in a line why a card could not be made."""
    if isinstance(error, CardLateError):
        return str(error)
    if isinstance(error, CardError):
        found = error.problems[0]
        return ": ".join(filter(None, (found.what, found.fix)))
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


def _instance(kind: type[Any], ask: CardAsk, shown: list[Html], graph: Callable[[], Any]) -> Any:
    """Return the card's object, made with what its `__init__` takes of what Metaflow gives."""
    given: dict[str, Any] = {"components": [*map(str, shown)], "graph": graph(), "flow": None}
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


def _shown(component: Component) -> Html:
    try:
        return Html(component.html())
    except Exception as error:
        name = type(component).__name__
        return h.block(
            h.tag("b", f"{name} could not be shown"), h.preformatted("".join(format_exception(error))[-4000:])
        )


def _texts(components: Iterable[Component]) -> str:
    return "\n\n".join(filter(None, _each_text(components)))


def _each_text(components: Iterable[Component]) -> Iterator[str]:
    for each in components:
        try:
            yield each.text()
        except Exception as error:
            yield f"{type(each).__name__} could not be shown: {error}"


def _height(height_of: Callable[[Any], Any], components: list[Component]) -> int:
    try:
        return int(height_of(components))
    except Exception:
        return 0
