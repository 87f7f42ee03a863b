"""What is printed below a cell of what a run was told."""

from __future__ import annotations

import pytest

from nbflow.errors import problem
from nbflow.frontends.magics.show import Notices


def test_a_step_that_is_left_out_for_two_reasons_is_named_once_and_each_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    notices = Notices()
    for _ in range(2):
        notices.show([problem("N013", step="train"), problem("N013", step="train"), problem("N004", step="load")])
        assert capsys.readouterr().out.count("left out") == 2
