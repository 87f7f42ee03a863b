"""The lines of a run that goes on."""

from __future__ import annotations

import re
from typing import Any

import pytest


@pytest.mark.parametrize(("items", "said"), [("[1]", r"1 task · "), ("[1, 2]", r"2 tasks · ")])
def test_one_task_is_one_task(shell: Any, items: str, said: str) -> None:
    shell.write("small.ipynb", f"%%step each --foreach {items.replace(' ', '')} --as n\nm = n")
    shell.type("run", "small.ipynb")
    assert shell.code == 0, shell.error
    assert re.search(r"each +" + said, shell.error), shell.error
    assert "small/1 · 1 step\n" in shell.error
