"""The lines of a run that goes on."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nbflow.frontends.cli.progress import Printer
from nbflow.model.event import AttemptEnded, ItemsListed
from nbflow.model.ids import StepName, TaskKey
from nbflow.views.tally import Tally
from tests.unit.views.records import START, summary, task


@pytest.mark.parametrize(("items", "said"), [("[1]", r"1 task · "), ("[1, 2]", r"2 tasks · ")])
def test_one_task_is_one_task(shell: Any, items: str, said: str) -> None:
    shell.write("small.ipynb", f"%%step each --foreach {items.replace(' ', '')} --as n\nm = n")
    shell.type("run", "small.ipynb")
    assert shell.code == 0, shell.error
    assert re.search(r"each +" + said, shell.error), shell.error
    assert "small/1 · 1 step\n" in shell.error


def test_a_foreach_takes_as_long_as_the_table_of_the_run_says(capsys: pytest.CaptureFixture[str]) -> None:
    train = summary("train", "", "foreach regions as region", "train")
    # side by side, and one that another run did
    tasks = [
        task("train", path=(0,), at=1.0, took=2.0),
        task("train", "reused", (1,), at=-500.0, took=90.0, origin="f/1/train/1"),
        task("train", path=(2,), at=1.5, took=2.0),
    ]
    printer = Printer(None, [train], terminal=False)  # type: ignore[arg-type]
    printer.see(ItemsListed(TaskKey(StepName("train")), len(tasks), len(tasks)))
    for each in tasks:
        printer.see(AttemptEnded(each.key, 0, each))
    assert capsys.readouterr().err == "  ✓ train  3 tasks · 2.5 s\n"
    assert Tally(train, tasks).state(START + 10).note == "2.5 s"
