"""Cards as workers make them: of a body that ended well, badly, or wrote to a card that takes too long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbflow.model.card import CardAsk, CardContent, CardRef
from nbflow.model.task import CodeStatement

Zygote = Any

HEAD = "from nbflow import current\n"


def cards(ended: Any, said: dict[str, Any] | None = None) -> list[tuple[CardRef, CardContent]]:
    refs = map(CardRef.from_json, (said or ended.done)["cards"])
    return [(ref, CardContent.from_bytes(ended.workspace.store.get_bytes(ref.digest))) for ref in refs]


def test_a_body_appends_to_the_cards_that_its_step_asks_for(zygote: Zygote) -> None:
    asks = (CardAsk(), CardAsk("blank", "b"))
    ended = zygote.run(
        HEAD + "current.card.append('# one')\ncurrent.card['b'].append('two')\nx = 1", cards=asks, leaves=("x",)
    )
    (first, one), (second, two) = cards(ended)
    assert (first.type, first.id, second.type, second.id) == ("default", None, "blank", "b")
    assert "<h1>one</h1>" in one.html and one.text == "# one" and "two" in two.html
    assert first.size == len(ended.workspace.store.get_bytes(first.digest)) and not first.failed
    assert one.height > 0 and ended.done["warnings"] == []


def test_a_step_that_asks_for_none_makes_none_and_loads_nothing_for_it(zygote: Zygote) -> None:
    ended = zygote.run("import sys\nx = sorted(each for each in sys.modules if each.startswith('nbflow.cards.'))")
    assert ended.done["cards"] == []
    assert not [each for each in ended.values["x"] if "component" in each or "document" in each]


def test_what_cannot_be_done_is_a_note_said_once(zygote: Zygote) -> None:
    ended = zygote.run(HEAD + "for n in range(3): current.card['nope'].append(n)\nx = 1", cards=(CardAsk(id="a"),))
    assert [code for code, _ in ended.done["warnings"]] == ["K022"]


def test_a_body_that_fails_leaves_its_cards_and_its_notes(zygote: Zygote) -> None:
    ended = zygote.run(HEAD + "current.card.append('so far')\ncurrent.card['x'].clear()\n1 / 0", cards=(CardAsk(),))
    assert ended.failure.type == "ZeroDivisionError"
    ((ref, card),) = cards(ended, ended.messages[-1])
    assert "so far" in card.html and not ref.failed
    assert [code for code, _ in ended.messages[-1]["warnings"]] == ["K022"]


def test_an_unknown_type_gives_a_card_that_says_which_there_are(zygote: Zygote) -> None:
    ended = zygote.run("x = 1", cards=(CardAsk("blnak", "b"), CardAsk("blnak", save_errors=False)))
    ((ref, card),) = cards(ended)
    assert (ref.type, ref.id, ref.failed) == ("blnak", "b", True)
    assert "Did you mean &#x27;blank&#x27;" in card.html and "taskspec_card" in card.error
    (told,) = ended.done["warnings"]
    assert told[0] == "K024" and told[1]["type"] == "blnak"
    assert ended.values == {"x": 1}


def test_a_component_that_never_ends_is_given_up_and_the_task_goes_on(zygote: Zygote) -> None:
    body = HEAD + (
        "from nbflow.cards import MetaflowCardComponent\n"
        "class Slow(MetaflowCardComponent):\n"
        "    def render(self):\n"
        "        import time\n"
        "        while True:\n"
        "            try:\n"
        "                time.sleep(5)\n"
        "            except Exception:\n"
        "                pass\n"
        "current.card.append(Slow())\nx = 1"
    )
    ended = zygote.run(body, cards=(CardAsk(timeout=0.3),), leaves=("x",))
    ((ref, card),) = cards(ended)
    assert ref.failed and card.error == "making it took longer than 0.3 s"
    assert ended.values == {"x": 1}


def test_one_card_that_fails_leaves_the_others(zygote: Zygote) -> None:
    body = HEAD + (
        "from nbflow.cards import MetaflowCardComponent\n"
        "class Bad(MetaflowCardComponent):\n"
        "    def html(self): raise SystemExit(3)\n"
        "current.card['a'].append(Bad())\ncurrent.card['b'].append('fine')\nx = 1"
    )
    ended = zygote.run(body, cards=(CardAsk(id="a"), CardAsk(id="b")), leaves=("x",))
    assert [(ref.id, ref.failed) for ref, _ in cards(ended)] == [("a", True), ("b", False)]


def test_a_look_on_the_way_is_a_file_beside_the_logs_whole_at_any_moment(zygote: Zygote) -> None:
    place = zygote.workspace.live_card_path("test", "1", "a", "0", 0, 1)
    place.parent.mkdir(parents=True)
    body = HEAD + (
        "from pathlib import Path\n"
        f"place = Path({str(place)!r})\n"
        "card = current.card['b']\n"
        "card.append('one')\ncard.refresh({'n': 1})\nfirst = place.read_text()\n"
        "card.append('two')\ncard.refresh({'n': 2})\nsecond = place.read_text()\n"
        "card.refresh(force=True)\nthird = place.read_text()"
    )
    ended = zygote.run(body, cards=(CardAsk(), CardAsk("blank", "b")), leaves=("first", "second", "third"))
    first, second, third = (
        CardContent.from_bytes(ended.values[name].encode()) for name in ("first", "second", "third")
    )
    assert "one" in first.html and first.data == {"n": 1}
    # five seconds have not passed, and then it is asked for all the same
    assert second == first and "two" in third.html and third.data == {"n": 2}
    assert [each.name for each in place.parent.iterdir()] == [place.name]
    assert cards(ended)[1][1].data == {"n": 2}


def test_what_is_no_data_is_left_out_of_a_refresh_and_of_the_card(zygote: Zygote) -> None:
    body = HEAD + "seen = {'n': 1}\ncurrent.card.refresh(seen)\nseen['n'] = 2\ncurrent.card.refresh({'x': {1}})\nx = 1"
    ended = zygote.run(body, cards=(CardAsk(refresh_interval=99),), leaves=("x",))
    ((ref, card),) = cards(ended)
    assert not ref.failed and card.data == {"n": 1} and ended.values == {"x": 1}
    assert "K027" in [code for code, _ in ended.done["warnings"]]


def test_a_refresh_that_fails_is_told_once(zygote: Zygote) -> None:
    # there is no folder that it could be written to
    body = HEAD + "for _ in range(3): current.card.refresh(force=True)\nx = 1"
    ended = zygote.run(body, cards=(CardAsk(),), task="test/1/elsewhere/0")
    assert [code for code, _ in ended.done["warnings"]] == ["K023"] and ended.values == {"x": 1}


def test_a_class_of_the_definitions_that_no_step_names_is_a_type_all_the_same(zygote: Zygote, tmp_path: Path) -> None:
    source = (
        "class Loud(MetaflowCard):\n    type = 'loud'\n    ALLOW_USER_COMPONENTS = True\n"
        "    def __init__(self, components=(), options=None, **_): self.shown, self.options = components, options\n"
        "    def render(self, task): return '!'.join(self.shown).upper() + self.options['end']"
    )
    statements = [
        CodeStatement(("MetaflowCard",), "from nbflow.cards import MetaflowCard", "", "<a>", 1, "k1", (), (), "import"),
        CodeStatement(("Loud",), source, source, "<b>", 1, "k2", ("MetaflowCard",), (), "class"),
    ]
    # its `render` is given a task, whose run must be known
    from nbflow.model.ids import FlowName, RunId, StepName
    from nbflow.model.record import RunRecord, TaskRecord
    from nbflow.model.status import RunStatus, TaskStatus

    metadata = zygote.workspace.metadata
    run = RunRecord(FlowName("test"), RunId(""), "run", RunStatus.RUNNING, "ann", 1.0, heartbeat_at=2e9)
    run = metadata.create_run(run)
    metadata.write("test", run.id, [TaskRecord(StepName("a"), "0", (), TaskStatus.RUNNING)], [])
    ask = CardAsk("loud", options={"end": "?"})
    body = HEAD + "current.card.append('hey')\nx = 1"
    ended = zygote.run(body, cards=(ask,), statements=statements, task=f"test/{run.id}/a/0", leaves=("x",))
    ((ref, card),) = cards(ended)
    assert not ref.failed, card.error
    assert card.raw and "HEY" in card.html and card.html.endswith("?") and "HEY" in card.text.upper()
    assert json.loads(ended.workspace.store.get_bytes(ref.digest))["type"] == "loud"


def test_a_figure_in_a_card_is_not_displayed_beside_it_and_another_is(zygote: Zygote) -> None:
    body = HEAD + (
        "import matplotlib.pyplot as plt\n"
        "fig, ax = plt.subplots()\ncurrent.card.append(fig)\n_, other = plt.subplots()\ncurrent.card.append(other)\n"
        "plt.figure(); plt.plot([1, 2])"
    )
    ended = zygote.run(body, cards=(CardAsk(),), leaves=(), rich=True)
    ((_, card),) = cards(ended)
    assert card.html.count("data:image/png;base64,") == 2
    assert len([each for each in ended.shown if "image/png" in each["display"]]) == 1
