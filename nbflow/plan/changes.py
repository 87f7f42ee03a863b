"""What changed between what a task was made of and what it would be made of now, in a person's words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from nbflow.cards.figures import parameter
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.model.graph import Node
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.fingerprint import Fingerprint
from nbflow.plan.reuse import Kept, Reuse, Shelf

#: how the labels of parts begin that depend on what a task is given
_OF_INPUTS = ("input", "value", "classes")
#: characters of an error's text
_LONGEST = 60


@frozen
class Change:
    """One labelled part of a fingerprint that differs."""

    #: as `nbflow.plan.fingerprint.Fingerprints` labels it: `code`, `definition clean`, `input df`
    label: str
    #: None: it was not there
    old: str | None
    #: None: it is not there any more
    new: str | None

    @property
    def kind(self) -> str:
        """The label's first word."""
        return self.label.partition(" ")[0]

    @property
    def name(self) -> str:
        """What the label names; may be empty."""
        return self.label.partition(" ")[2]


def static(parts: Mapping[str, str]) -> dict[str, str]:
    """Return the parts that do not depend on what the steps above left."""
    return {label: part for label, part in parts.items() if not label.startswith(_OF_INPUTS)}


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what differs, in the order of the new parts."""
    return tuple(
        Change(label, old.get(label), new.get(label))
        for label in dict.fromkeys((*new, *old))
        if old.get(label) != new.get(label)
    )


def words(found: Iterable[Change], node: Node) -> str:
    """Return the changes in one line: `code changed, alpha 0.1 → 0.2`. What follows from other changes is left out."""
    all_of_them = tuple(found)
    # a definition comes and goes with the code that uses it
    telling = [each for each in all_of_them if each.kind != "definition" or (each.old and each.new)]
    return ", ".join(word(each, node) for each in telling or all_of_them)


def word(change: Change, node: Node) -> str:  # noqa: PLR0911  one line a kind of part
    """Return one change in a few words."""
    name = change.name
    match change.kind:
        case "code":
            return "code changed"
        case "definition":
            if change.old and change.new:
                return f"{name} changed (definition)"
            return f"{name} is used now" if change.new else f"{name} is no longer used"
        case "foreach" | "when":
            return f"its --{change.kind} changed"
        case "setup":
            return f"%%setup cell {name} " + _became(change, "changed", "is new", "is gone")
        case "environment":
            return "a module it imports, or its version, changed"
        case "parameter":
            return _parameter(change)
        case "input":
            return _input(change, node)
        case "value":
            return f"{name} {change.old} → {change.new}"
        case "inputs":
            return f"what it joins differs{_from(node, None)}"
    return "the definition of a class in its inputs changed"


def _became(change: Change, changed: str, new: str, gone: str) -> str:
    return changed if change.old and change.new else new if change.new else gone


def _parameter(change: Change) -> str:
    old, new = _shown(change.old), _shown(change.new)
    if change.old is None or change.new is None:
        return f"{change.name} is {'no longer ' if change.new is None else ''}a parameter it reads"
    if old is None or new is None:
        return f"{change.name} changed"
    if old[0] == new[0]:
        return f"{change.name}: {old[1]} → {new[1]}"
    return f"{change.name} {old[0]} → {new[0]}"


def _shown(part: str | None) -> tuple[str, str] | None:
    """Return value and type of a parameter's part, `0.1 (float)`; None where it is a digest."""
    text, bracket, kind = (part or "").partition(" (") if part and part.endswith(")") else ("", "", "")
    # a type may have brackets of its own, a value too: the last ` (` that leaves JSON on its left is the one
    while bracket:
        try:
            return parameter(json.loads(text)), kind[:-1]
        except ValueError:
            more, bracket, kind = kind.partition(" (")
            text = f"{text} ({more}"
    return None


def _input(change: Change, node: Node) -> str:
    if node.opens and change.name == node.opens.item:
        return "its item differs"
    if change.new == "unbound":
        return f"{change.name} has no value now{_from(node, change.name)}"
    if change.new is not None and change.new.startswith("default "):
        return f"{change.name} is its default now"
    if change.old is None:
        return f"{change.name} is read now"
    if change.new is None:
        return f"{change.name} is no longer read"
    return f"{change.name} differs{_from(node, change.name)}"


def givers_of(node: Node, name: str | None) -> tuple[str, ...]:
    """Return the steps that may give `name` to `node`; None: those it joins."""
    needs = (need for need in node.needs if (need.binds == name if name else need.kind == "inputs"))
    return tuple(dict.fromkeys(source.step for need in needs for branch in need.branches for source in branch))


def _from(node: Node, name: str | None) -> str:
    givers = givers_of(node, name)
    return f" (from {' or '.join(givers) if name else ', '.join(givers)})" if givers else ""


def last_try(old: TaskRecord | None) -> str:
    """Return what became of the last try, or an empty string when it left a result."""
    if old is None or (old.started_at is None and not old.status.ended):
        return "never ran"
    match old.status:
        case TaskStatus.FAILED:
            told = one_line(old.failure.told.splitlines()[0], _LONGEST) if old.failure else ""
            return f"failed last time: {told}" if told else "failed last time"
        case TaskStatus.CANCELLED:
            return "never ran" if old.started_at is None else "was cancelled"
        case TaskStatus.SKIPPED:
            return "was skipped last time"
        case TaskStatus.SUCCEEDED | TaskStatus.REUSED:
            return ""
    return "did not finish last time"


def why_not_reused(node: Node, old: TaskRecord | None, made: Fingerprint, reuse: Reuse, shelf: Shelf) -> str:
    """Return why a task that could be judged runs although a result of it may be there: one line."""
    if asked := asked_for(node, reuse):
        return asked
    if made.digest in reuse.flying:
        return "its job elsewhere is taken over"
    kept: Kept | None = reuse.known.get(made.digest)
    if kept is not None:
        return _unusable(node, kept[1], shelf)
    trouble = last_try(old)
    if old is None or not old.parts:
        return trouble or "it is not known what it was made of"
    said = words(changes(old.parts, made.parts), node)
    if trouble or said:
        return ", ".join(part for part in (trouble, said) if part)
    if old.fingerprint != made.digest:
        return "Python or the order of definitions changed"
    return _left_alone(node, old, reuse)


def asked_for(node: Node, reuse: Reuse) -> str:
    """Return that someone wants it to run whatever is known, if so."""
    if reuse.fresh:
        return "asked for: nothing is reused"
    if node.name not in reuse.again:
        return ""
    above = [giver for giver in node.givers if giver in reuse.again]
    return f"below {' and '.join(above)}" if above else "asked for"


def _unusable(node: Node, record: TaskRecord, shelf: Shelf) -> str:
    dropped = record.manifest.dropped if record.manifest else {}
    if lacks := sorted(node.required & dropped.keys()):
        return f"{', '.join(lacks)} was not kept, and is read now"
    return "its result is gone from the store" if not shelf.holds(record) else "its result cannot be used"


def _left_alone(node: Node, old: TaskRecord, reuse: Reuse) -> str:
    """Return why an equal result is none that may be taken over."""
    if old.sampled:
        return "joined a sample"
    if old.caught:
        return "caught an error last time"
    if old.notes:
        return "its result came with a warning"
    if reuse.everything or node.options.cache:
        return "its result is no longer kept"
    return "done in an earlier run: --reuse takes it over"
