"""What every place for facts about runs promises."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from metadata_kinds import KINDS, Machines, machines_of

from nbflow.errors import MetadataError
from nbflow.metadata.identity import tags_of
from nbflow.metadata.port import Metadata
from nbflow.model.artifact import ArtifactRef, BlobRef, Manifest
from nbflow.model.card import CardRef
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import AttemptRecord, Failure, ItemList, ItemsRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus

NOW = time.time()
HERE = f"{socket.gethostname()}:{os.getpid()}"


@pytest.fixture(params=KINDS)
def machines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machines]:
    with machines_of(request.param, tmp_path) as machines:
        yield machines


@pytest.fixture
def metadata(machines: Machines) -> Metadata:
    return machines("here")


def a_run(flow: str = "f", **changes: Any) -> RunRecord:
    made = RunRecord(FlowName(flow), RunId(""), "run", RunStatus.RUNNING, "ada", NOW, owner=HERE)
    return replace(made, **changes)


def a_task(
    step: str = "train", task: str = "0", status: TaskStatus = TaskStatus.SUCCEEDED, **changes: Any
) -> TaskRecord:
    path = tuple(map(int, task.split("-"))) if task != "0" else ()
    return replace(TaskRecord(StepName(step), task, path, status), **changes)


def a_ref(value: float) -> ArtifactRef:
    return ArtifactRef(Digest("ab" * 32), "scalar", "float", 8, data=value.hex(), scalar=value)


def refused(action: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(MetadataError) as caught:
        action(*arguments, **named)
    return caught.value.code


FAILURE = Failure("ValueError", "bad\nvalue", "line 1", "T001", 3)
FULL_REF = ArtifactRef(
    Digest("cd" * 32), "frame", "DataFrame", 10, "1×1", None, BlobRef(Digest("ef" * 32), 5, 64), (BlobRef(Digest("ef" * 32), 9),),
    uses=("nbflow_defs.f:P",),
)  # fmt: skip
FULL_RUN = RunRecord(
    flow=FlowName("f"),
    id=RunId(""),
    kind="run",
    status=RunStatus.RUNNING,
    user="ada",
    created_at=NOW,
    parameters={"alpha": ("float", 0.1, "default"), "days": ("list[date]", [{"$date": "2026-01-01"}], "given")},
    started_at=2.5,
    finished_at=3.5,
    heartbeat_at=NOW + 1.25,
    tags=frozenset({"good", "for:paper"}),
    system_tags=frozenset({"nbflow:1"}),
    code=Digest("12" * 32),
    source="a b.ipynb",
    steps=(
        StepSummary(StepName("a"), (), ()),
        StepSummary(StepName("b"), (StepName("a"),), ("b",), "foreach xs", "foreach", "What b is\nfor."),
    ),
    origin_run=RunId("7"),
    owner=HERE,
    reason="it failed\nbadly",
    cancel_asked_at=4.5,
    about={"project": {"name": "sales", "branch": "user.ada"}, "configs": {"limit": 3}},
)
FULL_TASK = TaskRecord(
    step=StepName("train"),
    id="3-1~2",
    path=(3, 1),
    status=TaskStatus.SUCCEEDED,
    iteration=2,
    chose=StepName("score"),
    attempt=2,
    manifest=Manifest({"x": a_ref(0.1), "df": FULL_REF}, {"conn": "cannot be stored"}, frozenset({"df"})),
    failure=FAILURE,
    caught=True,
    started_at=0.0,
    finished_at=5.5,
    fingerprint="f" * 64,
    origin="f/1/train/3-1",
    reason="same code and inputs",
    item=a_ref(7.0),
    displays=Digest("34" * 32),
    cards=(
        CardRef("default", "report", Digest("78" * 32), 901),
        CardRef("mine", None, Digest("9a" * 32), 12, failed=True),
    ),
    notes=("one", "two"),
    sampled=True,
    condition=False,
    parts={"code": "ab12", "parameter alpha": "0.1"},
    captured={"df": FULL_REF},
    code=Digest("56" * 32),
    before=a_task("train", "3-1", manifest=Manifest({"x": a_ref(0.2)})),
)
FULL_ATTEMPT = AttemptRecord(
    step=StepName("train"),
    task="3-1~2",
    number=2,
    status=TaskStatus.FAILED,
    started_at=0.0,
    finished_at=1.5,
    failure=FAILURE,
    manifest=Manifest({"x": a_ref(0.1)}),
    stdout="logs/out",
    stderr="logs/err",
    pid=77,
    job="batch:6d2f",
    cards=(CardRef("blank", None, Digest("bc" * 32), 5),),
)


@pytest.mark.parametrize("record", [FULL_RUN, FULL_TASK, FULL_ATTEMPT], ids=lambda record: type(record).__name__)
def test_the_records_of_these_tests_say_something_in_every_field(record: Any) -> None:
    # a field that a record gains is stored, or this says that nobody looked
    values = {name: getattr(record, name) for name in record.__slots__}
    empty = [
        name
        for name, value in values.items()
        # 0.0 is a time, and False is what a condition said
        if value in (None, "", (), {}, frozenset()) or (type(value) is int and not value)
    ]
    assert empty == (["id"] if isinstance(record, RunRecord) else [])


# ---- runs


def test_a_run_comes_back_as_it_was_recorded(metadata: Metadata) -> None:
    made = metadata.create_run(FULL_RUN)
    assert made == replace(FULL_RUN, id=RunId("1"))
    assert metadata.run("f", "1") == made
    assert metadata.runs("f") == (made,)


def test_runs_and_drafts_of_a_flow_are_counted_apart(metadata: Metadata) -> None:
    made = [metadata.create_run(a_run(flow, kind=kind)) for flow in "fg" for kind in ("run", "draft", "run", "draft")]
    assert [run.id for run in made] == ["1", "draft-1", "2", "draft-2"] * 2
    assert metadata.flows() == ("f", "g")


def test_ids_are_unique_however_many_ask_at_once(metadata: Metadata) -> None:
    made: list[str] = []

    def ask() -> None:
        made.extend(metadata.create_run(a_run()).id for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made, key=int) == [str(number) for number in range(1, 101)]


def test_a_run_that_brings_its_id_is_begun_once_and_takes_no_number(machines: Machines) -> None:
    here, there = machines("here"), machines("there")
    mine = replace(a_run(owner=""), id=RunId("sfn-7c1"), tags=frozenset({"first"}))
    assert here.begin_run(mine) == mine
    # who comes second goes on with what is there
    assert there.begin_run(replace(mine, tags=frozenset({"second"}))) == mine
    here.update_run("f", "sfn-7c1", status=RunStatus.FAILED, finished_at=NOW)
    assert there.begin_run(mine).status is RunStatus.FAILED
    assert here.create_run(a_run()).id == "1"
    assert [each.id for each in there.runs("f")] == ["1", "sfn-7c1"]


def test_a_store_without_runs_is_empty(metadata: Metadata) -> None:
    assert metadata.flows() == ()
    assert metadata.runs("f") == ()
    assert metadata.run("f", "1") is None
    assert metadata.tasks("f", "1") == ()
    assert metadata.attempts("f", "1") == ()
    assert metadata.results("f", ["x"]) == {}


def test_runs_come_newest_first_without_drafts(metadata: Metadata) -> None:
    for kind in ("run", "draft", "run", "run"):
        metadata.create_run(a_run(kind=kind))
    assert [run.id for run in metadata.runs("f")] == ["3", "2", "1"]
    assert [run.id for run in metadata.runs("f", drafts=True)] == ["3", "2", "draft-1", "1"]
    assert [run.id for run in metadata.runs("f", limit=2)] == ["3", "2"]
    assert metadata.runs("other") == ()


def test_runs_are_found_by_status_and_tags(metadata: Metadata) -> None:
    metadata.create_run(a_run(status=RunStatus.SUCCEEDED, tags=frozenset({"a", "b"})))
    metadata.create_run(a_run(status=RunStatus.FAILED, tags=frozenset({"a"})))
    metadata.create_run(a_run(status=RunStatus.SUCCEEDED))
    assert [run.id for run in metadata.runs("f", status=RunStatus.SUCCEEDED)] == ["3", "1"]
    assert [run.id for run in metadata.runs("f", tags=["a"])] == ["2", "1"]
    assert [run.id for run in metadata.runs("f", tags=["a", "b"])] == ["1"]
    assert [run.id for run in metadata.runs("f", tags=["a"], status=RunStatus.FAILED, limit=5)] == ["2"]
    assert metadata.runs("f", tags=["c"]) == ()


def test_fields_of_a_run_change(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    steps = (StepSummary(StepName("a"), (), ()),)
    changes: dict[str, Any] = {"status": RunStatus.FAILED, "finished_at": 9.0, "steps": steps, "tags": frozenset({"t"})}
    changed = metadata.update_run("f", "1", **changes)
    assert changed == a_run(id=RunId("1"), **changes)
    assert metadata.run("f", "1") == changed


def test_a_run_that_does_not_exist_cannot_change(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    assert refused(metadata.update_run, "f", "2", reason="x") == "NBF-M002"
    assert refused(metadata.write, "f", "2", [a_task()]) == "NBF-M002"
    assert refused(metadata.tag, "g", "1", add=["x"]) == "NBF-M002"


@pytest.mark.parametrize("ended", [RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.LOST])
def test_how_a_run_ended_is_final(metadata: Metadata, ended: RunStatus) -> None:
    metadata.create_run(a_run(status=ended, finished_at=5.0, reason="so"))
    late = metadata.update_run("f", "1", status=RunStatus.RUNNING, finished_at=None, reason="", code=Digest("9" * 64))
    assert (late.status, late.finished_at, late.reason, late.code) == (ended, 5.0, "so", "9" * 64)


def test_a_draft_goes_on_after_a_cell_failed(metadata: Metadata) -> None:
    metadata.create_run(a_run(kind="draft", status=RunStatus.FAILED))
    assert metadata.update_run("f", "draft-1", status=RunStatus.RUNNING).status is RunStatus.RUNNING


def test_tags_are_added_and_removed(metadata: Metadata) -> None:
    metadata.create_run(a_run(tags=frozenset({"a"})))
    assert metadata.tag("f", "1", add=["b", "c", "a"], remove=["a", "zz"]) == {"a", "b", "c"}
    assert metadata.tag("f", "1", remove=["b"]) == {"a", "c"}
    run = metadata.run("f", "1")
    assert run is not None
    assert run.tags == {"a", "c"}


def test_who_made_a_run_is_found_by_a_tag(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    metadata.create_run(a_run(system_tags=frozenset({"user:grace", "runtime:dev"})))
    metadata.create_run(a_run(system_tags=frozenset({"production:t"})))
    metadata.create_run(a_run(system_tags=frozenset({"runtime:dev"}), tags=frozenset({"user:bob"})))
    found = {
        tag: [run.id for run in metadata.runs("f", tags=[tag])]
        for tag in ("user:ada", "user:grace", "production:t", "runtime:dev", "user:bob", "user:")
    }
    assert found == {
        # a run from before runs had such a tag is its user's
        "user:ada": ["4", "1"],
        "user:grace": ["2"],
        "production:t": ["3"],
        "runtime:dev": ["4", "2"],
        "user:bob": ["4"],
        "user:": [],
    }
    assert [run.id for run in metadata.runs("f", tags=["runtime:dev", "user:ada"])] == ["4"]
    for tag, ids in found.items():
        assert ids == [run.id for run in metadata.runs("f") if tag in tags_of(run)]


def test_runs_drafts_and_spins_are_told_apart(metadata: Metadata) -> None:
    for kind in ("run", "draft", "spin", "run", "spin"):
        metadata.create_run(a_run(kind=kind))
    assert [run.id for run in metadata.runs("f")] == ["2", "1"]
    assert [run.id for run in metadata.runs("f", drafts=True)] == ["2", "draft-1", "1"]
    assert [run.id for run in metadata.runs("f", spins=True)] == ["spin-2", "2", "spin-1", "1"]
    assert len(metadata.runs("f", drafts=True, spins=True)) == 5


def test_a_flow_began_with_its_first_run(metadata: Metadata) -> None:
    assert metadata.began("f") is None
    for made in (3.5, 2.5, 4.5):
        metadata.create_run(a_run(created_at=made))
    metadata.create_run(a_run("g", created_at=1.0))
    assert metadata.began("f") == 2.5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"add": ["good", ""]}, "NBF-M010"),
        ({"add": ["good", 7]}, "NBF-M010"),
        ({"add": ["good"], "remove": ["user:ada"]}, "NBF-M014"),
        ({"add": [f"t{number}" for number in range(51)], "remove": ["a"]}, "NBF-M013"),
        ({}, "NBF-M016"),
    ],
)
def test_tags_change_by_their_rules_or_not_at_all(metadata: Metadata, change: dict[str, Any], code: str) -> None:
    metadata.create_run(a_run(tags=frozenset({"a"}), system_tags=frozenset({"user:ada"})))
    assert refused(metadata.tag, "f", "1", **change) == code
    run = metadata.run("f", "1")
    assert run is not None
    assert run.tags == {"a"}
    assert metadata.tag("f", "1", add=["user:ada", "b"]) == {"a", "b"}


def test_of_many_who_add_tags_at_once_the_last_ones_find_no_room(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    refusals: list[str] = []

    def add(number: int) -> None:
        for each in range(10):
            try:
                metadata.tag("f", "1", add=[f"{number}-{each}"])
            except MetadataError as error:
                refusals.append(error.code)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run = metadata.run("f", "1")
    assert run is not None
    assert len(run.tags) == 50
    assert refusals == ["NBF-M013"] * 10


# ---- tasks and attempts


def test_tasks_and_attempts_come_back_as_they_were_recorded(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    metadata.write(
        "f", "1", [FULL_TASK, a_task()], [FULL_ATTEMPT, AttemptRecord(StepName("a"), "0", 0, TaskStatus.RUNNING)]
    )
    assert metadata.tasks("f", "1", "train") == (a_task(), FULL_TASK)
    assert metadata.attempts("f", "1", "train", "3-1~2") == (FULL_ATTEMPT,)
    assert metadata.attempts("f", "1", "a") == (AttemptRecord(StepName("a"), "0", 0, TaskStatus.RUNNING),)
    assert len(metadata.attempts("f", "1")) == 2


@pytest.mark.parametrize("condition", [None, True, False])
def test_what_a_condition_said_comes_back(metadata: Metadata, condition: bool | None) -> None:
    metadata.create_run(a_run())
    metadata.write("f", "1", [a_task(condition=condition)])
    assert metadata.tasks("f", "1")[0].condition is condition


def test_tasks_come_by_step_and_index(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    metadata.write("f", "1", [a_task("load")])
    metadata.write("f", "1", [a_task("train", f"{number}") for number in (10, 9, 2, 1)])
    metadata.write("f", "1", [a_task("fold", "1-10"), a_task("fold", "1-2"), a_task("train", "3")])
    assert [(task.step, task.id) for task in metadata.tasks("f", "1")] == [
        ("load", "0"),
        *(("train", each) for each in ("1", "2", "3", "9", "10")),
        ("fold", "1-2"),
        ("fold", "1-10"),
    ]


def test_rounds_of_a_step_that_repeats_itself_come_in_their_order(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    rounds = [a_task("again", iteration=number, id=f"0~{number}") for number in (10, 2, 9)]
    metadata.write("f", "1", [*rounds, a_task("again")])
    assert [task.id for task in metadata.tasks("f", "1")] == ["0", "0~2", "0~9", "0~10"]


def test_attempts_come_by_number(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    attempts = [AttemptRecord(StepName("a"), "0", number, TaskStatus.FAILED) for number in (10, 2, 0, 1)]
    metadata.write("f", "1", attempts=attempts)
    assert [each.number for each in metadata.attempts("f", "1", "a", "0")] == [0, 1, 2, 10]


def test_a_task_goes_on_until_it_has_a_result(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    for status in (TaskStatus.RUNNING, TaskStatus.FAILED, TaskStatus.RUNNING, TaskStatus.SUCCEEDED):
        metadata.write("f", "1", [a_task(status=status)])
        assert [task.status for task in metadata.tasks("f", "1")] == [status]


@pytest.mark.parametrize("status", [TaskStatus.SUCCEEDED, TaskStatus.REUSED, TaskStatus.SKIPPED])
def test_a_result_is_never_replaced(metadata: Metadata, status: TaskStatus) -> None:
    metadata.create_run(a_run())
    first = a_task(status=status, manifest=Manifest({"x": a_ref(1.0)}))
    metadata.write("f", "1", [first])
    for other in (replace(first, manifest=Manifest({"x": a_ref(2.0)})), replace(first, status=TaskStatus.FAILED)):
        assert refused(metadata.write, "f", "1", [other]) == "NBF-M008"
    assert metadata.tasks("f", "1") == (first,)


def test_the_same_result_may_be_written_again(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    for _ in range(2):
        metadata.write("f", "1", [FULL_TASK])
    assert metadata.tasks("f", "1") == (FULL_TASK,)


def test_in_a_draft_the_latest_result_counts(metadata: Metadata) -> None:
    metadata.create_run(a_run(kind="draft"))
    for value in (1.0, 2.0):
        latest = a_task(manifest=Manifest({"x": a_ref(value)}))
        metadata.write("f", "draft-1", [latest])
        assert metadata.tasks("f", "draft-1") == (latest,)


def test_of_a_batch_all_or_nothing_is_written(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    metadata.write("f", "1", [a_task("a")])
    batch = [a_task("b"), a_task("a", status=TaskStatus.FAILED), a_task("c")]
    attempts = [AttemptRecord(StepName("b"), "0", 0, TaskStatus.SUCCEEDED)]
    assert refused(metadata.write, "f", "1", batch, attempts) == "NBF-M008"
    assert [task.step for task in metadata.tasks("f", "1")] == ["a"]
    assert metadata.attempts("f", "1") == ()
    metadata.write("f", "1", [a_task("b")])


def test_of_two_results_of_a_task_in_one_batch_neither_is_written(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    batch = [a_task(manifest=Manifest({"x": a_ref(value)})) for value in (1.0, 2.0)]
    assert refused(metadata.write, "f", "1", batch) == "NBF-M008"
    assert metadata.tasks("f", "1") == ()
    metadata.write("f", "1", [a_task(status=TaskStatus.RUNNING), batch[0], batch[0]])
    assert metadata.tasks("f", "1") == (batch[0],)


def test_of_many_workers_that_commit_one_wins(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    codes: list[str] = []
    ready = threading.Barrier(8)

    def commit(number: int) -> None:
        ready.wait()
        try:
            metadata.write("f", "1", [a_task(manifest=Manifest({"x": a_ref(float(number))}))])
            codes.append("won")
        except MetadataError as error:
            codes.append(error.code)

    threads = [threading.Thread(target=commit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["NBF-M008"] * 7 + ["won"]


# ---- reuse


def test_results_are_found_by_fingerprint_the_newest_first(metadata: Metadata) -> None:
    for number in range(2):
        metadata.create_run(a_run())
        left = Manifest({"x": a_ref(float(number))})
        metadata.write(
            "f", str(number + 1), [a_task(fingerprint="same", manifest=left), a_task("b", fingerprint=f"b{number}")]
        )
    found = metadata.results("f", ["same", "b0", "unknown"])
    assert {fingerprint: pathspec for fingerprint, (pathspec, _) in found.items()} == {
        "same": "f/2/train/0",
        "b0": "f/1/b/0",
    }
    assert found["same"][1].manifest == Manifest({"x": a_ref(1.0)})
    assert metadata.results("other", ["same"]) == {}


def test_the_newest_result_is_that_of_the_newest_run_whichever_came_last(metadata: Metadata) -> None:
    for _ in range(2):
        metadata.create_run(a_run())
    for run in ("2", "1"):
        metadata.write("f", run, [a_task(fingerprint="same")])
    assert metadata.results("f", ["same"])["same"][0] == "f/2/train/0"


@pytest.mark.parametrize(
    "task",
    [
        a_task(status=TaskStatus.FAILED, fingerprint="x"),
        a_task(status=TaskStatus.CANCELLED, fingerprint="x"),
        a_task(caught=True, fingerprint="x"),
        a_task(sampled=True, fingerprint="x"),
        a_task(fingerprint=""),
    ],
)
def test_what_may_not_be_reused_is_not_found(metadata: Metadata, task: TaskRecord) -> None:
    metadata.create_run(a_run())
    metadata.write("f", "1", [task])
    assert metadata.results("f", ["x", ""]) == {}


# ---- owners


def test_a_run_whose_owner_is_gone_reads_as_lost(metadata: Metadata) -> None:
    metadata.create_run(a_run(owner=f"{socket.gethostname()}:999999999"))
    attempts = [AttemptRecord(StepName("b"), "0", *each) for each in ((0, TaskStatus.FAILED), (1, TaskStatus.RUNNING))]
    metadata.write("f", "1", [a_task("a"), a_task("b", status=TaskStatus.RUNNING)], attempts)
    run = metadata.run("f", "1")
    assert run is not None
    assert run.status is RunStatus.LOST
    assert metadata.runs("f")[0].status is RunStatus.LOST
    assert [task.status for task in metadata.tasks("f", "1")] == [TaskStatus.SUCCEEDED, TaskStatus.LOST]
    assert [attempt.status for attempt in metadata.attempts("f", "1")] == [TaskStatus.FAILED, TaskStatus.LOST]


def test_a_run_whose_owner_is_here_is_not_lost(metadata: Metadata) -> None:
    metadata.create_run(a_run())
    run = metadata.run("f", "1")
    assert run is not None
    assert run.status is RunStatus.RUNNING


# ---- items, code of drafts, ends


def test_items_are_kept_by_step_and_path(metadata: Metadata) -> None:
    run = metadata.create_run(a_run())
    listed = {
        ("train", ()): ItemList((a_ref(1.0), FULL_REF), 7),
        ("fold", (3,)): ItemList((), 0),
    }
    rows = [ItemsRecord(StepName(step), path, each) for (step, path), each in listed.items()]
    metadata.write("f", run.id, items=rows)
    assert metadata.items("f", run.id) == listed
    assert metadata.items("f", "99") == {}


def test_a_run_that_ended_takes_no_more_results(metadata: Metadata) -> None:
    run = metadata.create_run(a_run())
    metadata.write("f", run.id, [a_task()])
    metadata.update_run("f", run.id, status=RunStatus.LOST)
    assert refused(metadata.write, "f", run.id, [a_task("other")]) == "NBF-M011"
    assert [task.step for task in metadata.tasks("f", run.id)] == ["train"]


def test_asking_to_cancel_is_noted_once_and_only_while_a_run_is_under_way(metadata: Metadata) -> None:
    run = metadata.create_run(a_run())
    assert not metadata.cancel_asked("f", run.id)
    assert metadata.ask_cancel("f", run.id)
    assert metadata.cancel_asked("f", run.id)
    ended = metadata.create_run(a_run(status=RunStatus.SUCCEEDED))
    assert not metadata.ask_cancel("f", ended.id)
    assert not metadata.cancel_asked("f", ended.id)
    assert refused(metadata.ask_cancel, "f", "99") == "NBF-M002"


def test_the_code_of_a_draft_is_noted_with_tasks_that_did_not_run_again(metadata: Metadata) -> None:
    draft = metadata.create_run(a_run(kind="draft"))
    first, second = a_task("a", started_at=1.25), a_task("b", started_at=2.5)
    metadata.write("f", draft.id, [first, second])
    metadata.write("f", draft.id, [replace(second, started_at=3.5)])
    metadata.note_code("f", draft.id, Digest("78" * 32), [first, second])
    found = metadata.run("f", draft.id)
    assert found is not None
    assert found.code == "78" * 32
    assert [task.code for task in metadata.tasks("f", draft.id)] == ["78" * 32, None]
