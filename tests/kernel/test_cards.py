"""Cards in a real kernel: `%%card`, `--card`, `current.card`, and what is seen of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_a_card_cell_makes_a_card_of_what_it_appends_and_shows_it(kernel: Any) -> None:
    kernel.ok("%flow name sales")
    kernel.ok("%%step load\nrmse = 2.5")
    reply = kernel.ok(
        "%%card report\nfrom nbflow import current\nfrom nbflow.cards import Markdown\n"
        "current.card.append(Markdown(f'# Sales\\nrmse **{rmse}**'))\nrounded = round(rmse)"
    )
    (shown,) = [each for each in reply.displays if "iframe" in each.get("text/html", "")]
    assert 'sandbox="' in shown["text/html"] and "rmse" in shown["text/html"]
    assert "rmse" in shown["text/plain"] and "report/0" in shown["text/plain"]
    # it is a step as any other
    assert kernel.value("rounded") == "2"
    kernel.ok("from nbflow import get_cards\n(card,) = get_cards('sales/draft-1/report')")
    assert kernel.value("(card.type, card.live, 'rmse' in card.get())") == "('default', False, True)"
    again = kernel.ok("%flow cards report")
    assert any("rmse" in each.get("text/plain", "") for each in again.displays)


def test_a_card_cell_that_runs_again_replaces_its_card_and_runs_nothing_else(kernel: Any) -> None:
    kernel.ok("%%step load\nimport os\npid = os.getpid()")
    cell = "%%card report\nfrom nbflow import current\ncurrent.card.append(f'{} {pid}')"
    first = kernel.ok(cell.replace("{}", "one", 1))
    second = kernel.ok(cell.replace("{}", "two", 1))
    pid = kernel.value("pid")
    assert f"one {pid}" in first.text and f"two {pid}" in second.text
    assert f"one {pid}" not in kernel.ok("%flow cards report").text


def test_several_cards_have_ids_and_what_is_not_there_is_a_note(kernel: Any) -> None:
    reply = kernel.ok(
        "%%step look --card a --card b:blank\nfrom nbflow import current\n"
        "current.card['a'].append('in a')\ncurrent.card['b'].append('in b')\ncurrent.card.append('lost')\nx = 1"
    )
    assert "NBF-K021" in reply.text and "the ids" not in reply.text
    assert "in a" in reply.text or "in b" in reply.text
    assert kernel.value("x") == "1"


def test_a_step_without_a_card_says_how_to_ask_for_one(kernel: Any) -> None:
    reply = kernel.ok("%%step look\nfrom nbflow import current\ncurrent.card.append('lost')\nx = 1")
    assert "NBF-K020" in reply.text and "--card" in reply.text
    assert kernel.value("x") == "1"


def test_what_a_step_only_displays_is_not_shown_twice(kernel: Any) -> None:
    reply = kernel.ok("%%step look --card\ndisplay('once')\nx = 1")
    assert not [each for each in reply.displays if "iframe" in each.get("text/html", "")]
    assert "once" in kernel.ok("%flow cards look").text


def test_a_body_that_runs_here_makes_cards_too(kernel: Any) -> None:
    reply = kernel.ok("%%card look --here\nfrom nbflow import current\ncurrent.card.append('here it is')")
    assert "here it is" in reply.text


def test_the_card_of_a_step_that_has_not_begun_is_waited_for(kernel: Any, tmp_path: Path) -> None:
    gate = tmp_path / "go"
    kernel.ok("import pathlib, time")
    kernel.ok(
        f"%%step load --define\ngate = pathlib.Path({str(gate)!r})\nwhile not gate.exists():\n    time.sleep(0.02)\nrmse = 2.5"
    )
    kernel.ok(
        "%%card report --define\nfrom nbflow import current\nfrom nbflow.cards import Markdown\n"
        "current.card.append(Markdown(f'rmse **{rmse}**'))"
    )
    reply = kernel.ok("%flow run --background\n%flow cards report")
    assert "case/1/report has not begun yet" in reply.text, reply.text
    assert "has not begun yet" not in kernel.ok("%flow view report").text
    assert "case/1/report" in kernel.ok("%flow artifacts report").text
    gate.touch()
    kernel.ok("%flow attach")
    assert "rmse" in kernel.ok("%flow cards report").text
