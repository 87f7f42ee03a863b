"""Whatever several machines do in turns, it is what one SQLite file would have made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metadata_kinds import machines_on

from nbflow.errors import MetadataError
from nbflow.metadata.bucket import BucketMetadata
from nbflow.metadata.bucket.entry import Entry
from nbflow.metadata.change import Written
from nbflow.metadata.port import Metadata
from nbflow.metadata.query import RunQuery
from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import AttemptRecord, ItemList, ItemsRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.storage.memory import MemoryStorage

PEOPLE = ("ada", "grace", "mary")
#: what is done with a run: given the metadata, a flow and a run
Deed = Callable[[Metadata, str, str], Any]


def a_ref(value: float) -> ArtifactRef:
    return ArtifactRef(Digest("ab" * 32), "scalar", "float", 8, scalar=value)


# ---- deeds

runs = st.builds(
    RunRecord,
    flow=st.sampled_from("fg").map(FlowName),
    id=st.just(RunId("")),
    kind=st.sampled_from(["run", "run", "draft", "spin"]),
    status=st.sampled_from([RunStatus.RUNNING, RunStatus.PENDING]),
    user=st.sampled_from(["ada", "grace"]),
    created_at=st.floats(0, 100),
    parameters=st.dictionaries(st.sampled_from(["alpha", "x"]), st.just(("int", 3, "given"))),
    tags=st.frozensets(st.sampled_from("ab")),
)
tasks = st.builds(
    TaskRecord,
    step=st.sampled_from(["load", "train"]).map(StepName),
    id=st.just("0"),
    path=st.just(()),
    status=st.sampled_from([TaskStatus.RUNNING, TaskStatus.FAILED, TaskStatus.SUCCEEDED, TaskStatus.SKIPPED]),
    manifest=st.sampled_from([None, Manifest({"x": a_ref(1.0)}), Manifest({"x": a_ref(2.0), "y": a_ref(3.0)})]),
    fingerprint=st.sampled_from(["", "one", "two"]),
    started_at=st.sampled_from([None, 1.0, 2.0]),
)
attempts = st.builds(
    AttemptRecord,
    step=st.just(StepName("train")),
    task=st.just("0"),
    number=st.integers(0, 2),
    status=st.sampled_from([TaskStatus.RUNNING, TaskStatus.FAILED]),
)
items = st.builds(
    ItemsRecord,
    step=st.just(StepName("train")),
    path=st.sampled_from([(), (1,)]),
    listed=st.sampled_from([ItemList((), 0), ItemList((a_ref(1.0),), 4)]),
)
few_tags = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=2)


def _update(**changes: Any) -> Deed:
    return lambda metadata, flow, run: metadata.update_run(flow, run, **changes)


def _write(*records: Any) -> Deed:
    return lambda metadata, flow, run: metadata.write(flow, run, *records)


def _tag(add: list[str], remove: list[str]) -> Deed:
    return lambda metadata, flow, run: metadata.tag(flow, run, add=add, remove=remove)


def _cancel() -> Deed:
    return lambda metadata, flow, run: metadata.ask_cancel(flow, run)


def _code(code: str, ran: list[TaskRecord]) -> Deed:
    return lambda metadata, flow, run: metadata.note_code(flow, run, Digest(code * 32), ran)


def _create(record: RunRecord) -> Deed:
    return lambda metadata, _flow, _run: metadata.create_run(record)


deeds = st.one_of(
    st.builds(_create, runs),
    st.builds(
        _update, status=st.sampled_from([RunStatus.RUNNING, RunStatus.FAILED, RunStatus.SUCCEEDED, RunStatus.LOST])
    ),
    st.builds(_update, finished_at=st.sampled_from([None, 5.0]), reason=st.sampled_from(["", "so"])),
    st.builds(_update, steps=st.just((StepSummary(StepName("load"), (), ()), StepSummary(StepName("train"), (), ())))),
    st.builds(_update, tags=st.frozensets(st.sampled_from("abc")), parameters=st.just({"alpha": ("int", 4, "cell")})),
    st.builds(_update, heartbeat_at=st.sampled_from([7.0, 9.0])),
    st.builds(_write, st.lists(tasks, max_size=3), st.lists(attempts, max_size=2), st.lists(items, max_size=1)),
    st.builds(_write, st.lists(tasks, min_size=1, max_size=2)),
    st.builds(_tag, few_tags, few_tags),
    st.builds(_cancel),
    st.builds(_code, st.sampled_from(["12", "34"]), st.lists(tasks, max_size=2)),
)
#: who does it, with the run of which flow and id
days = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE), st.sampled_from("fg"), st.sampled_from(["1", "2", "draft-1", "spin-1", "7"]), deeds
    ),
    max_size=25,
)


# ---- and what they come to


def outcome(deed: Deed, metadata: Metadata, flow: str, run: str) -> Any:
    try:
        done = deed(metadata, flow, run)
    except MetadataError as error:
        return error.code
    return timeless(done) if isinstance(done, RunRecord) else done


def timeless(run: RunRecord) -> RunRecord:
    # when somebody asked is of the clock, and a beat is no entry
    asked = None if run.cancel_asked_at is None else 1.0
    return replace(run, cancel_asked_at=asked, heartbeat_at=None)


def everything(metadata: Metadata) -> list[Any]:
    found = [run for flow in metadata.flows() for run in metadata.runs(flow, drafts=True, spins=True)]
    return [
        metadata.flows(),
        [timeless(run) for run in found],
        [metadata.tasks(run.flow, run.id) for run in found],
        [metadata.attempts(run.flow, run.id) for run in found],
        [metadata.items(run.flow, run.id) for run in found],
        metadata.metrics([(run.flow, run.id) for run in found]),
        [metadata.results(flow, ["one", "two"]) for flow in "fg"],
        metadata.names(RunQuery(kinds=("run", "draft", "spin"))),
        metadata.count(RunQuery(kinds=("run", "draft", "spin"))),
        [metadata.known(what) for what in ("user", "tag", "parameter", "metric")],
        [metadata.cancel_asked(run.flow, run.id) for run in found],
    ]


@settings(max_examples=15, deadline=None)
@given(day=days)
def test_several_machines_are_as_one_file(tmp_path_factory: pytest.TempPathFactory, day: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("day")
    oracle = SqliteMetadata(folder / "oracle.db")
    with machines_on(MemoryStorage(), folder) as machines:
        people: dict[str, BucketMetadata] = {name: machines(name) for name in PEOPLE}
        for who, flow, run, deed in day:
            expected = outcome(deed, oracle, flow, run)
            assert outcome(deed, people[who], flow, run) == expected
            # what may wait a second has waited
            people[who]._writer.flush()
        for metadata in (*people.values(), machines("anew")):
            assert everything(metadata) == everything(oracle)
    oracle.close()


@given(tasks=st.lists(tasks), attempts=st.lists(attempts), items=st.lists(items))
def test_an_entry_says_what_was_written(tasks: Any, attempts: Any, items: Any) -> None:
    entry = Entry("me", 7, (Written(tuple(tasks), tuple(attempts), tuple(items)),))
    assert Entry.decode("key", entry.encode()) == entry
