"""Ten ways a notebook lies, each with the right result or the right error."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from three_ways import write


def test_1_an_input_changed_by_subscript_is_a_new_version(kernel: Any) -> None:
    kernel.ok("%%step a\nd = {'k': 0}")
    kernel.ok("%%step b\nd['k'] += 1")
    kernel.ok("%%step b\nd['k'] += 1")
    kernel.ok("%%step c\nq = d['k']")
    assert kernel.value("q") == "1"
    kernel.ok("run = %flow run")
    assert kernel.value("(run['a'].task.data.d, run['c'].task.data.q)") == "({'k': 0}, 1)"


def test_2_an_input_changed_by_a_method_call_is_never_lost_silently(kernel: Any) -> None:
    kernel.ok("import numpy as np")
    kernel.ok("%%step a\nxs = [1]\narr = np.zeros(100_000)")
    reply = kernel.run("%%step b\nxs.append(2)")
    assert "NBF-T012" in reply.traceback and "'xs'" in reply.traceback
    reply = kernel.run("%%step b\narr.fill(7)")
    assert "NBF-T012" in reply.traceback and "'arr'" in reply.traceback
    kernel.ok("%%step b --out xs\nxs.append(2)")
    kernel.ok("%%step c\nn = len(xs)")
    assert kernel.value("n") == "2"


def test_3_a_step_inserted_between_two_is_read_by_the_one_below(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "nb.ipynb"
    write(path, ["%%step a\nx = 1", "%%step c\ny = x"])
    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.ok("%load_ext nbflow")
    kernel.ok("%%step a\nx = 1")
    kernel.ok("%%step c\ny = x")
    time.sleep(0.05)
    write(path, ["%%step a\nx = 1", "%%step b\nx = x + 10", "%%step c\ny = x"])
    kernel.ok("%%step b\nx = x + 10")
    kernel.ok("run = %flow run")
    assert kernel.value("run['c'].task.data.y") == "11"


def test_4_a_renamed_step_does_not_live_on_under_its_old_name(start_kernel: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "nb.ipynb"
    write(path, ["%%step old\nx = 1", "%%step use\ny = x"])
    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.ok("%load_ext nbflow")
    kernel.ok("%%step old\nx = 1")
    kernel.ok("%%step use\ny = x")
    time.sleep(0.05)
    write(path, ["%%step new\nx = 2", "%%step use\ny = x"])
    kernel.ok("%%step new\nx = 2")
    reply = kernel.ok("run = %flow run")
    assert "old is left out" in reply.text
    assert kernel.value("([step.id for step in run], run['use'].task.data.y)") in {
        "(['new', 'use'], 2)",
        "(['use', 'new'], 2)",
    }


def test_5_a_deleted_cell_leaves_the_flow(start_kernel: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "nb.ipynb"
    write(path, ["%%step a\nx = 1", "%%step b\nx = 2", "%%step c\ny = x"])
    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.ok("%load_ext nbflow")
    for cell in ("%%step a\nx = 1", "%%step b --after a\nx = 2", "%%step c\ny = x"):
        kernel.ok(cell)
    time.sleep(0.05)
    write(path, ["%%step a\nx = 1", "%%step c\ny = x"])
    kernel.ok("run = %flow run")
    assert kernel.value("run['c'].task.data.y") == "1"


def test_6_a_cell_edited_but_not_run_stops_the_run(start_kernel: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "nb.ipynb"
    write(path, ["%%step a\nx = 1"])
    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.ok("%load_ext nbflow")
    kernel.ok("%%step a\nx = 1")
    time.sleep(0.05)
    write(path, ["%%step a\nx = 2"])
    reply = kernel.run("%flow run")
    assert "NBF-C051" in reply.traceback and "a was edited" in reply.traceback
    # it has just been saved
    assert "fix    run its cell" in reply.traceback and "save" not in reply.traceback.replace("saved", "")
    kernel.ok("%%step a\nx = 2")
    kernel.ok("run = %flow run")
    assert kernel.value("run['a'].task.data.x") == "2"


def test_7_a_helper_redefined_after_use_counts_in_the_run(kernel: Any) -> None:
    kernel.ok("def f(v):\n    return v + 1")
    kernel.ok("%%step a\nx = f(1)")
    kernel.ok("def f(v):\n    return v + 100")
    kernel.ok("run = %flow run")
    assert kernel.value("run['a'].task.data.x") == "101"
    kernel.ok("def f(v):\n    # only a comment\n    return (v + 100)")
    kernel.ok("again = %flow run")
    assert kernel.value("again['a'].task.status") in {"'reused'", "<TaskStatus.REUSED: 'reused'>"}


def test_8_a_class_redefined_and_an_old_pickle_loaded(kernel: Any) -> None:
    kernel.ok("class P:\n    def __init__(self, v): self.v = v\n    def show(self): return self.v")
    kernel.ok("%%step a\np = P(3)")
    kernel.ok("%%step b\ns = p.show()")
    assert kernel.value("s") == "3"
    kernel.ok("class P:\n    def __init__(self, v): self.v = v\n    def show(self): return self.v * 100")
    kernel.ok("run = %flow run")
    assert kernel.value("run['b'].task.data.s") == "300"
    assert kernel.value("isinstance(run['a'].task.data.p, P)") == "True"


def test_9_a_join_after_a_sample_is_never_reused(kernel: Any) -> None:
    kernel.ok("%%step each --foreach 'range(4)' --as n\nm = n + 1")
    kernel.ok("%%step all --join each\ntotal = sum(t.m for t in inputs)")
    kernel.ok("%%step after\ndouble = total * 2")
    assert kernel.value("(total, double)") == "(1, 2)"
    kernel.ok("run = %flow run")
    assert kernel.value("(run['all'].task.data.total, run['after'].task.data.double)") == "(10, 20)"
    assert kernel.value("(total, double)") == "(10, 20)"


def test_10_an_imported_local_module_that_was_edited_counts(kernel: Any, tmp_path: Path) -> None:
    module = tmp_path / "helpers.py"
    module.write_text("def g():\n    return 1\n")
    kernel.ok("import helpers")
    kernel.ok("%%step a\nx = helpers.g()")
    assert kernel.value("x") == "1"
    module.write_text("def g():\n    return 2222\n")
    kernel.ok("run = %flow run")
    assert kernel.value("run['a'].task.data.x") == "2222"


def test_11_one_object_under_two_names_is_told_before_a_run_could_differ(kernel: Any) -> None:
    kernel.ok("%%step a\nx = [1]\nw = x")
    assert "a is stale" in kernel.ok("%%step b\nx[0] = 9").text
    kernel.ok("%%step c\ny = w")
    assert "NBF-T018" in kernel.run("%flow run").traceback
