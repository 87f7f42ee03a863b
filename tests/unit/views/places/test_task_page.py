"""The page of a task."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nbflow.client.facts import RunFacts
from nbflow.errors import NbflowError
from nbflow.model.ids import Digest
from nbflow.model.record import TaskRecord
from nbflow.views.task.page import TaskPage
from nbflow.workspace import Workspace
from tests.unit.views.places.stored import keep, log, store, tried
from tests.unit.views.records import artifact, failure, summary, task

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202e"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return store(tmp_path)


def page(workspace: Workspace, step: str = "load", number: str = "0") -> TaskPage:
    return TaskPage(RunFacts(workspace, "quickstart", "1"), step, number)


def shown(found: TaskPage) -> str:
    return "".join(found.regions().values())


def act(found: TaskPage, name: str, argument: str = "", **fields: str) -> str:
    found.act(name, argument, fields)
    return shown(found)


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def retried(workspace: Workspace) -> None:
    first = tried("load", "0", 0, "failed", 1, 2, failure=failure(message="first"))
    last = tried("load", "0", 1, "succeeded", 5, 1)
    keep(workspace, [replace(task("load", at=5.0, took=1.0, attempt=1))], [first, last])
    log(workspace, "quickstart/1/load/0", 0, "in the first try\n")
    log(workspace, "quickstart/1/load/0", 1, "in the second try\n")
    log(workspace, "quickstart/1/load/0", 1, "a warning\n", "stderr")


def test_each_attempt_has_its_log_and_its_failure(workspace: Workspace) -> None:
    retried(workspace)
    found = page(workspace)
    assert "in the second try" in shown(found) and "in the first try" not in shown(found)
    first = act(found, "attempt", "0")
    assert "in the first try" in first and "in the second try" not in first
    assert "ValueError: first" in found.regions()["failure"]
    assert "1 of 2" in plain(first)


def test_a_file_has_all_attempts_with_those_before_folded_away(workspace: Workspace) -> None:
    retried(workspace)
    saved = page(workspace).static()
    assert "in the second try" in saved and "a warning" in saved
    folded = saved[saved.index("<details") :]
    assert "in the first try" in folded and "ValueError: first" in folded
    assert "data-act" not in saved and "<input" not in saved


def test_streams_are_chosen_and_one_without_text_is_not_shown_first(workspace: Workspace) -> None:
    keep(workspace, [task("load")], [tried("load", "0", 0, "succeeded", 0, 1)])
    log(workspace, "quickstart/1/load/0", 0, "only here\n", "stderr")
    assert "only here" in shown(page(workspace))
    log(workspace, "quickstart/1/load/0", 0, "and here\n")
    found = page(workspace)
    assert "and here" in shown(found) and "only here" not in shown(found)
    assert "only here" in act(found, "stream", "stderr")


def test_a_search_shows_lines_that_match_with_those_around(workspace: Workspace) -> None:
    keep(workspace, [task("load")], [tried("load", "0", 0, "succeeded", 0, 1)])
    lines = [f"line {number}" + (" ERROR <b>" if number in {20, 22, 300} else "") for number in range(400)]
    log(workspace, "quickstart/1/load/0", 0, "\n".join(lines))
    found = page(workspace)
    act(found, "fields", "sought", sought="error <B>", context="2")
    text = plain(found.regions()["log"])
    assert re.findall(r"line \d+", text) == [f"line {each}" for each in (*range(18, 25), *range(298, 303))]
    assert "⋯" in text and "3 in 3 lines" in plain(found.regions()["logsearch"])
    assert found.regions()["log"].count("<mark") == 3 and "<b>" not in found.regions()["log"]
    act(found, "fields", "sought", sought="error <B>", context="0")
    assert re.findall(r"line \d+", plain(found.regions()["log"])) == ["line 20", "line 22", "line 300"]
    act(found, "fields", "sought", sought="nowhere", context="2")
    assert "not found" in found.regions()["logsearch"]
    act(found, "fields", "sought", sought="", context="2")
    assert "line 399" in found.regions()["log"]


def test_pages_of_matches_begin_with_the_newest(workspace: Workspace) -> None:
    keep(workspace, [task("load")], [tried("load", "0", 0, "succeeded", 0, 1)])
    log(workspace, "quickstart/1/load/0", 0, "".join(f"hit {number}\n" for number in range(120)))
    found = page(workspace)
    act(found, "fields", "sought", sought="hit", context="0")
    assert re.findall(r"hit (\d+)", plain(found.regions()["log"]))[0] == "70"
    last = act(found, "matches", "2")
    assert "hit</mark> 0" in last and "hit</mark> 20\n" not in last and "matching lines 1 to 20 of 120" in last


def test_an_expression_that_cannot_be_read_is_told_and_the_page_stays(workspace: Workspace) -> None:
    keep(workspace, [task("load")], [tried("load", "0", 0, "succeeded", 0, 1)])
    log(workspace, "quickstart/1/load/0", 0, "some text\n")
    found = page(workspace)
    with pytest.raises(NbflowError, match="V040"):
        act(found, "expression", sought="(", context="0")
    assert "some text" in shown(found)
    assert "text</mark>" in act(found, "fields", sought="te?xt", context="0")


def test_a_long_log_is_read_in_pages_from_its_end(workspace: Workspace) -> None:
    keep(workspace, [task("load")], [tried("load", "0", 0, "succeeded", 0, 1)])
    log(workspace, "quickstart/1/load/0", 0, "".join(f"<{number}>\n" for number in range(1000)))
    found = page(workspace)
    assert "&lt;999&gt;" in shown(found) and "&lt;799&gt;" not in shown(found)
    assert "&lt;799&gt;" in act(found, "log", "earlier")
    assert "&lt;0&gt;" in act(found, "log", "start")
    assert "&lt;200&gt;" in act(found, "log", "later")
    assert "&lt;999&gt;" in act(found, "log", "end")


def test_a_log_that_grows_is_followed_and_a_page_that_is_read_stays(workspace: Workspace) -> None:
    keep(
        workspace,
        [task("load", "running")],
        [replace(tried("load", "0", 0, "running", 0, 1), finished_at=None)],
        status="running",
    )
    path = log(workspace, "quickstart/1/load/0", 0, "".join(f"<{number}>\n" for number in range(1000)))
    found = page(workspace)
    assert "&lt;999&gt;" in shown(found)
    with path.open("a") as file:
        file.write("more\n")
    assert found.poll()
    assert "more" in found.regions()["log"]
    act(found, "log", "start")
    with path.open("a") as file:
        file.write("even more\n")
    assert found.poll()
    assert "&lt;0&gt;" in found.regions()["log"] and "even more" not in found.regions()["log"]


def test_a_task_that_has_ended_is_not_read_again(workspace: Workspace) -> None:
    retried(workspace)
    assert not page(workspace).poll()


def test_it_says_what_it_was_given_and_by_whom(workspace: Workspace) -> None:
    frame = replace(artifact("DataFrame", "442×11"), digest="ab" * 32)
    item = artifact("str", scalar="north & south")
    given = {
        "input df": "ab" * 8,
        "input gone": "cd" * 8,
        "input item of train": "ef" * 8,
        "parameter alpha": "0.2 (float)",
    }
    keep(workspace, [task("load", left={"df": frame}), task("train", path=(0,), at=1.0, item=item, parts=given)])
    found = page(workspace, "train")
    text = plain(found.regions()["given"])
    assert "df DataFrame" in re.sub("  +", " ", " ".join(re.findall(r"df|DataFrame", text))) and "442×11" in text
    assert 'data-argument="quickstart/1/load/0"' in found.regions()["given"]
    assert "not found in this run" in text and "foreach of train" in text and "parameter, given" in text
    assert "north &amp; south" in found.regions()["facts"]
    assert 'data-argument="quickstart/1/load/0"' in found.regions()["facts"]


def test_an_item_that_nothing_left_was_given_by_the_foreach(workspace: Workspace) -> None:
    item = replace(artifact("str", scalar="coast"), digest=Digest("ab" * 32))
    keep(workspace, [task("train", path=(0,), item=item, parts={"input region": "ab" * 8, "input gone": "cd" * 8})])
    given = plain(page(workspace, "train").regions()["given"])
    assert "coast" in given and "the foreach" in given and given.count("not found in this run") == 1


def test_only_long_names_and_values_are_broken(workspace: Workspace) -> None:
    keep(workspace, [task("load", left={"n" * 60: artifact("str", scalar="x" * 60), "df": artifact("DataFrame")})])
    found = page(workspace)
    for html in (found.regions()["left"], found.static()):
        assert html.count("min-width:120px;overflow-wrap:anywhere") == 2


def test_of_two_values_of_one_name_the_one_that_it_saw_is_named(workspace: Workspace) -> None:
    steps = (summary("load"), summary("clean", "load"), summary("late", "load clean"))
    old, new = (replace(artifact("DataFrame"), digest=Digest(each * 32)) for each in ("ab", "cd"))
    tasks = [
        task("load", left={"df": old}),
        task("clean", left={"df": new}),
        task("late", parts={"input df": "cd" * 8}),
    ]
    keep(workspace, tasks, steps=steps)
    given = page(workspace, "late").regions()["given"]
    assert 'data-argument="quickstart/1/clean/0"' in given and "quickstart/1/load" not in given


def test_what_is_open_of_one_attempt_is_not_shown_with_another(workspace: Workspace) -> None:
    ref = workspace.store.put([1, 2])
    tries = [tried("load", "0", 0, "failed", 0, 1), tried("load", "0", 1, "succeeded", 2, 1)]
    keep(workspace, [task("load", attempt=1, left={"numbers": ref})], tries)
    found = page(workspace)
    act(found, "open", "numbers")
    assert "numbers" in found.regions()["previews"]
    act(found, "attempt", "0")
    assert found.regions()["previews"] == "" and found.regions()["left"] == ""


def test_a_result_that_was_taken_over_has_the_logs_of_the_task_that_ran(workspace: Workspace) -> None:
    retried(workspace)
    origin = "quickstart/1/load/0"
    keep(workspace, [task("load", "reused", origin=origin, reason="nothing changed")])
    found = TaskPage(RunFacts(workspace, "quickstart", "2"), "load", "0")
    assert "in the second try" in shown(found)
    assert f'data-argument="{origin}"' in found.regions()["facts"] and "nothing changed" in found.regions()["facts"]
    assert "in the first try" in act(found, "attempt", "0")


def test_what_was_displayed_is_shown_safely(workspace: Workspace) -> None:
    bundles: list[Any] = [
        {"data": {"text/html": f"<b>bold</b>{EVIL}", "text/plain": "plain"}, "metadata": {}},
        {"data": {"image/png": 'aGVsbG8=" onerror="alert(1)', "text/plain": "<Figure>"}, "metadata": {}},
        {"data": {"image/svg+xml": "<svg onload='alert(1)'/>"}, "metadata": {}},
        {"data": {"text/plain": "x" * 1000}, "metadata": {}},
        "no bundle",
    ]
    digest = workspace.store.put_bytes(json.dumps(bundles).encode())
    keep(workspace, [task("load", displays=digest)])
    found = page(workspace)
    for html in (found.regions()["displayed"], found.static()):
        assert "<b>bold</b>" in html and "<script" not in html and "<svg" not in html
        assert not re.search(r"<[^>]* on\w+=", html)
        assert "data:image/png;base64,aGVsbG8=" in html


def test_a_hostile_task_stays_text_in_every_form(workspace: Workspace) -> None:
    record = task(
        "load",
        "failed",
        failure=failure("Value<Error>", EVIL, traceback=EVIL * 3),
        reason=EVIL,
        notes=(EVIL,),
        item=artifact(EVIL, scalar=EVIL),
        parts={f"input {EVIL}": EVIL, f"parameter {EVIL}": EVIL},
        origin=None,
    )
    keep(workspace, [record], [tried("load", "0", 0, "failed", 0, 1, failure=failure(message=EVIL))], status="failed")
    log(workspace, "quickstart/1/load/0", 0, EVIL * 50)
    found = page(workspace)
    act(found, "fields", sought="alert", context="2")
    for html in (shown(found), found.static()):
        assert "<script" not in html and "<img src=x" not in html and "\u202e" not in html and "\x1b" not in html
    assert "\x1b" not in found.text() and "\u202e" not in found.text()


def test_a_file_stays_small_whatever_the_task_wrote_and_left(workspace: Workspace) -> None:
    tries = [
        tried("load", "0", number, "failed", number, 0.5, failure=failure(message="&" * 50_000, traceback="'" * 90_000))
        for number in range(40)
    ]
    left = {f"name_{number}": artifact("T" * 500, "s" * 500) for number in range(2000)}
    record = task(
        "load",
        attempt=39,
        left=left,
        notes=("n" * 50_000,) * 50,
        parts={f"input {number}": "ab" for number in range(900)},
    )
    digest = workspace.store.put_bytes(
        json.dumps([{"data": {"text/plain": "'" * 100_000}, "metadata": {}}] * 50).encode()
    )
    keep(workspace, [replace(record, displays=digest)], tries)
    for number in range(40):
        log(workspace, "quickstart/1/load/0", number, ("'" * 5000 + "\n") * 1000)
    saved = page(workspace).static()
    # nearly every letter is one that takes six when it is escaped
    assert len(saved) < 650_000
    assert "1,900 more" in saved


def test_artifacts_open_one_by_one_and_are_not_unpickled(workspace: Workspace, tmp_path: Path) -> None:
    touched = tmp_path / "touched"

    class Poison:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(touched),)

    refs = {"numbers": workspace.store.put([1, 2, 3]), "poison": workspace.store.put(Poison())}
    keep(workspace, [task("load", left=refs, item=refs["poison"])])
    found = page(workspace)
    found.static()
    assert "numbers" in shown(found) and found.regions()["previews"] == ""
    for name in refs:
        act(found, "open", name)
    assert "poison" in found.regions()["previews"]
    act(found, "open", "poison")
    assert "poison" not in found.regions()["previews"] and "numbers" in found.regions()["previews"]
    assert not touched.exists()


def test_tasks_beside_it_are_a_click_away(workspace: Workspace) -> None:
    keep(workspace, [task("load"), *(task("train", path=(number,)) for number in range(3))])
    title = page(workspace, "train", "1").regions()["title"]
    assert 'data-argument="quickstart/1/train/0"' in title and 'data-argument="quickstart/1/train/2"' in title
    assert page(workspace, "train", "2").regions()["title"].count("disabled") == 1


@pytest.mark.parametrize(
    "record", [task("load", "skipped", reason="rmse < 2 is false"), task("load", "waiting"), task("load", "lost")]
)
def test_a_task_that_has_little_to_say_has_a_page(workspace: Workspace, record: TaskRecord) -> None:
    keep(workspace, [record], status="failed")
    found = page(workspace)
    assert record.status.value in found.text() and "nothing was written" in shown(found)
    assert found.static()
