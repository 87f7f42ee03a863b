"""`nbflow dump FLOW[/RUN][/STEP[/TASK[/ARTIFACT]]]`: what tasks left, by name, with its values.

Looking runs nobody's code. What opens without any (numbers, text, lists and dictionaries of them) shows its value;
what has to be unpickled, and arrays and tables, show theirs with --values.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from nbflow.cards.figures import several
from nbflow.client.facts import RunFacts, workspace_here
from nbflow.errors import NbflowError, did_you_mean, raise_for
from nbflow.frontends.cli.dumped import Chosen, Left, as_json, as_text
from nbflow.frontends.cli.meant import place_meant
from nbflow.frontends.cli.named import named
from nbflow.frontends.cli.parser import Parser
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing
from nbflow.model.ids import Pathspec
from nbflow.model.record import TaskRecord

#: bytes of a container that are read without being asked for
_SMALL = 64 << 10
#: kinds of values whose bytes stay where they are when they are loaded
_FILES = {"file", "directory"}
_EPILOG = """
Values of numbers, text, lists and dictionaries are shown as they are. Arrays and tables show type, shape and size;
so does whatever has to be unpickled, since opening a pickle runs code: --values loads and shows them all.
"""


def add(parser: Parser) -> None:
    """Declare the arguments."""
    parser.meant = partial(place_meant, "dump")
    parser.add_argument(
        "pathspec",
        help="FLOW, FLOW/STEP or FLOW/STEP/TASK of the latest run; FLOW/RUN, FLOW/RUN/STEP[/TASK[/ARTIFACT]] of another",
    )
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare what a flow file's `dump` takes, too."""
    parser.epilog = _EPILOG
    parser.add_argument("--values", action="store_true", help="load and show every value; runs the code of pickles")
    parser.add_argument("--include", metavar="A,B", default="", help="only these names")
    parser.add_argument("--private", action="store_true", help="names that start with _, too")
    parser.add_argument(
        "--max-value-size",
        type=_length,
        default=1000,
        metavar="N",
        help="most characters of a value that are shown (default: 1000; 0 shows none)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--file", metavar="F", help="write a pickle of {pathspec: {name: value}}, values whole")
    form.add_argument("--json", action="store_true", help="print JSON")


def _length(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is less than 0")
    return number


def main(arguments: argparse.Namespace) -> int:
    """Print what was left, or write it to a file; 1 when a value cannot be loaded."""
    spec = named(arguments.pathspec)
    workspace = workspace_here(spec.flow)
    facts = RunFacts(workspace, spec.flow, spec.run or "")
    wanted = frozenset(name.strip() for name in arguments.include.split(",")) - {""}
    if spec.artifact:
        wanted = frozenset({spec.artifact})
    chosen = _chosen(spec, _tasks(facts, spec), wanted, private=arguments.private)
    if not chosen:
        print(f"{spec} has no tasks yet", file=sys.stderr)
    opener = _Opener(facts)
    if arguments.file:
        _write(Path(arguments.file), opener, chosen)
    else:
        show = as_json if arguments.json else as_text
        limit = arguments.max_value_size
        left = ((task, opener.left(task, everything=arguments.values, limit=limit)) for task in chosen)
        for part in show(left, limit):
            print(part, end="")
        if opener.withheld:
            them = several(opener.withheld, "value is", "values are")
            print(f"{them} not loaded; --values does it (opening a pickle runs code)", file=sys.stderr)
    return 1 if opener.failed else 0


def _tasks(facts: RunFacts, spec: Pathspec) -> Sequence[TaskRecord]:
    """Return the tasks that `spec` names. Raises M002, M003, M004."""
    if spec.step is None:
        return facts.tasks()
    if spec.task is not None:
        return [facts.task(spec.step, spec.task)]
    facts.require_step(spec.step)
    return facts.tasks(spec.step)


def _chosen(spec: Pathspec, tasks: Sequence[TaskRecord], wanted: frozenset[str], *, private: bool) -> list[Chosen]:
    """Return what is meant. Raises M005 for a name that no task left."""

    def meant(name: str) -> bool:
        return name in wanted if wanted else private or not name.startswith("_")

    found = []
    for task in tasks:
        kept = task.manifest.artifacts if task.manifest else {}
        dropped = task.manifest.dropped if task.manifest else {}
        refs = {name: kept[name] for name in sorted(kept) if meant(name)}
        lost = {name: why for name, why in sorted(dropped.items()) if meant(name)}
        if refs or lost or not wanted:
            found.append(Chosen(f"{spec.flow}/{spec.run}/{task.step}/{task.id}", task, refs, lost))
    known = sorted({name for task in tasks if task.manifest for name in task.manifest.artifacts})
    for name in sorted(wanted):
        if not any(name in each.refs or name in each.dropped for each in found):
            owner = Pathspec(spec.flow, spec.run, spec.step, spec.task)
            raise_for(
                "M005", owner=owner, name=name, hint=did_you_mean(name, known), known=", ".join(known) or "nothing"
            )
    return found


class _Opener:
    """Loads values, and counts those it did not and those it could not."""

    def __init__(self, facts: RunFacts) -> None:
        self._facts = facts
        self.withheld = 0
        self.failed = 0

    def left(self, task: Chosen, *, everything: bool, limit: int) -> list[Left]:
        """Return what a task left, with the values that are to be shown."""
        return [self._left(name, ref, everything=everything, limit=limit) for name, ref in task.refs.items()]

    def _left(self, name: str, ref: ArtifactRef, *, everything: bool, limit: int) -> Left:
        if limit and not isinstance(ref.scalar, Missing):
            return Left(name, ref, (ref.scalar,))
        small = ref.kind in {"plain", "bytes"} and ref.size <= _SMALL
        harmless = ref.kind == "scalar" or small or ref.kind in _FILES
        if limit and (everything or harmless):
            try:
                value = self.load(name, ref) if everything else self._facts.workspace.store.get(ref, trusted=False)
                return Left(name, ref, (value,))
            except NbflowError as error:
                return Left(name, ref, error=error.problems[0].what)
        self.withheld += bool(limit)
        return Left(name, ref)

    def load(self, name: str, ref: ArtifactRef) -> object:
        """Return a value. Raises StoreError."""
        try:
            return self._facts.load(ref, name)
        except NbflowError:
            self.failed += 1
            raise

    def values(self, task: Chosen) -> Iterator[tuple[str, object]]:
        """Yield the values of a task; what cannot be loaded is told and left out."""
        for name, ref in task.refs.items():
            if ref.kind in _FILES:
                place = f"its bytes are in nbflow.Task('{task.pathspec}').data.{name}.path"
                print(f"{task.pathspec}/{name} is left out: it is a {ref.type}, and {place}", file=sys.stderr)
                continue
            try:
                yield name, self.load(name, ref)
            except NbflowError as error:
                print(f"{task.pathspec}/{name} is left out.\n{error}", file=sys.stderr)


def _write(file: Path, opener: _Opener, chosen: Sequence[Chosen]) -> None:
    """The file holds a pickle of all values, and never half of one."""
    from nbflow.store.codecs.outside import pickled

    values = {task.pathspec: dict(opener.values(task)) for task in chosen}
    own = {use.partition(":")[0] for task in chosen for ref in task.refs.values() for use in ref.uses}
    half = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        half.write_bytes(pickled(values, own))
        half.replace(file)
    except OSError as error:
        half.unlink(missing_ok=True)
        message = error.strerror or str(error)
        raise_for("R004", option=f"--file {file}", message=message, fix="name a file in a folder that can be written")
    count = sum(map(len, values.values()))
    print(f"{several(count, 'value')} of {several(len(values), 'task')} written to {file}", file=sys.stderr)
