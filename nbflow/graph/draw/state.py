"""What a drawing says about a step beside its name."""

from __future__ import annotations

from collections.abc import Mapping

from nbflow.frozen import frozen


@frozen
class StepState:
    """How a step stands in a run; counts are tasks."""

    #: the step as a whole, in the words of TaskStatus
    status: str = "waiting"
    #: tasks that came to an end: succeeded, reused, skipped
    done: int = 0
    #: tasks known so far; 0: not known yet
    total: int = 0
    failed: int = 0
    #: a few words at the end of a line, as a duration
    note: str = ""

    @property
    def count(self) -> str:
        """`12/40`, with failures as `12/40, 1 failed`; empty where a step is one task."""
        if self.total <= 1:
            return ""
        return f"{self.done}/{self.total}" + (f", {self.failed} failed" if self.failed else "")


#: by step name; a step that is missing is drawn without a state
States = Mapping[str, StepState]
