"""Flows, runs, steps and tasks, read back."""

from __future__ import annotations

import pickle
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from nbflow.client import DataArtifact, Flow, Run, Step, Task
from nbflow.errors import NbflowError
from tests.unit.client.conftest import BEGAN, FAILURE, Bench


def refused(expression: Any) -> str:
    with pytest.raises(NbflowError) as caught:
        expression()
    return str(caught.value)


# ---- flows


def test_a_flow_gives_its_runs_newest_first_without_drafts(bench: Bench) -> None:
    for status, kind in (("succeeded", "run"), ("failed", "run"), ("running", "draft"), ("running", "run")):
        bench.run(status, kind=kind)
    flow = Flow("quick")
    assert [run.id for run in flow] == ["3", "2", "1"]
    assert [run.id for run in flow.runs(drafts=True)] == ["3", "draft-1", "2", "1"]
    assert flow.latest_run == Run("quick/3")
    assert flow.latest_successful_run == Run("quick/1")
    assert flow["2"] == flow[2] == Run("quick/2")
    assert "2" in flow
    assert 9 not in flow
    assert flow["draft-1"].status == "running"
    assert flow._ipython_key_completions_() == ["3", "draft-1", "2", "1"]


def test_runs_are_found_by_tags(bench: Bench) -> None:
    bench.run(tags=frozenset({"paper", "good"}))
    bench.run(tags=frozenset({"paper"}))
    assert [run.id for run in Flow("quick").runs("paper")] == ["2", "1"]
    assert [run.id for run in Flow("quick").runs("paper", "good")] == ["1"]


def test_a_flow_with_drafts_only_has_no_latest_run(bench: Bench) -> None:
    bench.run("running", kind="draft")
    assert Flow("quick").latest_run is None
    assert Flow("quick").latest_successful_run is None
    assert list(Flow("quick")) == []


# ---- runs


def test_a_run_says_how_it_stands(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    assert (run.id, run.pathspec, run.status) == ("1", "quick/1", "succeeded")
    assert run.successful
    assert run.finished
    assert run.user == "ada"
    assert run.created_at == datetime.fromtimestamp(BEGAN)
    assert run.finished_at == datetime.fromtimestamp(BEGAN + 4)
    assert run.parameters == {"alpha": 0.1, "regions": ["eu", "us"]}
    assert run.origin_pathspec is None
    assert run.parent == Flow("quick")
    assert Flow("quick").parent is None


def test_a_run_under_way_is_seen_to_go_on(bench: Bench) -> None:
    from nbflow.model.status import RunStatus

    run = Run(f"quick/{bench.run('running')}")
    bench.task("1", "load", status="running")
    task = run["load"].task
    assert (run.finished, run.finished_at, task.status, task.finished) == (False, None, "running", False)
    bench.task("1", "load", left={"x": 1})
    bench.workspace.metadata.update_run("quick", "1", status=RunStatus.FAILED, finished_at=BEGAN + 9, reason="so it is")
    assert (run.status, run.finished, run.successful, run.reason) == ("failed", True, False, "so it is")
    assert (task.status, task.data.x) == ("succeeded", 1)


def test_steps_come_in_flow_order(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    assert [step.id for step in run] == ["load", "train", "score", "fold", "best", "never"]
    assert run.steps() == tuple(run)
    assert run["train"] == Step("quick/1/train")
    assert "train" in run
    assert "nothing" not in run
    assert run._ipython_key_completions_() == ["load", "train", "score", "fold", "best", "never"]


def test_a_step_that_did_not_run_is_there_without_tasks(bench: Bench) -> None:
    run = Run(f"quick/{bench.run('failed')}")
    bench.task("1", "load", status="failed", failure=FAILURE)
    assert [step.id for step in run] == ["load"]
    assert list(run["best"]) == []
    assert run["best"].finished_at is None
    assert "has not run" in refused(lambda: run["best"].task)


def test_a_run_draws_its_graph(bench: Bench) -> None:
    graph = Run(f"quick/{bench.run()}").graph
    assert [name for name in ("load", "train", "score", "fold", "best", "never") if name not in graph] == []


def test_tags_change(bench: Bench) -> None:
    run = Run(f"quick/{bench.run(tags=frozenset({'a'}), system_tags=frozenset({'nbflow:1'}))}")
    run.add_tag("b")
    run.add_tags(["c", "d"])
    run.remove_tag("a")
    run.remove_tags(["c", "unknown"])
    run.replace_tag("d", "e")
    assert run.user_tags == {"b", "e"}
    assert run.tags == {"b", "e", "nbflow:1"}
    assert Run("quick/1").user_tags == {"b", "e"}


@pytest.mark.parametrize("tag", ["", "x" * 501])
def test_what_cannot_be_a_tag_is_refused_and_changes_nothing(bench: Bench, tag: str) -> None:
    run = Run(f"quick/{bench.run()}")
    assert "NBF-M010" in refused(lambda: run.add_tags(["fine", tag]))
    assert run.user_tags == set()


# ---- steps and tasks


def test_tasks_are_found_by_index_id_and_item(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    assert [task.id for task in run["train"]] == ["0", "1"]
    assert run["train"][1] == run["train"]["1"] == Task("quick/1/train/1")
    assert run["fold"][1, 0] == run["fold"]["1-0"] == Task("quick/1/fold/1-0")
    assert run["load"].task == run["load"][0]
    assert len(run["fold"]) == 4
    assert 1 in run["train"]
    assert "7" not in run["train"]
    assert run["train"].by(region="us") == run["train"][1]
    assert run["train"].by(item="us", index=1) == run["train"][1]
    assert run["train"].by(model={"of": "us"}) == run["train"][1]
    assert run["train"].tasks(rmse=1.5) == (run["train"][0],)
    assert run["train"].tasks(region="nowhere") == ()
    assert run["train"].tasks(unknown=1) == ()
    assert run["train"]._ipython_key_completions_() == [0, 1]
    assert run["fold"]._ipython_key_completions_()[2] == (1, 0)
    assert run["load"]._ipython_key_completions_() == [0]


def test_a_number_is_found_whatever_library_it_is_of(bench: Bench) -> None:
    import numpy as np

    bench.run()
    for index, rmse in enumerate((np.float64(2.5), np.array(3.5), 4)):
        bench.task("1", "train", (index,), {"rmse": rmse})
    train = Run("quick/1")["train"]
    assert [train.by(rmse=wanted).index for wanted in (2.5, 3.5, 4.0)] == [0, 1, 2]


def test_tasks_further_down_know_the_items_around_them(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    assert run["score"].by(region="us").data.score == 10
    assert [task.data.part for task in run["fold"].tasks(region="us")] == [(1, 0), (1, 1)]
    assert run["fold"].by(region="eu", item=1).data.part == (0, 1)


def test_a_task_says_how_it_stands(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    task = run["train"][1]
    assert (task.index, task.item, task.attempt, task.status) == (1, "us", 0, "succeeded")
    assert task.successful
    assert task.finished
    assert task.exception is None
    assert task.started_at == task.created_at == datetime.fromtimestamp(BEGAN + 1)
    assert task.finished_at == datetime.fromtimestamp(BEGAN + 2.5)
    assert task.parent == run["train"]
    assert run["load"].task.index is None
    assert run["load"].task.item is None
    assert run["never"].task.reason == "rmse < 0 is false"
    assert not run["never"].task.successful
    assert run["best"].task.notes == ("look out",)


def test_a_step_ends_with_its_last_task(bench: Bench) -> None:
    run = Run(f"quick/{bench.run('running')}")
    bench.task("1", "train", (0,), {})
    assert run["train"].finished_at == datetime.fromtimestamp(BEGAN + 2.5)
    bench.task("1", "train", (1,), status="running")
    assert run["train"].finished_at is None


def test_steps_know_their_neighbours(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    assert run["train"].parent_steps == (run["load"],)
    assert run["train"].child_steps == (run["score"],)
    assert run["load"].parent_steps == ()


def test_a_failed_task_has_its_error_as_text(bench: Bench) -> None:
    bench.run("failed")
    bench.task("1", "load", status="failed", failure=FAILURE, logs={"stderr": "Traceback …\n"}, attempt=2)
    task = Run("quick/1")["load"].task
    assert task.exception == FAILURE
    assert (task.successful, task.stderr, task.stdout) == (False, "Traceback …\n", "")


def test_each_attempt_has_its_log(bench: Bench) -> None:
    bench.run()
    bench.task("1", "load", status="failed", failure=FAILURE, logs={"stdout": "first"}, attempt=0)
    bench.task("1", "load", left={}, logs={"stdout": "second", "stderr": "warned"}, attempt=1)
    task = Run("quick/1")["load"].task
    assert (task.stdout, task.stderr, task.attempt) == ("second", "warned", 1)
    assert [(each.number, each.status, each.stdout) for each in task.attempts] == [
        (0, "failed", "first"),
        (1, "succeeded", "second"),
    ]
    assert task.attempts[0].exception == FAILURE


def test_the_log_of_a_running_task_is_read_while_it_grows(bench: Bench) -> None:
    bench.run("running")
    bench.task("1", "load", status="running")
    log = bench.workspace.log_path("quick", "1", "load", "0", 0, "stdout")
    log.parent.mkdir(parents=True)
    task = Run("quick/1")["load"].task
    assert task.stdout == ""
    log.write_text("so far")
    assert task.stdout == "so far"


def test_a_reused_task_shows_what_the_original_wrote_and_displayed(bench: Bench) -> None:
    bench.whole_run()
    bench.run()
    bench.task("2", "load", left={"rows": 3}, status="reused", origin="quick/1/load/0")
    bench.task("2", "best", left={}, status="reused", origin="quick/1/best/0")
    bench.task("2", "train", (0,), {}, status="reused", origin="quick/77/train/0")
    run = Run("quick/2")
    assert run["load"].task.stdout == "read 3 rows\n"
    assert run["load"].task.origin_pathspec == "quick/1/load/0"
    assert len(run["best"].task.outputs) == 2
    assert [each.stdout for each in run["load"].task.attempts] == ["read 3 rows\n"]
    first = Task("quick/2/load/0", attempt=0)
    assert (first.status, first.stdout, first.data.rows) == ("reused", "read 3 rows\n", 3)
    assert refused(lambda: Task("quick/2/load/0", attempt=1)).startswith("NBF-M017")
    # the original is gone: nothing to show, and no error
    assert (run["train"].task.stdout, run["train"].task.outputs) == ("", ())


def test_outputs_show_as_they_were_displayed(bench: Bench) -> None:
    picture, html = Run(f"quick/{bench.whole_run()}")["best"].task.outputs
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert metadata == {"image/png": {"width": 3}}
    assert repr(html) == "a table"


# ---- what was left


def test_values_are_loaded_by_name(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    data = run["train"][0].data
    assert (data.model, data["rmse"], data.region) == ({"of": "eu"}, 1.5, "eu")
    assert list(data) == data._ipython_key_completions_() == ["region", "model", "rmse"]
    assert dir(data) == ["model", "region", "rmse"]
    assert len(data) == 3
    assert "rmse" in data
    assert not hasattr(data, "score")
    assert getattr(data, "score", 7) == 7
    assert data.model is not data.model


def test_a_run_gives_the_version_of_the_last_step_that_ran(bench: Bench) -> None:
    data = Run(f"quick/{bench.whole_run()}").data
    assert data.rmse == 0.5
    assert data.rows == 3
    assert data.region == ["eu", "us"]
    assert data.score == [0, 10]
    assert data.part == [[(0, 0), (0, 1)], [(1, 0), (1, 1)]]
    assert set(data) == {"df", "rows", "region", "score", "part", "rmse", "model"}


def test_items_that_were_skipped_are_left_out_of_the_list(bench: Bench) -> None:
    bench.run()
    bench.task("1", "train", (0,), status="skipped")
    bench.task("1", "train", (1,), {"rmse": 2})
    bench.task("1", "train", (2,), {"rmse": 3}, status="failed")
    assert Run("quick/1").data.rmse == [2]


def test_a_missing_name_says_what_there_is(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    said = refused(lambda: run["load"].task.data.rosw)
    assert "NBF-M005  quick/1/load/0 left no 'rosw'. Did you mean 'rows'?" in said
    assert "it left df, rows" in said
    assert "NBF-M005" in refused(lambda: run["load"].task["nope"])
    with pytest.raises(AttributeError):
        run.data.nope  # noqa: B018


def test_an_artifact_says_what_it_is_without_being_loaded(bench: Bench) -> None:
    artifact = DataArtifact(f"quick/{bench.whole_run()}/train/1/model")
    assert (artifact.id, artifact.type, artifact.kind, artifact.summary) == ("model", "dict", "plain", "1 item")
    assert artifact.sha == artifact.digest == bench.workspace.store.digest({"of": "us"})
    assert artifact.size > 0
    assert artifact.data == {"of": "us"}
    assert artifact.finished_at == artifact.parent.finished_at
    task = Task("quick/1/train/1")
    assert [each.id for each in task] == [each.id for each in task.artifacts] == ["region", "model", "rmse"]
    assert task["rmse"].summary == "0.5"
    assert "rmse" in task
    assert task._ipython_key_completions_() == ["region", "model", "rmse"]


# ---- the flow's own classes


DEFINITIONS = "class Point:\n    def __init__(self, x):\n        self.x = x\n    def norm(self):\n        return {}"


@pytest.fixture
def point(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs that left a Point, whose class changed between them; the notebook that defined it is gone."""
    import sys
    from types import ModuleType

    for factor in ("self.x", "self.x * 100"):
        module = ModuleType("nbflow_defs.quick")
        exec(DEFINITIONS.format(factor), module.__dict__)
        monkeypatch.setitem(sys.modules, "nbflow_defs", ModuleType("nbflow_defs"))
        monkeypatch.setitem(sys.modules, "nbflow_defs.quick", module)
        run = bench.run(code=bench.code(DEFINITIONS.format(factor)))
        bench.task(run, "load", left={"p": module.Point(2)})
    monkeypatch.delitem(sys.modules, "nbflow_defs.quick")


@pytest.mark.usefixtures("point")
def test_objects_of_the_flows_own_classes_open_with_the_code_of_their_run() -> None:
    assert Run("quick/1").data.p.norm() == 2
    assert Run("quick/2").data.p.norm() == 200
    assert Run("quick/1")["load"].task["p"].data.norm() == 2


@pytest.mark.usefixtures("point")
def test_in_the_notebook_its_own_definitions_count(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    from types import ModuleType

    live = ModuleType("nbflow_defs.quick")
    exec(DEFINITIONS.format("'live'"), live.__dict__)
    monkeypatch.setitem(sys.modules, "nbflow_defs.quick", live)
    assert Run("quick/1").data.p.norm() == "live"
    assert isinstance(Run("quick/1").data.p, live.Point)


@pytest.mark.usefixtures("point")
def test_definitions_that_cannot_be_executed_say_so(bench: Bench) -> None:
    import sys

    digest = bench.code("import module_that_nobody_has")
    bench.workspace.metadata.update_run("quick", "1", code=digest)
    said = refused(lambda: Run("quick/1").data.p)
    assert "NBF-S007" in said
    assert "module_that_nobody_has" in said
    assert "nbflow_defs.quick" not in sys.modules


def test_the_file_of_a_flow_may_look_for_others_beside_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    from types import ModuleType

    text = "from pathlib import Path\nBESIDE = Path(__file__).parent\nclass Mark:\n    beside = BESIDE"
    module = ModuleType("nbflow_defs.Sales")
    module.__file__ = "/flows/sales.py"
    exec(text, module.__dict__)
    with monkeypatch.context() as there:
        there.setitem(sys.modules, "nbflow_defs", ModuleType("nbflow_defs"))
        there.setitem(sys.modules, "nbflow_defs.Sales", module)
        bench.class_run(code=bench.code(text))
        bench.task("1", "end", left={"mark": module.Mark()}, flow="Sales")
    assert Run("Sales/1").data.mark.beside == Path("/flows")


def test_a_run_gives_its_code(bench: Bench) -> None:
    bench.run(code=bench.code("K = 1"))
    bench.run()
    package = Run("quick/1").code
    assert package is not None
    assert package.cells == (("load", "df = 1"),)
    assert Run("quick/2").code is None


# ---- what does not exist


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("Flow('quikc')", "NBF-M001  there is no flow 'quikc' here. Did you mean 'quick'?"),
        ("Run('nothing/1')", "NBF-M001"),
        ("Run('quick/9')", "NBF-M002  flow 'quick' has no run '9'."),
        ("Flow('quick')['draft-7']", "NBF-M002"),
        ("Run('quick/1')['trian']", "NBF-M003  run quick/1 has no step 'trian'. Did you mean 'train'?"),
        ("Step('quick/1/x')", "NBF-M003"),
        ("Run('quick/1')['train'][7]", "NBF-M004  step quick/1/train has no task '7'."),
        ("Task('quick/1/train/7')", "NBF-M004"),
        ("Task('quick/1/load/1')", "has no task '1'. Its only task is 0."),
        ("Task('quick/1/x/0')", "NBF-M003"),
        ("Run('quick/1')['train'].by(region='mars')", "has no task 'region='mars''"),
        ("Run('quick/1')['fold'].by(region='us')", "2 tasks have these values"),
        ("DataArtifact('quick/1/train/0/x')", "NBF-M005"),
        ("Run('quick')", "Run(…) takes FLOW/RUN"),
        ("Flow('quick/1')", "Flow(…) takes FLOW"),
        ("Task('quick/1')", "NBF-M006"),
        ("Run('quick/../../etc')", "NBF-M006"),
        ("Run('quick/one')", "NBF-M006"),
        ("Flow('')", "NBF-M006"),
        ("Run(1)", "Run(…) takes a text, FLOW/RUN, and this is of type int"),
        ("Task(None)", "Task(…) takes a text, FLOW/RUN/STEP/TASK, and this is of type NoneType"),
    ],
)
def test_what_does_not_exist_is_told_apart(bench: Bench, expression: str, said: str) -> None:
    bench.whole_run()
    names = {"Flow": Flow, "Run": Run, "Step": Step, "Task": Task, "DataArtifact": DataArtifact}
    assert said in refused(lambda: eval(expression, names))


def test_where_nothing_ran_looking_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert f"nothing has run in {tmp_path}" in refused(lambda: Flow("quick"))
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_was_deleted_and_made_again_is_another(bench: Bench) -> None:
    import shutil

    bench.run()
    bench.run()
    assert Flow("quick").latest_run == Run("quick/2")
    root = bench.workspace.root
    # kept, so that the new folder cannot get its number
    root.rename(root.with_name("old"))
    assert "NBF-M001" in refused(lambda: Flow("quick"))
    Bench(root).run()
    assert [run.id for run in Flow("quick")] == ["1"]
    shutil.rmtree(root.with_name("old"))


# ---- as values


def test_things_are_equal_by_their_place_and_pickle_as_it(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    things = [Flow("quick"), run, run["train"], run["train"][1], run["train"][1]["rmse"]]
    again = [
        Flow("quick"),
        Run("quick/1"),
        Step("quick/1/train"),
        Task("quick/1/train/1"),
        DataArtifact("quick/1/train/1/rmse"),
    ]
    assert things == again == pickle.loads(pickle.dumps(things))
    assert len({*things, *again}) == 5
    assert run != Flow("quick")
    other = Bench(bench.workspace.root / "another")
    other.run()
    assert Run("quick/1", workspace=other.workspace) != run
    assert [repr(thing) for thing in things[:2]] == ["Flow('quick')", "Run('quick/1')"]


# ---- names that are nearly right


@pytest.mark.parametrize(
    ("place", "name", "typed"),
    [
        ("quick/1", "compare", "nbflow.compare('quick/1', baseline='previous')"),
        ("quick/1", "resume", "%flow resume 1 "),
        ("quick/1", "attach", "nbflow attach quick/1"),
        ("quick/1/train/0", "debug", "%flow debug quick/1/train/0"),
        ("quick", "history", "nbflow.history('quick')"),
    ],
)
def test_who_looks_for_a_verb_as_a_method_is_told_what_to_type(bench: Bench, place: str, name: str, typed: str) -> None:
    run = bench.run()
    bench.task(run, "train", (), {"model": 1})
    thing = {1: Flow, 2: Run, 4: Task}[len(place.split("/"))](place)
    told = refused(lambda: getattr(thing, name))
    assert f"{name} is a verb" in told and typed in told and "Did you mean" not in told
    assert "is a verb" not in refused(lambda: getattr(thing, "drop"))  # noqa: B009  it is the test


def test_a_name_that_is_nearly_right_is_told_with_the_right_one(bench: Bench) -> None:
    run = bench.run()
    bench.task(run, "train", (0,), {"model": 1, "region": "west"})
    bench.task(run, "train", (1,), {"model": 2, "region": "us"})
    found = Run("quick/1")
    step = found["train"]

    assert "Run has no 'stauts'. Did you mean 'status'?" in refused(lambda: found.stauts)
    assert "Did you mean 'model'?" in refused(lambda: found.data.modle)
    assert "Did you mean 'model'?" in refused(lambda: step[0].artifacts.modle)
    assert "Did you mean 'train'?" in refused(lambda: found["trian"])
    assert "Its runs are 1." in refused(lambda: Run("quick/9"))
    assert "Its tasks are 0, 1." in refused(lambda: step[7])
    assert "Did you mean 'west'?" in refused(lambda: step.by(region="wset"))
    assert "model is one of 1, 2." in refused(lambda: step.by(model=9))
    assert not hasattr(found, "stauts") and getattr(found, "stauts", None) is None


def test_an_attribute_that_fails_says_why_itself(bench: Bench) -> None:
    class Failing(Run):
        @property
        def broken(self) -> None:
            raise AttributeError("the reason")

    bench.run()
    with pytest.raises(AttributeError, match="the reason"):
        _ = Failing("quick/1").broken


def test_completion_may_ask_objects_that_were_never_made(bench: Bench) -> None:
    bench.run()
    assert [kind.__new__(kind)._ipython_key_completions_() for kind in (Flow, Run, Step, Task)] == [[], [], [], []]
    assert Flow("quick")._ipython_key_completions_() == ["1"]


def test_what_the_tasks_of_a_step_have_is_not_the_steps_own(bench: Bench) -> None:
    run = bench.run()
    bench.task(run, "train", (0,), {"model": 1})
    step = Run("quick/1")["train"]

    said = refused(lambda: step.data)
    assert "Step has no 'data'" in said and "Did you mean" not in said
    assert 'run["train"].task.data' in said and 'run["train"][0].data' in said
    assert step.task.data.model == step[0].data.model == 1
    assert "behind data" not in refused(lambda: step.taks)


def test_the_values_of_parameters_are_found_under_the_other_name_for_them(bench: Bench) -> None:
    bench.run()
    said = refused(lambda: Run("quick/1").params)
    assert "Did you mean 'parameters'?" in said and "a step" not in said
    assert "behind data" in refused(lambda: Run("quick/1").model)
