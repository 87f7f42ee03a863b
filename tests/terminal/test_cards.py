"""`card view|get|list` of a flow file and of a notebook, with cards that real runs made."""

from __future__ import annotations

import json
import signal
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from flow_terminal import FlowTerminal
from terminal import Terminal

Flow = Any

CARDS = """
from nbflow import FlowSpec, card, current, step
from nbflow.cards import Markdown, MetaflowCard


class Mine(MetaflowCard):
    type = "mine"

    def render(self, task):
        return f"<h1>{task.data.y} of {task.pathspec}</h1>"


class CardFlow(FlowSpec):
    @card
    @card(type="blank", id="report")
    @step
    def start(self):
        self.xs = [1, 2]
        current.card.append(Markdown("# Begun"))
        current.card["report"].append("the report")
        self.next(self.square, foreach="xs")

    @card(type="mine", id="own")
    @step
    def square(self):
        self.y = self.input * 10
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CardFlow()
"""


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> FlowTerminal:
    folder = tmp_path_factory.mktemp("cards")
    (folder / "cards.py").write_text(CARDS)
    terminal = FlowTerminal(folder, folder / "cards.py", BROWSER="/nowhere")
    terminal.ok("run")
    return terminal


def test_cards_are_listed_for_a_person_and_for_a_program(cards: FlowTerminal) -> None:
    head, *rows = cards.ok("card", "list").stdout.splitlines()
    assert head.split() == ["task", "id", "type", "hash", "size", "made"]
    assert [row.split()[0] for row in rows] == ["1/start/0", "1/start/0", "1/square/0", "1/square/1"]
    several = json.loads(cards.ok("card", "list", "square", "--as-json").stdout)
    assert [each["pathspec"] for each in several] == ["CardFlow/1/square/0", "CardFlow/1/square/1"]
    told = json.loads(cards.ok("card", "list", "start", "--as-json").stdout)
    assert told["pathspec"] == "CardFlow/1/start/0"
    assert [(each["id"], each["type"]) for each in told["cards"]] == [(None, "default"), ("report", "blank")]
    (one,) = json.loads(cards.ok("card", "list", "1/start/0", "--as-json", "--id", "report").stdout)["cards"]
    assert set(one) == {"id", "hash", "type", "filename"} and one["hash"] in one["filename"]


def test_a_card_is_printed_and_saved(cards: FlowTerminal) -> None:
    assert "the report" in cards.ok("card", "get", "start", "--id", "report").stdout
    by_hash = json.loads(cards.ok("card", "list", "1/start/0", "--as-json").stdout)["cards"][0]["hash"]
    page = cards.ok("card", "get", "1/start", "--hash", by_hash[:5]).stdout
    assert "Begun" in page and page.startswith("<!DOCTYPE html>")
    cards.ok("card", "get", "1/square/1", "--type", "mine", "new/folder/own.html")
    assert "20 of CardFlow/1/square/1" in (cards.folder / "new/folder/own.html").read_text()


def test_a_card_is_viewed_and_without_a_browser_its_file_is_said(cards: FlowTerminal) -> None:
    said = cards.ok("card", "view", "1/square/0", DISPLAY="", WAYLAND_DISPLAY="").stderr
    path = Path(said.split()[-1])
    assert "CardFlow/1/square/0 · own" in said and "10 of CardFlow/1/square/0" in path.read_text()


def test_every_task_has_a_card(cards: FlowTerminal) -> None:
    assert "CardFlow/1/end/0" in cards.ok("card", "get", "end").stdout
    nothing = cards.run("card", "list", "1/join")
    assert nothing.returncode == 0 and "default" in nothing.stdout


def test_where_no_card_is_as_wanted_the_list_fails_and_says_so(cards: FlowTerminal) -> None:
    for words, out in ((("--id", "repot"), ""), (("--id", "repot", "--as-json"), "[]\n")):
        done = cards.run("card", "list", *words)
        assert (done.returncode, done.stdout) == (1, out)
    assert "no card with the id repot" in cards.run("card", "list", "--id", "repot").stderr
    assert "card get [OPTIONS]" in cards.ok("card", "--help").stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("get", "square"), "K032", "card get 1/square/0"),
        (("get", "start"), "K032", "--id report"),
        (("get", "start", "--id", "repot"), "K030", "Did you mean 'report'?"),
        (("get", "start", "--type", "mine"), "K030", "it has default"),
        (("get", "stat"), "M003", "start"),
        (("view", "9/start"), "M002", "1"),
        (("get", "end", "/dev/null/all.html"), "R004", "/dev/null/all.html"),
    ],
)
def test_what_cannot_be_meant_is_said_with_what_can(
    cards: FlowTerminal, words: tuple[str, ...], code: str, says: str
) -> None:
    done = cards.run("card", *words)
    assert done.returncode in {1, 2} and f"NBF-{code}" in done.stderr and says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_resumed_run_has_the_cards_of_what_it_took_over_and_with_adds_some(flow: Flow) -> None:
    cards = flow(CARDS, "cards.py")
    cards.ok("run")
    cards.ok("--with", "card:type=blank,id=more", "resume", "join")
    assert "the report" in cards.ok("card", "get", "2/start", "--id", "report").stdout
    told = json.loads(cards.ok("card", "list", "--as-json").stdout)
    places = [each["pathspec"] for each in told for _ in each["cards"]]
    assert places == [
        f"CardFlow/2/{task}" for task in ("start/0", "start/0", "square/0", "square/1", "join/0", "end/0")
    ]
    alone = cards.run("card", "get", "2/start", "--id", "report", "--no-follow-resumed")
    assert alone.returncode == 1 and "K030" in alone.stderr


def test_the_cards_of_a_notebook_are_shown_by_nbflow(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.write(
        "from nbflow import current",
        "%%step load\nx = 3",
        "%%card report\ncurrent.card.append(f'x is {x}')\nprint('made')",
        name="sales.ipynb",
    )
    assert terminal.run("run", "sales.ipynb").returncode == 0
    for place in ("sales/report", "sales.ipynb/report", "sales/1/report/0", "sales"):
        assert "x is 3" in terminal.run("card", "get", place).stdout
    listed = terminal.run("card", "list", "sales")
    assert listed.returncode == 0 and "1/report/0" in listed.stdout and "1/load" not in listed.stdout
    assert terminal.run("card").returncode == 2


def test_cards_are_served_until_it_is_interrupted(cards: FlowTerminal) -> None:
    process = cards.start("card", "server", "--port", "0", "--run-id", "1")
    assert process.stderr is not None and process.stdout is not None
    said = process.stderr.readline()
    address = said.partition("http://")[2].partition("/")[0]
    try:
        with urllib.request.urlopen(f"http://{address}/data", timeout=60) as answer:
            (run,) = json.loads(answer.read())
    finally:
        process.send_signal(signal.SIGINT)
    assert "cards of CardFlow/1" in said and "(4 now" in said
    assert [task["task"] for task in run["tasks"]] == ["square/0", "square/1", "start/0"]
    process.communicate(timeout=60)
    assert process.returncode == 0
    refused = cards.run("card", "server", "--run-id", "99")
    assert refused.returncode == 1 and "NBF-M002" in refused.stderr
