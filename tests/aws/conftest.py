"""The bench, one for each worker of pytest."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws.bench.started import Bench
from aws.gate import Gate
from aws.room import fast

_RUNNER = os.environ.get("NBFLOW_BENCH_RUNNER", "process")
_WHOLE = bool(os.environ.get("NBFLOW_WHOLE"))
if _RUNNER == "docker":
    # in these there are no jobs, or it is nothing to them what a job runs in
    collect_ignore = [
        "test_bench_faults.py",
        "test_bench_rules.py",
        "test_bench_schedules.py",
        "test_clock.py",
        "test_docker_engine.py",
        "test_doctor.py",
        "test_files.py",
        "test_shared_store.py",
    ]
#: of the flows, those that show what is different in a container; all with WHOLE=1
_IN_CONTAINERS = frozenset(
    {
        "test_one_step_on_batch_beside_others_here",
        "test_a_whole_flow_on_batch_gives_the_artifacts_of_the_local_run",
        "test_a_body_that_fails_is_told_with_its_own_lines_and_tried_again_as_often_as_it_says",
        "test_cancelling_ends_the_jobs_before_the_run_says_that_it_is_cancelled",
        "test_memory_that_is_not_enough_is_told",
        "test_resume_takes_over_the_jobs_of_a_run_that_was_killed",
        "test_a_container_that_reaches_the_bucket_only_trains_with_packages_of_a_private_index",
        "test_a_notebook_is_filled_in_by_a_job_when_the_clock_says_so",
    }
)
#: what takes long, and shows more in a container, or is shown by what is deployed, too
_LONG = frozenset(
    {
        "test_a_whole_flow_on_batch_gives_the_artifacts_of_the_local_run",
        "test_memory_that_is_not_enough_is_told",
        "test_a_container_that_reaches_the_bucket_only_trains_with_packages_of_a_private_index",
        "test_a_notebook_is_filled_in_by_a_job_when_the_clock_says_so",
    }
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Keep `make test` and `make test-aws` short: together they run everything once, and processes share a bench."""
    if _RUNNER == "process":
        for each in items:
            if Path(__file__).parent in each.path.parents:
                each.add_marker(pytest.mark.xdist_group("aws"))
    if _WHOLE:
        return
    dropped = [each for each in items if Path(__file__).parent in each.path.parents and not _taken(each)]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [each for each in items if each not in set(dropped)]


def _taken(item: Any) -> bool:
    facts = item.path.name.startswith(("test_bench", "test_in_containers"))
    if _RUNNER == "docker":
        return facts or item.originalname in _IN_CONTAINERS
    return item.originalname not in _LONG


@pytest.fixture(scope="session")
def benches() -> Iterator[Callable[[str], Bench]]:
    """Starts benches: one for what is said of the bench itself, others for those whose jobs would be in its way."""
    with contextlib.ExitStack() as opened:

        @functools.cache
        def started(_what: str) -> Bench:
            made = tempfile.TemporaryDirectory(prefix="bench-", dir=fast(), ignore_cleanup_errors=True)
            bench = Bench.start(Path(opened.enter_context(made)), _RUNNER)
            opened.callback(bench.stop)
            return bench

        yield started


@pytest.fixture(scope="module")
def bench(request: pytest.FixtureRequest, benches: Callable[[str], Bench]) -> Bench:
    """An AWS on this machine. Jobs are processes, or containers with NBFLOW_BENCH_RUNNER=docker."""
    name = request.module.__name__.rpartition(".")[2]
    return benches("itself" if name.startswith("test_bench") else "doctor" if name == "test_doctor" else "flows")


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Where jobs wait until the test lets them through."""
    with Gate() as made:
        yield made


@pytest.fixture(autouse=True)
def _well_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves the next one its faults, its settings, its schedules, its time or its list of requests."""
    yield
    if "bench" in request.fixturenames:
        bench: Bench = request.getfixturevalue("bench")
        bench.clear_faults()
        bench.reset_settings()
        bench.reset_clock()
        bench.clear_requests()
