"""`%flow debug` and `%flow source` in a real kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def offered(kernel: Any, source: str) -> tuple[str, str]:
    """Run a cell that must succeed; return what it said and the cell that it asks the front end to put below."""
    sent = kernel.send(source)
    reply = kernel.collect(sent)
    assert reply.ename is None, reply.traceback
    while True:
        message = kernel.client.get_shell_msg(timeout=60)
        if message["parent_header"].get("msg_id") == sent:
            break
    payloads = [each for each in message["content"]["payload"] if each["source"] == "set_next_input"]
    assert all(each["replace"] is False for each in payloads)
    return reply.text, payloads[0]["text"] if payloads else ""


def test_a_cell_that_just_failed_is_here_with_what_it_had(kernel: Any) -> None:
    kernel.ok("%%parameters\nalpha: float = 0.5")
    kernel.ok("import math\ndef clean(xs): return [x for x in xs if x]")
    kernel.ok("%%step load\ndf = clean([3, 0, 4])")
    assert kernel.run("%%step train\nclass Own: pass\nbase = df[0]\n%time rate = alpha / (base - 3)").ename
    kernel.ok("df = 'mine'\nrate = 'old'")
    said, cell = offered(kernel, "%flow debug")
    assert "case/draft-1/train/0  ZeroDivisionError: float division by zero" in said
    assert "rate = alpha / (base - 3)" in said
    assert "In [5], line 4" in said
    rows = [line.split() for line in said.splitlines()]
    assert ["df", "list", "2", "items", "load", "'mine'"] in rows
    assert ["alpha", "0.5", "parameter"] in rows
    assert ["failed", "what", "it", "had", "bound:", "failed.base"] in rows
    assert kernel.value("(df, alpha, failed.base)") == "([3, 4], 0.5, 3)"

    # the cell is the body as it was written, and fails as the task did
    first, *body = cell.splitlines()
    assert first.startswith("# %flow debug case/draft-1/train/0 ")
    assert body == ["class Own: pass", "base = df[0]", "%time rate = alpha / (base - 3)"]
    native = kernel.run(cell.replace("%time ", ""))
    assert native.ename == "ZeroDivisionError"
    assert "----> 4 rate = alpha / (base - 3)" in native.traceback
    # what %debug opens
    assert kernel.value("__import__('sys').last_value.__traceback__.tb_next.tb_frame.f_locals['base']") == "3"
    kernel.ok(cell.replace("df[0]", "df[0] + 1").replace("Own", "Extra"))
    assert kernel.value("rate") == "0.5"

    # none of it is part of the flow
    assert kernel.value("Extra.__module__") == "'__main__'"
    assert "2 steps, no errors" in kernel.ok("%flow check").stdout
    assert "'Extra' is hidden state" in kernel.run("%%step later --define\nz = Extra()").traceback
    kernel.ok("%flow drop later")

    back = kernel.ok("%flow debug --back").stdout
    assert "gone again: failed" in back
    assert kernel.value("(df, rate, 'failed' in globals(), 'base' in globals())") == "('mine', 'old', False, False)"
    assert "nothing to put back" in kernel.ok("%flow debug --back").stdout


def test_a_stored_run_has_the_definitions_of_its_time(start_kernel: Callable[..., Any]) -> None:
    first = start_kernel()
    first.ok("%load_ext nbflow\n%flow name case")
    first.ok("TOL = 2\nclass Model:\n    def __init__(self, a): self.a = a\ndef fit(a): return Model(a * TOL)")
    first.ok("%%step load\nlarge = {'text': 'x' * 2_000_000, 'model': Model(1)}\nitems = [1, 0]")
    first.ok(
        "%%step train --define --foreach items --as a\nsame = isinstance(large['model'], Model)\nmodel = fit(6 / a)"
    )
    assert first.run("%flow run").ename == "ZeroDivisionError"
    first.close()

    second = start_kernel()
    second.ok("%load_ext nbflow\n%flow name case")
    second.ok("TOL = 3\nclass Model:\n    def __init__(self, a): self.a = -a\ndef fit(a): return Model(a * TOL)")
    second.ok("%%step other\nfitted = fit(1).a")
    said, cell = offered(second, "%flow debug train[1] 1")
    assert "In [4], line 3" in said
    assert "function, as it was then" in said
    assert "loaded when a cell names it" in said
    assert second.value("''.join(('lar', 'ge')) in globals()") == "False"
    assert second.value("(fit(1).a, a)") == "(2, 0)"
    second.ok(cell.replace("/ a", "/ 1"))
    assert second.value("(same, model.a)") == "(True, 12.0)"

    # the notebook's own go on to count
    second.ok("%%step other\nfitted = fit(1).a")
    assert second.value("fitted") == "-3"
    assert "newer" not in second.ok("%flow debug --back").stdout
    assert second.value("(fit(1).a, TOL, 'model' in globals())") == "(-3, 3, False)"


def test_another_task_takes_the_place_of_the_first_and_what_ran_since_stays(kernel: Any) -> None:
    kernel.ok("%%step load\nxs = [5, 0]")
    kernel.ok("%%step train --foreach xs --as x\nseen = f'item {x}'\ny = 10 / x")
    kernel.run("%flow run")
    kernel.ok("x = 'mine'")
    kernel.ok("from nbflow import flow\nd = flow.debug('train[1]')")
    assert kernel.value("(x, d.pathspec, d.status)") == "(0, 'case/1/train/1', 'failed')"
    assert kernel.value("failed.seen") == "'item 0'"
    kernel.ok("d = flow.debug('train/0')")
    assert kernel.value("(x, 'failed' in globals())") == "(5, False)"
    assert "as before: x" in kernel.ok("flow.debug(back=True)").stdout
    assert kernel.value("x") == "'mine'"
    kernel.ok("d = flow.debug('train/0', 1)")
    kernel.ok("%%step train --foreach xs --as x\ny = 10 / (x + 1)")
    assert "newer, and kept: " in kernel.ok("flow.debug(back=True)").stdout
    assert kernel.value("y") == repr(10 / 6)


def test_a_join_reads_its_tasks_lazily_and_merges(kernel: Any) -> None:
    kernel.ok("%%step load\nxs = [1, 2]")
    kernel.ok("%%step train --foreach xs --as x\ny = 10 / x\nsame = 7")
    kernel.ok(
        "%%step best --define --join train\nmerge_artifacts(inputs, include=['same'])\nall_y = [t.y for t in inputs]\n1 / 0"
    )
    kernel.run("%flow run")
    said, cell = offered(kernel, "%flow debug best")
    assert "2 tasks, values load as they are read" in said
    assert kernel.value("(len(inputs), inputs[1].y, inputs.train[0].x)") == "(2, 5.0, 1)"
    kernel.ok("same = 0\n")
    assert kernel.run(cell).ename == "ZeroDivisionError"
    assert kernel.value("(same, all_y)") == "(7, [10.0, 5.0])"


def test_what_cannot_be_looked_into_says_why_and_changes_nothing(kernel: Any) -> None:
    assert "NBF-R040" in kernel.run("%flow debug").traceback
    kernel.ok("%%step load\nx = 1\nbig = list(range(100_000))")
    kernel.ok("%%step skipped --when 'x > 1'\nz = x")
    kernel.ok("%%step below\nzz = z")
    assert "NBF-R040  nothing failed in case/draft-1" in kernel.run("%flow debug").traceback
    assert "Did you mean 'load'" in kernel.run("%flow debug laod").traceback
    assert "NBF-R042" in kernel.run("%flow debug below").traceback
    assert "NBF-C005" in kernel.run("%flow debug --bakc").traceback
    said, cell = offered(kernel, "%flow debug skipped")
    assert "x > 1 is false" in said
    assert cell.splitlines()[1:] == ["x > 1"]
    kernel.ok("%%step use\nn = len(big)")
    for blob in (kernel.folder / ".nbflow" / "blobs").rglob("*"):
        if blob.is_file():
            # what is still being written takes another name
            blob.unlink(missing_ok=True)
    lost = kernel.run("%flow debug use")
    assert "NBF-R041" in lost.traceback


def test_source_is_a_step_as_it_ran_or_as_its_cell_stands(kernel: Any) -> None:
    kernel.ok("K = 2")
    kernel.ok("%%step load\nx = K + 1")
    kernel.ok("%%step use --define\ny = x * 2")
    said = kernel.ok("%flow source load").displays[-1]
    assert "<pre" in said["text/html"]
    assert "# load of case/draft-1, as it ran on" in said["text/plain"]
    assert "K = 2\n" in said["text/plain"]
    assert "# x = …  (from load)" in kernel.ok("%flow source use").text
    kernel.ok("s = %flow source load\nspace = {}\nexec(s.text, space)")
    assert kernel.value("space['x']") == "3"
    assert "NBF-R004" in kernel.run("%flow source").traceback
    assert "Did you mean 'load'" in kernel.run("%flow source lead").traceback
