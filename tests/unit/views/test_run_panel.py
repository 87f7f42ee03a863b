from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from nbflow.cards.palette import colour
from nbflow.errors import problem
from nbflow.model.ids import StepName
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.views import run_panel
from tests.unit.views.records import FLOW, START, artifact, failure, run, summary, task

NOW = START + 10
HOSTILE = [
    "<script>alert(1)</script>",
    "\" onerror='x",
    "</td></table><iframe>",
    "two\nlines",
    "\x1b[31m\x00",
    "\u202egpj.exe",
    "\ud800",
]


class Page(HTMLParser):
    """A panel as a browser reads it."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]

    @property
    def picture(self) -> str:
        (source,) = [value for value in self.values("src") if value.startswith("data:image/svg+xml;base64,")]
        return base64.b64decode(source.partition(",")[2]).decode()

    @property
    def plain(self) -> str:
        return " ".join(self.text.split())


def panel(record: RunRecord, tasks: tuple[TaskRecord, ...] = (), **more: Any) -> Page:
    return Page(run_panel.html(record, tasks, now=more.pop("now", NOW), **more))


@pytest.mark.parametrize("status", list(RunStatus))
def test_a_run_of_every_status_has_its_word_and_its_colour(status: RunStatus) -> None:
    page = panel(run(status.value))
    assert f"quickstart/3 {status.value}" in page.plain
    assert colour(status.value) in page.values("style")[0]
    assert f"quickstart/3 · {status.value}" in run_panel.text(run(status.value), (), now=NOW)


@pytest.mark.parametrize("status", list(TaskStatus))
def test_a_step_of_every_status_has_its_word_in_table_and_picture(status: TaskStatus) -> None:
    page = panel(run("running"), (task("load", status.value),))
    word = "waiting" if status is TaskStatus.READY else "running" if status is TaskStatus.SUBMITTED else status.value
    assert re.search(rf"load {word}\b", page.plain)
    assert f"load · {word}" in page.picture


def test_the_head_says_how_long_and_how_many() -> None:
    tasks = (task("load"), task("train", "failed", (0,)), task("train", path=(1,)), task("train", "waiting", (2,)))
    assert "· 4.1 s · 2 of 4 tasks, 1 failed" in panel(run("failed"), tasks).plain
    # one of the four steps runs once per item, of how many nobody knows yet
    assert "· 10 s · 1 of at least 3 tasks " in panel(run("running"), (task("load"),)).plain
    listed = (task("load"), task("train", "running", (0,)), task("train", "waiting", (1,)))
    assert "· 10 s · 1 of 5 tasks " in panel(run("running"), listed).plain


def test_a_picture_of_a_run_under_way_says_of_when_it_is_and_how_to_see_the_rest() -> None:
    said = r"as of \d{4}-\d\d-\d\d \d\d:\d\d:30; %flow attach 3 shows how it went on"
    assert re.search(said, panel(run("running")).plain)
    first, second, *_ = run_panel.text(run("running"), (), now=NOW, lasting=True).splitlines()
    assert "running" in first and re.fullmatch(f"  {said}", second)
    # in a terminal nobody looks at it later; of an ended run there is no more to see
    assert not re.search(said, run_panel.text(run("running"), (), now=NOW))
    assert "attach" not in panel(run("succeeded")).plain + run_panel.text(run("failed"), (), now=NOW, lasting=True)


def test_a_lost_run_lasted_until_its_last_sign_of_life() -> None:
    assert "· 65 s" not in panel(run("lost", heartbeat_at=START + 65)).plain
    assert "lost · 1 min 05 s" in panel(run("lost", heartbeat_at=START + 65), now=NOW + 1e6).plain


def test_a_draft_has_no_clock() -> None:
    page = panel(run("running", kind="draft"))
    assert "quickstart/3 draft" in page.plain
    assert "10 s" not in page.plain


def test_parameters_origin_and_tags_stand_below_the_head() -> None:
    given = {"alpha": ("float", 0.2, "given"), "start": ("date", {"$date": "2026-03-01"}, "default")}
    page = panel(run(parameters=given, origin_run="2", tags=frozenset({"paper"})))
    assert "alpha 0.2 · start 2026-03-01" in page.plain
    assert "from run 2" in page.plain
    assert "paper" in page.plain
    assert {"from: given", "default"} <= set(page.values("title"))


def test_of_many_parameters_the_rest_is_counted() -> None:
    page = panel(run(parameters={f"p{n}": ("int", n, "default") for n in range(12)}))
    assert "p7 7 · and 4 more" in page.plain
    assert any("p11 11" in title for title in page.values("title"))


def test_a_foreach_has_counts_and_a_bar_with_a_segment_each() -> None:
    states = ["succeeded"] * 4 + ["reused"] * 3 + ["failed"] * 2 + ["running"]
    page = panel(run("running"), tuple(task("train", status, (n,)) for n, status in enumerate(states)))
    assert "train 7 of 10 · 3 reused · 2 failed · 1 running" in page.plain
    (bar,) = [title for title in page.values("title") if title.startswith("7 of 10 done")]
    assert bar == "7 of 10 done, 3 reused, 2 failed, 1 running"
    widths = [style.partition("width:")[2] for style in page.values("style") if "%;background-color" in style][:4]
    assert [float(width.partition("%")[0]) for width in widths] == [40, 30, 20, 10]
    assert "7/10, 2 failed" in page.picture


def test_what_a_step_kept_stands_in_its_row() -> None:
    left = {"model": artifact(), "df": artifact("DataFrame", "442×11"), "rmse": artifact("float", scalar=2.3148)}
    page = panel(run(), (task("best", left=left, dropped={"conn": "Connection cannot be stored"}),))
    assert (
        "rmse 2.315, model (Ridge), df (DataFrame 442×11) · not kept: conn (Connection cannot be stored)" in page.plain
    )


def test_the_scalars_of_many_tasks_are_names_only() -> None:
    page = panel(
        run(), tuple(task("train", path=(n,), left={"rmse": artifact("float", scalar=float(n))}) for n in (1, 2))
    )
    assert re.search(r"\d s rmse ", page.plain)


def test_times_are_bars_on_one_axis() -> None:
    page = panel(run(), (task("load", at=0, took=1), task("best", at=2, took=2)))
    assert {"0 ms after the start, 1.0 s long", "2.0 s after the start, 2.0 s long"} <= set(page.values("title"))


def test_reused_results_have_no_time_of_their_own() -> None:
    page = panel(run(), (task("load", "reused", at=-1e6, origin="quickstart/2/load/0"), task("best", at=2, took=2)))
    assert "the result of quickstart/2/load/0" in page.values("title")
    assert "0 ms after the start, 2.0 s long" in page.values("title")


def test_reasons_catches_attempts_and_samples_are_said() -> None:
    tasks = (
        task("load", attempt=2),
        task("best", caught=True, failure=failure("KeyError", "'x'"), sampled=True),
        task("publish", "skipped", reason="rmse < 2.5 is false"),
    )
    page = panel(run(), tasks)
    assert "load succeeded attempt 3" in page.plain
    assert "best caught KeyError: 'x' on a sample" in page.plain
    assert "publish skipped rmse < 2.5 is false" in page.plain
    assert page.plain.count("KeyError") == 1


def test_the_text_of_a_run_says_what_was_caught() -> None:
    error = failure("KeyError", "'x'")
    items = [task("train", path=(index,), caught=index > 0, failure=error if index else None) for index in range(3)]
    shown = run_panel.text(run(), (*items, task("best", caught=True, failure=error)), now=NOW)
    assert "3/3 · 0.30 s · caught KeyError: 'x' and 1 more" in shown
    assert "best     join train · 0.30 s · caught KeyError: 'x'\n" in shown


def test_steps_of_a_run_that_is_over_were_not_run() -> None:
    assert "publish not run" in panel(run("failed")).plain
    assert "publish waiting" in panel(run("running")).plain


def test_failures_come_first_with_the_error_and_its_folded_frames() -> None:
    found = failure(
        "ZeroDivisionError",
        "division by zero",
        line=2,
        traceback="\x1b[31m--> 2 1/0\x1b[0m\n\nZeroDivisionError: division by zero\n",
    )
    page = panel(run("failed"), (task("load", "failed", failure=found),))
    assert page.plain.index("load ZeroDivisionError: division by zero") < page.plain.index("step tasks time kept")
    assert "traceback, line 2 of the cell --> 2 1/0" in page.plain
    assert page.plain.count("division by zero") == 1
    assert "✗ load\n  ZeroDivisionError: division by zero\n  --> 2 1/0" in run_panel.text(
        run("failed"), (task("load", "failed", failure=found),), now=NOW
    )


def test_tasks_that_failed_alike_are_told_once() -> None:
    tasks = tuple(task("train", "failed", (n,), failure=failure()) for n in range(40))
    page = panel(run("failed"), tasks)
    assert "train[0], train[1] and 38 more ValueError: no number" in page.plain
    assert page.plain.count("ValueError") == 1


def test_of_many_different_failures_three_are_told_and_the_rest_is_a_table() -> None:
    tasks = tuple(task("train", "failed", (n,), failure=failure(message=f"number {n}")) for n in range(60))
    page = panel(run("failed"), tasks)
    assert page.tags.count("pre") == 3
    assert "57 other errors train[3] ValueError: number 3" in page.plain
    assert len(run_panel.html(run("failed"), tasks, now=NOW)) < 60_000


def test_the_other_lines_of_an_error_are_kept() -> None:
    found = replace(failure("NbflowError", "NBF-T013  --when x\n  fix    write y"), code="T013")
    page = panel(run("failed"), (task("publish", "failed", failure=found),))
    assert "publish NBF-T013 --when x fix write y" in page.plain
    assert "NbflowError" not in page.plain


def test_the_reason_of_a_run_stands_where_no_task_tells_it() -> None:
    assert "cancelled by ada" in panel(run("cancelled", reason="cancelled by ada")).plain
    assert "cancelled by ada" in run_panel.text(run("cancelled", reason="cancelled by ada"), (), now=NOW)
    told = panel(run("failed", reason="load: ValueError: no number"), (task("load", "failed", failure=failure()),))
    assert told.plain.count("ValueError") == 1


def test_the_log_is_open_while_the_run_goes_on_and_folded_after() -> None:
    log = "\x1b[32mone\x1b[0m\n 10%\r100%\n" + "line\n" * 40
    live = panel(run("running"), logs={"load": log})
    assert ("open", "") in live.attributes
    assert "log of load … 30 earlier lines line" in live.plain
    assert ("open", "") not in panel(run("succeeded"), logs={"load": log}).attributes
    assert "  line" in run_panel.text(run("running"), (), now=NOW, logs={"load": log})


def test_of_several_logs_the_first_is_open_while_the_run_goes_on_and_afterwards_they_stand_together() -> None:
    logs = {"load": "one", "train[1]": "two", "silent": " \n", "best": "three"}
    live = panel(run("running"), logs=logs)
    assert [name for name, _ in live.attributes].count("open") == 1
    assert "log of load one log of train[1] two log of best three" in live.plain
    assert "silent" not in live.plain
    over = panel(run("succeeded"), logs=logs)
    assert "3 logs log of load one" in over.plain
    assert ("open", "") not in over.attributes


def test_notices_of_the_flow_and_of_tasks_are_told_once_each() -> None:
    found = [problem("N004", step="gone"), problem("N004", step="gone")]
    tasks = (task("load", notes=("input 'l' may have changed",)),)
    page = panel(run(), tasks, problems=found)
    assert page.plain.count("gone is left out: its cell is gone from the notebook") == 1
    assert "load: input 'l' may have changed" in page.plain
    assert "! load: input 'l' may have changed" in run_panel.text(run(), tasks, now=NOW, problems=found)


def test_a_run_with_1200_tasks_and_40_steps_stays_small() -> None:
    steps = tuple(
        summary(f"s{n}", f"s{n - 1}" if n else "", "foreach xs as x" if n == 5 else "", "s5" if n == 5 else "")
        for n in range(40)
    )
    tasks = [task(f"s{n}", at=n) for n in range(40) if n != 5] + [
        task("s5", "succeeded" if n < 700 else "running", (n,)) for n in range(1200)
    ]
    page = panel(run("running", steps), tuple(tasks))
    assert "s5 700 of 1200 · 500 running" in page.plain
    assert page.tags.count("tr") == 41
    assert len(run_panel.html(run("running", steps), tasks, now=NOW)) < 120_000


def test_tasks_of_steps_that_the_record_does_not_know_are_shown_too() -> None:
    assert "gone succeeded" in panel(run(), (task("gone"),)).plain


def test_a_flow_of_one_step_needs_no_picture() -> None:
    assert "img" not in panel(run(steps=FLOW[:1]), (task("load"),)).tags


def test_the_text_is_no_wider_than_asked() -> None:
    steps = (summary("x" * 90), summary("y" * 90, "x" * 90, "foreach " + "z" * 90, "y" * 90))
    tasks = (task("x" * 90, "failed", failure=failure(message="m" * 300)),)
    shown = run_panel.text(run("failed", steps), tasks, now=NOW, width=72)
    assert max(map(len, shown.splitlines())) == 72


def test_what_a_note_says_to_do_is_not_cut_off() -> None:
    note = f"the nope card was not made: {'there is no such type; ' * 9}write pip install nope"
    shown = run_panel.text(run(reason=note), (task("load", notes=(note,)),), now=NOW, width=72)
    assert max(map(len, shown.splitlines())) <= 72
    assert " ".join(shown.split()).count("write pip install nope") == 2


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_in_every_field_stay_text(hostile: str) -> None:
    def everything(text: str) -> tuple[RunRecord, tuple[TaskRecord, ...], dict[str, Any]]:
        steps = (
            summary("load"),
            replace(FLOW[1], name=StepName(text), label=text, scope=(text,), givers=(StepName("load"),)),
        )
        record = run(
            "running",
            steps,
            flow=text,
            id=text,
            user=text,
            source=text,
            reason=text,
            origin_run=text,
            tags=frozenset({text}),
        )
        record = replace(record, parameters={text: (text, text, text), "other": ("Any", {text: [text]}, "default")})
        error = failure(text, text, traceback=text)
        tasks = (
            task(
                text,
                path=(0,),
                left={text: artifact(text, text), "s": artifact(text, scalar=text)},
                dropped={text: text},
                notes=(text,),
            ),
            task(text, "failed", (1,), failure=error),
            task(text, "failed", (2,), failure=replace(error, code="T013")),
            task("load", "reused", origin=text),
            task("a", "skipped", reason=text),
            task("b", caught=True, failure=error),
        )
        problems = [problem("N004", step=text)]
        return record, tasks, {"logs": {text: text}, "problems": problems}

    record, tasks, more = everything(hostile)
    document = run_panel.html(record, tasks, now=NOW, **more)
    calm_record, calm_tasks, calm = everything("plain")
    page, expected = Page(document), Page(run_panel.html(calm_record, calm_tasks, now=NOW, **calm))
    assert set(page.tags) <= set(expected.tags) | {"pre", "wbr"}
    assert {name for name, _ in page.attributes} == {name for name, _ in expected.attributes}
    assert "<script" not in page.picture
    for shown in (document, page.picture, run_panel.text(record, tasks, now=NOW, **more)):
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff]", shown)


def test_the_panel_asks_nothing_of_the_network_and_runs_nothing() -> None:
    page = panel(run("failed"), (task("load", "failed", failure=failure()),), logs={"load": "x"})
    assert not {"script", "style", "link", "svg", "iframe", "a", "object", "input", "button"} & set(page.tags)
    assert {name for name, _ in page.attributes} <= {"style", "title", "src", "alt", "width", "open"}
    assert all(value.startswith("data:") for value in page.values("src"))


#: the properties whose values JupyterLab keeps in an untrusted notebook, as far as they are used
KEPT = re.compile(
    r"(?:background-color|border(?:-left|-bottom|-collapse|-radius)?|color|cursor|display|font-(?:family|size|weight)|height"
    r"|line-height|margin|max-(?:height|width)|opacity|overflow(?:-x|-wrap)?|padding(?:-left)?|table-layout|text-(?:align|overflow)"
    r"|vertical-align|white-space|width):(?:(?!var\(|calc\(|currentcolor|inherit).)+",
    re.IGNORECASE,
)


def test_every_style_is_one_that_an_untrusted_notebook_keeps() -> None:
    page = panel(
        run("failed"),
        (task("load", "failed", failure=failure(message="a\nb")), task("train", path=(0,), left={"m": artifact()})),
        logs={"load": "x"},
    )
    for style in page.values("style"):
        for each in filter(None, style.split(";")):
            assert KEPT.fullmatch(each), each
