"""Flows that Step Functions runs on the bench, with the jobs of Batch: they leave what the same flow leaves here."""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aws.bench.started import Bench
from aws.deployments import deployed, ended, left, triggered, until, well
from aws.team import Person
from kernels import Kernel
from receivers import web_hook

# a job starts a Python, fetches its packages and reads a bucket of Python's own speed
pytestmark = pytest.mark.timeout(400)

_HOOKED = """import json
import os
import time
import urllib.request

from nbflow import FlowSpec, Parameter, card, current, exit_hook, project, step


def tell(word, run):
    done = [each for each in run["start"] if each.successful] if run.finished_at and "start" in run else []
    found = [each.data.x for each in done]
    urllib.request.urlopen({url!r}, json.dumps([word, run.pathspec, found]).encode(), timeout=60).close()


def good(run):
    tell("good", run)


def bad(run):
    tell("bad", run)


@exit_hook(on_success=[good], on_error=[bad])
@project(name="team")
class Hooked(FlowSpec):
    least = Parameter("least", default=1)

    @card(type="blank")
    @step
    def start(self):
        from nbflow.cards import Markdown

        # one that is to be stopped
        time.sleep(600 if self.least == 5 else 0)
        self.x = 7
        current.card.append(Markdown(f"seven of {{current.branch_name}}"))
        self.next(self.end)

    @step
    def end(self):
        assert self.x > self.least or "AWS_BATCH_JOB_ID" not in os.environ


if __name__ == "__main__":
    Hooked()
"""
_HEAD = "from nbflow import FlowSpec, Parameter, card, catch, retry, step, timeout, environment\n\n\n"


@pytest.fixture(scope="module")
def ada(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Someone whose bucket is used by all tests: what nbflow itself needs is packed once."""
    made = Person(bench, tmp_path_factory.mktemp("ada") / "home")
    made.environment["NBFLOW_DEPLOY_STATES_ROLE"] = bench.account.machine_role
    made.environment["NBFLOW_DEPLOY_SCHEDULER_ROLE"] = bench.account.schedule_role
    return made


def test_a_class_with_all_that_there_is_leaves_what_it_leaves_here(ada: Person) -> None:
    (ada.folder / "shapes.py").write_text(
        _HEAD
        + """class Shapes(FlowSpec):
    alpha = Parameter("alpha", default=1.5)

    @step
    def start(self):
        self.numbers = [1, 2]
        self.next(self.left, self.right)

    @step
    def left(self):
        self.side = "left"
        self.next(self.both)

    @environment(vars={"SIDE": "right"})
    @step
    def right(self):
        import os

        self.side = os.environ["SIDE"] + os.environ.get("MORE", "")
        self.next(self.both)

    @step
    def both(self, inputs):
        self.sides = sorted(each.side[:4] for each in inputs)
        self.numbers = inputs.left.numbers
        self.next(self.choose)

    @step
    def choose(self):
        self.way = "many" if self.alpha > 1 else "few"
        self.next({"many": self.many, "few": self.few}, condition="way")

    @step
    def many(self):
        self.rows = [[each, each + 1] for each in self.numbers]
        self.next(self.row, foreach="rows")

    @step
    def row(self):
        self.cells = self.input
        self.next(self.cell, foreach="cells")

    @retry(times=1, minutes_between_retries=0)
    @step
    def cell(self):
        from nbflow import current

        if self.input == 3 and current.retry_count == 0:
            raise ValueError("the first try")
        self.value = self.input * self.alpha
        self.next(self.row_done)

    @step
    def row_done(self, inputs):
        self.sum = sum(each.value for each in inputs)
        self.next(self.many_done)

    @step
    def many_done(self, inputs):
        self.total = sum(each.sum for each in inputs)
        self.next(self.after)

    @step
    def few(self):
        self.total = 0
        self.next(self.after)

    @catch(var="late")
    @timeout(seconds=2)
    @step
    def after(self):
        import time

        time.sleep(60)
        self.next(self.end)

    @step
    def end(self):
        assert self.late
        print("total", self.total)


if __name__ == "__main__":
    Shapes()
"""
    )
    name = deployed(ada, "shapes.py", "--env", "right:MORE=!")
    run = triggered(ada, name, "-p", "alpha=2.5")
    assert ended(ada, run)[:2] == ["succeeded", ""]
    well(ada.run("run", "shapes.py", "-p", "alpha=2.5"))
    here, there = left(ada, ada.ask("print(json.dumps(nbflow.Flow('Shapes').latest_run.pathspec))")), left(ada, run)
    different = {each for each in here if here[each] != there.get(each)}
    # the traceback of the timeout names the files of its machine; the variable was given to what is deployed
    assert {each.rpartition("/")[2] for each in different} <= {"late", "side"}
    assert here.keys() == there.keys()
    assert "right!" in ada.ask(f"nbflow.namespace(None)\nprint(json.dumps(nbflow.Task('{run}/right/0').data.side))")
    told = well(ada.run("logs", f"{run}/end")).stdout
    assert "total" in told
    tried = ada.ask(
        "from nbflow.workspace import Workspace\n"
        f"found = Workspace.find().metadata.attempts('Shapes', '{run.split('/')[1]}', 'cell')\n"
        "print(json.dumps([[each.task, each.number, each.status, each.job[:6]] for each in found]))"
    )
    # of the items [1, 2] and [2, 3], the 3 fails once
    assert sorted(tried) == [
        ["0-0", 0, "succeeded", "batch:"],
        ["0-1", 0, "succeeded", "batch:"],
        ["1-0", 0, "succeeded", "batch:"],
        ["1-1", 0, "failed", "batch:"],
        ["1-1", 1, "succeeded", "batch:"],
    ]
    assert "succeeded" in well(ada.run("deployed", "runs", name)).stdout


def test_a_notebook_whose_graph_is_no_series_of_forks_leaves_what_it_leaves_here(ada: Person) -> None:
    ada.notebook(
        "%%parameters\nlimit: int = 10\nnames: list[str]",
        "def double(x):\n    return 2 * x",
        "%%step a\nx = len(names)",
        "%%step b\ny = double(limit)",
        # c waits for a and b, d for b alone: an N
        "%%step c\nz = x + y",
        "%%step d\nw = y * 2",
        '%%step big --when "y > 50"\nbig = y',
        "%%step each --foreach names --as name\nsize = len(name) + z",
        '%%step kept --when "size > 24"\nshown = name.upper()',
        "%%step all --join kept\nfound = [each.shown for each in inputs]",
        "%%step report\ntext = f'{found} {w}'\nprint(text)",
        name="order.ipynb",
    )
    name = deployed(ada, "order.ipynb", "--name", "weekly-order", "--tag", "weekly")
    assert name == "weekly-order"
    assert "A009" in ada.refused("deployed", "trigger", "weekly-order")
    assert "P0" in ada.refused("deployed", "trigger", "order", "-p", "names=a", "-p", "limit=many")
    run = triggered(ada, "order", "-p", 'names=["ab", "cde", "f"]')
    assert ended(ada, run)[:2] == ["succeeded", ""]
    well(ada.run("run", "order.ipynb", "-p", 'names=["ab", "cde", "f"]'))
    here, there = left(ada, "order/1"), left(ada, run)
    assert here == there
    assert there
    # --when said no
    assert not [each for each in there if each.startswith("big/")]


def test_a_run_that_fails_says_why_and_one_that_is_stopped_says_so(ada: Person) -> None:
    ada.notebook(
        "%%parameters\nslow: bool = False",
        "%%step one --retry 1\nimport time\ntime.sleep(120 if slow else 0)\nx = 1 / 0",
        "%%step two\ny = x",
        name="bad.ipynb",
    )
    name = deployed(ada, "bad.ipynb")
    run = triggered(ada, name)
    status, reason, _ = ended(ada, run)
    assert (status, reason) == ("failed", "one: ZeroDivisionError: division by zero")
    assert well(ada.run("show", run)).stdout.count("failed") >= 1
    slow = triggered(ada, name, "-p", "slow=true")
    until(lambda: ada.run("show", slow).returncode == 0)
    assert "A003" in ada.refused("deployed", "stop", f"{name}/{slow.split('/')[1]}", NBFLOW_USER="bob")
    assert "cancelled" in well(ada.run("deployed", "stop", f"{name}/{slow.split('/')[1]}")).stderr
    assert ended(ada, slow)[0] == "cancelled"
    assert "A016" in ada.refused("deployed", "stop", name, slow.split("/")[1])
    well(ada.run("deployed", "delete", name))
    assert "A011" in ada.refused("deployed", "trigger", name)


def test_the_clock_of_aws_runs_what_python_has_deployed(ada: Person, bench: Bench) -> None:
    bench.client("secretsmanager").create_secret(Name="tick", SecretString="four")
    cells = (
        '%%parameters\nlimit: int = 3\nword: str = ""',
        "%%step only\nimport os\nx = limit * 2 + len(os.environ.get('TOKEN', ''))",
    )
    ada.notebook(*cells, name="tick.ipynb")
    bench.reset_clock()
    name, token = ada.ask(
        "from nbflow.schedules.timetable import Timetable\n"
        "from nbflow.frontends.deploying.wish import secrets_of\n"
        "secret = secrets_of(['only:TOKEN=aws-secrets-manager.tick'])\n"
        "made = nbflow.Deployer('tick.ipynb').step_functions('tick-tock').create(\n"
        "    schedule=Timetable.read('0 9 * * *', 'Europe/Berlin'), parameters={'limit': 4}, tags=['nightly'], secrets=secret)\n"
        "print(json.dumps([made.name, made.production_token]))"
    )
    assert name == "tick-tock"
    moved = bench.move_clock(bench.now() + timedelta(days=1))
    fired = [datetime.fromisoformat(each["at"]) for each in moved if each["name"] == name]
    assert [each.astimezone(ZoneInfo("Europe/Berlin")).hour for each in fired] == [9]

    def runs() -> Any:
        return ada.ask(
            "made = nbflow.DeployedFlow.from_deployment('tick')\n"
            "print(json.dumps([[each.pathspec, each.status] for each in made.list_runs()]))"
        )

    first = until(lambda: [each for each in runs() if each[1] == "SUCCEEDED"])[-1][0]
    assert ended(ada, first)[0] == "succeeded"
    limit, tags = ada.ask(
        f"nbflow.namespace('production:{token}')\nrun = nbflow.Run({first!r})\n"
        "print(json.dumps([run['only'].task.data.x, sorted(run.tags)]))"
    )
    assert limit == 12
    assert {"nightly", "runtime:step-functions"} <= set(tags)
    # somebody else may not replace it, unless told the token
    other = {"NBFLOW_USER": "bob"}
    assert "A003" in ada.refused("deploy", "tick.ipynb", "--name", name, **other)
    assert "A012" in ada.refused("deploy", "tick.ipynb", "--name", name, "--authorize", "tick-0-0000", **other)
    well(ada.run("deploy", "tick.ipynb", "--name", name, "--authorize", token, **other))
    # nothing was said of a clock: it has none any more
    assert "A018" in ada.refused("deployed", "pause", name)
    assert "A003" in ada.refused("deployed", "pause", name, NBFLOW_USER="eve")
    assert "A012" in ada.refused("deployed", "pause", name, "--authorize", "tick-0-0000", NBFLOW_USER="eve")
    assert "A007" in ada.refused("deployed", "trigger", name, "-p", f"word={'1' * 9000}")
    # what is triggered from Python is waited for, ended, and taken back
    told = ada.ask(
        f"made = nbflow.DeployedFlow.from_deployment({name!r})\n"
        "slow = made.trigger()\n"
        "ended = [slow.is_running, slow.terminate()]\n"
        "run = made.trigger(limit=5)\n"
        "found = run.wait_for_run(120)\n"
        "run.wait_for_completion(120)\n"
        "slow.wait_for_completion(120)\n"
        "nbflow.namespace(None)\n"
        "print(json.dumps([ended, found.pathspec == run.pathspec, run.status, run.run.successful, slow.status, slow.run.successful,\n"
        "    nbflow.Run(run.pathspec)['only'].task.data.x, len(list(made.list_runs(['ABORTED']))), made.delete()]))"
    )
    assert told == [[True, True], True, "SUCCEEDED", True, "ABORTED", False, 10, 1, True]
    assert "A011" in ada.refused("deployed", "show", name)


def test_a_cell_deploys_its_notebook_as_the_file_is_saved(ada: Person) -> None:
    cells = ("%%parameters\nalpha: float = 1.0", "%%step only\nx = alpha * 2")
    path = ada.notebook(*cells, name="by_cell.ipynb")
    # a kernel that is its own process: it has Ada's home and AWS from its first line on
    kernel = Kernel(ada.folder, cold=True, **ada.environment, JPY_SESSION_NAME=str(path))
    try:
        for cell in ("%load_ext nbflow\n%flow name by_cell", *cells):
            kernel.ok(cell)
        reply = kernel.run("%flow deploy --name from-a-cell -p alpha=3", timeout=180)
        assert reply.ename is None, reply.text
        assert "is deployed as from-a-cell" in reply.text
        wrong = kernel.run("%flow deploy --weekly --hourly")
        assert wrong.ename == "UsageError", wrong.text
    finally:
        kernel.close()
    run = triggered(ada, "from-a-cell")
    assert ended(ada, run)[:2] == ["succeeded", ""]
    assert ada.ask(f"nbflow.namespace(None)\nprint(json.dumps(nbflow.Run({run!r})['only'].task.data.x))") == 6


def test_a_class_is_deployed_as_metaflows_people_type_it_and_its_functions_are_called(ada: Person) -> None:
    words = ("hooked.py", "--production", "step-functions", "--name", "hooked")

    def typed(*more: str) -> str:
        return str(well(ada.run(*words[:2], *more, python=True)).stdout).strip()

    with web_hook() as hook:
        (ada.folder / "hooked.py").write_text(_HOOKED.format(url=hook.url()))
        said = well(ada.run(*words, "create", "--tag", "nightly", python=True)).stderr
        name = typed("step-functions", "--name=hooked", "trigger", "--run-id-file", "id")
        assert (ada.folder / "id").read_text() == name
        run = f"Hooked/{name}"
        assert ended(ada, run)[:2] == ["succeeded", ""]
        until(lambda: hook.got)
        failing = f"Hooked/{typed('step-functions', 'trigger', '--name', 'hooked', '--least', '9')}"
        assert ended(ada, failing)[0] == "failed"
        until(lambda: len(hook.got) > 1)
        # its runs are like any other: with cards, and resumed here where it failed there
        assert "seven of prod" in typed("card", "get", f"{name}/start")
        typed("resume", "--origin-run-id", failing.split("/")[1], "--run-id-file", "id")
        resumed = f"Hooked/{(ada.folder / 'id').read_text()}"
        until(lambda: len(hook.got) > 2)
        stopped = f"Hooked/{typed('step-functions', 'trigger', '--name', 'hooked', '--least', '5')}"
        assert "A012" in ada.refused(*words, "terminate", stopped.split("/")[1], "--authorize", "x", python=True)
        token = re.findall(r"in namespace production:(\S+)", said)[0]
        typed("step-functions", "terminate", "--name", "hooked", stopped.split("/")[1], "--authorize", token)
        # one that AWS ends before a job of it has begun it has a record, and is told of, when somebody looks
        typed("step-functions", "create", "--name", "hooked", "--workflow-timeout", "1")
        late = f"Hooked/{typed('step-functions', '--name', 'hooked', 'trigger')}"
        until(lambda: late.split("/")[1] in typed("step-functions", "--name", "hooked", "list-runs", "--timed-out"))
        assert ended(ada, late)[:2] == ["failed", "it took longer than --workflow-timeout"]
        listed = typed("step-functions", "--name", "hooked", "list-runs")
    assert listed.count("aborted") == 1 and ended(ada, stopped)[0] == "cancelled"
    known = {told[1]: told for _, told in hook.got}
    assert len(hook.got) == 5 and known.pop(stopped)[0] == "bad"
    assert [*known.values()] == [
        ["good", run, [7]],
        ["bad", failing, [7]],
        ["good", resumed, [7]],
        ["bad", late, []],
    ]
    listed = typed("step-functions", "--name", "hooked", "list-runs", "--failed")
    assert listed.startswith(f"{failing.split('/')[1]}  failed") and run.split("/")[1] not in listed
    tags = ada.ask(f"nbflow.namespace(None)\nprint(json.dumps(sorted(nbflow.Run({run!r}).tags)))")
    assert {"nightly", "project:team", "project_branch:prod", "runtime:step-functions"} <= set(tags)
    assert "A016" in ada.refused(*words, "terminate", name, python=True)
    assert "A010" in ada.refused("deployed", "trigger", "hooked", "-p", "laest=3")
    typed("step-functions", "delete", "--name", "hooked")
    assert "A011" in ada.refused(*words, "trigger", python=True)


@pytest.mark.skipif(not os.environ.get("NBFLOW_WHOLE"), reason="120 MB of packages: make test-aws WHOLE=1")
def test_the_evaluation_of_the_tour_runs_every_week_and_tells_when_models_have_become_worse(
    ada: Person, bench: Bench
) -> None:
    tour = Path(__file__).parents[2] / "notebooks"
    shutil.copy(tour / "evaluation.ipynb", ada.folder)
    shutil.copytree(tour / "evaluations", ada.folder / "evaluations")
    with web_hook() as hook:
        bench.client("secretsmanager").create_secret(
            Name="team-hook", SecretString=hook.url().replace("http", "json", 1)
        )
        bench.reset_clock()
        words = ("--weekly", "--include", "evaluations", "--notify", "aws-secrets-manager.team-hook")
        name = deployed(ada, "evaluation.ipynb", *words, "-p", "evaluations=wine,cancer")
        fired = [each for each in bench.move_clock(bench.now() + timedelta(days=7)) if each["name"] == name]
        assert len(fired) == 1
        until(lambda: hook.got, within=300)
        worse = triggered(ada, name, "-p", "learn_from=0.05")
        status, reason, _ = ended(ada, worse)
        until(lambda: len(hook.got) > 1)
    assert status == "failed"
    assert "worse" in reason or "V0" in reason or "Regression" in reason, reason
    titles = hook.titles()
    assert "succeeded" in titles[0]
    assert "worse" in titles[1] or "failed" in titles[1]
