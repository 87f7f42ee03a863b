"""A task's failure as an exception in its cell: the original's class name, its text and the user's own frames."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbflow.cards.figures import several
from nbflow.catalogue import CATALOGUE
from nbflow.errors import Place, TaskError, is_own_file, problem
from nbflow.model.ids import TaskKey
from nbflow.model.record import OURS, Failure

_FRAME = re.compile(r'  File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>.*)')
#: lines and characters of a line from which a text is folded
_LINES, _CHARACTERS = 60, 400


class TaskFailed(TaskError):  # noqa: N818 - the name a person sees when the original has none
    """A step's body failed. `failure` has the original's type, message and traceback; `task` says which task."""

    def __init__(self, task: TaskKey, failure: Failure, where: Place) -> None:
        self.task = task
        self.failure = failure
        self.where = where
        super().__init__(
            problem(
                "T001", where, step=str(task), error=f"{failure.type}: {failure.message}", traceback=failure.traceback
            )
        )
        self.args = (failure.message,)

    def __reduce__(self) -> tuple[type, tuple[TaskKey, Failure, Place]]:
        return TaskFailed, (self.task, self.failure, self.where)

    def __str__(self) -> str:
        return self.failure.message

    #: pathspec of the run whose panel shows its traceback; empty: there is none
    shown_in = ""

    @property
    def _advice(self) -> str:
        if not self.where.method:
            return "%flow debug looks into it, %flow resume goes on afterwards"
        flow = self.shown_in.partition("/")[0]
        return f"Run({self.shown_in!r}) has its tasks, {flow}.resume() goes on after a fix"

    def _render_traceback_(self) -> list[str]:
        failure = self.failure
        item = f"{self.task}, " if self.task.path else ""
        if self.shown_in:
            where = item + (str(self.where) or f"step {self.task.step}")
            told = self._told(where)
            if told is None:
                head, *rest = failure.told.splitlines()
                told = [head, *rest[:8], f"in {where}"]
            return folded([*told, self._advice])
        which = [f"in {self.task}:"] if item else []
        if failure.code is None and failure.traceback:
            # it ends with the exception's own line
            return folded([*which, *own_frames(failure.traceback)])
        frames = [] if failure.type in OURS else own_frames(failure.traceback)[:-1]
        return folded([*which, *frames, *(self._told(str(self.where)) or failure.told.splitlines())])

    def _told(self, where: str) -> list[str] | None:
        """Return a problem of ours as any is shown: what, where, why, fix; None: it is none."""
        failure = self.failure
        if failure.code is None or failure.type not in OURS or failure.code not in CATALOGUE:
            return None
        head, *texts = failure.message.splitlines() or [""]
        lines = [f"NBF-{failure.code}  {head}", *([f"  where  {where}"] if where else [])]
        labels = self._labels(failure.code, texts)
        return [*lines, *(f"  {label:<5}  {text}".rstrip() for label, text in labels)]

    @staticmethod
    def _labels(code: str, texts: Sequence[str]) -> list[tuple[str, str]]:
        """Return the lines below the first, each with its label; without where their text does not say what they are."""
        entry = CATALOGUE[code]
        labels = [label for label, text in (("why", entry.why), ("fix", entry.fix)) if text]
        if code == "T003" and len(texts) == 1:
            # a death's likely reason, and what to do, in one line
            texts = [text for text in texts[0].partition(". ")[::2] if text]
        elif len(texts) != len(labels):
            labels = []
        unlabelled = [("", text) for text in texts[len(labels) :]]
        return [*zip(labels, texts, strict=False), *unlabelled]


def own_frames(traceback: str) -> list[str]:
    """Return the lines of a traceback; of a library's frame only where it is, as it shows no code of the person's."""
    shown: list[str] = []
    library = False
    for line in traceback.rstrip().splitlines():
        frame = _FRAME.match(line)
        if frame is not None:
            file = frame["file"]
            library = file.startswith("<frozen ") or (file.startswith("/") and not is_own_file(file))
            where = f"{'/'.join(file.split('/')[-2:])} · line {frame['line']} · {frame['name']}"
            shown.append(f"  raised in {where}" if library else line)
        elif not (library and line.startswith("    ")):
            library = False
            shown.append(line)
    return shown


def folded(lines: Sequence[str]) -> list[str]:
    """Return `lines` no longer than a screen: of more the first and the last, of a long line its two ends."""
    shown = [_cut(line) for line in lines]
    if len(shown) <= _LINES:
        return shown
    head, tail = _LINES // 3, _LINES - _LINES // 3
    return [*shown[:head], f"… {several(len(shown) - head - tail, 'line')} …", *shown[-tail:]]


def _cut(line: str) -> str:
    if len(line) <= _CHARACTERS:
        return line
    half = _CHARACTERS // 2
    return f"{line[:half]} … {len(line) - 2 * half} characters … {line[-half:]}"


def task_failed(task: TaskKey, failure: Failure, where: Place) -> TaskFailed:
    """Return the exception, of a class named as the original: `ename` in the saved notebook is ZeroDivisionError."""
    if failure.type in OURS:
        return TaskFailed(task, failure, where)
    kind = type(failure.type, (TaskFailed,), {"__module__": TaskFailed.__module__, "__doc__": TaskFailed.__doc__})
    error: TaskFailed = kind(task, failure, where)
    return error
