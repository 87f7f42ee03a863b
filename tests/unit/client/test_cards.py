"""`get_cards`: the cards of a task as they are stored, live, or made of its record."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from nbflow.client import Run, Task
from nbflow.client.cards import cards_of, get_cards, last_steps_first, tasks_of
from nbflow.errors import CardError, NotFoundError
from nbflow.model.card import CardContent, CardRef
from nbflow.model.record import Failure

Bench = Any


def kept(bench: Bench, content: CardContent) -> CardRef:
    data = content.to_bytes()
    digest = bench.workspace.store.put_bytes(data)
    return CardRef(content.type, content.id, digest, len(data), failed=bool(content.error))


def task(bench: Bench, *contents: CardContent, **more: Any) -> Task:
    run = bench.run(more.pop("run_status", "succeeded"))
    cards = tuple(kept(bench, each) for each in contents)
    left = more.pop("left", {"df": [1, 2], "rows": 2})
    bench.task(run, "load", left=left, cards=cards, **more)
    return Task(f"quick/{run}/load/0", workspace=bench.workspace)


REPORT = CardContent("default", "report", "<p>the <b>report</b></p>", text="the report", data={"n": 1})
BLANK = CardContent("blank", None, "<p>only this</p>", text="only this")
RAW = CardContent("mine", "own", "<h1>own</h1><script>alert(1)</script>", raw=True, text="own")


def test_a_task_has_the_cards_that_were_asked_for_in_their_order(bench: Bench) -> None:
    found = get_cards(task(bench, REPORT, BLANK, RAW))
    assert [(card.type, card.id) for card in found] == [("default", "report"), ("blank", None), ("mine", "own")]
    assert found["own"] is found[2] and len(found[:2]) == 2
    assert found[0].get_data() == {"n": 1} and found[1].get_data() is None
    assert found[0].path == f"quick/1/load/0/cards/default-report-{found[0].hash}.html"
    assert len(found[0].hash) == 10 and found[0].created_on and not found[0].live


def test_cards_are_chosen_by_id_and_type(bench: Bench) -> None:
    whole = task(bench, REPORT, BLANK, RAW)
    assert [card.id for card in get_cards(whole, id="own")] == ["own"]
    assert [card.type for card in get_cards(whole, type="blank")] == ["blank"]
    assert len(get_cards(whole, id="nope")) == 0
    with pytest.raises(CardError, match="Did you mean 'own'"):
        get_cards(whole)["onw"]


def test_a_task_without_any_has_the_card_that_every_task_has(bench: Bench) -> None:
    shown = [{"data": {"text/plain": "<b>seen</b>"}, "metadata": {}}]
    whole = task(bench, displays=shown, logs={"stdout": "read <i>3</i>\n"})
    (card,) = get_cards(whole)
    assert (card.type, card.id, card.size) == ("default", None, 0)
    page = card.get()
    for word in ("load", "rows", "&lt;b&gt;seen", "read &lt;i&gt;3", "quick/1/load/0", "alpha"):
        assert word in page
    assert "seen" in card.text and "df" in card.text
    assert [each.type for each in get_cards(task(bench, BLANK), type="default")] == ["default"]


def test_the_default_card_says_why_its_task_failed(bench: Bench) -> None:
    (card,) = get_cards(
        task(bench, status="failed", run_status="failed", left=None, failure=Failure("ValueError", "no <way>", "Trace"))
    )
    assert "no &lt;way&gt;" in card.get() and "Trace" in card.get()
    assert "ValueError: no <way>" in card.text


def test_a_task_that_has_not_begun_has_none(bench: Bench) -> None:
    assert len(get_cards(task(bench, status="skipped", left=None))) == 0


def test_nothing_is_unpickled_to_show_a_card(bench: Bench, tmp_path: Path) -> None:
    class Poison:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "ran",)

    whole = task(bench, left={"poison": Poison()})
    for card in get_cards(whole):
        card.get(), card.text, card._repr_html_(), repr(card)
    assert not (tmp_path / "ran").exists()


def test_a_card_of_a_custom_type_runs_no_script_unless_it_is_asked_for(bench: Bench) -> None:
    (card,) = get_cards(task(bench, RAW))
    assert "<script>" not in card.get() and "alert" not in card.get()
    assert "<script>alert(1)</script>" in card.get(scripts=True)
    assert "default-src 'none'" in card.get() and "connect-src" not in card.get(scripts=True)


def test_a_card_shows_itself_with_its_caption_and_its_text_around_a_sandbox(bench: Bench) -> None:
    (card,) = get_cards(task(bench, REPORT))
    html = card._repr_html_()
    before, _, frame = html.partition("<iframe ")
    assert "quick/1/load/0 · report" in before and "<details" in frame.partition("</iframe>")[2]
    assert 'sandbox="' in frame and "allow-same-origin" not in frame
    assert get_cards(task(bench, REPORT, BLANK))._repr_html_().count("<iframe ") == 2


def test_a_card_is_saved_as_a_page_that_stands_alone(bench: Bench, tmp_path: Path) -> None:
    (card,) = get_cards(task(bench, REPORT))
    path = card.save(tmp_path / "card.html")
    assert "<iframe " in path.read_text() and "report" in path.read_text()
    assert card.save().name.endswith(f"{card.hash}.html")


def test_a_task_that_took_over_a_result_has_the_cards_of_the_one_that_ran(bench: Bench) -> None:
    origin = task(bench, REPORT).pathspec
    reused = task(bench, REPORT, status="reused", origin=origin)
    (card,) = get_cards(reused)
    assert card.from_resumed and card.origin_pathspec == origin and origin in card.caption
    assert [each.size for each in get_cards(reused, follow_resumed=False)] == [0]


def live(bench: Bench, whole: Task, number: int, content: CardContent) -> Path:
    path = bench.workspace.live_card_path(*whole.path_components, 0, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.to_bytes())
    return path


def test_while_a_task_runs_its_cards_are_as_it_last_showed_them(bench: Bench) -> None:
    whole = task(bench, status="running", run_status="running", left=None)
    assert [(card.type, card.live) for card in get_cards(whole)] == [("default", True)]
    live(bench, whole, 1, BLANK)
    live(bench, whole, 0, REPORT)
    first, second = get_cards(whole)
    assert (first.id, second.type, first.live) == ("report", "blank", True)
    assert first.created_on and abs(first.created_on.timestamp() - time.time()) < 60
    hash_before = first.hash
    live(bench, whole, 0, CardContent("default", "report", "<p>other</p>"))
    assert get_cards(whole)[0].hash != hash_before


def test_a_file_that_is_torn_or_gone_is_passed_over(bench: Bench) -> None:
    whole = task(bench, status="running", run_status="running", left=None)
    live(bench, whole, 0, REPORT).write_text("{")
    assert [card.size for card in get_cards(whole)] == [0]


def test_of_a_task_that_was_killed_its_last_look_stays(bench: Bench) -> None:
    whole = task(bench, status="failed", run_status="failed", left=None, failure=Failure("WorkerDied", "killed"))
    live(bench, whole, 0, REPORT)
    (card,) = get_cards(whole)
    assert card.id == "report" and not card.live


def test_a_task_is_named_by_itself_its_pathspec_or_a_step_with_one_task(bench: Bench) -> None:
    whole = task(bench, REPORT)
    for named in (whole, "quick/1/load/0", "quick/1/load", whole.parent):
        assert [card.id for card in get_cards(named)] == ["report"]


@pytest.mark.parametrize(
    ("named", "says"),
    [
        (3, "of type int"),
        (None, "of type NoneType"),
        ("quick", "get_cards('quick/12/report/0')"),
        ("quick/1", "get_cards('quick/1/report/0')"),
        ("a/b/c/d/e", "'a/b/c/d/e'"),
    ],
)
def test_what_is_no_task_is_said(bench: Bench, named: Any, says: str) -> None:
    bench.whole_run()
    with pytest.raises(CardError) as raised:
        get_cards(named)
    assert says in str(raised.value)


def test_a_step_of_several_tasks_and_a_task_that_is_not_there_are_said(bench: Bench) -> None:
    bench.whole_run()
    with pytest.raises(CardError, match="it has 2 tasks"):
        get_cards("quick/1/train")
    with pytest.raises(NotFoundError, match="M004"):
        get_cards("quick/1/train/7")


def test_the_tasks_of_a_run_that_goes_on_are_read_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bench.run("running")
    for index in range(3):
        bench.task(run, "train", (index,), {"x": index}, cards=(kept(bench, REPORT),))
    bench.task(run, "load", left={})
    metadata, asked = bench.workspace.metadata, []
    read = metadata.tasks
    monkeypatch.setattr(metadata, "tasks", lambda *words: asked.append(words) or read(*words))
    tasks = tasks_of(Run(f"quick/{run}", workspace=bench.workspace))
    assert [card.id for task in tasks for card in cards_of(task)] == ["report"] * 3
    assert len(asked) == 1
    assert [task.id for task in tasks_of(tasks[0].parent.parent, "train")] == ["0", "1", "2"]
    assert [task.pathspec.split("/", 2)[2] for task in last_steps_first(tasks)] == [
        "train/0",
        "train/1",
        "train/2",
        "load/0",
    ]
    with pytest.raises(NotFoundError, match="M003"):
        tasks_of(tasks[0].parent.parent, "tarin")


def test_every_status_and_item_of_a_run_has_a_page(bench: Bench) -> None:
    bench.whole_run()
    run = Run("quick/1", workspace=bench.workspace)
    pages = [get_cards(task)[0].get() for step in run.steps() for task in step if task.status != "skipped"]
    assert len(pages) == 10 and any("item 0-1" in page for page in pages)
