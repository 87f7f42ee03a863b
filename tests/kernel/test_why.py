"""`%flow why` and `%flow run --dry`: what changed since a step's latest result, in a real kernel."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbflow.workspace import Workspace


def why(kernel: Any, words: str) -> list[str]:
    """Lines that `%flow why` shows."""
    (shown,) = [each for each in kernel.ok(f"%flow why {words}").displays if "text/html" in each]
    assert "<script" not in shown["text/html"]
    return str(shown["text/plain"]).splitlines()


def dry(kernel: Any, words: str = "") -> dict[str, str]:
    """What `%flow run --dry` says of each step."""
    (shown,) = [each for each in kernel.ok(f"%flow run --dry {words}").displays if "text/html" in each]
    lines = shown["text/plain"].splitlines()
    assert lines[0] == "dry run of case: nothing is started"
    return {line.split()[1]: " ".join(line.split()[2:]) for line in lines[1:-1]}


@pytest.fixture
def ran(kernel: Any) -> Any:
    """A kernel with a finished run of four steps."""
    kernel.ok("%%parameters\nalpha: float = 0.1\nnames: list[str] = ['a', 'b', 'c']")
    kernel.ok("def clean(text):\n    return text.strip()")
    kernel.ok("%%step load\nx = alpha * 10\nrows = [1, 2, 3]")
    kernel.ok("%%step each --foreach names --as name\ny = clean(name) * 2")
    kernel.ok("%%step all --join each\nz = [t.y for t in inputs]")
    kernel.ok("%%step report\ntext = f'{z} {x} {len(rows)}'")
    kernel.ok("run = %flow run")
    return kernel


def test_what_did_not_change_is_taken_over(ran: Any) -> None:
    assert why(ran, "report") == ["↺ report  nothing changed since case/1: %flow run reuses it"]
    # its cell ran first, in the draft
    assert why(ran, "load") == ["↺ load  nothing changed since case/draft-1: %flow run reuses it"]
    assert why(ran, "each")[0] == "↺ each  3 reused"
    assert set(dry(ran).values()) == {"reused", "3 reused"}


def test_an_edited_cell_is_shown_as_a_diff(ran: Any) -> None:
    ran.run("%%step load\nx = alpha * 10\nrows = 1 / 0")
    found = why(ran, "load")
    assert found[0] == "● load  code changed since case/1: it runs"
    assert found[1] == "  the cell of load"
    assert found[-3:-1] == ["    -rows = [1, 2, 3]", "    +rows = 1 / 0"]
    assert found[-1] == "  failed last time: ZeroDivisionError: division by zero"
    assert dry(ran)["load"] == "runs failed last time: ZeroDivisionError: division by zero"


def test_a_changed_definition_is_shown_as_a_diff_for_each_task_that_uses_it(ran: Any) -> None:
    ran.ok("def clean(text):\n    return text.strip().lower()")
    found = why(ran, "each")
    assert found[0] == "● each  3 run · clean changed (definition)"
    assert found[-3:] == [
        "     def clean(text):",
        "    -    return text.strip()",
        "    +    return text.strip().lower()",
    ]
    assert why(ran, "each[1]")[0] == "● each[1]  clean changed (definition) since case/1: it runs"
    assert ran.ok("from nbflow import flow\nprint(repr(flow.why('each[1]')))").stdout.splitlines() == why(
        ran, "each[1]"
    )


def test_a_step_that_only_waits_names_what_runs_above_it(ran: Any) -> None:
    ran.ok("def clean(text):\n    return text.strip().lower()")
    assert why(ran, "report") == [
        "○ report  nothing of its own changed since case/1; after all: runs unless all leaves the same",
        "  what runs above it",
        "    each: 3 run · clean changed (definition)",
    ]


def test_an_input_that_differs_shows_what_it_was_and_is(ran: Any) -> None:
    ran.ok("%%step load\nx = alpha * 10\nrows = [1, 2, 3, 4]")
    found = why(ran, "report")
    assert found[0] == "● report  rows differs (from load) since case/1: it runs"
    assert found[1:] == ["  inputs", "    rows from load: list 3 items → list 4 items"]


def test_a_changed_parameter_is_told_with_both_values_and_its_time(ran: Any) -> None:
    ran.ok("alpha = 0.2")
    assert why(ran, "load") == [
        "● load  alpha 0.1 → 0.2 since case/1: it runs",
        "  parameters and values",
        "    alpha 0.1 → 0.2",
    ]
    assert dry(ran, "--alpha 0.3")["load"].endswith("ms alpha 0.1 → 0.3")
    assert dry(ran, "--alpha 0.1")["load"] == "reused"


def test_after_a_run_with_other_parameters_the_one_that_differs_is_named_with_its_run(ran: Any) -> None:
    ran.ok("run = %flow run --names a,b,c,d --alpha 0.5")
    told = "perhaps about 4 run · its items are listed anew: names ['a', 'b', 'c', 'd'] → ['a', 'b', 'c'], since case/2"
    assert why(ran, "each") == [
        f"○ each  {told}",
        "  parameters and values",
        "    names ['a', 'b', 'c', 'd'] → ['a', 'b', 'c']",
    ]
    assert why(ran, "all")[1:] == ["  what runs above it", f"    each: {told}"]
    # what is too long to be kept by a task its run has
    long = ["a" * 24, "b" * 24]
    ran.ok(f"run = %flow run --names {','.join(long)}")
    assert why(ran, "each") == [
        "○ each  perhaps about 2 run · its items are listed anew: names changed, since case/3",
        "  parameters and values",
        f"    names {long} → ['a', 'b', 'c']",
    ]


def test_members_of_a_join_that_differ_are_named(ran: Any) -> None:
    ran.ok("%%step each --foreach names --as name --sample all\ny = clean(name) * 2 + 'b' * (name == 'b')")
    found = why(ran, "all")
    assert found[0] == "● all  what it joins differs (from each) since case/1: it runs"
    assert found[1:] == ["  what it joins", "    each[1]: y 'bb' → 'bbb'"]


def test_after_a_restart_the_stored_runs_are_compared_with(
    ran: Any, start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    ran.ok("%%step load\nx = alpha * 10\nrows = [1, 2]")
    metadata = Workspace.open(tmp_path / ".nbflow").metadata
    # a draft's code is stored while the person reads
    _until(lambda: metadata.tasks("case", "draft-1", "load")[0].code)
    again = start_kernel()
    again.ok("%load_ext nbflow\n%flow name case\n%flow config run_cells=false")
    again.ok("%%parameters\nalpha: float = 0.1")
    again.ok("%%step load\nx = alpha * 10\nrows = [1]")
    found = why(again, "load")
    assert found[0].startswith("● load  code changed since case/draft-1: it runs")
    assert found[-2:] == ["    -rows = [1, 2]", "    +rows = [1]"]
    again.ok("%%step load\nx = alpha * 10\nrows = [1, 2]")
    assert why(again, "load")[0].endswith("but it runs: done in an earlier run: --reuse takes it over")
    assert dry(again, "--reuse") == {"load": "reused"}


def _until(ready: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 50
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "name a step, or one of its tasks as in train[3]"),
        ("lod", "there is no step 'lod' in this flow. Did you mean 'load'?"),
        ("each[7]", "step each has no task '7'. Its tasks: [0], [1], [2]"),
        ("each[x]", "name a step, or one of its tasks"),
    ],
)
def test_what_is_no_task_of_the_flow_is_refused(ran: Any, words: str, said: str) -> None:
    reply = ran.run(f"%flow why {words}")
    assert reply.ename is not None and said in reply.text
