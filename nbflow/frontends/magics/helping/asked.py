"""Which help is meant: by a line that ends with a question mark, and by a place in a cell (Shift-Tab)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbflow.cells.header import STEP_WORDS, cell_kind
from nbflow.cells.lines import logical_lines
from nbflow.cells.step_options import STEP
from nbflow.errors import did_you_mean
from nbflow.frontends.magics.helping.flow import flow_help, verb_help
from nbflow.frontends.magics.helping.step import card_help, held_in, parameters_help, setup_help, step_help
from nbflow.frontends.magics.helping.tables import option_line
from nbflow.frontends.magics.spot import Spot, spot, word_end
from nbflow.frontends.magics.verb_options import table_of
from nbflow.frontends.magics.verbs import VERBS

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: `%flow?`, `%flow run?`, `%%step?`, `%%step train?`, `%%card?`
_ASKS = re.compile(
    r"(?P<indent>\s*)%(?P<magic>flow|%?step|%?card|%parameters|%setup)(?P<rest>(\s[^'\"#?]*)?)\?{1,2}\s*\Z"
)


def answer_questions(lines: list[str]) -> list[str]:
    """Return `lines` with those that ask for help of a verb or a step as calls that show it.

    IPython would look for objects called `run` and `train`. Pure: it is also called to see whether a cell is complete.
    """
    text = "".join(lines)
    if "?" not in text or "%" not in text:
        return lines
    statements = list(logical_lines(text))
    if cell_kind(text) is not None and len(statements) > 1:
        # a step's body is none of IPython's business
        return lines
    told = list(lines)
    for line in statements:
        asked = _ASKS.match(lines[line.first]) if line.first == line.last else None
        if asked:
            topic = f"{asked['magic'].lstrip('%')} {asked['rest'].strip()}".removeprefix("flow ")
            told[line.first] = f"{asked['indent']}%flow help {topic}".rstrip() + "\n"
    return told


def help_on(face: Face, words: list[str]) -> str:
    """Return the help of `%flow help WORD …`: a verb, or `step NAME`; of %flow itself for anything else."""
    topic = words[0].lstrip("%") if words else ""
    if topic in STEP_WORDS:
        name = words[1] if len(words) > 1 else ""
        return card_help(face) if topic == "card" and not name else _of_step(face, name)
    if topic == "parameters":
        return parameters_help(face)
    if topic == "setup":
        return setup_help(face)
    if topic in VERBS:
        return verb_help(face, topic, words[1:])
    unknown = f"there is no verb {topic}.{did_you_mean(topic, VERBS)}" if topic else ""
    return _headed(unknown, flow_help(face))


def help_at(face: Face, code: str, offset: int) -> str | None:
    """Return the help for a place in a cell; None: it is no line of ours."""
    place = spot(code, word_end(code, offset))
    if place is None:
        return None
    if place.kind == "flow":
        return _of_flow(face, place)
    if place.kind == "parameters":
        return parameters_help(face)
    if place.kind == "setup":
        return setup_help(face)
    option = STEP.get(place.key)
    said = held_in(face, code).get(option.key, option.default) if option else ""
    return _headed(option_line(option, said) if option else "", step_help(face, code))


def _of_step(face: Face, name: str) -> str:
    slots = {str(step): slot for step, slot in face.session.slots.items()}
    if name in slots:
        return step_help(face, slots[name].draft.body.cell)
    unknown = f"no step {name} has run in this kernel.{did_you_mean(name, slots)}" if name else ""
    return _headed(unknown, step_help(face))


def _of_flow(face: Face, place: Spot) -> str:
    verb = place.name or place.word
    if verb not in VERBS:
        return flow_help(face)
    words = [*place.words, place.word][1:]
    option = table_of(verb, words).get(place.key) if place.key else None
    return _headed(option_line(option) if option else "", verb_help(face, verb, words))


def _headed(first: str, text: str) -> str:
    return f"{first}\n\n{text}" if first else text
