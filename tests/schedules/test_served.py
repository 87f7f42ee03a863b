"""`serve` for real: processes that fire real flows, by a clock that the test moves, are killed, and go on."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nbflow.client import Run
from nbflow.frontends.cli.main import main
from nbflow.schedules.firing import begin
from nbflow.schedules.firings import Firing
from nbflow.schedules.register import Register
from nbflow.schedules.schedule import Schedule
from nbflow.schedules.unit import NAME
from nbflow.workspace import Workspace

LOAD = """
from pathlib import Path
import os
import time
from nbflow import FlowSpec, Parameter, current, schedule, step

@schedule(hourly=True)
class LoadFlow(FlowSpec):
    alpha = Parameter("alpha", default=0.1)
    @step
    def start(self):
        while not Path("go").exists():
            time.sleep(0.05)
        print("loaded with", self.alpha)
        self.trigger = current.trigger
        self.told = os.environ.get("NBFLOW_STARTED_BY")
        self.next(self.end)
    @step
    def end(self):
        pass

if __name__ == "__main__":
    LoadFlow()
"""
REPORT = """
from nbflow import FlowSpec, current, step, trigger_on_finish

@trigger_on_finish(flow="LoadFlow")
class ReportFlow(FlowSpec):
    @step
    def start(self):
        self.alpha = current.trigger.run.data.alpha
        self.seen = (current.trigger.event.name, "LoadFlow" in current.trigger, current.trigger["LoadFlow"].id)
        self.next(self.end)
    @step
    def end(self):
        pass

if __name__ == "__main__":
    ReportFlow()
"""
#: a supervisor whose clock is so many seconds ahead as a file says
SERVE = """
import sys
from datetime import timedelta
from pathlib import Path
from nbflow.frontends.scheduling.verbs import serve
from nbflow.schedules.clock import SystemClock
from nbflow.schedules.register import Register
from nbflow.workspace import Workspace

class Ahead(SystemClock):
    def now(self):
        return super().now() + timedelta(seconds=float(Path(sys.argv[2]).read_text()))

serve(Register(Workspace.open(sys.argv[1])), Ahead(), lambda text: print(text, flush=True))
"""


class Machine:
    """A folder with two flows, and supervisors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.register = Register(Workspace.open(folder / ".nbflow"))
        self.processes: list[subprocess.Popen[bytes]] = []
        (folder / "load.py").write_text(LOAD)
        (folder / "report.py").write_text(REPORT)
        now = datetime.now(UTC)
        hour = now.replace(minute=0, second=0, microsecond=0)
        #: of two zones, whose hours begin half an hour apart, the one where no hour begins while a test runs
        self.zone = "UTC" if now.minute < 30 else "Asia/Kolkata"
        self.hour = hour if now.minute < 30 else hour + timedelta(minutes=30)
        self.ahead(0.0)

    def ahead(self, seconds: float) -> None:
        half = self.folder / "half"
        half.write_text(f"{seconds}")
        half.rename(self.folder / "ahead")

    def to_the_next_hour(self, number: int) -> None:
        hour = self.hour + timedelta(hours=number)
        self.ahead((hour - datetime.now(UTC)).total_seconds() + 1.0)

    def serve(self) -> Path:
        log = self.folder / f"serve-{len(self.processes)}.log"
        with log.open("wb") as output:
            words = [sys.executable, "-c", SERVE, str(self.register.workspace.root), str(self.folder / "ahead")]
            self.processes.append(subprocess.Popen(words, cwd=self.folder, stdout=output, stderr=output))
        return log

    def schedule(self, name: str) -> Schedule:
        found = self.register.get(name)
        assert found is not None
        return found

    def firings(self, name: str) -> list[Firing]:
        return list(self.register.firings(self.schedule(name).id))

    def states(self, name: str) -> list[str]:
        return [each.state for each in self.firings(name)]

    def told(self) -> str:
        return "\n".join(each.read_text() for each in sorted(self.folder.glob("serve-*.log")))

    def wait(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not until():
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.05)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / ".nbflow"))
    monkeypatch.setenv("NBFLOW_USER", "tester")
    made = Machine(tmp_path)
    yield made
    (tmp_path / "go").touch()
    for each in made.processes:
        each.kill()
        each.wait()
    made.wait(lambda: not any(each.state == "running" for name in made.register.names() for each in made.firings(name)))


def test_what_is_due_runs_once_though_who_started_it_is_killed_and_another_one_goes_on(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schedule", "add", "load.py", "--timezone", machine.zone, "-p", "alpha=0.5", "--tag", "hourly"]) == 0
    assert main(["schedule", "add", "report.py"]) == 0
    said = capsys.readouterr()
    assert (
        f"LoadFlow: load.py, hourly ({machine.zone})" in said.out
        and "ReportFlow: report.py, after LoadFlow" in said.out
    )
    assert "nobody looks yet" in said.err

    first = machine.serve()
    machine.wait(lambda: "leads" in first.read_text())
    second = machine.serve()
    machine.wait(lambda: f"process {machine.processes[0].pid} on" in second.read_text())
    assert "leads; this one waits" in second.read_text()

    machine.to_the_next_hour(1)
    machine.wait(lambda: machine.states("LoadFlow") == ["running"] and bool(machine.firings("LoadFlow")[0].run_id))
    machine.processes[0].send_signal(signal.SIGKILL)
    machine.processes[0].wait()
    # it may have said more since
    machine.wait(lambda: "leads\n" in second.read_text().partition("this one waits")[2])
    (machine.folder / "go").touch()
    machine.wait(lambda: machine.states("ReportFlow") == ["succeeded"])
    machine.wait(lambda: machine.states("LoadFlow") == ["succeeded"])
    machine.to_the_next_hour(2)
    machine.wait(lambda: machine.states("ReportFlow") == ["succeeded", "succeeded"])
    machine.wait(lambda: machine.states("LoadFlow") == ["succeeded", "succeeded"])
    machine.processes[1].send_signal(signal.SIGTERM)
    assert machine.processes[1].wait(timeout=60) == 0
    assert "runs that are under way go on" in second.read_text()

    metadata = machine.register.workspace.metadata
    assert [run.id for run in metadata.runs("LoadFlow")] == ["2", "1"]
    firing = machine.firings("LoadFlow")[1]
    loaded = Run("LoadFlow/2", namespace=None)
    moment = firing.claim.moment.isoformat()
    assert {"schedule:LoadFlow", f"scheduled_at:{moment}", "hourly"} <= loaded.tags
    assert loaded.data.alpha == 0.5 and loaded.trigger is None and loaded.data.trigger is None
    assert loaded.data.told is None, "what a step starts is started by the step"
    report = Run("ReportFlow/2", namespace=None)
    assert report.data.alpha == 0.5
    assert report.data.seen == ("metaflow.LoadFlow.end", True, "2")
    assert report.trigger is not None
    assert [each.pathspec for each in report.trigger.runs] == ["LoadFlow/2"]
    assert (report.trigger.event.id, report.trigger.event.type) == ("LoadFlow/2", "run")
    with pytest.raises(KeyError):
        report.trigger["OtherFlow"]

    assert main(["schedule", "list"]) == 0
    listed = capsys.readouterr().out
    assert "succeeded" in listed and "LoadFlow/2" in listed and "ReportFlow/2" in listed
    assert main(["schedule", "logs", "LoadFlow"]) == 0
    assert "loaded with 0.5" in capsys.readouterr().out


def test_a_run_that_is_asked_for_by_hand_needs_nobody_who_looks(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.folder / "go").touch()
    (machine.folder / "broken.py").write_text(LOAD.replace("self.alpha)", "self.beta)").replace("LoadFlow", "Broken"))
    main(["schedule", "add", "broken.py", "--daily", "--name", "mine"])
    assert main(["schedule", "run-now", "mine"]) == 0
    # others who think that it is theirs to carry out
    (key,) = machine.register.keys(machine.schedule("mine").id)
    others = [begin(machine.register, machine.schedule("mine").id, key) for _ in range(2)]
    machine.wait(lambda: all(each.poll() is not None for each in others))
    assert "mine starts; what it writes is in .nbflow/schedules/logs/" in capsys.readouterr().out
    machine.wait(lambda: machine.states("mine") == ["failed"])
    assert main(["schedule", "logs", "mine"]) == 0
    told = capsys.readouterr().out
    assert "failed after" in told and "Broken/1" in told and "beta" in told
    assert len(machine.register.workspace.metadata.runs("Broken")) == 1


def test_a_file_that_is_gone_and_a_process_that_is_gone_are_told(machine: Machine) -> None:
    main(["schedule", "add", "load.py", "--name", "gone", "--overlap", "allow", "--timezone", machine.zone])
    (machine.folder / "load.py").rename(machine.folder / "away.py")
    log = machine.serve()
    machine.to_the_next_hour(1)
    machine.wait(lambda: machine.states("gone") == ["failed"])
    (machine.folder / "away.py").rename(machine.folder / "load.py")
    machine.to_the_next_hour(2)
    machine.wait(lambda: machine.states("gone") == ["failed", "running"])
    pid = int(str((machine.firings("gone")[1].begun or {})["owner"]).rpartition(":")[2])
    # the whole session, as when memory is short
    os.killpg(pid, signal.SIGKILL)
    machine.wait(lambda: machine.states("gone") == ["failed", "lost"])
    machine.wait(lambda: "gone: lost" in log.read_text())
    assert "its process is gone" in log.read_text()


def test_the_unit_is_one_of_systemd_and_its_line_serves_until_it_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my 100% $work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NBFLOW_ROOT", str(folder / "a store"))
    assert main(["schedule", "unit"]) == 0
    said = capsys.readouterr()
    file = tmp_path / NAME
    assert NAME in said.err
    file.write_text(said.out)
    if analyze := shutil.which("systemd-analyze"):
        told = [analyze, "verify", "--user", str(file)]
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
        verified = subprocess.run(told, capture_output=True, text=True, check=False, env=environment)
        assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")

    assert "%" not in said.out.replace("%%", ""), "a specifier, which stands for something else"
    given = {key: value.replace("%%", "%") for key, _, value in (line.partition("=") for line in said.out.splitlines())}
    (variable,) = shlex.split(given["Environment"])
    name, _, value = variable.partition("=")
    # as systemd starts it: nothing of nbflow is set but what the unit says
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NBFLOW_")}
    with subprocess.Popen(
        [word.replace("$$", "$") for word in shlex.split(given["ExecStart"])],
        cwd=given["WorkingDirectory"],
        env={**environment, name: value},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().endswith(f"looks after {folder / 'a store'}: 0 schedules\n")
            assert process.stdout.readline().endswith("leads\n")
            process.terminate()
            assert process.stdout.read().endswith("ends; runs that are under way go on\n")
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
