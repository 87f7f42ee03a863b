from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from nbflow.views import line
from nbflow.views.line import StepLine
from tests.unit.views.records import artifact, failure, task

MODEL = {"model": artifact(), "rmse": artifact("float", scalar=2.31)}


def text_of(document: str) -> str:
    parser = HTMLParser()
    found: list[str] = []
    parser.handle_data = found.append  # type: ignore[method-assign]
    parser.feed(document)
    return "".join(found).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            StepLine("load", (task("load", left={"df": artifact("DataFrame", "442×11")}),), 0.45),
            "✓ load · 0.45 s · keeps df (DataFrame 442×11)",
        ),
        (
            StepLine(
                "train",
                (task("train", left=MODEL, dropped={"conn": "Connection cannot be stored"}),),
                0.31,
                "train",
                40,
            ),
            "✓ train · 0.31 s · keeps rmse 2.31, model (Ridge) · per item of train (1 of 40) · not kept: conn (Connection cannot be stored)",
        ),
        (
            StepLine("train", tuple(task("train", path=(n,), left=MODEL) for n in range(3)), 1, "train", 3),
            "✓ train · 1.0 s · keeps rmse, model (Ridge) · per item of train (3)",
        ),
        (StepLine("best", (task("best", sampled=True),), 0.02), "✓ best · 20 ms · keeps nothing · on a sample"),
        (
            StepLine("best", (task("best", "skipped", reason="rmse < 2.5 is false"),)),
            "– best · skipped: rmse < 2.5 is false",
        ),
        (
            StepLine("best", (task("best", "reused", origin="q/2/best/0", left=MODEL),)),
            "↺ best · reused from q/2/best/0 · keeps rmse 2.31, model (Ridge)",
        ),
        (
            StepLine("best", (task("best", caught=True, failure=failure()),)),
            "✓ best · caught ValueError: no number · keeps nothing",
        ),
        (StepLine("best", (task("best", "failed"),)), "✗ best · failed"),
        (
            StepLine("t", (task("t", path=(0,)), task("t", "skipped", (1,))), per="t"),
            "✓ t · 1 skipped · keeps nothing · per item of t (2)",
        ),
        (StepLine("heavy", defined=True), "○ heavy · defined, not run"),
        (StepLine("empty"), "○ empty"),
    ],
)
def test_the_line_says_what_ran_how_long_and_what_it_keeps(said: StepLine, expected: str) -> None:
    assert line.text(said) == expected
    assert text_of(line.html(said)) == expected
    assert line.bundle(said) == {"text/html": line.html(said), "text/plain": expected}


def test_remarks_and_notes_stand_below_once_each() -> None:
    said = StepLine("best", (task("best", notes=("it may have changed",)),), remarks=("load is stale", "load is stale"))
    assert line.text(said).splitlines()[1:] == ["  ! load is stale", "  ! it may have changed"]
    assert text_of(line.html(said)).count("load is stale") == 1


def test_what_takes_too_much_room_is_counted() -> None:
    few = {f"a{n}": artifact("int", scalar=n) for n in range(12)}
    assert line.text(StepLine("load", (task("load", left=few),))).endswith(
        "keeps a0 0, a1 1, a2 2, a3 3, a4 4, a5 5, a6 6, a7 7 and 4 more"
    )
    long = {"x" * 40 + str(n): artifact("y" * 60) for n in range(9)}
    assert len(line.text(StepLine("load", (task("load", left=long),)))) < 350


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "\" onerror='x", "two\nlines", "\x1b[31m", "\u202egpj", "\ud800"]
)
def test_hostile_texts_stay_text(hostile: str) -> None:
    tasks = (
        task(hostile, left={hostile: artifact(hostile, hostile)}, dropped={hostile: hostile}, notes=(hostile,)),
        task(hostile, caught=True, failure=failure(hostile, hostile)),
    )
    said = StepLine(hostile, tasks, 1.0, hostile, 9, (hostile,))
    document = line.html(said)
    assert set(re.findall(r"<(\w+)", document)) == {"div", "span"}
    for shown in (document, line.text(said)):
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff]", shown)
    assert len(line.text(said).splitlines()) == 2
