"""Help as a person asks for it: a question mark, `--help`, Shift-Tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def paged(kernel: Any, code: str) -> str:
    """Return what a cell sends to the pager."""
    asked = kernel.send(code)
    kernel.collect(asked)
    while (reply := kernel.client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != asked:
        pass
    return "\n".join(each["data"]["text/plain"] for each in reply["content"]["payload"] if each["source"] == "page")


def tooltip(kernel: Any, code: str, at: int | None = None) -> str:
    """Return what Shift-Tab shows at a place of a cell; empty: nothing."""
    reply = kernel.client.inspect(code, len(code) if at is None else at, reply=True, timeout=60)["content"]
    return str(reply["data"]["text/plain"]) if reply["found"] else ""


def row(text: str, head: str) -> str:
    """Return the line that begins with `head`, its columns one blank apart."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return next((line for line in lines if line.startswith(head)), "")


def test_help_says_what_a_magic_is_and_what_holds_here_and_now(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel(NBFLOW_PARAM_BETA="7")
    kernel.ok("%load_ext nbflow\n%flow name case")
    assert row(paged(kernel, "%flow run?"), "this flow has no parameters")
    kernel.ok("%%parameters\nalpha: float = 0.1  # learning rate\nbeta: int = 2\nlong_name: str = 'x'")
    kernel.ok("long_name = 'eu'")
    kernel.ok("%%step load\nx = alpha * 3")
    kernel.ok("%%step train --retry 2 --foreach '[x, x]'\n#| memory: 1G\ny = x")
    kernel.ok("run = 1\ntrain = 2\n%flow run --tag first")

    text = paged(kernel, "%flow run?")
    assert text.startswith("%flow run [--NAME VALUE …] [options]") and "    %flow run" in text
    assert row(text, "--alpha") == "--alpha float 0.1 default learning rate"
    assert row(text, "--beta") == "--beta int 7 NBFLOW_PARAM_BETA"
    assert row(text, "--long-name").startswith("--long-name str 'eu' In [4]")
    cores = kernel.value("__import__('nbflow.runtime.capacity', fromlist=['cores']).cores()")
    assert row(text, "--max-workers") == f"--max-workers N {cores} most tasks at once (default: the cores)"
    assert row(text, "flow") == "flow case, by %flow name"
    # the path of a store is as long as it is
    assert " ".join(text.split()).count(".nbflow; the latest is case/1, succeeded") == 1
    assert row(text, "NBFLOW_PARAM_BETA") == "NBFLOW_PARAM_BETA 7"
    # the same by every way of asking
    assert kernel.ok("%flow run --help").stdout.strip() == text.strip()
    box = tooltip(kernel, "%flow run --fr", 6)
    assert box.split() == text.split()
    # a path stays whole
    for shown in (box, text):
        assert max(len(line) for line in shown.splitlines() if "/" not in line) <= 88

    text = paged(kernel, "%%step?")
    assert text.startswith("%%step NAME [options]") and "%%step train --foreach regions" in text
    assert row(text, "--retry N") == "--retry N tries after the first, 0 to 100 (default: 0)"
    assert row(text, "--gpu N") == "--gpu N graphics processors; on Batch (default: 0)"
    assert row(text, "more") == "more %%step load? says what holds in step load"
    text = paged(kernel, "%%step train?")
    assert row(text, "--retry N") == "--retry N 2 tries after the first, 0 to 100 (default: 0)"
    assert row(text, "--memory") == "--memory SIZE 1G memory of one task"
    assert row(text, "--retry-wait").startswith("--retry-wait DUR 0s time between")
    assert row(text, "reads x") == "reads x of load" and row(text, "leaves y") == "leaves y"
    assert "no step tarin has run in this kernel. Did you mean 'train'?" in paged(kernel, "%%step tarin?")

    cell = "%%step new --retry 3 --catch why\ny = 1"
    text = tooltip(kernel, cell, len("%%step new --re"))
    assert text.startswith("--retry N  tries after the first, 0 to 100 (default: 0); now: 3\n")
    assert row(text, "--catch") == "--catch [NAME] why a failure counts as success; the error in NAME"
    assert tooltip(kernel, "%%step new\n#| timeout: 5m").startswith("--timeout DUR  time for one try; now: 5m")
    assert "Declares the flow's parameters" in tooltip(kernel, "%%parameters\nalpha: int", 3)

    text = paged(kernel, "%%parameters?")
    assert row(text, "alpha: float 0.1") == "alpha: float 0.1 default learning rate"
    assert row(text, "beta: int") == "beta: int 7 NBFLOW_PARAM_BETA"
    assert "first in every task" in paged(kernel, "%%setup?")
    text = paged(kernel, "%flow?")
    assert row(text, "run …") == "run … run the whole flow, in parallel" and "come back" in text
    assert row(paged(kernel, "%flow config?"), "run_cells ") == "run_cells true"
    assert row(paged(kernel, "%flow cancel?"), "under way") == "under way no run of this flow"
    text = paged(kernel, "%flow schedule?")
    assert row(text, "pause NAME").startswith("pause NAME Have") and row(text, "logs NAME [-n N]")
    assert row(text, "--name NAME") == "--name NAME case what the schedule is called (default: as the flow)"
    assert row(text, "--within TIME").startswith("--within TIME 1d how old")
    text = paged(kernel, "%flow schedule logs?")
    assert text.startswith("%flow schedule logs NAME [-n N]\n") and "--cron" not in text
    assert tooltip(kernel, "%flow schedule add --cron").startswith("--cron EXPRESSION  as in a crontab")
    assert tooltip(kernel, "%flow deploy -p a").startswith("--param NAME=VALUE  give a parameter")
    text = paged(kernel, "%flow deploy?")
    assert "--name NAME nbflow-case of the state machine (default: made of the flow's)" in " ".join(text.split())
    assert row(text, "--timezone ZONE UTC") and row(text, "queue") == "queue not set: nbflow configure stack"
    assert row(paged(kernel, "%flow rnu?"), "there is") == "there is no verb rnu. Did you mean 'run'?"
    kernel.run("%%step bad\nz = 1 / 0")
    assert row(paged(kernel, "%flow debug?"), "failed last").endswith("/bad/0: ZeroDivisionError: division by zero")

    # where it is none of ours, IPython answers
    assert "Type:" in paged(kernel, "run?") and "Return" in tooltip(kernel, "len")
    kernel.ok("%unload_ext nbflow")
    assert tooltip(kernel, "%%step new --re") == ""


def test_help_of_a_card_cell_says_what_it_is_and_what_holds_in_it(kernel: Any) -> None:
    kernel.ok("%%card look --retry 2\n1")
    for line in ("%%card?", "%%card look?", "%flow help card"):
        assert paged(kernel, line).startswith("%%card NAME [options]")
    assert row(paged(kernel, "%%card look?"), "--card") and row(paged(kernel, "%%card look?"), "--retry N 2")
    assert tooltip(kernel, "%%card look --ti").startswith("--timeout") or "%%card" in tooltip(kernel, "%%card look")
