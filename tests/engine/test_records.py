"""What the store says of a run is what happened, as soon as it has happened and not before."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from bench_flow import Bench, Ran, until

from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.model.event import AttemptEnded, RunEnded, TaskStarted

ENDS = {
    "succeeded": ("a\ny = 1", "t --foreach [y,2]\nz = item", "j --join t\nn = len(inputs)"),
    "failed": ("a --retry 1\ny = 1", "b\n1 / y - 1 / 0", "t --foreach [y]\nz = 1", "d\nimport time\ntime.sleep(0.3)"),
    "caught": ("a --catch e\n1 / 0", "b\ny = e"),
    "skipped": ("a\ny = 1", "b --when 'y > 1'\nz = 1", "c\nw = z"),
}


def check(ran: Ran) -> None:
    flow, run = ran.outcome.flow, ran.outcome.run
    # another connection sees what is committed, no more
    metadata = SqliteMetadata(ran.workspace.root / "metadata.db")
    kept = metadata.run(flow, run)
    assert kept is not None and kept.status == ran.outcome.status and kept.status.ended and kept.finished_at
    tasks = {(task.step, task.id): task for task in metadata.tasks(flow, run)}
    assert tasks == {(key.step, record.id): record for key, record in ran.outcome.results.items()}
    assert all(task.status.ended for task in tasks.values())
    attempts = metadata.attempts(flow, run)
    assert all(each.status.ended and each.started_at and each.finished_at for each in attempts)
    for task in tasks.values():
        last = [each for each in attempts if (each.step, each.task) == (task.step, task.id)][-1:]
        if task.status in {"succeeded", "failed"}:
            assert last and last[0].number == task.attempt
    metadata.close()


@pytest.mark.parametrize("cells", ENDS.values(), ids=ENDS)
def test_all_rows_are_terminal_and_equal_to_the_outcome(bench: Bench, cells: tuple[str, ...]) -> None:
    check(bench.run(*cells))


def test_an_artifact_is_committed_when_its_task_ends_not_before(bench: Bench) -> None:
    go = bench.folder / "go"
    request = bench.request(
        f"a\nimport os, time\ny = 1\nprint('bound')\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)"
    )
    handle = bench.engine.start(request)
    metadata = bench.engine.workspace.metadata
    (row,) = until(lambda: [each for each in metadata.tasks(handle.flow, handle.run) if each.status == "running"])
    assert row.manifest is None and row.started_at and not row.finished_at
    (attempt,) = metadata.attempts(handle.flow, handle.run)
    assert attempt.status == "running" and attempt.pid and attempt.stdout
    log = bench.engine.workspace.root / attempt.stdout
    until(lambda: log.read_text() == "bound\n")
    go.touch()
    ran = bench.ended(request, handle)
    (row,) = metadata.tasks(handle.flow, handle.run)
    assert row.manifest is not None and "y" in row.manifest.artifacts
    check(ran)


def test_a_task_is_committed_while_others_still_run(bench: Bench) -> None:
    go = bench.folder / "go"
    wait = f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)"
    request = bench.request("a\ny = 1", f"b\n{wait}\nz = 1", workers=2)
    handle = bench.engine.start(request)
    metadata = SqliteMetadata(bench.engine.workspace.root / "metadata.db")
    until(lambda: any(each.step == "a" and each.manifest for each in metadata.tasks(handle.flow, handle.run)))
    run = metadata.run(handle.flow, handle.run)
    assert run is not None and run.status == "running"
    go.touch()
    check(bench.ended(request, handle))


def test_what_was_bound_when_a_body_failed_is_kept_with_its_attempt(bench: Bench) -> None:
    ran = bench.run("a\nx = [1, 2]\n1 / 0\ny = 2")
    (attempt,) = ran.attempts("a")
    assert attempt.manifest is not None and set(attempt.manifest.artifacts) == {"x"}


def test_events_tell_the_same_story_in_order(bench: Bench) -> None:
    request = bench.request("a --retry 1\nimport os\nassert 0", "b --after a\ny = 1")
    handle = bench.engine.start(request)
    bench.ended(request, handle)
    told = []
    while not told or not isinstance(told[-1], RunEnded):
        told.append(handle.events.get(timeout=60))
    kinds = [(type(each), getattr(each, "attempt", None)) for each in told]
    assert kinds == [(TaskStarted, 0), (AttemptEnded, 0), (TaskStarted, 1), (AttemptEnded, 1), (RunEnded, None)]
    assert handle.events.empty()


class TestSizes:
    def test_a_body_and_a_value_of_a_megabyte_go_through(self, bench: Bench) -> None:
        ran = bench.run(f"a\nx = {'q' * (1 << 20)!r}", "b\nn = len(x)")
        assert ran.left("b")["n"] == 1 << 20

    def test_a_default_of_a_megabyte_goes_through(self, bench: Bench) -> None:
        ran = bench.run(
            "a\ny = 1", "b --when 'y > 1'\nx = 'short'", f"c --default \"x='{'w' * (1 << 20)}'\"\nn = len(x)"
        )
        assert ran.status == "succeeded", ran.failure
        assert ran.left("c")["n"] == 1 << 20

    def test_a_parameter_of_a_megabyte_goes_through(self, bench: Bench) -> None:
        ran = bench.run("a\nn = len(p)", plain=("%%parameters\np: str = 'x'",), p="y" * (1 << 20))
        assert ran.left("a")["n"] == 1 << 20

    def test_an_error_text_of_megabytes_goes_through_shortened(self, bench: Bench) -> None:
        ran = bench.run("a\nraise ValueError('z' * (5 << 20))")
        assert ran.status == "failed" and "ValueError" in ran.failure and len(ran.failure) < 1 << 20

    def test_500_names_go_through(self, bench: Bench) -> None:
        names = "\n".join(f"v{i} = {i}" for i in range(500))
        ran = bench.run(f"a\n{names}", f"b\ns = sum([{', '.join(f'v{i}' for i in range(500))}])")
        assert ran.left("b")["s"] == sum(range(500))


class TestNames:
    def test_of_steps_artifacts_files_and_folders_may_be_in_any_script(self, bench: Bench) -> None:
        folder = bench.folder / "données 数据 🚀"
        folder.mkdir()
        inner = Bench(folder, bench.engine, plain=())
        ran = inner.run(
            "a\nмера = 'ß'\nprint(мера)",
            "b --env WORD=值\nimport os\nz = (мера, os.environ['WORD'])",
            name="übung 1.ipynb",
        )
        assert ran.left("b")["z"] == ("ß", "值")
        assert ran.logs("a") == ["ß\n"]
        check(ran)

    def test_of_the_store_may_be_anything(self, new_bench: object, tmp_path: Path) -> None:
        from bench_flow import engine_at

        engine = engine_at(tmp_path / "ein 'Ort'\twith \"quotes\" 🗄" / ".nbflow")
        try:
            check(Bench(tmp_path, engine, plain=()).run("a\nprint(1)\ny = 1", "b\nz = y"))
        finally:
            engine.close()


def test_a_reader_in_another_connection_does_not_stop_the_run(bench: Bench) -> None:
    reader = sqlite3.connect(bench.engine.workspace.root / "metadata.db")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM run").fetchall()
    try:
        check(bench.run("t --foreach range(20)\ny = item"))
    finally:
        reader.close()


def test_json_of_the_records_is_plain(bench: Bench) -> None:
    ran = bench.run("a\nx = float('nan')\ny = float('inf')", "b\nz = x")
    record = ran.record("a")
    assert record is not None
    assert json.dumps({name: ref.to_json() for name, ref in record.manifest.artifacts.items()})  # type: ignore[union-attr]
