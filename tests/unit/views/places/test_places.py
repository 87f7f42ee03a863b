"""Pages of runs, steps and timelines, and going from one to another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nbflow
from nbflow.client import Run
from nbflow.errors import NbflowError
from nbflow.frontends.seeing.shown import Shown
from nbflow.model.status import RunStatus
from nbflow.views.pace import Pace
from nbflow.views.places.view import PlaceView
from nbflow.workspace import Workspace
from tests.unit.views.places.stored import keep, log, store, tried
from tests.unit.views.records import START, artifact, failure, summary, task

EVIL = "<script>alert(1)</script>\x1b[31m\u202e"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / ".nbflow"))
    made = store(tmp_path)
    items = [artifact("str", scalar=f"region {number}") for number in range(250)]
    trained = [
        task("train", path=(number,), at=1.0, took=0.1 + number / 100, item=items[number]) for number in range(249)
    ]
    bad = task("train", "failed", (249,), at=1.0, item=items[249], failure=failure(message=EVIL))
    keep(
        made,
        [task("load", left={"df": artifact("DataFrame", "4×2")}), *trained, bad],
        [tried("load", "0", 0, "succeeded", 0, 1)],
        status="failed",
        reason="train[249] failed",
    )
    log(made, "quickstart/1/load/0", 0, "loaded\n")
    return made


def shown(view: PlaceView) -> str:
    return "".join(view.regions().values())


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_one_goes_from_a_run_to_a_step_to_a_task_and_back(workspace: Workspace) -> None:
    view = PlaceView(workspace, "quickstart/1")
    assert "back" not in view.regions()
    assert 'data-argument="quickstart/1/train"' in shown(view) and 'data-argument="quickstart/1/load/0"' in shown(view)
    for place in ("quickstart/1/train", "quickstart/1/train/249", "quickstart/1/load/0", "quickstart/1#timeline"):
        view.act("go", place, {})
        assert view.place == place
    assert "all together" in shown(view)
    view.act("back", "", {})
    assert "loaded" in shown(view)
    for _ in range(9):
        view.act("back", "", {})
    assert view.place == "quickstart/1" and "back" not in view.regions()


@pytest.mark.parametrize(
    "place", ["quickstart/9", "nothing/1", "quickstart/1/tarin", "quickstart/1/train/999", "a/b/c/d/e/f", "../../etc"]
)
def test_where_nothing_is_one_does_not_go(workspace: Workspace, place: str) -> None:
    view = PlaceView(workspace, "quickstart/1/load/0")
    with pytest.raises(NbflowError, match="NBF-M00"):
        view.act("go", place, {})
    assert view.place == "quickstart/1/load/0" and "loaded" in shown(view)


def test_a_run_has_its_facts_its_failures_its_steps_and_its_timeline(workspace: Workspace) -> None:
    view = PlaceView(workspace, "quickstart/1")
    for html in (shown(view), view.static()):
        text = plain(html)
        assert "alpha = 0.2" in text and "ada" in text and "train[249]" in text
        assert "250 tasks, 1 failed" in text and "df (DataFrame 4×2)" in text
        assert "all together" in text and "<script" not in html and "\u202e" not in html
    assert "data-act" not in view.static()
    assert "quickstart/1" in view.text() and "\x1b" not in view.text()


def test_a_step_that_never_began_is_waiting_only_while_the_run_goes_on(workspace: Workspace) -> None:
    keep(workspace, [task("load", "running")], status="running")
    assert "so far" in plain(PlaceView(workspace, "quickstart/2").regions()["facts"])
    for place, word, other in (("quickstart/1", "not run", "waiting"), ("quickstart/2", "waiting", "not run")):
        steps = plain(PlaceView(workspace, place).regions()["steps"])
        assert word in steps and other not in steps


def test_why_a_run_failed_is_said_once(workspace: Workspace) -> None:
    assert "train[249] failed" not in shown(PlaceView(workspace, "quickstart/1"))
    keep(workspace, [task("load")], status="failed", reason="the process was killed")
    assert "the process was killed" in shown(PlaceView(workspace, "quickstart/2"))


def test_a_step_lists_failures_first_a_page_at_a_time(workspace: Workspace) -> None:
    view = PlaceView(workspace, "quickstart/1/train")
    first = re.findall(r"\[(\d+)\]", plain(view.regions()["tasks"]))
    assert first[:2] == ["249", "0"] and len(first) == 100
    assert "1 to 100 of 250" in plain(view.regions()["pages"])
    view.act("page", "2", {})
    assert re.findall(r"\[(\d+)\]", plain(view.regions()["tasks"]))[0] == "199"
    view.act("fields", "sought", {"sought": "REGION 24", "order": "item", "status": ""})
    assert re.findall(r"\[(\d+)\]", plain(view.regions()["tasks"])) == ["24", *(str(each) for each in range(240, 250))]
    view.act("fields", "sought", {"sought": "", "order": "longest", "status": "succeeded"})
    assert re.findall(r"\[(\d+)\]", plain(view.regions()["tasks"]))[0] == "248"
    view.act("fields", "sought", {"sought": "nowhere", "order": "item", "status": ""})
    assert "no task is like that" in shown(view)


def test_a_step_in_a_file_says_how_many_tasks_it_leaves_out(workspace: Workspace) -> None:
    saved = PlaceView(workspace, "quickstart/1/train").static()
    assert "and 150 more tasks" in saved and "data-act" not in saved and len(saved) < 300_000
    assert "and 150 more tasks" in PlaceView(workspace, "quickstart/1/train").text()


def test_a_timeline_unfolds_filters_and_folds_again(workspace: Workspace) -> None:
    view = PlaceView(workspace, "quickstart/1#timeline", name="timeline")
    assert view.name == "timeline"
    view.act("fold", "train", {})
    assert "1 to 100 of 250" in plain(view.regions()["chart"])
    view.act("page", "train 2", {})
    assert "201 to 250 of 250" in plain(view.regions()["chart"])
    view.act("fold", "train", {})
    assert "[0]" not in view.regions()["chart"]
    view.act("fields", "status", {"status": "failed", "order": "time", "step": "train"})
    assert "[249]" in view.regions()["chart"] and "[0]" not in view.regions()["chart"]
    view.act("fold", "train", {})
    assert "failed" in plain(view.regions()["chart"])
    view.act("fields", "status", {"status": "no such", "order": "no such", "step": "no such"})
    assert "load" in plain(view.regions()["chart"])


@pytest.mark.parametrize("place", ["quickstart/2", "quickstart/2#timeline", "quickstart/2/load", "quickstart/2/load/0"])
def test_a_page_of_a_run_that_goes_on_shows_what_is_new(
    workspace: Workspace, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "due", lambda _: True)
    keep(workspace, [task("load", "running")], status="running")
    view = PlaceView(workspace, place)
    assert "running" in shown(view)
    workspace.metadata.write("quickstart", "2", [task("load", took=3.0), task("train", "skipped", (0,))])
    assert view.poll()
    assert "succeeded" in shown(view)
    workspace.metadata.update_run("quickstart", "2", status=RunStatus.SUCCEEDED, finished_at=START + 4)
    view.poll()
    assert "succeeded" in shown(view)
    assert not view.poll()


def test_a_look_that_takes_long_is_followed_by_a_longer_rest() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])

    def look() -> None:
        now[0] += 2.0

    assert pace.due()
    pace.timed(look)
    now[0] += 7.9
    assert not pace.due()
    now[0] += 0.2
    assert pace.due()


def test_names_of_objects_and_places_open_the_same_pages(workspace: Workspace) -> None:
    run = Run("quickstart/1", namespace=None)
    for what in (None, "quickstart", "quickstart/1", run):
        assert "quickstart/1" in repr(nbflow.view(what)).splitlines()[0]
        assert "quickstart/1" in repr(nbflow.timeline(what))
    assert isinstance(nbflow.view(run), Shown)
    # a step with one task is this task, and an artifact is shown with the task that left it
    for what in ("quickstart/1/load", run["load"], run["load"].task, run["load"].task["df"], "quickstart/1/load/0/df"):
        assert "quickstart/1/load/0" in repr(nbflow.view(what)).splitlines()[0]
    assert repr(nbflow.view(run["train"])).splitlines()[0].startswith("✗ quickstart/1/train ")


def test_what_cannot_be_shown_is_told(workspace: Workspace) -> None:
    for call, code in (
        (lambda: nbflow.view(3.5), "V043"),
        (lambda: nbflow.view(3), "M006"),
        (lambda: nbflow.timeline(3.5), "V042"),
        (lambda: nbflow.timeline(3), "M006"),
        (lambda: nbflow.timeline("quickstart/1/train"), "V042"),
        (lambda: nbflow.view("quickstart/1/tarin"), "M003"),
        (lambda: nbflow.view("quikstart"), "M001"),
    ):
        with pytest.raises(NbflowError, match=code):
            call()


def test_a_run_in_which_nothing_ran_has_pages(workspace: Workspace) -> None:
    keep(workspace, [], status="failed", steps=(summary("load"),), reason=EVIL)
    for place in ("quickstart/2", "quickstart/2#timeline", "quickstart/2/load"):
        view = PlaceView(workspace, place)
        assert view.text() and view.static() and "<script" not in shown(view) + view.static()
    for place in ("quickstart/2", "quickstart/2#timeline"):
        # it is said once, and there is nothing to choose from
        live = shown(PlaceView(workspace, place))
        assert live.count("No task ran.") == live.count("&lt;script") == 1
        assert "No task is like that" not in live and "<select" not in live
