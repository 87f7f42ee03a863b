"""A caught error is the same artifact wherever its cell ran."""

from __future__ import annotations

from nbflow.model.caught import CaughtError
from nbflow.model.record import Failure


def test_a_caught_error_is_equal_whatever_its_cell_was_called() -> None:
    def told(cell: str) -> CaughtError:
        frames = f'Traceback (most recent call last):\n  File "<{cell}>", line 3, in <module>\n    f()\n'
        library = '  File "/lib/own.py", line 7, in f\nValueError: no'
        return CaughtError.of(Failure("ValueError", "no", frames + library))

    assert told("sales.ipynb · In [5]") == told("sales.ipynb · cell 4") == told("In [9]")
    assert 'File "<cell>", line 3' in told("In [9]").traceback and "/lib/own.py" in told("In [9]").traceback
