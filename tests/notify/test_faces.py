"""However a run was started, its end is told and the functions of @exit_hook are called, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flow_terminal import FlowTerminal
from kernels import Kernel, start_kernel
from on_disk import contents
from receivers import Hook
from terminal import Terminal

from nbflow import Runner
from nbflow.notify.hooks import Hooks, run_hooks
from nbflow.workspace import Workspace

__all__ = ["start_kernel"]

FLOW = '''
import os
import sys

from nbflow import FlowSpec, Parameter, exit_hook, notify, step

NAMES = ["north", "south"]


def note(text):
    with open(os.environ["NOTED"], "a") as file:
        print(text, os.getpid() == int(os.environ.get("STARTER", 0)), file=file)


def tell(run):
    print("told", run.pathspec)
    note(f"tell {run.pathspec} {run.status} {run.data.total}")


def late(*, of=None, **how):
    note(f"late {sorted(how)}")


def broken(run):
    raise LookupError("no such\\nroom")


def gone():
    os._exit(3)


def mourn(that):
    note(f"mourn {that.pathspec} {that.status} {NAMES}")


@notify("env.SALES_HOOK", on="failure")
@exit_hook(on_success=[tell, broken, gone], on_error=[mourn])
@exit_hook(on_success=[late])
class SalesFlow(FlowSpec):
    """Sums up."""

    wrong = Parameter("wrong", default=False)

    @step
    def start(self):
        self.total = len(NAMES)
        if self.wrong:
            raise ValueError("no rows")
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SalesFlow()
'''

NOTEBOOK = (
    "%%step load\nrows = 3",
    "%%step train\nrmse = 1 / rows",
)


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    return tmp_path / "noted"


@pytest.fixture
def sales(tmp_path: Path, noted: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> FlowTerminal:
    (tmp_path / "sales.py").write_text(FLOW)
    for name, value in {"NOTED": str(noted), "SALES_HOOK": hook.url("sales"), "STARTER": str(os.getpid())}.items():
        monkeypatch.setenv(name, value)
    return FlowTerminal(tmp_path, tmp_path / "sales.py")


def test_a_run_of_a_file_calls_its_functions_each_in_a_process_of_its_own(sales: FlowTerminal, noted: Path) -> None:
    done = sales.ok("run")
    assert noted.read_text().splitlines() == ["tell SalesFlow/1 succeeded 2 False", "late ['run'] False"]
    assert "told SalesFlow/1\n" in done.stdout + done.stderr
    assert "broken, which was to be called when SalesFlow/1 is over, failed: LookupError: no such room" in done.stderr
    assert (
        "gone, which was to be called when SalesFlow/1 is over, failed: its process ended with exit code 3"
        in done.stderr
    )
    assert "in broken\n    raise LookupError" in done.stderr
    assert "hooked.py" not in done.stderr
    assert "does nothing yet" not in done.stderr


def test_a_run_that_failed_calls_others_and_is_told(sales: FlowTerminal, noted: Path, hook: Hook) -> None:
    done = sales.run("run", "--wrong", "true", "--notify", hook.url("given-key"))
    assert done.returncode == 1
    assert noted.read_text() == "mourn SalesFlow/1 failed ['north', 'south'] False\n"
    assert hook.titles("sales") == hook.titles("given-key") == ["✗ SalesFlow/1 failed: start: ValueError: no rows"]
    done = sales.run("resume")
    assert hook.titles("sales")[1:] == ["✗ SalesFlow/2 failed: start: ValueError: no rows"]
    assert len(hook.titles("given-key")) == 1
    _nowhere(sales.root, hook)


def _nowhere(root: Path, hook: Hook) -> None:
    """Assert that no address stands in the store."""
    files = contents(root)
    assert files
    for path, held in files.items():
        assert str(hook.port).encode() + b"/" not in held, path


def test_a_run_from_a_program_is_no_other(sales: FlowTerminal, noted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBFLOW_ROOT", str(sales.root))
    with Runner(str(sales.file), show_output=False).run() as running:
        assert running.status == "successful"
    assert len(noted.read_text().splitlines()) == 2


def test_nothing_begins_when_somebody_cannot_be_told(sales: FlowTerminal, hook: Hook) -> None:
    done = sales.run("run", "--notify", "slak://a")
    assert done.returncode == 1
    assert "NBF-Q002  no service for messages is called 'slak'. Did you mean 'slack'?" in done.stderr
    sales.file.write_text(FLOW.replace('"env.SALES_HOOK"', '"env.SALES_HOK"'))
    done = sales.run("run")
    assert "NBF-Q007" in done.stderr
    assert "  where  sales.py · line " in done.stderr
    assert not (sales.root / "metadata.db").exists() or not Workspace.open(sales.root).metadata.flows()


def test_an_address_in_the_code_is_warned_of_and_recorded_without_its_key(sales: FlowTerminal, hook: Hook) -> None:
    sales.file.write_text(FLOW.replace('"env.SALES_HOOK", on="failure"', f'"{hook.url("sales")}"'))
    done = sales.ok("run")
    assert f"the address http://127.0.0.1:{hook.port}/… stands in the code, which every run keeps" in done.stderr
    assert hook.titles("sales") == ["✓ SalesFlow/1 succeeded in " + hook.got[0][1]["title"].rpartition(" in ")[2]]
    record = Workspace.open(sales.root).metadata.run("SalesFlow", "1")
    assert record is not None
    assert hook.url("sales") not in json.dumps(dict(record.about))


def test_a_parameter_called_notify_keeps_its_name(sales: FlowTerminal, hook: Hook) -> None:
    sales.file.write_text(
        FLOW.replace('Parameter("wrong", default=False)', 'Parameter("notify", default="nobody")')
        .replace("self.wrong", 'self.wrong == "x"')
        .replace("    wrong = ", "    wrong = ")
    )
    done = sales.ok("run", "--notify", "ada")
    assert hook.got == []
    assert "Done!" in done.stdout + done.stderr
    assert "--notify ADDRESS" not in sales.ok("run", "--help").stdout


def test_functions_can_be_called_where_only_the_text_of_the_class_is(sales: FlowTerminal, noted: Path) -> None:
    # as of a deployed flow, whose file is on another machine
    program = """
import json, sys
from pathlib import Path
from nbflow.frontends.classes.asking import request_of
from nbflow.frontends.classes.opened import load_flow_file, open_class
from nbflow.notify.hooks import hooks_of
from nbflow.workspace import Workspace
flow = open_class(load_flow_file(sys.argv[1]))
Path(sys.argv[2]).write_text(json.dumps(hooks_of(request_of(flow, Workspace.find(), {})).to_json()))
"""
    sales.ok("run")
    kept = sales.folder / "hooks.json"
    env = {**os.environ, "NBFLOW_ROOT": str(sales.root)}
    subprocess.run([sys.executable, "-c", program, sales.file, kept], check=True, env=env, cwd=sales.folder)
    sales.file.unlink()
    noted.unlink()
    workspace = Workspace.open(sales.root)
    record = workspace.metadata.run("SalesFlow", "1")
    assert record is not None
    said: list[str] = []
    problems = run_hooks(workspace, Hooks.from_json(json.loads(kept.read_text())), record, said.append)
    assert noted.read_text().splitlines() == ["tell SalesFlow/1 succeeded 2 False", "late ['run'] False"]
    assert [each.code for each in problems] == ["Q009", "Q009"]
    assert said[0] == "told SalesFlow/1"


def test_a_notebook_in_the_terminal_here_and_in_a_process_of_its_own(tmp_path: Path, hook: Hook) -> None:
    terminal = Terminal(tmp_path)
    terminal.write(*NOTEBOOK, name="sales.ipynb")
    done = terminal.run("run", "sales.ipynb", "--notify", hook.url("here"))
    assert done.returncode == 0, done.stderr
    assert [title.partition(" in ")[0] for title in hook.titles("here")] == ["✓ sales/1 succeeded"]
    done = terminal.run("run", "sales.ipynb", "--notify", hook.url("apart"), "--detach")
    assert done.returncode == 0, done.stderr
    hook.wait(2)
    assert [title.partition(" in ")[0] for title in hook.titles("apart")] == ["✓ sales/2 succeeded"]
    assert "Since sales/1, the last that succeeded: 2 metrics, none changed." in hook.got[1][1]["message"]
    _nowhere(tmp_path / ".nbflow", hook)


def test_cells(start_kernel: Callable[..., Kernel], hook: Hook, noted: Path) -> None:
    kernel: Kernel = start_kernel(NOTED=str(noted), SALES_HOOK=hook.url("sales"))
    kernel.ok("%load_ext nbflow\n%flow name sales")
    for cell in NOTEBOOK:
        kernel.ok(cell)
    kernel.ok(f"%flow run --notify {hook.url('flow')}")
    assert [title.partition(" in ")[0] for title in hook.titles("flow")] == ["✓ sales/1 succeeded"]
    # in a kernel that nobody attends it waits; in any case it is told once
    kernel.ok(f"run = %flow run --background --fresh --notify {hook.url('flow')}\nrun.wait()")
    hook.wait(2)
    assert [title.partition(" in ")[0] for title in hook.titles("flow")] == [
        "✓ sales/1 succeeded",
        "✓ sales/2 succeeded",
    ]
    reply = kernel.run("%flow run --notify SLACK_URL")
    assert "NBF-Q001" in reply.traceback

    above, _, rest = FLOW.partition("@notify")
    kernel.ok(above)
    kernel.ok(f"@notify{rest.partition('if __name__')[0]}")
    reply = kernel.ok("SalesFlow.run()")
    assert "told SalesFlow/1" in reply.stdout
    assert "failed: LookupError: no such room" in reply.stdout
    assert noted.read_text().splitlines() == ["tell SalesFlow/1 succeeded 2 False", "late ['run'] False"]
    reply = kernel.run(f"SalesFlow.run(wrong=True, notify='{hook.url('class')}')")
    assert reply.ename == "ValueError"
    assert hook.titles("class") == hook.titles("sales") == ["✗ SalesFlow/2 failed: start: ValueError: no rows"]


def test_a_notebook_says_itself_who_is_to_hear_of_its_runs(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch, start_kernel: Callable[..., Kernel]
) -> None:
    monkeypatch.setenv("SALES_HOOK", hook.url("sales"))
    line = "%flow notify env.SALES_HOOK --on failure,regression --regression 'rmse > baseline.rmse'"
    parameters = "%%parameters\nrows: int = 3"
    cells = (f"%load_ext nbflow\n{line}", parameters, "%%step train\nrmse = 1 / rows")
    terminal = Terminal(tmp_path)
    terminal.write(*cells, name="sales.ipynb")
    for rows in (3, 2):
        done = terminal.run("run", "sales.ipynb", "-p", f"rows={rows}")
        assert done.returncode == 0, done.stderr
    assert hook.titles("sales") == ["▼ sales/2 got worse: rmse is 0.5, of sales/1 0.333333 (+50.0%)"]

    terminal.write(cells[0].replace("failure,", "failures,sucess,"), *cells[1:], name="wrong.ipynb")
    done = terminal.run("run", "wrong.ipynb")
    assert done.returncode == 2
    assert "NBF-Q008  'sucess' is no end of a run. Did you mean 'success'?" in done.stderr
    assert "wrong.ipynb · cell 1 · line 2" in done.stderr

    kernel: Kernel = start_kernel(NBFLOW_ROOT=str(tmp_path / ".nbflow"))
    kernel.ok("%load_ext nbflow\n%flow name sales")
    assert "env.SALES_HOOK hears of failure, regression, and where rmse > baseline.rmse" in kernel.ok(line).stdout
    for cell in cells[1:]:
        kernel.ok(cell)
    kernel.ok("import nbflow\nrun = nbflow.flow.run(rows=1)")
    assert hook.titles("sales")[1:] == ["▼ sales/3 got worse: rmse is 1, of sales/2 0.5 (+100%)"]
    reply = kernel.ok(f"%flow notify {hook.url('key')}")
    assert f"the address http://127.0.0.1:{hook.port}/… stands in the code" in reply.stdout
    assert "nobody hears" in kernel.ok("%flow notify nobody").stdout
    assert "NBF-Q001" in kernel.run("nbflow.flow.notify('#sales')").traceback
