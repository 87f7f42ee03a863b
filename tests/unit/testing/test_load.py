"""Loading a notebook, picking a step, and the definitions of its plain cells."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import FlowError, UsageError
from nbflow.testing import load

Loader = Any


def test_a_notebook_says_its_steps_in_order_and_what_each_reads_and_leaves(loaded: Loader) -> None:
    notebook = loaded(
        "%%parameters\nalpha: float = 0.1",
        "RATE = 2",
        "%%step load\nrows = [1, 2]\nnames = ['a']",
        "%%step each --foreach names --as name\nscore = alpha * RATE * len(rows)\nplace = index",
        "%%step best --join each\ntop = max(task.score for task in inputs)",
    )
    assert notebook.steps == ("load", "each", "best")
    each = notebook.step("each")
    assert each.reads == {"rows": "load", "name": "item of each", "index": "index of each", "alpha": "parameter"}
    assert each.leaves == ("name", "place", "score")
    assert notebook.step("best").reads == {"inputs": "join of each"}
    assert notebook.graph["best"].closes == "each"
    assert repr(notebook) == "<notebook sales.ipynb: load, each, best>"
    assert repr(each) == "<step each(rows, index, name, alpha)>"


def test_a_name_that_two_steps_may_give_has_both_for_givers(loaded: Loader) -> None:
    notebook = loaded(
        "%%step rough\nmodel, n = 1, 2", "%%step better --when 'n > 1'\nmodel = 2", "%%step use\nleft = model"
    )
    assert notebook.step("use").reads == {"model": "better or rough"}


def test_all_problems_of_the_notebook_are_raised_when_it_is_loaded(loaded: Loader) -> None:
    with pytest.raises(FlowError) as caught:
        loaded("%%step one\nx = nothing", "%%step two\ny = naught")
    assert [each.code for each in caught.value.problems] == ["G001", "G001"]


def test_a_file_that_is_not_there_names_the_nearest(loaded: Loader, tmp_path: Path) -> None:
    loaded("%%step one\nx = 1", name="train.ipynb")
    with pytest.raises(UsageError, match=r"NBF-R001.*Did you mean 'train\.ipynb'"):
        load(tmp_path / "trian.ipynb")


def test_an_unknown_step_names_the_nearest_and_all(loaded: Loader) -> None:
    with pytest.raises(UsageError, match=r"NBF-R005.*Did you mean 'train'") as caught:
        loaded("%%step load\nx = 1", "%%step train\ny = x").step("trian")
    assert "load, train" in str(caught.value)


class TestDefinitions:
    def test_are_a_module_whose_functions_can_be_called(self, loaded: Loader) -> None:
        notebook = loaded("RATE = 2\ndef net(gross): return gross * RATE", "%%step one\nx = net(1)")
        assert notebook.definitions.net(3) == 6

    def test_find_the_modules_beside_the_notebook(self, loaded: Loader, tmp_path: Path) -> None:
        (tmp_path / "beside_it.py").write_text("ANSWER = 42")
        notebook = loaded("from beside_it import ANSWER", "%%step one\nx = ANSWER")
        assert notebook.definitions.ANSWER == notebook.step("one").run().x == 42

    def test_of_one_class_are_the_same_in_the_test_and_in_every_step(self, loaded: Loader) -> None:
        notebook = loaded(
            "from dataclasses import dataclass\n@dataclass\nclass Money:\n    amount: int",
            "%%step earn\nmoney = Money(3)",
            "%%step spend\nleft = Money(money.amount - 1)",
        )
        money = notebook.definitions.Money
        assert notebook.step("earn").run().money == money(3)
        assert notebook.step("spend").run(money=money(2)).left == money(1)

    def test_of_two_notebooks_with_one_name_do_not_mix(self, loaded: Loader) -> None:
        cells = ("class Money:\n    pass", "%%step one\nmoney = Money()", "%%step two\nsame = type(money) is Money")
        first, second = loaded(*cells), loaded(*cells)
        results = first.step("one").run(), second.step("one").run()
        monies = [result.money for result in results]
        assert first.definitions is sys.modules["nbflow_defs.sales"] is not second.definitions
        for notebook, money in zip((first, second), monies, strict=True):
            assert notebook.step("two").run(money=money).same
            assert type(money) is notebook.definitions.Money
            # what looks a class's module up, as dataclasses do, finds the right one
            assert sys.modules["nbflow_defs.sales"] is notebook.definitions

    def test_that_a_test_replaces_are_replaced_in_steps_and_in_functions(
        self, loaded: Loader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notebook = loaded(
            "LIMIT = 3\ndef fetch(): raise OSError\ndef rows(): return fetch()[:LIMIT]", "%%step one\nx = rows(), LIMIT"
        )
        monkeypatch.setattr(notebook.definitions, "fetch", lambda: [1, 2, 3, 4])
        assert notebook.step("one").run().x == ([1, 2, 3], 3)
        monkeypatch.setattr(notebook.definitions, "LIMIT", 1)
        assert notebook.step("one").run().x == ([1], 1)
        monkeypatch.undo()
        with pytest.raises(OSError):
            notebook.step("one").run()

    def test_that_two_steps_make_differently_are_each_steps_own(self, loaded: Loader) -> None:
        notebook = loaded(
            "%%step a\ndef f(): return 1",
            "%%step b\nx = f()",
            "%%step c\ndef f(): return 2",
            "%%step d\ny = f()",
        )
        assert [notebook.step(name).run() for name in "bdb"][-1].x == 1
        assert notebook.step("d").run().y == 2


def test_importing_it_starts_nothing_and_loads_nothing_heavy() -> None:
    script = "import sys, json, nbflow.testing\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    heavy = {"IPython", "cloudpickle", "nbformat", "numpy", "obstore", "pandas", "plotly", "sqlite3"}
    assert not heavy & set(json.loads(done.stdout))
