"""`%flow` and its Python twin, parameters and the run panel, in a real kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def define(kernel: Any) -> None:
    kernel.ok("%%parameters\nalpha: float = 0.1  # learning rate\nnames: list[str] = ['a', 'b']")
    kernel.ok("%%step load\nx = alpha * 10")
    kernel.ok("%%step each --foreach names --as name\ny = name * 2")
    kernel.ok("%%step all --join each\nz = [t.y for t in inputs]")


def test_a_run_returns_an_object_and_takes_parameters(kernel: Any) -> None:
    define(kernel)
    kernel.ok("run = %flow run --alpha 0.5 --names 'p,q,r' --tag first --max-workers 1")
    assert (
        kernel.value("(run.id, run.successful, run['load'].task.data.x, run.data.z)")
        == "('1', True, 5.0, ['pp', 'qq', 'rr'])"
    )
    assert kernel.value("sorted(run.user_tags)") == "['first']"
    kernel.ok("from nbflow import flow\nagain = flow.run(alpha=0.5, tags=['second'], names=['p'])")
    assert kernel.value("(again.id, again.data.z)") == "('2', ['pp'])"
    assert kernel.value("alpha") == "0.1"


def test_the_panel_settles_into_its_final_picture_without_script(kernel: Any) -> None:
    define(kernel)
    reply = kernel.ok("run = %flow run")
    shown = [each for each in (*reply.displays, *reply.updates) if "text/html" in each]
    final = shown[-1]["text/html"]
    assert "case/1" in final and "succeeded" in final and "each" in final
    for each in shown:
        page = each["text/html"]
        assert (
            "<script" not in page and "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page
        )
        assert "case/1" in each["text/plain"]


def test_a_run_as_the_cells_value_is_shown_once(kernel: Any) -> None:
    define(kernel)
    reply = kernel.ok("%flow run")
    assert sum("text/html" in each for each in reply.displays) == 1
    assert "case/1" in kernel.ok("from nbflow import Flow\nFlow('case').latest_run").text


def test_draft_results_are_reused_and_marked_and_fresh_reuses_none(kernel: Any) -> None:
    define(kernel)
    kernel.ok("run = %flow run")
    assert "reused" in kernel.value("run['load'].task.status")
    kernel.ok("run = %flow run --fresh")
    assert "reused" not in kernel.value("run['load'].task.status")
    assert kernel.value("sorted(t.status for t in run['each'])").count("succeeded") == 2


def test_a_step_that_with_moves_elsewhere_is_told_which_file_it_leaves_behind(kernel: Any) -> None:
    kernel.ok("%flow config run_cells=false")
    kernel.ok("%%step load\nrows = open('rows.csv').read()")
    assert "NBF-N021" not in kernel.ok("%flow check").text
    told = kernel.run("%flow run --with batch --dry").text
    assert "NBF-N021" in told and "rows.csv" in told


def test_a_failed_run_raises_the_steps_error_and_keeps_what_was_done(kernel: Any) -> None:
    kernel.ok("%%step good\nx = 1")
    kernel.ok("%%step bad --define\ny = x / 0")
    reply = kernel.run("run = %flow run")
    # the panel has the traceback; the error says what failed and where, and what to type
    assert "y = x / 0" in reply.updates[-1]["text/html"]
    assert reply.ename == "ZeroDivisionError" and "y = x / 0" not in reply.traceback
    assert "line 2" in reply.traceback and "%flow debug" in reply.traceback
    kernel.ok("from nbflow import Run\nrun = Run('case/1')")
    assert kernel.value("(run.successful, run['good'].task.data.x)") == "(False, 1)"


def test_check_reports_all_problems_at_once(kernel: Any) -> None:
    kernel.ok("%%step a --define\nx = 1")
    assert "no errors" in kernel.ok("%flow check").stdout
    assert "NBF-G001" in kernel.run("%%step b --define\ny = xx").traceback
    assert "NBF-G002" in kernel.run("%%step c --define --after nope\nz = 1").traceback
    reply = kernel.run("%flow check")
    assert "NBF-G001" in reply.traceback and "NBF-G002" in reply.traceback
    assert "NBF-G001" in kernel.run("%flow run").traceback
    # a slip is told before what else is wrong
    said = kernel.run("%flow why aa").traceback
    assert "NBF-R005" in said and "Did you mean 'a'?" in said and "NBF-G001" not in said
    assert kernel.ok("%flow drop b c").stdout.startswith("left out, with their results: b, c.")
    assert "1 step, no errors" in kernel.ok("%flow check").stdout


def test_show_draws_the_graph_as_picture_and_text(kernel: Any) -> None:
    define(kernel)
    reply = kernel.ok("%flow show")
    picture = reply.displays[-1]
    assert "data:image/svg+xml;base64," in picture["text/html"] and "<script" not in picture["text/html"]
    assert "foreach names as name" in picture["text/plain"]


def test_names(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok("%load_ext nbflow")
    for verb in ("attach", "cancel", "resume", "timeline", "view 12", "attach 12"):
        assert "NBF-C053" in kernel.run(f"%flow {verb}").traceback, verb
    kernel.ok("%%step a\nx = 1")
    for verb in ("run", "attach", "resume", "resume a"):
        reply = kernel.run(f"%flow {verb}")
        assert "NBF-C053" in reply.traceback and "%flow name" in reply.traceback, verb
    assert "there is no flow 'sales'" in kernel.run("%flow attach sales/12").traceback
    for words in ("'my flow'", "my flow"):
        told = kernel.run(f"%flow name {words}").traceback
        assert "NBF-R004" in told and "%flow name my_flow" in told
    assert kernel.ok("%flow name sales").stdout.strip() == "sales"
    kernel.ok("run = %flow run")
    assert kernel.value("run.pathspec") == "'sales/1'"


def test_order_where_the_notebook_is_not_known(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 1")
    kernel.ok("%%step c\ny = x")
    kernel.ok("%%step b\nx = x + 1")
    assert kernel.ok("%flow order").stdout.strip() == "a c b"
    kernel.ok("%flow order a b c")
    kernel.ok("run = %flow run")
    assert kernel.value("run['c'].task.data.y") == "2"


def test_help_and_mistyped_verbs(kernel: Any) -> None:
    assert "run the whole flow" in kernel.ok("%flow").stdout
    assert "NBF-R006" in kernel.run("%flow rum").traceback
    assert "Did you mean 'run'" in kernel.run("%flow rum").traceback
    assert "--fresh" in kernel.run("%flow run --frehs").traceback
    kernel.ok("%%parameters\nalpha: float = 0.1")
    said = kernel.ok("%flow run --help").stdout
    assert "--max-workers" in said
    assert "--alpha" in said
    for name in ("%%step?", "%%parameters?", "%flow?"):
        message = kernel.send(name)
        kernel.collect(message)
        reply = kernel.client.get_shell_msg(timeout=60)
        while reply["parent_header"].get("msg_id") != message:
            reply = kernel.client.get_shell_msg(timeout=60)
        text = json.dumps(reply["content"]["payload"])
        assert "retry" in text or "parameter" in text or "run" in text


def test_cells_can_be_defined_only_and_plain_cells_say_what_is_missing(kernel: Any) -> None:
    kernel.ok("%flow config run_cells=false")
    reply = kernel.ok("%%step a\nx = 1")
    assert "defined" in reply.text
    kernel.ok("run = %flow run")
    assert kernel.value("run['a'].task.data.x") == "1"


def test_parameters_are_typed_and_assignment_cells_override_them(kernel: Any) -> None:
    kernel.ok(
        "%%parameters\nfrom datetime import date\nn: int = 3\nday: date = date(2026, 1, 1)\nregion: str = 'eu'\nratio: float = n / 2"
    )
    assert kernel.value("(n, day.isoformat(), region, ratio)") == "(3, '2026-01-01', 'eu', 1.5)"
    reply = kernel.ok("n = 7\nday = '2026-02-03'")
    assert "overrides" in reply.text
    assert kernel.value("(n, day.isoformat(), ratio)") == "(7, '2026-02-03', 3.5)"
    kernel.ok("%%step a\ntotal = n + day.day + ratio")
    assert kernel.value("total") == "13.5"
    reply = kernel.run("%flow run --n many")
    assert "NBF-P002" in reply.traceback
    kernel.ok("run = %flow run --n 1")
    assert kernel.value("run['a'].task.data.total") == "4.5"


def test_an_unknown_parameter_names_the_nearest(kernel: Any) -> None:
    define(kernel)
    assert "--alpha" in kernel.run("%flow run --alfa 1").traceback
    reply = kernel.run("flow = __import__('nbflow').flow\nflow.run(alfa=1)")
    assert "NBF-P003" in reply.traceback and "alpha" in reply.traceback


def test_loading_twice_changes_nothing(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 1")
    kernel.ok("%load_ext nbflow")
    reply = kernel.ok("%%step b\nprint('once')\ny = x")
    assert reply.stdout == "once\n"


def test_cells_run_before_the_extension_was_loaded_count(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok("import math\ndef double(v):\n    return v * 2")
    kernel.run("def broken(v):\n    return v\nraise ValueError")
    kernel.ok("%load_ext nbflow\n%flow name early")
    kernel.ok("%%step a\nx = double(math.floor(2.5))")
    assert kernel.value("x") == "4"


def test_a_function_defined_in_a_step_is_usable_below_and_in_the_notebook(kernel: Any) -> None:
    kernel.ok("%%step a\ndef triple(v):\n    return v * 3\nx = triple(2)")
    assert kernel.value("triple(x)") == "18"
    kernel.ok("%%step b\ny = triple(x)")
    assert kernel.value("y") == "18"


def test_the_twin_of_the_cell_magics(kernel: Any) -> None:
    kernel.ok("from nbflow import flow\nflow.parameters('k: int = 4')\nflow.step('a --retry 1', 'x = k + 1')")
    assert kernel.value("x") == "5"
    assert kernel.value("(flow.order(), flow.name())") == "(('a',), 'case')"
    # one plain cell may make many
    kernel.ok("flow.step('b', 'y = x')\nflow.step('c', 'z = y')")
    assert kernel.value("flow.order()") == "('a', 'b', 'c')"


def test_drafts_and_runs_keep_their_code(kernel: Any) -> None:
    define(kernel)
    kernel.ok("run = %flow run")
    kernel.ok(
        "import time\nfrom nbflow import Run\nfrom nbflow.code.package import CodePackage\ndraft = Run('case/draft-1')"
    )
    wait = "deadline = time.monotonic() + 50\nwhile 'z = ' not in str(draft.code) and time.monotonic() < deadline:\n    draft = Run('case/draft-1')\n    time.sleep(0.1)"
    kernel.ok(wait)
    assert kernel.value("'z = ' in str(draft.code) and 'z = ' in str(run.code)") == "True"


def test_a_join_below_a_foreach_that_a_run_left_half_done_sees_what_the_cell_saw(kernel: Any) -> None:
    kernel.ok("%%step each --foreach '[0, 1, 2]' --as x --sample 2\nif x == 2: raise ValueError(x)\ny = x * 10")
    assert kernel.run("%flow run").ename == "ValueError"
    reply = kernel.ok("%%step all --join each\nys = [task.y for task in inputs]")
    assert "2 of 3 items" in reply.text
    assert kernel.value("ys") == "[0, 10]"
    # what the run had finished is there for the next one
    assert kernel.run("%flow run").ename == "ValueError"
    assert kernel.value("[t.status for t in __import__('nbflow').Run('case/2')['each']][:2]") == "['reused', 'reused']"
