"""A task's failure as an exception in its cell: the original's class name, its text and the user's own frames."""

from __future__ import annotations

from nbflow.errors import Place, TaskError, problem
from nbflow.model.ids import TaskKey
from nbflow.model.record import OURS, Failure


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
        if self.shown_in:
            head, *rest = failure.told.splitlines()
            where = str(self.where) or f"step {self.task.step}"
            task = f"{self.task}, " if self.task.path else ""
            return [head, *rest[:8], f"in {task}{where}", self._advice]
        item = [f"in {self.task}:"] if self.task.path else []
        if failure.code is None and failure.traceback:
            # it ends with the exception's own line
            return [*item, *failure.traceback.rstrip().splitlines()]
        frames = [] if failure.type in OURS else failure.traceback.rstrip().splitlines()[:-1]
        return [*item, *frames, *failure.told.splitlines()]


def task_failed(task: TaskKey, failure: Failure, where: Place) -> TaskFailed:
    """Return the exception, of a class named as the original: `ename` in the saved notebook is ZeroDivisionError."""
    if failure.type in OURS:
        return TaskFailed(task, failure, where)
    kind = type(failure.type, (TaskFailed,), {"__module__": TaskFailed.__module__, "__doc__": TaskFailed.__doc__})
    error: TaskFailed = kind(task, failure, where)
    return error
