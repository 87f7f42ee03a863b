"""What every place for facts about runs promises to whoever looks through them: filters, orders, pages, counts."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metadata_kinds import KINDS, Machines, machines_of

from nbflow.metadata.identity import tags_of
from nbflow.metadata.port import Metadata
from nbflow.metadata.query import SORTS, Condition, RunQuery, Sort, all_met, plain, words_of
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus

HERE = f"{socket.gethostname()}:{os.getpid()}"
#: no process has this number
GONE = f"{socket.gethostname()}:999999999"
NOW = time.time()
STEPS = tuple(StepSummary(StepName(name), (), ()) for name in ("load", "train", "report"))


@pytest.fixture(params=KINDS)
def machines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machines]:
    with machines_of(request.param, tmp_path) as machines:
        yield machines


@pytest.fixture
def metadata(machines: Machines) -> Metadata:
    return machines("here")


def a_run(flow: str = "f", **changes: Any) -> RunRecord:
    made = RunRecord(FlowName(flow), RunId(""), "run", RunStatus.SUCCEEDED, "ada", NOW, owner=HERE, steps=STEPS)
    return replace(made, **changes)


def a_task(step: str, path: tuple[int, ...] = (), **left: Any) -> TaskRecord:
    refs = {
        name: ArtifactRef(Digest("ab" * 32), "scalar", type(value).__name__, 8, scalar=value)
        for name, value in left.items()
    }
    return TaskRecord(
        StepName(step), "-".join(map(str, path)) or "0", path, TaskStatus.SUCCEEDED, manifest=Manifest(refs)
    )


def under_way(metadata: Metadata, **changes: Any) -> RunRecord:
    """Return a run that takes results."""
    return metadata.create_run(a_run(status=RunStatus.RUNNING, **changes))


def found(metadata: Metadata, **wanted: Any) -> list[str]:
    return [f"{run.flow}/{run.id}" for run in metadata.find(RunQuery(**wanted))]


# ---- any query gives what a walk through all runs gives

moments = st.sampled_from([NOW + minute * 60.0 for minute in range(6)])
values = st.one_of(
    st.integers(-3, 3),
    st.floats(-2, 2).map(lambda each: round(each, 1)),
    st.booleans(),
    st.none(),
    st.sampled_from(["eu", "us", "EU", "", "3", {"$date": "2026-01-02"}, ["a", 1], {"$float": "inf"}, {"k": 1}]),
)
parameters = st.dictionaries(st.sampled_from(["alpha", "region"]), values.map(lambda each: ("any", each, "given")))
records = st.builds(
    a_run,
    flow=st.sampled_from("fg"),
    kind=st.sampled_from(["run", "run", "draft", "spin"]),
    status=st.sampled_from(list(RunStatus)),
    user=st.sampled_from(["ada", "grace"]),
    created_at=moments,
    started_at=st.one_of(st.none(), moments),
    finished_at=st.one_of(st.none(), moments),
    heartbeat_at=st.one_of(st.none(), moments),
    parameters=parameters,
    tags=st.frozensets(st.sampled_from(["good", "Prüfung", "50%_"]), max_size=2),
    system_tags=st.sampled_from([frozenset(), frozenset({"user:grace"})]),
    owner=st.sampled_from([HERE, GONE, ""]),
    reason=st.sampled_from(["", "no number"]),
    source=st.sampled_from(["", "sales.ipynb"]),
)
conditions = st.builds(
    Condition,
    st.sampled_from(["alpha", "region", "other"]),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "~"]),
    st.sampled_from(["1", "0.5", "-1", "eu", "true", "none", "2026-01-01", "a", "", "inf"]),
)
sorts = st.one_of(
    st.none(),
    st.builds(Sort, st.just("field"), st.sampled_from(SORTS), st.booleans()),
    st.builds(Sort, st.just("parameter"), st.sampled_from(["alpha", "other"]), st.booleans()),
)
queries = st.builds(
    RunQuery,
    flows=st.sampled_from([(), ("f",), ("f", "g"), ("h",)]),
    kinds=st.sampled_from([("run",), ("run", "draft"), ("run", "draft", "spin")]),
    statuses=st.lists(st.sampled_from(list(RunStatus)), max_size=2, unique=True).map(tuple),
    tags=st.lists(st.sampled_from(["good", "user:ada", "Prüfung"]), max_size=2, unique=True).map(tuple),
    users=st.sampled_from([(), ("ada",), ("ada", "grace")]),
    since=st.one_of(st.none(), moments),
    until=st.one_of(st.none(), moments),
    where=st.lists(conditions, max_size=2).map(tuple),
    text=st.sampled_from(["", "  ", "ada", "PRÜF", "%", "number sales", "f/1", "alpha=1", "lost", "zzz"]),
    among=st.one_of(st.none(), st.just(()), st.just((("f", "1"), ("g", "draft-1")))),
    sort=sorts,
)


def answers(run: RunRecord, wanted: RunQuery) -> bool:
    said = "\n".join([f"{run.flow}/{run.id}", run.status, run.user, run.reason, run.source, *run.tags])
    text = f"{said}\n{words_of(run.parameters)}".casefold()
    return (
        (not wanted.flows or run.flow in wanted.flows)
        and run.kind in wanted.kinds
        and (not wanted.statuses or run.status in wanted.statuses)
        and set(wanted.tags) <= tags_of(run)
        and (not wanted.users or run.user in wanted.users)
        and (wanted.since is None or run.created_at >= wanted.since)
        and (wanted.until is None or run.created_at < wanted.until)
        and all_met(run.parameters, wanted.where)
        and all(word in text for word in wanted.text.casefold().split())
        and (wanted.among is None or (run.flow, run.id) in wanted.among)
    )


def key_of(run: RunRecord, sort: Sort) -> Any:
    if sort.kind == "parameter":
        given = run.parameters.get(sort.name)
        return None if given is None else plain(given[1])
    began = run.created_at if run.started_at is None else run.started_at
    if sort.name == "started":
        return began
    if sort.name == "took":
        end = run.heartbeat_at if run.status is RunStatus.LOST else run.finished_at
        return None if run.kind == "draft" or end is None else end - began
    return getattr(run, sort.name)


def in_order(runs: Sequence[RunRecord], sort: Sort | None) -> list[RunRecord]:
    """The runs, which come newest first, in the order asked for."""
    if sort is None:
        return list(runs)
    with_key = [(run, key_of(run, sort)) for run in runs]
    known = [each for each in with_key if each[1] is not None]
    # numbers come before texts, and of equals the newer one first
    known.sort(key=lambda each: (isinstance(each[1], str), each[1]), reverse=sort.descending)
    if sort.descending:
        known = [each for key in dict.fromkeys(key for _, key in known) for each in with_key if _same(each[1], key)]
    return [run for run, _ in known] + [run for run, key in with_key if key is None]


def _same(one: Any, other: Any) -> bool:
    return one is not None and isinstance(one, str) == isinstance(other, str) and one == other


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=50, deadline=None)
@given(made=st.lists(records, max_size=9), asked=st.lists(queries, min_size=1, max_size=6), limit=st.integers(1, 4))
def test_any_query_finds_sorts_pages_and_counts_as_a_walk_through_all_runs_does(
    tmp_path_factory: pytest.TempPathFactory, kind: str, made: list[RunRecord], asked: list[RunQuery], limit: int
) -> None:
    with machines_of(kind, tmp_path_factory.mktemp("found")) as machines:
        _compare(machines("here"), made, asked, limit)


def _compare(metadata: Metadata, made: list[RunRecord], asked: list[RunQuery], limit: int) -> None:
    names = [metadata.create_run(each) for each in made]
    stored = [metadata.run(each.flow, each.id) for each in reversed(names)]
    every = [each for each in stored if each is not None]
    timeless = [each for each in every if each.status is RunStatus.LOST or each.finished_at is not None]
    for query in asked:
        wanted = query
        if query.sort is not None and query.sort.name == "took":
            # how long a run has gone on depends on the clock
            wanted = replace(query, among=tuple((each.flow, each.id) for each in timeless))
        right = in_order([each for each in every if answers(each, wanted)], wanted.sort)
        assert list(metadata.find(wanted)) == right
        assert metadata.names(wanted, limit=limit) == tuple((each.flow, each.id) for each in right[:limit])
        assert metadata.count(wanted) == Counter(each.status for each in right)
        pages = (metadata.find(wanted, limit=limit, offset=start) for start in count(0, limit))
        together: list[RunRecord] = []
        for page in pages:
            if not page:
                break
            together += page
        assert together == right


# ---- what is found


def test_runs_of_all_flows_come_newest_first_and_those_that_are_lost_are_found_as_lost(metadata: Metadata) -> None:
    metadata.create_run(a_run("f", status=RunStatus.RUNNING, owner=GONE))
    metadata.create_run(a_run("g", status=RunStatus.RUNNING))
    metadata.create_run(a_run("f"))
    assert found(metadata) == ["f/2", "g/1", "f/1"]
    assert found(metadata, statuses=(RunStatus.LOST,)) == ["f/1"]
    assert found(metadata, statuses=(RunStatus.RUNNING,)) == ["g/1"]
    assert metadata.count(RunQuery()) == {RunStatus.LOST: 1, RunStatus.RUNNING: 1, RunStatus.SUCCEEDED: 1}


def test_a_time_span_holds_its_start_and_not_its_end(metadata: Metadata) -> None:
    for minute in range(4):
        metadata.create_run(a_run(created_at=NOW + minute * 60))
    assert found(metadata, since=NOW + 60, until=NOW + 180) == ["f/3", "f/2"]


@pytest.mark.parametrize(
    ("name", "relation", "value", "ids"),
    [
        ("alpha", ">", "0.15", ["f/2"]),
        ("alpha", "=", "1e-1", ["f/1"]),
        ("alpha", "!=", "0.1", ["f/2"]),
        ("alpha", ">", "eu", []),
        ("region", "=", "EU", ["f/1"]),
        ("region", ">", "eu", ["f/2"]),
        ("day", ">=", "2026-03-01", ["f/2"]),
        ("deep", "=", "true", ["f/1"]),
        ("deep", "=", "none", ["f/2"]),
        ("sizes", "~", "16", ["f/1"]),
        ("big", "=", "123456789012345678901", ["f/1"]),
        ("big", ">", "123456789012345678901", ["f/2"]),
        ("nothing", "!=", "1", []),
        ('no"name', "=", "1", []),
    ],
)
def test_parameters_are_compared_as_what_they_are(
    metadata: Metadata, name: str, relation: Any, value: str, ids: list[str]
) -> None:
    pairs: dict[str, tuple[Any, Any]] = {
        "alpha": (0.1, 0.2),
        "region": ("eu", "us"),
        "day": ({"$date": "2026-02-28"}, {"$date": "2026-03-01"}),
        "deep": (True, None),
        "sizes": ({"$tuple": [8, 16]}, {"$tuple": []}),
        "big": (123456789012345678901, 123456789012345678902),
    }
    for number in range(2):
        metadata.create_run(a_run(parameters={key: ("any", each[number], "given") for key, each in pairs.items()}))
    assert found(metadata, where=(Condition(name, relation, value),)) == ids


def test_runs_that_lack_what_they_are_sorted_by_come_last_either_way(metadata: Metadata) -> None:
    for alpha in (3, None, 2, 2.5):
        metadata.create_run(a_run(parameters={"alpha": ("any", alpha, "given")}))
    metadata.create_run(a_run())
    assert found(metadata, sort=Sort("parameter", "alpha")) == ["f/3", "f/4", "f/1", "f/5", "f/2"]
    assert found(metadata, sort=Sort("parameter", "alpha", descending=True)) == ["f/1", "f/4", "f/3", "f/5", "f/2"]


# ---- metrics


def test_the_metrics_of_a_run_are_the_numbers_left_outside_any_foreach(metadata: Metadata) -> None:
    run = under_way(metadata)
    tasks = [
        a_task("load", rows=4, name="x", wide=True, huge=10**400, odd=float("nan"), none=None, _own=1),
        a_task("train", (1,), loss=0.5),
        a_task("_parameters", alpha=0.1),
        a_task("report", rmse=0.25),
        replace(a_task("train", (), loss=1.0), status=TaskStatus.FAILED),
    ]
    metadata.write("f", run.id, tasks)
    assert metadata.metrics([("f", run.id), ("f", "99")]) == {
        ("f", run.id): {"rows": 4.0, "rmse": 0.25},
        ("f", "99"): {},
    }
    assert metadata.known("metric") == ("rmse", "rows")


def test_what_a_step_of_a_class_only_handed_on_is_no_metric_of_it(metadata: Metadata) -> None:
    run = under_way(metadata)
    task = a_task("report", rmse=0.25, given=3.0)
    assert task.manifest is not None
    metadata.write("f", run.id, [replace(task, manifest=replace(task.manifest, inherited=frozenset({"given"})))])
    assert metadata.metrics([("f", run.id)]) == {("f", run.id): {"rmse": 0.25}}


def test_of_two_steps_that_left_one_name_the_later_one_of_the_flow_counts(metadata: Metadata) -> None:
    for order in (("report", "train"), ("train", "report")):
        run = under_way(metadata)
        for step in order:
            metadata.write("f", run.id, [a_task(step, score=1.0 if step == "train" else 2.0)])
        assert metadata.metrics([("f", run.id)]) == {("f", run.id): {"score": 2.0}}
    other = under_way(metadata)
    metadata.write("f", other.id, [a_task("train", score=1.5)])
    assert found(metadata, sort=Sort("metric", "score")) == ["f/3", "f/2", "f/1"]
    assert found(metadata, sort=Sort("metric", "score", descending=True)) == ["f/2", "f/1", "f/3"]
    metadata.create_run(a_run())
    assert found(metadata, sort=Sort("metric", "score", descending=True)) == ["f/2", "f/1", "f/3", "f/4"]


def test_the_later_step_counts_whatever_its_name(metadata: Metadata) -> None:
    for scores in ({"load": 1.0, "train": 4.0}, {"load": 2.0, "train": 3.0}):
        run = under_way(metadata)
        metadata.write("f", run.id, [a_task(step, score=score) for step, score in scores.items()])
    assert found(metadata, sort=Sort("metric", "score")) == ["f/2", "f/1"]


def test_the_same_result_written_again_has_the_same_metrics(metadata: Metadata) -> None:
    run = under_way(metadata)
    for _ in range(2):
        metadata.write("f", run.id, [a_task("train", loss=0.5)])
    assert metadata.metrics([("f", run.id)]) == {("f", run.id): {"loss": 0.5}}


def test_the_last_round_of_a_step_that_repeats_itself_counts(metadata: Metadata) -> None:
    run = under_way(metadata)
    rounds: list[dict[str, Any]] = [{"loss": 0.5, "rows": 3}, {"loss": 0.25}]
    for number, left in enumerate(rounds):
        task = replace(a_task("train", **left), id=f"0~{number}" if number else "0", iteration=number)
        metadata.write("f", run.id, [task])
    assert metadata.metrics([("f", run.id)]) == {("f", run.id): {"loss": 0.25}}


def test_a_step_of_a_draft_that_ran_again_has_the_metrics_it_left_last(metadata: Metadata) -> None:
    metadata.create_run(a_run(kind="draft", status=RunStatus.RUNNING))
    metadata.write("f", "draft-1", [a_task("train", loss=0.5, rows=3)])
    metadata.write("f", "draft-1", [a_task("train", loss=0.25)])
    assert metadata.metrics([("f", "draft-1")]) == {("f", "draft-1"): {"loss": 0.25}}


# ---- what there is, and whether it changed


def test_says_what_runs_have_to_choose_from(metadata: Metadata) -> None:
    given_: Any = {"alpha": ("int", 1, "given")}
    under_way(metadata, tags=frozenset({"b", "a"}), parameters=given_)
    metadata.create_run(a_run("g", tags=frozenset({"c"}), user="grace", system_tags=frozenset({"ours"})))
    metadata.write("f", "1", [a_task("train", loss=0.5)])
    kinds: list[Any] = ["user", "tag", "parameter", "metric"]
    assert [metadata.known(what) for what in kinds] == [("ada", "grace"), ("a", "b", "c"), ("alpha",), ("loss",)]
    assert [metadata.known(what, ["g"]) for what in kinds] == [("grace",), ("c",), (), ()]


def test_the_version_is_another_one_after_anything_was_written(metadata: Metadata, machines: Machines) -> None:
    run = metadata.create_run(a_run(status=RunStatus.RUNNING))
    seen = [metadata.version()]
    assert metadata.version() == seen[0]
    other = machines("there")
    for change in (
        lambda: metadata.tag("f", run.id, add=["x"]),
        lambda: metadata.write("f", run.id, [a_task("train")]),
        lambda: metadata.update_run("f", run.id, heartbeat_at=NOW),
        lambda: other.create_run(a_run()),
    ):
        change()
        seen.append(metadata.version())
    assert len(set(seen)) == 5
