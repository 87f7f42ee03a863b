"""How the client's objects look, and that looking opens nothing."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from IPython.lib.pretty import pretty

from nbflow.client import DataArtifact, Flow, Run
from nbflow.model.ids import StepName
from nbflow.model.record import ItemList, ItemsRecord
from nbflow.model.status import RunStatus
from tests.unit.client.conftest import BEGAN, FAILURE, PNG, Bench

#: what the sanitiser of an untrusted notebook lets pass, and these pages use
ALLOWED = {
    *(
        "div",
        "div style",
        "span style",
        "b",
        "code style",
        "details style",
        "summary style",
        "pre style",
        "table style",
    ),
    *("thead", "tbody", "tr style", "th style", "td style", "span title", "details open"),
    *("img src", "img alt", "img width", "img height", "img style"),
}


class Used(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.sources: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {f"{tag} {name}" for name, _ in attrs} or {tag}
        self.sources |= {(value or "").partition(";")[0] for name, value in attrs if name == "src"}


def things(bench: Bench) -> dict[str, Any]:
    run = Run(f"quick/{bench.whole_run()}")
    best = run["best"].task
    return {
        "flow": Flow("quick"),
        "run": run,
        "step": run["train"],
        "task": best,
        "artifact": best["model"],
        "run data": run.data,
        "task data": best.data,
    }


@pytest.mark.parametrize("name", ["flow", "run", "step", "task", "artifact", "run data", "task data"])
def test_a_page_survives_an_untrusted_notebook(bench: Bench, name: str) -> None:
    used = Used(things(bench)[name]._repr_html_())
    assert used.found - ALLOWED == set()
    assert used.sources <= {"data:image/png", "data:image/svg+xml"}


def test_pages_say_what_matters(bench: Bench) -> None:
    found = things(bench)
    expected = {
        "flow": ["1", "✓ succeeded", "4.0 s", "regions=['eu', 'us']"],
        "run": ["quick/1", "✓ succeeded", "ada", "alpha", "train", "2 succeeded", "region, model, rmse", "– skipped"],
        "step": ["foreach regions as region", "2 succeeded", "1.5 s"],
        "task": [
            "note",
            "look out",
            "rmse",
            "float",
            "0.5",
            "dict",
            "1 item",
            "displayed",
            "a table",
            "outputs[1] shows it",
        ],
        "artifact": ["dict 1 item", "plain", "digest"],
        "run data": ["quick/1 left", "list of int", "2 items", "df"],
        "task data": ["quick/1/best/0 left", "rmse"],
    }
    for name, words in expected.items():
        said = pretty(found[name])
        assert [word for word in words if word not in said] == [], said
        page = found[name]._repr_html_()
        assert [word for word in words if word.replace("'", "&#x27;") not in page.replace("&#39;", "&#x27;")] == [], (
            page
        )


def test_pages_say_what_was_caught(bench: Bench) -> None:
    bench.run()
    bench.task("1", "load", left={}, caught=True, failure=FAILURE)
    bench.task("1", "train", (0,), left={})
    for index in (1, 2):
        bench.task("1", "train", (index,), left={}, caught=True, failure=FAILURE)
    run, said = Run("quick/1"), "caught ZeroDivisionError: division by zero"
    assert f"✓ succeeded · {said}" in pretty(run)
    assert f"✓ 3 succeeded · {said} and 1 more" in pretty(run)
    assert said in pretty(run["load"]) and said in run["load"]._repr_html_()
    assert "caught      ZeroDivisionError" in pretty(run["load"].task)
    assert repr(run["load"].task.attempts) == f"(<Attempt 0: succeeded, {said}>,)"


def test_a_run_under_way_counts_the_tasks_that_are_to_come(bench: Bench) -> None:
    bench.run("running")
    bench.task("1", "load", left={})
    items = ItemList((bench.workspace.store.put("eu"),) * 4, 4)
    bench.workspace.metadata.write("quick", "1", items=[ItemsRecord(StepName("train"), (), items)])
    # tasks are recorded as they begin
    for index in range(3):
        bench.task("1", "train", (index,), left={}, status="succeeded" if index else "running")
    bench.task("1", "score", (0,), left={})
    run = Run("quick/1")
    rows = {line.split()[0]: line for line in pretty(run).splitlines() if line.startswith("  ")}
    assert "● 1 running, 2 succeeded, 1 to come" in rows["train"] and "● 1 succeeded, 3 to come" in rows["score"]
    drawn = base64.b64decode(re.findall(r"base64,([^\"]+)", run._repr_html_())[0]).decode()
    assert "2/4" in drawn and "1/4" in drawn
    bench.workspace.metadata.update_run("quick", "1", status=RunStatus.CANCELLED, finished_at=BEGAN + 9)
    assert "to come" not in pretty(Run("quick/1"))


def test_a_run_shows_its_graph(bench: Bench) -> None:
    page = things(bench)["run"]._repr_html_()
    assert 'src="data:image/svg+xml;base64,' in page


def test_a_task_shows_its_pictures_but_no_ones_html(bench: Bench) -> None:
    page = things(bench)["task"]._repr_html_()
    assert f'src="data:image/png;base64,{PNG}"' in page
    assert "alert" not in page


def test_names_and_logs_cannot_break_a_page(bench: Bench) -> None:
    evil = "<img src=x onerror=alert(1)>"
    run = bench.run("failed", source=evil, user=evil, reason=evil, tags=frozenset({evil}))
    bench.task(run, "load", status="failed", failure=FAILURE.__class__(evil, evil), logs={"stdout": f"{evil}\x1b[2J"})
    bench.task(run, "train", (0,), {"x": evil}, item=evil)
    found = Run(f"quick/{run}", namespace=None)
    for thing in (
        Flow("quick", namespace=None),
        found,
        found["load"],
        found["load"].task,
        found["train"].task,
        found.data,
    ):
        assert "<img src=x" not in thing._repr_html_()
        assert "\x1b" not in thing._repr_html_()
        assert "\x1b" not in pretty(thing)


def test_a_failed_run_says_why(bench: Bench) -> None:
    bench.run("failed", reason="load: ZeroDivisionError: division by zero")
    bench.task("1", "load", status="failed", failure=FAILURE, logs={"stderr": "Traceback: here\n"})
    run = Run("quick/1")
    assert "load: ZeroDivisionError: division by zero" in pretty(run)
    assert "ZeroDivisionError: division by zero" in pretty(run["load"])
    assert "Traceback: here" in pretty(run["load"].task)


def test_a_run_with_thousands_of_tasks_has_a_short_page(bench: Bench) -> None:
    from nbflow.model.ids import StepName
    from nbflow.model.record import TaskRecord
    from nbflow.model.status import TaskStatus

    bench.run()
    tasks = [TaskRecord(StepName("train"), str(n), (n,), TaskStatus.SUCCEEDED) for n in range(3000)]
    with bench.not_ended("quick", "1"):
        bench.workspace.metadata.write("quick", "1", tasks)
    run = Run("quick/1")
    assert "3000 succeeded" in pretty(run)
    assert "the first 100 of 3000 tasks" in pretty(run["train"])
    assert len(run["train"]._repr_html_()) < 100_000
    assert len(run["train"]) == 3000


LOOK = """
import sys
opened = []
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numpy", "pandas", "pyarrow", "cloudpickle", "trap"):
            opened.append(name)
sys.meta_path.insert(0, Watch())
from nbflow import Flow
flow = Flow("quick")
run = flow.latest_run
for thing in (flow, run, run.data, *run, *(task for step in run for task in step)):
    thing._repr_html_(), repr(thing)
for step in run:
    for task in step:
        task.data._repr_html_(), task.artifacts, task.stdout, task.outputs, task.exception
        [(each.type, each.size, each.summary, each._repr_html_()) for each in task]
run["train"].by(region="eu"), run["load"].tasks(df=[1])
print(opened, "trap" in sys.modules)
"""


def test_looking_at_everything_opens_nothing(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trap.py").write_text("class Trap: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import importlib

    trap = importlib.import_module("trap")
    run = bench.run()
    bench.task(run, "load", left={"df": trap.Trap()}, item=trap.Trap())
    bench.task(run, "train", (0,), {"region": "eu", "t": [trap.Trap()]}, item=trap.Trap())
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={
            "PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[3]}",
            "NBFLOW_ROOT": str(bench.workspace.root),
            "NBFLOW_USER": "ada",
            "PATH": "",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[] False\n"
    assert isinstance(DataArtifact(f"quick/{run}/load/0/df").data, trap.Trap)
