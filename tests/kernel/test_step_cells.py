"""Step cells in a real kernel: what a person types, what they see, and what happens on mistakes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from three_ways import write


def test_a_step_cell_runs_in_a_worker_and_leaves_its_variables_in_the_notebook(kernel: Any) -> None:
    reply = kernel.ok("%%step load\nimport os\nx = [1, 2]\npid = os.getpid()\nprint('hello')\nx")
    assert reply.stdout == "hello\n"
    assert any(each.get("text/plain") == "[1, 2]" for each in reply.displays)
    assert "load" in reply.text and "x" in reply.text
    assert kernel.value("x") == "[1, 2]"
    assert kernel.value("pid") != kernel.value("__import__('os').getpid()")


def test_both_spellings_comments_above_and_option_lines_mean_the_same(kernel: Any) -> None:
    kernel.ok("# a note\n\n%step load --retry 1\nx = 1")
    kernel.ok(
        "%%step use\n#| timeout: 30s\n#| env: GREETING=hello world\nimport os\ny = x + 1; g = os.environ['GREETING']"
    )
    assert kernel.value("(y, g)") == "(2, 'hello world')"


def test_await_an_empty_body_and_a_semicolon(kernel: Any) -> None:
    kernel.ok("%%step wait\nimport asyncio\nawait asyncio.sleep(0)\nz = 1")
    kernel.ok("%%step barrier --after wait")
    reply = kernel.ok("%%step quiet\nz + 1;")
    assert not any(each.get("text/plain") == "2" for each in reply.displays)


def test_prints_and_displays_appear_in_the_order_they_were_made(kernel: Any) -> None:
    reply = kernel.ok(
        "%%step talk\nfrom IPython.display import HTML\nprint('one')\ndisplay(HTML('<b>two</b>'))\nprint('three')"
    )
    kinds = [(kind, text) for kind, text in reply.order if kind == "stdout" or "HTML" in text]
    assert [text.strip() if kind == "stdout" else kind for kind, text in kinds] == ["one", "display_data", "three"]


def test_a_figure_is_shown_under_the_cell(kernel: Any) -> None:
    kernel.ok("import matplotlib.pyplot as plt")
    reply = kernel.ok("%%step draw\nplt.plot([1, 2, 3])\nplt.title('t');")
    assert any("image/png" in each for each in reply.displays)


def test_a_failure_keeps_its_class_name_and_shows_the_cells_own_line(kernel: Any) -> None:
    kernel.ok("def half(v):\n    return v / 0")
    reply = kernel.run("%%step bad\nx = 1\ny = half(x)")
    assert reply.ename == "ZeroDivisionError"
    assert "y = half(x)" in reply.traceback and "return v / 0" in reply.traceback
    assert "nbflow/" not in reply.traceback
    assert kernel.run("print(y)").ename == "NameError"


def test_a_failed_step_can_be_fixed_and_run_again(kernel: Any) -> None:
    kernel.ok("%%step load\nd = 0")
    assert kernel.run("%%step use\nr = 1 / d").ename == "ZeroDivisionError"
    kernel.ok("%%step load\nd = 2")
    kernel.ok("%%step use\nr = 1 / d")
    assert kernel.value("r") == "0.5"


def test_system_exit_fails_the_step_and_not_the_kernel(kernel: Any) -> None:
    assert kernel.run("%%step leave\nimport sys\nsys.exit(0)").ename == "SystemExit"
    assert kernel.value("1 + 1") == "2"


def test_a_cell_error_changes_nothing_and_names_the_fix(kernel: Any) -> None:
    kernel.ok("%%step load\nx = 1")
    reply = kernel.run("%%step load --retires 3\nx = 2")
    assert reply.ename == "CellError"
    assert "NBF-C005" in reply.traceback and "--retry" in reply.traceback
    kernel.ok("%%step use\ny = x")
    assert kernel.value("y") == "1"


def test_a_step_whose_giver_has_no_result_asks_for_that_cell(kernel: Any) -> None:
    kernel.ok("%%step load --define\nx = 1")
    reply = kernel.run("%%step use\ny = x")
    assert "NBF-C050" in reply.traceback and "load" in reply.traceback


def test_hidden_state_is_refused_with_the_fix(kernel: Any) -> None:
    kernel.ok("table = sorted([3, 1])")
    reply = kernel.run("%%step use\ny = table[0]")
    assert "NBF-G015" in reply.traceback and "--capture table" in reply.traceback
    kernel.ok("%%step use --capture table\ny = table[0]")
    assert kernel.value("y") == "1"


def test_a_plain_cell_that_rebinds_an_artifact_never_reaches_a_step(kernel: Any) -> None:
    kernel.ok("%%step load\nx = 1")
    kernel.ok("x = 100")
    reply = kernel.ok("%%step use\ny = x")
    assert kernel.value("y") == "1"
    assert "x here is load's" in reply.text


def test_a_foreach_cell_runs_a_sample_for_a_person_and_a_join_says_so(kernel: Any) -> None:
    kernel.ok("%%step each --foreach '[10, 20, 30]' --as n\nm = n * 2")
    assert kernel.value("m") == "20"
    reply = kernel.ok("%%step all --join each\ntotal = sum(t.m for t in inputs)")
    assert "1 of 3" in reply.text
    assert kernel.value("total") == "20"
    kernel.ok("run = %flow run")
    assert kernel.value("total") == "120"
    kernel.ok("%%step each --foreach '[10, 20, 30]' --as n --sample all\nm = n * 2")
    kernel.ok("%%step all --join each\ntotal = sum(t.m for t in inputs)")
    assert kernel.value("total") == "120"


def test_41_a_step_inserted_between_two_is_placed_by_the_document_or_said_to_be_last(
    kernel: Any, start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    kernel.ok("%%step a\nx = 1")
    kernel.ok("%%step c\ny = x")
    reply = kernel.ok("%%step b\nx = x + 1")
    assert "placed last: a, c, b" in reply.text
    kernel.ok("%%step c\ny = x")
    assert kernel.value("y") == "1"
    cells = ["%%step a\nx = 1", "%%step b\nx = x + 1", "%%step c\ny = x"]
    path = tmp_path / "known.ipynb"
    write(path, cells)
    other = start_kernel(JPY_SESSION_NAME=str(path))
    other.ok("%load_ext nbflow")
    other.ok(cells[0])
    other.ok(cells[2])
    assert "placed last" not in other.ok(cells[1]).text
    other.ok(cells[2])
    assert other.value("y") == "2"


def test_classes_keep_their_identity_between_kernel_and_workers(kernel: Any) -> None:
    kernel.ok(
        "from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int\n    def norm(self): return abs(self.x)\nhere = Point(1)"
    )
    kernel.ok("%%step make\np = Point(-3)\nn = p.norm()")
    assert kernel.value("(isinstance(p, Point), p == Point(-3), n, isinstance(here, Point))") == "(True, True, 3, True)"
    assert kernel.ok("import inspect\nprint(inspect.getsource(Point))").stdout.startswith("@dataclass\nclass Point:")


def test_an_interrupt_cancels_the_step_and_leaves_no_worker(kernel: Any, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    msg = kernel.send(
        f"%%step slow\nimport os, time\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    deadline = time.monotonic() + 60
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    kernel.manager.interrupt_kernel()
    reply = kernel.collect(msg)
    assert reply.ename == "KeyboardInterrupt"
    assert "cancelled" in reply.traceback
    assert not Path(f"/proc/{pid_file.read_text()}").exists()
    assert kernel.value("2 + 2") == "4"


def test_a_body_that_ignores_sigterm_is_killed(kernel: Any, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    body = "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    msg = kernel.send(
        f"%%step stubborn\n{body}open({str(pid_file)!r}, 'w').write(str(os.getpid()))\nwhile True: time.sleep(1)"
    )
    deadline = time.monotonic() + 60
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    kernel.manager.interrupt_kernel()
    assert kernel.collect(msg).ename == "KeyboardInterrupt"
    assert not Path(f"/proc/{pid_file.read_text()}").exists()


def test_a_killed_kernel_leaves_no_process(kernel: Any, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    kernel.send(
        f"%%step slow\nimport os, time\nopen({str(pid_file)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}')\ntime.sleep(600)"
    )
    deadline = time.monotonic() + 60
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    worker, zygote = pid_file.read_text().split()
    kernel.manager.signal_kernel(9)
    deadline = time.monotonic() + 50
    while any(Path(f"/proc/{pid}").exists() for pid in (worker, zygote)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists() and not Path(f"/proc/{zygote}").exists()


def test_step_here_runs_the_body_in_the_kernel(kernel: Any) -> None:
    kernel.ok("%%step near --here\nimport os\npid = os.getpid()\nv = 5")
    assert kernel.value("pid == __import__('os').getpid()") == "True"
    kernel.ok("%%step next_one\nw = v + 1")
    assert kernel.value("w") == "6"


def test_setup_runs_here_and_first_in_every_task(kernel: Any) -> None:
    kernel.ok("import decimal")
    kernel.ok("%%setup\nimport decimal\ndecimal.getcontext().prec = 3")
    kernel.ok("%%step third\nimport decimal\nq = str(decimal.Decimal(1) / 3)")
    assert kernel.value("q") == "'0.333'"


def test_a_cell_under_a_new_name_keeps_its_place_and_the_old_name_goes(kernel: Any) -> None:
    kernel.ok("%%step first\nx = 1", cell="one")
    kernel.ok("%%step second\ny = x", cell="two")
    kernel.ok("%%step renamed\nx = 5", cell="one")
    assert kernel.ok("%flow order").stdout.strip() == "renamed second"
    kernel.ok("run = %flow run")
    assert kernel.value("run['second'].task.data.y") == "5"


def test_two_cells_of_one_name_are_told_and_the_last_counts(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 1", cell="one")
    reply = kernel.ok("%%step a\nx = 2", cell="two")
    assert "step 'a' was also in In [" in reply.text
    assert kernel.value("x") == "2"


def test_a_name_in_a_query_string_is_named_with_the_option_that_reads_it(kernel: Any) -> None:
    kernel.ok("import pandas as pd")
    kernel.ok("%%step a\ndf = pd.DataFrame({'v': [1, 2, 3]})\nlimit = 1")
    reply = kernel.run("%%step b\nbig = df.query('v > @limit')")
    assert "If 'limit' is meant, write --in limit" in reply.traceback
    kernel.ok("%%step b --in limit\nbig = len(df.query('v > @limit'))")
    assert kernel.value("big") == "2"


def test_a_plain_cell_runs_what_it_needs_of_steps_that_were_only_defined(kernel: Any) -> None:
    kernel.ok("%flow config run_cells=false")
    kernel.ok("%%step load\nxs = [1, 2, 3]")
    kernel.ok("%%step total\ns = sum(xs)")
    kernel.ok("%%step other\nopen('ran', 'w').write('x')")
    assert kernel.ok("print(s)").stdout.strip().endswith("6")
    assert not (kernel.folder / "ran").exists()
    assert kernel.run("print(nothing_like_it)").ename == "NameError"


def test_a_constant_changed_by_a_call_is_hidden_state(kernel: Any) -> None:
    kernel.ok("CONFIG = {'a': 1}\nLIMIT = 3")
    kernel.ok("def change():\n    CONFIG['a'] = 2")
    kernel.ok("%%step before\nx = CONFIG['a'] + LIMIT")
    kernel.ok("change()")
    reply = kernel.run("%%step after\nx = CONFIG['a']")
    assert "NBF-G015" in reply.traceback
    assert "CONFIG was changed after" in reply.traceback


def test_an_artifact_that_hides_a_constant_is_no_change_of_it(kernel: Any) -> None:
    kernel.ok("K = 3")
    kernel.ok("%%step a\nq = K")
    kernel.ok("%%step b\nK = 5")
    kernel.ok("%%step a\nq = K")
    assert kernel.value("q") == "3"


def test_a_parameter_assigned_beside_other_code_keeps_its_value_and_says_so(kernel: Any) -> None:
    kernel.ok("%%parameters\nalpha: float = 0.1")
    reply = kernel.ok("alpha = 0.9\nprint('other')")
    assert "the parameter keeps its value" in reply.text
    kernel.ok("%%step a\nx = alpha")
    assert kernel.value("x") == "0.1"


def test_a_setup_cell_that_raises_is_told_by_its_own_line_and_does_not_count(kernel: Any) -> None:
    reply = kernel.run("%%setup\nimport os\nos.no_such_thing()")
    assert reply.ename == "AttributeError"
    assert "os.no_such_thing()" in reply.traceback
    assert "nbflow/" not in reply.traceback
    kernel.ok("%%step a\nx = 1")


def test_an_interrupt_of_a_run_cancels_it_and_its_record_says_so(kernel: Any, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    kernel.ok(
        f"%%step slow --define\nimport os, time\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    msg = kernel.send("%flow run")
    deadline = time.monotonic() + 60
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    kernel.manager.interrupt_kernel()
    reply = kernel.collect(msg)
    assert reply.ename == "KeyboardInterrupt"
    assert "cancelled" in str(reply.updates[-1])
    assert not Path(f"/proc/{pid_file.read_text()}").exists()
    kernel.ok("from nbflow import Run")
    assert "cancelled" in kernel.value("Run('case/1').status")


def test_a_stale_input_is_used_and_the_line_says_so(kernel: Any) -> None:
    kernel.ok("def f():\n    return 1")
    kernel.ok("%%step a\nx = f()")
    assert "stale" not in kernel.ok("%%step b\ny = x").text
    kernel.ok("def f():\n    return 2")
    reply = kernel.ok("%%step b\ny = x")
    assert "a is stale: its latest result was used" in reply.text
    assert kernel.value("y") == "1"
    kernel.ok("%%step a\nx = f()")
    assert "stale" not in kernel.ok("%%step b\ny = x").text
    assert kernel.value("y") == "2"


def test_a_step_that_waits_for_another_is_not_stale_and_serves_the_run(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 1")
    kernel.ok("%%step check\nassert x")
    kernel.ok("%%step b --after check\ny = x")
    assert "stale" not in kernel.ok("%%step c\nz = y").text
    kernel.ok("run = %flow run")
    assert kernel.value("[step.task.status for step in run]") == str(["reused"] * 4)


def test_a_failed_cell_keeps_the_earlier_result_and_its_new_definition(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 1")
    assert kernel.run("%%step a\nx = 1 / 0").ename == "ZeroDivisionError"
    assert kernel.value("x") == "1"
    assert "a is stale" in kernel.ok("%%step b\ny = x").text
    assert kernel.run("%flow run").ename == "ZeroDivisionError"


def test_what_a_step_is_made_of_may_be_huge_and_is_loaded_when_named(kernel: Any) -> None:
    kernel.ok("%%step big\nwords = {str(i): [i] for i in range(200_000)}\nlength = len(words)")
    kernel.ok("def count():\n    return len(words)")
    assert kernel.value("count()") == "200000"


def test_an_array_comes_by_memory_map_and_may_be_changed_without_reaching_the_store(kernel: Any) -> None:
    kernel.ok("import numpy as np")
    kernel.ok("%%step a\narr = np.zeros(1_000_000)")
    kernel.ok("arr[0] = 5")
    kernel.ok("%%step b\nfirst = float(arr[0])")
    assert kernel.value("(float(arr[0]), first)") == "(5.0, 0.0)"


def test_progress_of_a_long_step_is_seen_while_it_runs(kernel: Any) -> None:
    # it goes on when the first print was seen, and not before
    hold = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)"
    msg = kernel.send(f"%%step long\nprint('begun', flush=True)\n{hold}\nprint('done')")
    said = ""
    while "begun" not in said:
        message = kernel.client.get_iopub_msg(timeout=50)
        if message["msg_type"] == "stream":
            said += message["content"]["text"]
    assert "done" not in said
    (kernel.folder / "go").touch()
    assert "done" in kernel.collect(msg).stdout


def test_names_that_only_the_kernel_can_explain_are_hidden_state(kernel: Any) -> None:
    kernel.ok("from math import *")
    assert "NBF-G015" in kernel.run("%%step a\nx = pow(2, 3)").traceback
    assert "NBF-G015" in kernel.run("%%step a\nx = pi").traceback
    kernel.ok("from math import pi")
    kernel.ok("%%step a\nx = pi")


def test_a_default_that_was_taken_before_its_constant_changed_is_told(kernel: Any) -> None:
    kernel.ok("K = 2")
    kernel.ok("def f(k=K):\n    return k")
    kernel.ok("K = 3")
    reply = kernel.run("%%step a\nx = f()")
    assert "NBF-G015" in reply.traceback
    kernel.ok("def f(k=K):\n    return k")
    kernel.ok("%%step a\nx = f()")
    assert kernel.value("x") == "3"


def test_a_body_may_ask_whether_it_is_the_main_program(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 0\nif __name__ == '__main__':\n    x = 1")
    assert kernel.value("x") == "1"


def test_a_misspelt_cell_magic_stops_and_names_the_right_one(kernel: Any) -> None:
    for cell, meant in (
        ("%%steps a\nx = 1", "%%step"),
        ("%%Step a\nx = 1", "%%step"),
        ("%%params\na: int = 1", "%%parameters"),
        ("%% step a\nx = 1", "%%step"),
        ("%%flow run", "%flow"),
    ):
        reply = kernel.run(cell)
        assert reply.ename == "CellError"
        assert f"Did you mean '{meant}'" in reply.traceback
    assert kernel.run("%%time\nx = 1").ename is None


def test_a_helper_that_reads_kernel_state_stops_only_the_steps_that_use_it(kernel: Any) -> None:
    kernel.ok("k = len([1])\ndef bad(v):\n    return v * k\ndef good(v):\n    return v + 1")
    kernel.ok("%%step a\nx = good(1)")
    assert "NBF-G015" in kernel.run("%%step b\ny = bad(x)").traceback
    kernel.ok("%%step c\nz = good(x)")


def test_after_a_restart_a_name_of_a_step_above_says_which_cell_to_run(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    cells = ["%%step a\nx = 1", "%%step b\ny = x"]
    path = tmp_path / "known.ipynb"
    write(path, cells)
    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.ok("%load_ext nbflow")
    reply = kernel.run(cells[1])
    assert "NBF-C050" in reply.traceback
    assert "run the cell of a first" in reply.traceback


def test_a_computed_name_below_a_step_is_hidden_state_and_no_crash(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 1")
    kernel.ok("x2 = x * 2")
    reply = kernel.run("%%step b\ny = x2")
    assert "NBF-G015" in reply.traceback
    assert "nbflow/" not in reply.traceback


@pytest.mark.parametrize("header", ["%%step a", "%step a", "# why\n\n%step a", "%%parameters", "%%setup"])
def test_a_console_waits_for_a_blank_line_before_it_runs_a_cell_of_ours(kernel: Any, header: str) -> None:
    assert said_of(kernel, header) == "incomplete"
    assert said_of(kernel, f"{header}\nx: int = 1") == "incomplete"
    assert said_of(kernel, f"{header}\nx: int = 1\n") == "incomplete"
    assert said_of(kernel, f"{header}\nx: int = 1\n\n") == "complete"
    assert said_of(kernel, "x = 1") == said_of(kernel, "%flow run") == "complete"


def said_of(kernel: Any, code: str) -> str:
    """Return what the kernel says of a cell that is being typed: whether it is complete."""
    asked = kernel.client.is_complete(code)
    while (reply := kernel.client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != asked:
        pass
    return str(reply["content"]["status"])


def test_a_name_that_no_round_of_a_loop_has_bound_is_pythons_nameerror_wherever_the_step_runs(kernel: Any) -> None:
    body = "for d in rounds:\n    m = d\nprint(m + 1)"
    kernel.ok("m = len([1])")
    reply = kernel.run(f"%%step empty\nrounds = []\n{body}")
    assert "NameError: name 'm' is not defined" in reply.text
    assert "line 5" in reply.text and "print(m + 1)" in reply.text and "NBF-" not in reply.text

    kernel.ok(f"%%step empty --catch why\nrounds = []\n{body}")
    assert "name 'm' is not defined" in kernel.value("str(why)")
    kernel.ok("run = %flow run")
    assert "name 'm' is not defined" in kernel.value("str(run['empty'].task['why'].data)")
