"""`python flow.py resume` and `spin`: going on from a run, and one task of a run again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from flow_terminal import FlowTerminal

Flow = Any

HALFWAY = """
import os
from nbflow import Config, FlowSpec, Parameter, step


class HalfwayFlow(FlowSpec):
    alpha = Parameter("alpha", default=1)
    cfg = Config("cfg", default_value={"beta": 2})

    @step
    def start(self):
        print("alpha", self.alpha, "beta", self.cfg.beta)
        self.items = [1, 2]
        self.next(self.double, foreach="items")

    @step
    def double(self):
        if self.input == 2 and "GO" not in os.environ:
            raise RuntimeError("not yet")
        self.twice = 2 * self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.all = [each.twice for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        print("all", self.all, "alpha", self.alpha, "beta", self.cfg.beta)


if __name__ == "__main__":
    HalfwayFlow()
"""


def told(text: str) -> list[str]:
    return [re.sub(r" \(pid \d+\)", "", line[24:]) for line in text.splitlines()]


def test_a_resumed_run_goes_on_where_the_other_stopped_with_its_parameters_and_configs(flow: Flow) -> None:
    terminal = flow(HALFWAY)
    assert terminal.run("--config-value", "cfg", '{"beta": 5}', "run", "--alpha", "3").returncode == 1
    done = terminal.ok("resume", "--tag", "again", "--run-id-file", "id", GO="1")
    lines = told(done.stdout)
    assert "[2/start/0] Cloning results of a previously run task 1/start/0" in lines
    assert "[2/double/0] Cloning results of a previously run task 1/double/0" in lines
    assert "[2/double/1] Task is starting." in lines
    assert "[2/end/0] all [2, 4] alpha 3 beta 5" in lines
    assert (terminal.folder / "id").read_text() == "2"

    # the latest run, itself a resumed one; and a step with all that follow it
    lines = told(terminal.ok("resume", "join", NBFLOW_RESUME_ORIGIN_RUN_ID="2").stdout)
    assert "[3/double/1] Cloning results of a previously run task 2/double/1" in lines
    assert "[3/join/0] Task is starting." in lines


def test_what_cannot_be_resumed_says_why(flow: Flow) -> None:
    terminal = flow(HALFWAY)
    done = terminal.run("resume")
    assert done.returncode == 1 and "there is no flow 'HalfwayFlow' here" in done.stderr
    terminal.ok("run", GO="1")
    done = terminal.run("resume", "jion")
    assert done.returncode == 1
    assert "Did you mean 'join'? Valid step names include: start, double, join, end" in done.stderr
    done = terminal.run("--config-value", "cfg", "{}", "resume")
    assert done.returncode == 2 and "has the configs of the run it goes on from" in done.stderr
    assert terminal.run("resume", "--origin-run-id", "7").returncode == 1


def test_one_task_is_spun_with_other_artifacts(flow: Flow) -> None:
    terminal = flow(HALFWAY)
    terminal.ok("run", "--alpha", "3", GO="1")
    (terminal.folder / "other.py").write_text("ARTIFACTS = {'all': 'none'}\n")
    done = terminal.ok("spin", "end", "--artifacts-module", "other.py", "--runner-attribute-file", "facts")
    assert "[spin-1/end/0] all none alpha 3 beta 2" in told(done.stdout)
    facts = json.loads((terminal.folder / "facts").read_text())
    assert (facts["run_id"], facts["step_name"], facts["task_id"]) == ("spin-1", "end", "0")
    done = terminal.run("spin", "1/double/1")
    assert done.returncode == 1 and "RuntimeError: not yet" in done.stdout
    for words, said in (("edn", "Did you mean 'end'?"), ("end --artifacts-module nope.py", "no such file")):
        done = terminal.run("spin", *words.split())
        assert done.returncode in {1, 2} and said in done.stderr and "Traceback" not in done.stderr


def test_a_task_is_spun_without_its_decorators_also_those_of_the_person(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(
        "from nbflow import FlowSpec, catch, step, user_step_decorator\n\n\n"
        "@user_step_decorator\ndef noisy(step_name, flow, inputs, attributes):\n    print('decorated')\n    yield\n\n\n"
        "class OwnFlow(FlowSpec):\n    @noisy\n    @catch(var='problem')\n    @step\n    def start(self):\n"
        "        print('plain')\n        raise ValueError('told')\n\n\n"
        "if __name__ == '__main__':\n    OwnFlow()\n"
    )
    terminal = FlowTerminal(tmp_path, file)
    assert "decorated" in terminal.ok("run").stdout
    assert "decorated" in terminal.ok("spin", "start").stdout
    bare = terminal.run("spin", "start", "--skip-decorators")
    assert bare.returncode == 1, "nothing catches"
    assert "plain" in bare.stdout
    assert "decorated" not in bare.stdout
