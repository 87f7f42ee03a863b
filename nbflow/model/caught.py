"""What a step with `--catch NAME` leaves under that name when its body failed."""

from __future__ import annotations

from nbflow.frozen import frozen
from nbflow.model.record import Failure


@frozen
class CaughtError:
    """An error as text: what was raised is gone with its process."""

    #: class name of the exception
    type: str
    message: str
    #: the step's own frames
    traceback: str = ""

    @classmethod
    def of(cls, failure: Failure) -> CaughtError:
        """Return the failure as a step below may read it."""
        return cls(failure.type, failure.message, failure.traceback)

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"
