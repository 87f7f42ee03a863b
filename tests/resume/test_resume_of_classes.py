"""Every rule by which a run of a class is resumed, each by its name."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from flow_terminal import FlowTerminal

from nbflow.client import Flow, Run
from nbflow.workspace import Workspace

TEXT = """
import os

from nbflow import Config, FlowSpec, Parameter, current, parallel, step


def at(name):
    with open("ran", "a") as ran:
        print(name, file=ran)
    if name in os.environ.get("FAIL", "").split():
        raise ValueError(name)


class F(FlowSpec):
    alpha = Parameter("alpha", default=1)
    settings = Config("settings", default_value={"k": 1})

    @step
    def start(self):
        at("start")
        print("said by start")
        self.items = [0, 1, 2]
        self.version = 1
        self.next(self.each, foreach="items")

    @step
    def each(self):
        at(f"each{self.input}")
        self.n = 0
        self.next(self.loop)

    @step
    def loop(self):
        at(f"loop{self.input}-{self.n}")
        self.n += 1
        self.more = self.n < 3
        self.next({True: self.loop, False: self.after}, condition="more")

    @step
    def after(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        at("join")
        self.merge_artifacts(inputs, include=["version", "n"])
        self.next(self.split)

    @step
    def split(self):
        self.next(self.gang, num_parallel=2)

    @parallel
    @step
    def gang(self):
        at(f"gang{self.input}")
        self.next(self.close)

    @step
    def close(self, inputs):
        at("close")
        self.merge_artifacts(inputs, include=["version", "n"])
        self.next(self.end)

    @step
    def end(self):
        at("end")
        self.origin = current.origin_run_id
        self.seen = (self.alpha, self.settings.k, self.version)


if __name__ == "__main__":
    F()
"""


class Bench:
    """A flow that notes what runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "f.py"
        self.file.write_text(TEXT)
        self.terminal = FlowTerminal(folder, self.file)

    def broken(self, *steps: str, words: tuple[str, ...] = ()) -> None:
        """Run it, with `steps` that fail; forget what ran."""
        code = self.terminal.run("run", *words, FAIL=" ".join(steps)).returncode
        assert code == (1 if steps else 0)
        self.ran()

    def resume(self, *words: str, **environment: str) -> str:
        done = self.terminal.ok("resume", *words, **environment)
        return done.stdout + done.stderr

    def ran(self) -> list[str]:
        """Return what ran since the last time, in no order."""
        notes = self.folder / "ran"
        found = sorted(notes.read_text().split()) if notes.exists() else []
        notes.unlink(missing_ok=True)
        return found

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))

    @property
    def latest(self) -> Run:
        found = Flow("F", workspace=Workspace.open(self.terminal.root)).latest_run
        assert found is not None
        return found


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("NBFLOW_USER", "tester")
    return Bench(tmp_path)


LATER = ["close", "end", "gang0", "gang1"]


def test_it_goes_on_at_the_frontier_and_runs_only_the_items_that_are_missing(bench: Bench) -> None:
    bench.broken("each2", words=("--max-workers", "1"))
    bench.resume()
    ran = bench.ran()
    assert not {"start", "each0", "each1"} & set(ran), "they were done"
    assert {"each2", "join", *LATER} <= set(ran)
    assert bench.latest.successful


def test_a_self_loop_in_a_foreach_goes_on_after_its_last_good_round(bench: Bench) -> None:
    bench.broken("loop0-1", words=("--max-workers", "1"))
    bench.resume()
    ran = bench.ran()
    assert not {"each0", "each1", "each2", "loop0-0", "loop1-0", "loop2-0"} & set(ran), "they were done"
    assert {"loop0-1", "loop0-2", "loop1-1", "loop2-2", "join"} <= set(ran)
    assert bench.latest.data.n == 3


def test_what_was_done_is_taken_over_whatever_its_code_is_now(bench: Bench) -> None:
    bench.broken("end")
    bench.edit("self.version = 1", "self.version = 2")
    bench.resume()
    assert bench.ran() == ["end"]
    assert bench.latest.data.version == 1


def test_a_result_is_not_taken_over_behind_a_step_that_is_new(bench: Bench) -> None:
    bench.broken("end")
    bench.edit(
        "self.next(self.split)\n",
        'self.next(self.fresh)\n\n    @step\n    def fresh(self):\n        at("fresh")\n        self.version = 5\n        self.next(self.split)\n',
    )
    bench.resume()
    assert bench.ran() == sorted(["fresh", *LATER])
    assert bench.latest.data.version == 5


def test_a_named_step_runs_again_with_all_that_can_be_reached_from_it(bench: Bench) -> None:
    bench.broken()
    bench.resume("join")
    assert bench.ran() == sorted(["join", *LATER])


def test_a_named_step_beyond_the_one_that_failed_changes_nothing(bench: Bench) -> None:
    bench.broken("join")
    bench.resume("end")
    assert bench.ran() == sorted(["join", *LATER])


def test_an_unknown_step_is_refused_with_the_steps_there_are(bench: Bench) -> None:
    bench.broken("join")
    done = bench.terminal.run("resume", "joyn")
    assert done.returncode == 1
    assert "invalid step name 'joyn'. Did you mean 'join'?" in done.stderr
    assert "Valid step names include: start, each, loop" in done.stderr


def test_a_run_that_succeeded_can_be_resumed_and_runs_nothing(bench: Bench) -> None:
    bench.broken()
    bench.resume()
    assert bench.ran() == []
    assert bench.latest.successful


def test_the_tasks_of_a_gang_are_taken_over_together_or_not_at_all(bench: Bench) -> None:
    bench.broken("gang1")
    bench.resume()
    assert bench.ran() == sorted(LATER)


def test_it_goes_on_from_the_latest_run_which_may_be_a_resumed_one(bench: Bench) -> None:
    bench.broken("join")
    assert bench.terminal.run("resume", FAIL="close").returncode == 1
    bench.ran()
    bench.resume()
    assert bench.ran() == ["close", "end"]
    assert bench.latest.origin_pathspec == "F/2"
    assert bench.latest["start"].task.origin_pathspec == "F/1/start/0"


def test_another_run_can_be_named(bench: Bench) -> None:
    bench.broken("join")
    bench.broken("end")
    bench.resume("--origin-run-id", "1")
    assert "join" in bench.ran()
    assert bench.latest.origin_pathspec == "F/1"


def test_parameters_configs_and_tags_are_those_of_the_origin(bench: Bench) -> None:
    (bench.folder / "other.json").write_text(json.dumps({"k": 7}))
    assert (
        bench.terminal.run(
            "--config", "settings", "other.json", "run", "--alpha", "5", "--tag", "weekly", FAIL="end"
        ).returncode
        == 1
    )
    bench.resume("--tag", "again")
    assert bench.latest.data.seen == (5, 7, 1)
    assert bench.latest.user_tags == {"weekly", "again"}
    assert bench.latest.data.origin == "1"


@pytest.mark.parametrize("words", [("resume", "--alpha", "2"), ("--config-value", "settings", "{}", "resume")])
def test_parameters_and_configs_cannot_be_given(bench: Bench, words: tuple[str, ...]) -> None:
    bench.broken("end")
    assert bench.terminal.run(*words).returncode == 2


def test_what_is_taken_over_shows_what_the_origin_wrote(bench: Bench) -> None:
    bench.broken("end")
    bench.resume()
    task = bench.latest["start"].task
    assert task.stdout == "said by start\n"
    assert "said by start" in bench.terminal.ok("logs", "show", f"{bench.latest.id}/start").stdout


def test_a_run_of_another_namespace_can_be_resumed(bench: Bench) -> None:
    bench.broken("end")
    bench.resume(NBFLOW_USER="other")
    assert bench.ran() == ["end"]
    assert "user:other" in Run("F/2", workspace=Workspace.open(bench.terminal.root)).system_tags


def test_a_run_that_was_not_resumed_has_no_origin(bench: Bench) -> None:
    bench.broken()
    assert bench.latest.origin_pathspec is None
    assert bench.latest.data.origin is None


def test_without_a_run_there_is_nothing_to_resume(bench: Bench) -> None:
    done = bench.terminal.run("resume")
    assert done.returncode == 1
    assert "no flow 'F'" in done.stderr


def test_a_run_whose_process_was_killed_is_lost_and_can_be_resumed(bench: Bench) -> None:
    process = bench.terminal.start("run", "--max-workers", "1", FAIL="")
    notes = bench.folder / "ran"
    deadline = time.monotonic() + 60
    # what has just ended is recorded a moment after the next began
    while not (
        notes.exists() and "each0" in notes.read_text() and any(task.successful for task in bench.latest["start"])
    ):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.communicate()
    bench.ran()
    assert bench.latest.status == "lost"
    bench.resume()
    ran = bench.ran()
    assert "start" not in ran
    assert {"join", *LATER} <= set(ran)
    assert bench.latest.data.seen == (1, 1, 1)
