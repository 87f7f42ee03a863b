"""`%flow debug`: look into a task, with all that it had, in the notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nbflow.cards.figures import duration
from nbflow.cells.aside import aside
from nbflow.cells.options import Table, parse_line
from nbflow.client.thing import between, said
from nbflow.frontends.choosing_task import asked_task, find_task, joined_brackets
from nbflow.frontends.magics.flowline import OPTIONS
from nbflow.frontends.magics.lending import Lending
from nbflow.frontends.magics.loan import Loan
from nbflow.frontends.magics.show import say
from nbflow.frontends.stored import StoredTask
from nbflow.model.record import OURS
from nbflow.views.debugged import Debugged, Lent

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: modules and versions that differ and are said
_MOST = 4
_WHAT = {"body": "its body", "items": "its --foreach", "when": "its --when"}
_BACK = "%flow debug --back puts the notebook's own names back"


def line(face: Face, text: str) -> Debugged | None:
    """Carry out the line."""
    table = Table("%flow debug", OPTIONS["debug"], operands=2)
    parsed = parse_line(joined_brackets(text), table, face.place())
    if parsed.value("back", False):
        put_back(face)
        return None
    return debug(face, [each.text for each in parsed.operands])


def debug(face: Face, words: Sequence[str]) -> Debugged:
    """Put a task's inputs, definitions and code into the notebook, and say how it ended.

    Raises:
        MetadataError: M002 to M006, there is no such task.
        UsageError: R005, R040 to R042, there is nothing to look into.
    """
    task = stored_task(face, words)
    # whatever keeps the task from being looked into changes nothing here
    lending = Lending(face, task)
    if face.loan is not None:
        face.loan.take_back()
    face.loan = Loan(face.namespace)
    rows = lending.lend(face.loan)
    cell = _cell(task)
    if cell:
        face.shell.set_next_input(cell)
    remarks = [f"{name} is missing: {why}" for name, why in lending.lost.items()]
    return _told(task, rows, [*remarks, *_differences(face, task)], cell)


def put_back(face: Face) -> None:
    """Let the names be what they were before `%flow debug`."""
    back, kept = face.loan.take_back() if face.loan is not None else ((), ())
    face.loan = None
    if not back and not kept:
        say("nothing to put back: %flow debug has lent no names")
        return
    here = [name for name in back if name in face.shell.user_ns or name in face.namespace.waiting]
    gone = [name for name in back if name not in here]
    for names, what in ((here, "as before"), (gone, "gone again"), (kept, "newer, and kept")):
        if names:
            say(f"{what}: {', '.join(names)}")


def stored_task(face: Face, words: Sequence[str], *, failed: bool = True) -> StoredTask:
    """Return the task that a person means (see `find_task`). Raises M002 to M006, R005, R040."""
    metadata = face.workspace.metadata
    latest = metadata.runs(face.flow, drafts=True, limit=1)
    steps = {*face.session.slots, *(step.name for run in latest for step in run.steps)}
    asked = asked_task([joined_brackets(each) for each in words], face.flow, metadata.flows(), steps)
    found = find_task(face.workspace, asked, face.session.draft_run, steps=[*face.session.slots], failed=failed)
    return StoredTask(face.workspace, found.run, found.task)


def _cell(task: StoredTask) -> str:
    """Return the cell in which the body can be run; empty when there is nothing to run."""
    written = task.body
    code = [each for each in written.splitlines() if each.strip() and not each.lstrip().startswith("#")]
    return aside(task.pathspec, _WHAT[task.use], written) if code else ""


def _told(task: StoredTask, rows: Sequence[Lent], remarks: Sequence[str], cell: str) -> Debugged:
    record, failure = task.record, task.record.failure
    head, trace = record.reason or record.status.value, ""
    if failure is not None:
        first, _, rest = failure.told.partition("\n")
        head, trace = first, textwrap.dedent(rest) if failure.type in OURS else failure.traceback
    advice = f"The next cell holds {_WHAT[task.use]}: run it, then %debug. {_BACK}." if cell else f"{_BACK}."
    return Debugged(
        task.pathspec, record.status.value, head, tuple(_facts(task)), trace, tuple(rows), tuple(remarks), advice, cell
    )


def _facts(task: StoredTask) -> Iterator[tuple[str, str]]:
    record, failure = task.record, task.record.failure
    took = duration(between(record.started_at, record.finished_at, ended=record.status.ended))
    tries = task.node.options.retry.times + 1
    attempt = f", attempt {record.attempt + 1} of {tries}" if tries > 1 else ""
    yield "ran", f"{said(record.started_at or record.finished_at)}{f', {took}' if took else ''}{attempt}"
    if record.origin:
        yield "reused from", record.origin
    if where := task.node.place.cell:
        yield "cell", f"{where}, line {failure.line}" if failure and failure.line else where
    if task.spec.env:
        yield "--env", f"{' '.join(f'{name}={text}' for name, text in task.spec.env.items())}, not set here"


def _differences(face: Face, task: StoredTask) -> Iterator[str]:
    """Yield what is not as the task had it."""
    yield from task.differences()
    changed = task.changed_since(face.sys_path)
    for each in changed[:_MOST]:
        if each.kind == "module":
            yield f"{each.name} was edited since: what is imported here is today's"
        else:
            yield f"{each.name or 'Python'} was {each.old or 'not there'} then, and is {each.new or 'not there'} here"
    if len(changed) > _MOST:
        yield f"{len(changed) - _MOST} more modules and versions differ"
