from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from nbflow.cards.palette import ground_colour
from nbflow.graph.draw import States, StepState, svg
from nbflow.graph.draw.svg import size
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary
from nbflow.model.status import TaskStatus

NS = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    "\"onload='x'",
    "]]>&amp;<!--",
    "two\nlines",
    "\x1b[31m\x00",
    "\u202egpj.exe",
    "\ud800",
]


def step(name: str, givers: str = "", label: str = "", scope: str = "") -> StepSummary:
    return StepSummary(StepName(name), tuple(map(StepName, givers.split())), tuple(scope.split()), label)


def parsed(steps: tuple[StepSummary, ...], states: States | None = None) -> ET.Element:
    return ET.fromstring(svg(steps, states))


def texts(root: ET.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{NS}text")]


def test_every_step_is_a_box_with_its_name_and_a_title() -> None:
    root = parsed((step("load"), step("train", "load", "foreach xs as x", "train")))
    assert texts(root) == ["load", "train", "foreach xs as x"]
    assert [each.text for each in root.iter(f"{NS}title")] == ["load, train", "load", "train · foreach xs as x"]


@pytest.mark.parametrize("status", [each.value for each in TaskStatus])
def test_each_status_is_drawn_and_said(status: str) -> None:
    root = parsed((step("load"),), {"load": StepState(status, 0, 1)})
    assert status in [each.text for each in root.iter(f"{NS}title")][1]
    assert ground_colour(status) in ET.tostring(root, encoding="unicode")


def test_many_tasks_have_a_count_and_a_bar_as_long_as_what_is_done() -> None:
    root = parsed((step("train"),), {"train": StepState("running", 10, 40, 1)})
    assert "10/40, 1 failed" in texts(root)
    track, done = [each for each in root.iter(f"{NS}rect") if each.get("height") == "2.5"]
    assert float(done.get("width", 0)) == pytest.approx(float(track.get("width", 0)) / 4, abs=0.1)


def test_boxes_keep_their_places_while_counts_grow() -> None:
    steps = (step("train"), step("best", "train"))
    places = {
        tuple(
            (each.get("x"), each.get("y"))
            for each in parsed(steps, {"train": StepState("running", done, 1200)}).iter(f"{NS}text")
        )
        for done in (1, 10, 1200)
    }
    assert len(places) == 1


def test_a_long_name_is_cut_and_stands_whole_in_the_title() -> None:
    name = "a_step_with_a_really_very_long_name_that_nobody_should_give"
    root = parsed((step(name, "", "foreach " + "f(x), " * 30),))
    assert all(each.endswith("…") and len(each) < 40 for each in texts(root))
    assert name in [each.text or "" for each in root.iter(f"{NS}title")][1]


def test_a_name_that_fits_is_not_cut() -> None:
    for length in range(1, 20):
        assert texts(parsed((step("x" * length),))) == ["x" * length]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_stay_text(hostile: str) -> None:
    document = svg((step(hostile, "", hostile, hostile),), {hostile: StepState("failed", 1, 2, 1, hostile)})
    root = ET.fromstring(document)
    assert {each.tag.removeprefix(NS) for each in root.iter()} <= {"svg", "title", "g", "rect", "text", "path"}
    assert {name for each in root.iter() for name in each.keys()}.isdisjoint({"onload", "href", "style", "class"})  # noqa: SIM118
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\ud800-\udfff]", document)
    document.encode()


def test_the_picture_loads_nothing() -> None:
    document = svg((step("a"), step("b", "a")))
    assert re.findall(r"https?://[^\"]+", document) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in document


def test_the_size_is_the_one_written() -> None:
    document = svg((step("a"), step("b", "a")))
    root = ET.fromstring(document)
    assert size(document) == (int(root.get("width", 0)), int(root.get("height", 0)))


def test_a_flow_without_steps_is_an_empty_picture() -> None:
    assert texts(parsed(())) == []
