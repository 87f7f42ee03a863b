"""`nbflow dump`: what tasks left. Looking runs nobody's code."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nbflow.model.record import Failure


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


class Proud:
    """Cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("not now")


@pytest.fixture
def dumped(shell: Any) -> Any:
    """A store with one run of two steps."""
    run = shell.run()
    shell.task(
        run,
        "load",
        left={"rows": 3, "names": ["a", "b"], "grid": np.arange(6.0).reshape(2, 3), "_seen": 1},
        dropped={"lock": "_thread.lock cannot be stored"},
    )
    for index in range(2):
        shell.task(run, "train", (index,), left={"rmse": 0.5 + index})
    shell.end()
    return shell


def test_a_step_of_the_latest_run_shows_type_shape_size_and_plain_values(dumped: Any) -> None:
    assert dumped.type("dump", "quick/load").splitlines() == [
        "quick/1/load/0  ✓ succeeded",
        "  grid   ndarray  2×3      87 B",
        "  names  list     2 items  24 B  ['a', 'b']",
        "  rows   int                1 B  3",
        "  lock   not kept: _thread.lock cannot be stored",
    ]
    assert dumped.error == "1 value is not loaded; --values does it (opening a pickle runs code)\n"


@pytest.mark.parametrize(
    ("pathspec", "tasks"),
    [
        ("quick", ["load/0", "train/0", "train/1"]),
        ("quick.ipynb", ["load/0", "train/0", "train/1"]),
        ("quick/1", ["load/0", "train/0", "train/1"]),
        ("quick/train", ["train/0", "train/1"]),
        ("quick/1/train", ["train/0", "train/1"]),
        ("quick/1/train/1", ["train/1"]),
        ("quick/1/train/1/rmse", ["train/1"]),
    ],
)
def test_every_depth_of_a_pathspec_has_its_tasks(dumped: Any, pathspec: str, tasks: list[str]) -> None:
    assert list(json.loads(dumped.type("dump", pathspec, "--json"))) == [f"quick/1/{task}" for task in tasks]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("quick/7",), "M002", ""),
        (("quick/lod",), "M003", "load"),
        (("quick/train/7",), "M004", ""),
        (("quick/1/train/0/rsme",), "M005", "rmse"),
        (("quick/train", "--include", "rmse,rows"), "M005", "rows"),
    ],
)
def test_what_is_not_there_is_told(dumped: Any, words: tuple[str, ...], code: str, said: str) -> None:
    assert dumped.type("dump", *words) == ""
    assert dumped.code == 1
    assert f"NBF-{code}" in dumped.error and said in dumped.error


def test_include_picks_names_wherever_they_were_left(dumped: Any) -> None:
    found = json.loads(dumped.type("dump", "quick", "--include", "rmse, lock", "--json"))
    assert {task: [*each["artifacts"], *each["dropped"]] for task, each in found.items()} == {
        "quick/1/load/0": ["lock"],
        "quick/1/train/0": ["rmse"],
        "quick/1/train/1": ["rmse"],
    }


def test_private_names_show_when_asked_for(dumped: Any) -> None:
    assert "_seen" not in dumped.type("dump", "quick/load")
    assert "_seen" in dumped.type("dump", "quick/load", "--private")
    assert "_seen" in dumped.type("dump", "quick/load", "--include", "_seen")


def test_nothing_is_unpickled_unless_values_are_asked_for(shell: Any) -> None:
    trace = shell.folder / "opened"
    run = shell.run()
    shell.task(run, "load", left={"trap": Trap(trace), "mixed": [1, Trap(trace)]})
    out = shell.type("dump", "quick")
    assert "trap" in out and "mixed" in out
    shell.type("dump", "quick", "--json")
    assert not trace.exists()
    shell.type("dump", "quick", "--values")
    assert trace.exists()


def test_values_shows_arrays_below_their_row(dumped: Any) -> None:
    out = dumped.type("dump", "quick/load", "--values", "--include", "grid")
    assert out.splitlines()[1:] == [
        "  grid  ndarray  2×3  87 B",
        "      array([[0., 1., 2.],",
        "             [3., 4., 5.]])",
    ]
    assert dumped.error == ""


def test_long_values_are_cut_and_say_by_how_much(shell: Any) -> None:
    shell.task(shell.run(), "load", left={"text": "x" * 2000})
    assert shell.type("dump", "quick").endswith(f"'{'x' * 999}… (1002 characters more)\n")
    assert shell.type("dump", "quick", "--max-value-size", "10").endswith(f"'{'x' * 9}… (1992 characters more)\n")
    assert "x" * 2000 in shell.type("dump", "quick", "--max-value-size", "3000")
    assert "xx" not in shell.type("dump", "quick", "--max-value-size", "0")


def test_a_large_container_is_not_read_without_being_asked_for(shell: Any) -> None:
    shell.task(shell.run(), "load", left={"many": list(range(100_000))})
    assert "[0, 1" not in shell.type("dump", "quick")
    assert "[0, 1" in shell.type("dump", "quick", "--values")


def test_json_holds_values_that_json_can_say_and_text_for_the_others(shell: Any) -> None:
    left = {
        "half": np.float64(0.5),
        "nan": float("nan"),
        "pair": (1, 2),
        "table": {"a": [1, None]},
        "numbered": {1: "a"},
    }
    shell.task(shell.run(), "load", left=left)
    found = json.loads(shell.type("dump", "quick", "--json"))["quick/1/load/0"]
    said = {name: each.get("value", each.get("text")) for name, each in found["artifacts"].items()}
    assert said == {"half": 0.5, "nan": "nan", "pair": "(1, 2)", "table": {"a": [1, None]}, "numbered": "{1: 'a'}"}
    assert found["artifacts"]["half"]["type"] == "float64"


def test_file_holds_a_pickle_of_all_values_whole(dumped: Any) -> None:
    file = dumped.folder / "out.pkl"
    assert dumped.type("dump", "quick", "--file", str(file)) == ""
    assert "5 values of 3 tasks written" in dumped.error
    values = pickle.loads(file.read_bytes())
    assert values["quick/1/train/1"] == {"rmse": 1.5}
    assert values["quick/1/load/0"]["grid"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert sorted(values["quick/1/load/0"]) == ["grid", "names", "rows"]
    assert not list(dumped.folder.glob(".out.pkl*"))


def test_a_file_that_cannot_be_written_is_told_and_nothing_is_left(dumped: Any) -> None:
    dumped.type("dump", "quick", "--file", str(dumped.folder / "nowhere" / "out.pkl"))
    assert dumped.code == 2
    assert "NBF-R004" in dumped.error and "No such file" in dumped.error


def test_the_flows_own_classes_open_elsewhere_without_nbflow(shell: Any) -> None:
    shell.write("quick.ipynb", "class Shape:\n    sides = 4", "%%step load\nshape = Shape()")
    shell.type("run", "quick.ipynb")
    file = shell.folder / "out.pkl"
    shell.type("dump", "quick", "--file", str(file))
    assert "1 value of 1 task written" in shell.error
    read = f"import pickle, sys; print(pickle.load(open({str(file)!r}, 'rb'))['quick/1/load/0']['shape'].sides)"
    read += "; print([name for name in sys.modules if name.startswith('nbflow')])"
    done = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=True)
    assert done.stdout == "4\n[]\n"


def test_a_value_that_cannot_be_loaded_is_told_and_the_others_are_there(dumped: Any, tmp_path: Path) -> None:
    run = dumped.run()
    dumped.task(run, "load", left={"big": np.arange(100_000), "rows": 3})
    for blob in (dumped.workspace.root / "blobs").rglob("*"):
        if blob.is_file() and blob.stat().st_size > 100_000:
            blob.unlink()
    out = dumped.type("dump", "quick/load", "--values")
    assert dumped.code == 1
    assert "is missing from the store" in out and out.splitlines()[-1].endswith("3")
    dumped.type("dump", "quick/load", "--file", "out.pkl")
    assert dumped.code == 1
    assert "quick/2/load/0/big is left out" in dumped.error and "NBF-S002" in dumped.error
    assert pickle.loads((dumped.folder / "out.pkl").read_bytes()) == {"quick/2/load/0": {"rows": 3}}


def test_a_repr_that_fails_is_no_crash(shell: Any) -> None:
    shell.task(shell.run(), "load", left={"proud": Proud(), "order": OrderedDict(a=1)})
    out = shell.type("dump", "quick", "--values")
    assert "<its repr failed: RuntimeError: not now>" in out
    assert "OrderedDict" in out


def test_tasks_that_left_nothing_say_how_they_stand(shell: Any) -> None:
    run = shell.run()
    shell.task(run, "load", status="failed", failure=Failure("ZeroDivisionError", "division by zero"))
    shell.task(run, "train", left={}, status="reused", origin="quick/1/train/0")
    out = shell.type("dump", "quick")
    assert "quick/1/load/0  ✗ failed · ZeroDivisionError: division by zero\n  left nothing\n" in out
    assert "↺ reused from quick/1/train/0" in out


def test_a_run_without_tasks_says_so(shell: Any) -> None:
    shell.run()
    assert shell.type("dump", "quick") == ""
    assert "quick/1 has no tasks yet" in shell.error
    assert json.loads(shell.type("dump", "quick", "--json")) == {}


def test_what_a_value_writes_cannot_move_the_cursor(shell: Any) -> None:
    shell.task(shell.run(), "load", left={"text": "\x1b[2J", "kind": type("Loud", (), {})()})
    assert "\x1b" not in shell.type("dump", "quick", "--values")
