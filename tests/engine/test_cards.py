"""Cards of real runs: on the way, in the end, of each try, of a worker that died."""

from __future__ import annotations

from bench_flow import Bench, until

from nbflow.client import Task
from nbflow.client.cards import get_cards

PLAIN = ("from nbflow import current\nfrom nbflow.cards import ProgressBar",)
LONG = (
    "%%step a --card --card report:blank\nimport time\nfrom pathlib import Path\n"
    "current.card.append('begun')\ncurrent.card.refresh({'n': 1})\n"
    "while not Path('go').exists(): time.sleep(0.01)\n"
    "current.card.append('ended')\ncurrent.card['report'].append('all of it')"
)


def test_a_card_is_seen_on_the_way_and_what_is_kept_is_how_it_was_in_the_end(bench: Bench) -> None:
    request = bench.request(LONG, plain=PLAIN)
    handle = bench.engine.start(request)
    workspace = bench.engine.workspace
    task = until(lambda: next((each for each in workspace.metadata.tasks(request.flow, handle.run)), None))
    place = f"{request.flow}/{handle.run}/a/{task.id}"
    # a look may come before the step has said anything
    live = until(
        lambda: [each for each in get_cards(Task(place, workspace=workspace)) if each.size and each.get_data()]
    )
    assert [(card.type, card.live, card.get_data()) for card in live] == [("default", True, {"n": 1})]
    assert "begun" in live[0].get() and "ended" not in live[0].get()
    (bench.folder / "go").touch()
    ran = bench.ended(request, handle)
    assert ran.status == "succeeded", ran.failure
    first, second = get_cards(Task(place, workspace=workspace))
    assert "ended" in first.get() and "all of it" in second.get() and not first.live
    assert workspace.live_cards(request.flow, handle.run, "a", "0", 0) == []


def test_each_try_keeps_its_own_cards(bench: Bench) -> None:
    ran = bench.run(
        "%%step a --card --retry 1\ncurrent.card.append(f'try {current.retry_count}')\n1 / (current.retry_count)",
        plain=PLAIN,
    )
    assert ran.status == "succeeded", ran.failure
    place = f"{ran.outcome.flow}/{ran.outcome.run}/a/0"
    texts = [get_cards(Task(place, number, workspace=ran.workspace))[0].text for number in (0, 1)]
    assert "try 0" in texts[0] and "division by zero" in texts[0]
    assert "try 1" in texts[1] and "division" not in texts[1]


def test_a_task_that_failed_has_its_cards_and_notes_and_one_that_died_its_last_look(bench: Bench) -> None:
    ran = bench.run(
        "%%step a --card --catch\ncurrent.card.append('so far')\ncurrent.card['nope'].clear()\nraise ValueError('no')",
        "%%step b --card --after a\nimport os\ncurrent.card.append('last words')\ncurrent.card.refresh()\nos._exit(3)",
        plain=PLAIN,
    )
    assert ran.status == "failed"
    run = f"{ran.outcome.flow}/{ran.outcome.run}"
    caught, died = (Task(f"{run}/{step}/0", workspace=ran.workspace) for step in "ab")
    assert "so far" in get_cards(caught)[0].text and "ValueError: no" in get_cards(caught)[0].text
    assert "NBF-K022" in caught.notes[0]
    (card,) = get_cards(died)
    assert "last words" in card.text and not card.live
