"""A store that takes no more ends a run with an error that says so: no hang, no process left, no other run touched."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench_flow import Bench, NewBench, brood, engine_at

from nbflow.errors import NbflowError
from nbflow.model.task import TaskSpec
from nbflow.runtime.engine import Engine


@contextlib.contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own at `folder`."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@contextlib.contextmanager
def closing(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.close()


def error_of(bench: Bench, *cells: str, **options: object) -> tuple[str, str]:
    """Code and text of what a run ends with, in whichever way it does."""
    try:
        ran = bench.run(*cells, **options)
    except NbflowError as error:
        return error.problems[0].code, str(error)
    assert ran.status == "failed", ran.status
    assert ran.outcome.failure
    return ran.outcome.failure[1].code or ran.outcome.failure[1].type, ran.failure


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a file system needs root")


@needs_root
class TestFull:
    def test_of_an_artifact_fails_the_task_and_says_why(self, tmp_path: Path) -> None:
        with mounted(tmp_path / "disk", "6m") as disk, closing(engine_at(disk / ".nbflow")) as engine:
            code, text = error_of(Bench(tmp_path, engine, plain=()), "a\nimport os\nx = os.urandom(30 << 20)")
            assert code in {"S006", "StoreError"} and "No space left" in text
            # what is full now may have room later: the engine lives
            assert Bench(tmp_path, engine, plain=()).run("a\ny = 1").status == "succeeded"

    def test_of_logs_and_records_ends_the_run_with_an_error(self, tmp_path: Path) -> None:
        with mounted(tmp_path / "disk", "4m") as disk, closing(engine_at(disk / ".nbflow")) as engine:
            bench = Bench(tmp_path, engine, plain=())
            code, text = error_of(
                bench, "t --foreach range(400)\nprint('x' * 20_000)\ny = 1", "j --join t\nz = 1", workers=2
            )
            assert code in {"S006", "StoreError", "OSError"}, text
            assert not brood(engine) and engine.alive

    def test_before_the_run_begins_is_refused(self, tmp_path: Path) -> None:
        with mounted(tmp_path / "disk", "2m") as disk, closing(engine_at(disk / ".nbflow")) as engine:
            bench = Bench(tmp_path, engine, plain=())
            request = bench.request("a\ny = 1")
            with contextlib.suppress(OSError):
                (disk / "filler").write_bytes(bytes(4 << 20))
            with pytest.raises(NbflowError, match="S006"):
                bench.ended(request, engine.start(request))


@needs_root
def test_a_store_that_became_read_only_refuses_runs_until_it_is_writable_again(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "40m") as disk, closing(engine_at(disk / ".nbflow")) as engine:
        bench = Bench(tmp_path, engine, plain=())
        assert bench.run("a\ny = 1").status == "succeeded"
        request = bench.request("a\ny = 2")
        engine.workspace.metadata.close()
        remounted = subprocess.run(["mount", "-o", "remount,ro", str(disk)], capture_output=True, check=False)
        if remounted.returncode:
            pytest.skip(f"it cannot be made read-only: {remounted.stderr.decode().strip()}")
        with pytest.raises(NbflowError, match="S006"):
            engine.start(request)
        engine.workspace.metadata.close()
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert bench.run("a\ny = 2").status == "succeeded"


def test_a_run_whose_logs_cannot_be_made_fails_alone(new_bench: NewBench) -> None:
    bench = new_bench()
    # a file where its folder should be
    logs = bench.engine.workspace.root / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "bad").write_text("")
    good = bench.request("a\nimport time\ntime.sleep(0.5)\ny = 1", name="good.ipynb")
    handle = bench.engine.start(good)
    bad = bench.request("a\ny = 1", name="bad.ipynb")
    with pytest.raises(NbflowError, match="S006"):
        bench.ended(bad, bench.engine.start(bad))
    assert bench.ended(good, handle).left("a")["y"] == 1
    run = bench.engine.workspace.metadata.runs("bad")[0]
    assert run.status == "failed" and run.finished_at and "cannot be written" in run.reason


def test_a_run_whose_records_cannot_be_written_fails_alone(
    new_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = new_bench()
    metadata = bench.engine.workspace.metadata
    write = metadata.write

    def broken(flow: str, *rest: object) -> None:
        if flow == "bad":
            raise ValueError("no such row")
        write(flow, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(metadata, "write", broken)
    good = bench.request("a\nimport time\ntime.sleep(0.5)\ny = 1", name="good.ipynb")
    bad = bench.request("a\nimport time\ntime.sleep(300)", name="bad.ipynb")
    handles = [bench.engine.start(good), bench.engine.start(bad)]
    with pytest.raises(NbflowError, match="R012"):
        bench.ended(bad, handles[1])
    assert len(brood(bench.engine)) <= 1, "the process of the run that ended is left"
    assert bench.ended(good, handles[0]).left("a")["y"] == 1
    assert not brood(bench.engine)
    assert bench.engine.alive


def test_workers_that_cannot_be_started_for_want_of_descriptors_are_failed_attempts(new_bench: NewBench) -> None:
    import resource

    bench = new_bench()
    request = bench.request("t --foreach range(40)\nimport time\ntime.sleep(5)\ny = item", workers=40)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(list(Path("/proc/self/fd").iterdir()))
    bench.engine.workspace.metadata.runs("case")
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 25, hard))
    try:
        code, text = error_of_started(bench, request)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert code in {"T004", "S006"}, text
    assert bench.run("a\ny = 1").status == "succeeded"


def error_of_started(bench: Bench, request: object) -> tuple[str, str]:
    handle = bench.engine.start(request)  # type: ignore[arg-type]
    assert handle.done.wait(60)
    try:
        failure = handle.outcome().failure
    except NbflowError as error:
        return error.problems[0].code, str(error)
    assert failure
    return failure[1].code or "", failure[1].told


def test_a_defect_while_a_worker_is_ordered_ends_the_run_and_no_other(
    new_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = new_bench()
    launch = bench.engine._backend.launch

    def broken(number: int, spec: TaskSpec, *logs: Path) -> None:
        if spec.step == "bad":
            raise TypeError("not JSON")
        launch(number, spec, *logs)

    monkeypatch.setattr(bench.engine._backend, "launch", broken)
    good = bench.request("a\nimport time\ntime.sleep(0.5)\ny = 1", name="good.ipynb")
    bad = bench.request(
        "a\ny = 1", "bad --after a\ny = 1", "c\nimport time\ntime.sleep(300)", name="bad.ipynb", workers=2
    )
    handles = [bench.engine.start(good), bench.engine.start(bad)]
    with pytest.raises(NbflowError, match="not JSON"):
        bench.ended(bad, handles[1])
    assert bench.ended(good, handles[0]).status == "succeeded"
    assert not brood(bench.engine)
