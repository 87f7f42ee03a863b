"""The matcher that IPython asks: where the cursor is decides who answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nbflow.cards.printable import one_line
from nbflow.cells.words import quoted
from nbflow.frontends.magics.completing.offer import Offer
from nbflow.frontends.magics.spot import Spot, spot

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext
    from IPython.core.interactiveshell import InteractiveShell

    from nbflow.frontends.magics.face import Face

_NAME = "nbflow"
#: asked before IPython's own matchers, which are not asked where this one knows an answer
_PRIORITY = 1000
#: characters of what is said beside a text
_WIDE = 28

Matcher = Callable[["CompletionContext"], dict[str, Any]]


def register(shell: InteractiveShell, face: Face) -> None:
    """Let `shell` complete lines of ours. `unregister` takes it back."""
    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(matcher(face))


def unregister(shell: InteractiveShell) -> None:
    """Take back what `register` did."""
    if shell.Completer is not None:
        matchers = shell.Completer.custom_matchers
        matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", "") != _NAME]


def matcher(face: Face) -> Matcher:
    """Return the matcher of a kernel."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    def matches(context: CompletionContext) -> dict[str, Any]:
        found = complete(face, context.full_text, _offset(context))
        texts = [SimpleCompletion(text=each.text, type=_beside(each.type)) for each in found.candidates]
        return {"completions": texts, "matched_fragment": found.piece, "ordered": True, "suppress": bool(texts)}

    made: Matcher = context_matcher(identifier=_NAME, priority=_PRIORITY)(matches)
    return made


def _beside(kind: str) -> str:
    """Return what stands beside a text: on one line, which JupyterLab breaks at blanks and draws over the next."""
    return one_line(kind, _WIDE).replace(" ", "\N{NO-BREAK SPACE}")


def complete(face: Face, code: str, offset: int) -> Offer:
    """Return what may be typed at `offset` of a cell. It never raises: then there is nothing to offer."""
    typed = code[:offset].rpartition("\n")[2]
    try:
        offer = _offer(face, code, offset, typed)
    except Exception:  # noqa: BLE001 - a Tab must not show a traceback, whatever half a line made of it
        offer = None
    # IPython replaces the end of what is typed: it must be there literally
    return offer if offer is not None and typed.endswith(offer.piece) else Offer("", ())


def _offer(face: Face, code: str, offset: int, typed: str) -> Offer | None:
    # with the first Tab: a kernel that nobody types in needs none of them
    from nbflow.frontends.magics.completing import header, python, verbs

    place = spot(code, offset)
    if place is None:
        return python.offered(face.shell.user_ns, typed)
    if place.kind == "flow":
        return _as_words(verbs.offered(face, place), place)
    if place.kind == "step":
        return _as_words(header.offered(face, place, code, _step(code, place)), place)
    return None


def _step(code: str, place: Spot) -> str:
    """Return the name of the step whose header the place is in."""
    if not place.comment:
        return place.name
    head = next(line for line in code.split("\n") if line.startswith(("%%step", "%step", "%%card", "%card")))
    words = head.split()
    return words[1] if len(words) > 1 and not words[1].startswith("-") else ""


def _as_words(offer: Offer, place: Spot) -> Offer:
    """Return the offer with its texts in quotes where each must be one word; an open quote does so already."""
    if place.quote or place.comment:
        return offer
    told = tuple(each._replace(text=quoted(each.text)) for each in offer.candidates)
    return Offer(offer.piece, told)


def _offset(context: CompletionContext) -> int:
    lines = context.full_text.split("\n")
    return sum(len(line) + 1 for line in lines[: context.cursor_line]) + context.cursor_position
