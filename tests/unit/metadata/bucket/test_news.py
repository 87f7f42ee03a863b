"""How what others wrote is found: news, looks through all journals, clocks that differ, and what that costs."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nbflow.metadata.bucket import BucketMetadata, Pace, keys
from nbflow.metadata.owner import owner_here
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import AttemptRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.storage.memory import MemoryStorage

#: in the middle of a minute
NOON = 1_795_000_830.0


class Clock:
    """A clock that is moved by hand, of a machine that may be `ahead` of others."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    now = NOON

    def __call__(self) -> float:
        return Clock.now + self.ahead


class Counted(MemoryStorage):
    """Counts the requests by what they are and by what they are about."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    def put(self, key: Any, parts: Sequence[Any]) -> str:
        self._count("put", key)
        return super().put(key, parts)

    def put_new(self, key: str, parts: Sequence[Any]) -> bool:
        self._count("put", key)
        return super().put_new(key, parts)

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        self._count("get", key)
        return super().get(key, start, size)

    def list(self, prefix: str = "", after: str = "") -> Iterator[str]:
        self._count("list", prefix)
        return super().list(prefix, after)

    def delete(self, key: str) -> None:
        self._count("delete", key)
        super().delete(key)

    def _count(self, what: str, key: str) -> None:
        self.asked[f"{what} {key.partition('/')[0]}"] += 1

    def since(self) -> dict[str, int]:
        """Return what was asked since this was asked."""
        asked, self.asked = dict(self.asked), Counter()
        return asked


@pytest.fixture
def storage() -> Counted:
    Clock.now = NOON
    return Counted()


@contextmanager
def machines(storage: MemoryStorage, folder: Path) -> Iterator[Callable[..., BucketMetadata]]:
    with ExitStack() as stack:

        def machine(name: str, ahead: float = 0.0, **pace: float) -> BucketMetadata:
            made = BucketMetadata(storage, folder / f"{name}.db", clock=Clock(ahead), pace=Pace(**pace))
            return stack.enter_context(closing(made))

        yield machine


def a_run(**changes: Any) -> RunRecord:
    return replace(RunRecord(FlowName("f"), RunId(""), "run", RunStatus.RUNNING, "ada", Clock.now), **changes)


def a_task(step: str = "a", status: TaskStatus = TaskStatus.SUCCEEDED) -> TaskRecord:
    return TaskRecord(StepName(step), "0", (), status)


def ids(metadata: BucketMetadata) -> list[str]:
    return [run.id for run in metadata.runs("f")]


# ---- what is found, and when


def test_others_are_looked_for_about_once_a_second(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada"), machine("grace")
        assert ids(ada) == ids(grace) == []
        ada.create_run(a_run())
        storage.since()
        assert ids(ada) == ["1"]
        for _ in range(5):
            assert ids(grace) == []
        assert storage.since() == {}
        Clock.now += 1.0
        assert ids(grace) == ["1"]


def test_processes_of_one_machine_look_for_each_other(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        one, other = machine("here"), machine("here")
        ids(one)
        one.create_run(a_run())
        storage.since()
        assert ids(other) == ["1"]
        assert storage.since() == {}
        before = other.version()
        one.write("f", "1", [a_task()])
        assert other.version() != before


def test_looking_changes_no_version(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada"), machine("grace")
        ada.create_run(a_run())
        before = grace.version()
        for _ in range(5):
            Clock.now += 40.0
            assert grace.version() == before
        ada.write("f", "1", [a_task()])
        Clock.now += 1.0
        assert grace.version() != before


@pytest.mark.parametrize("ahead", [-590.0, -61.0, -1.0, 0.0, 1.0, 61.0, 590.0, 90_000.0])
def test_a_clock_may_differ(storage: Counted, tmp_path: Path, ahead: float) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada", ahead=ahead), machine("grace")
        for number in range(1, 5):
            ids(grace)
            ada.create_run(a_run())
            Clock.now += 100.0
            assert len(ids(grace)) == number


def test_a_clock_that_is_far_behind_is_made_up_for_by_looking_through_all(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace, mary = machine("ada", ahead=-5000.0), machine("grace"), machine("mary")
        ids(grace), ids(mary)
        ada.create_run(a_run())
        Clock.now += 2.0
        assert ids(grace) == ids(mary) == []
        grace.check()
        assert ids(grace) == ["1"]
        # whoever names it finds it, too
        assert mary.run("f", "1") is not None


def test_all_is_looked_through_once_a_day(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada", ahead=-5000.0), machine("grace")
        ids(grace)
        ada.create_run(a_run())
        Clock.now += 86_000.0
        assert ids(grace) == []
        Clock.now += 500.0
        assert ids(grace) == ["1"]


def test_who_was_away_for_long_finds_what_no_news_tells_any_more(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada"), machine("grace")
        ids(grace)
        ada.create_run(a_run())
        Clock.now += 10 * 86_400.0
        ada.create_run(a_run())
        ada.update_run("f", "2", status=RunStatus.SUCCEEDED)
        ada.close()
        # old news are swept up by who writes
        assert [key.rpartition("/")[2] for key in storage.list("news/")] == ["2"]
        assert ids(grace) == ["2", "1"]


def test_who_runs_a_run_does_not_wait_for_what_others_did(storage: Counted, tmp_path: Path) -> None:
    asking: set[threading.Thread] = set()
    listed = storage.list

    def list_(prefix: str = "", after: str = "") -> Iterator[str]:
        asking.add(threading.current_thread())
        return listed(prefix, after)

    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada"), machine("grace")
        ada.create_run(a_run(owner=owner_here()))
        grace.tag("f", "1", add=["good"])
        Clock.now += 2.0
        storage.list = list_  # type: ignore[method-assign] - of this object only
        assert ada.run("f", "1") is not None
        ada._pool.settle()
        found = ada.run("f", "1")
        assert found is not None
        assert found.tags == {"good"}
        assert asking
        assert threading.current_thread() not in asking


def test_an_entry_that_took_until_the_next_minute_is_told_of_anew(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada"), machine("grace")
        ada.create_run(a_run())
        ids(grace)
        put_new = storage.put_new

        def sleep_before(key: str, parts: Sequence[Any]) -> bool:
            # a notebook that is closed, opened after a while
            Clock.now += 3000.0
            ids(grace)
            Clock.now += 1.0
            return put_new(key, parts)

        storage.put_new = sleep_before  # type: ignore[method-assign] - of this object only
        ada.write("f", "1", [a_task()])
        Clock.now += 1.0
        assert [task.step for task in grace.tasks("f", "1")] == ["a"]


def test_the_order_of_runs_is_the_same_everywhere_whatever_the_clocks_say(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada", ahead=300.0), machine("grace", ahead=-300.0)
        for number in range(6):
            (ada, grace)[number % 2].create_run(a_run(kind="draft" if number % 3 else "run"))
            Clock.now += 2.0
        orders = [[run.id for run in each.runs("f", drafts=True)] for each in (ada, grace, machine("anew"))]
        assert orders == [["draft-4", "draft-3", "2", "draft-2", "draft-1", "1"]] * 3


# ---- names


@pytest.mark.parametrize("flow", ["sales", "a/b", "..", ".part-x", "50%", "ü b\n", "a%2Fb", "~x", "*", "a" * 128])
def test_any_name_can_be_a_flows(tmp_path: Path, flow: str) -> None:
    storage = Counted()
    with machines(storage, tmp_path) as machine:
        for _ in range(2):
            made = machine("ada").create_run(a_run(flow=FlowName(flow)))
            assert machine("grace").run(flow, made.id) == made
        assert machine("mary").flows() == (flow,)
        assert all(part not in {"", ".", ".."} for key in storage.list() for part in key.split("/"))
        assert all(keys.named(key) == (flow, "1") for key in storage.list("news/") if key.endswith("/1"))


def test_keys_of_other_things_are_nobodys() -> None:
    assert keys.numbered("journal/f/1/00000003.json") == (("f", "1"), 3)
    for other in ("journal/f/1/3.json", "journal/f/1/00000003.json.half", "journal/f/00000003.json", "journal/x"):
        assert keys.numbered(other) is None
    assert keys.named("news/202611300539") is None


# ---- what it costs


def test_what_a_run_of_two_steps_asks_of_the_bucket(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada = machine("ada")
        ids(ada)
        storage.since()
        ada.create_run(a_run(owner=owner_here()))
        assert storage.since() == {"put news": 1, "put journal": 1}
        for step in "ab":
            attempt = AttemptRecord(StepName(step), "0", 0, TaskStatus.RUNNING)
            ada.write("f", "1", [a_task(step, TaskStatus.RUNNING)], [attempt])
            ada.write("f", "1", [a_task(step)], [replace(attempt, status=TaskStatus.SUCCEEDED)])
        assert storage.since() == {"put journal": 2}
        ada.update_run("f", "1", heartbeat_at=Clock.now + 5.0)
        ada.update_run("f", "1", heartbeat_at=Clock.now + 10.0)
        ada._pool.settle()
        assert storage.since() == {"put beats": 1}
        ada.update_run("f", "1", status=RunStatus.SUCCEEDED, finished_at=Clock.now)
        ada.close()
        asked = storage.since()
        assert asked.pop("list news") == 1, "the search for old news, once an hour"
        assert asked == {"put journal": 1, "put folds": 1, "delete beats": 1}


def test_what_a_cell_asks_of_the_bucket(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada = machine("ada")
        run = ada.create_run(a_run(kind="draft", owner=owner_here())).id
        for number in range(3):
            Clock.now += 0.3
            storage.since()
            ada.update_run(
                "f",
                run,
                status=RunStatus.RUNNING,
                steps=(StepSummary(StepName(f"a{number}"), (), ()),),
                heartbeat_at=Clock.now,
                parameters={},
                cancel_asked_at=None,
            )
            code = Digest(f"{number:02}" * 32)
            ada.note_code("f", run, code, ())
            task = replace(a_task(f"a{number}"), started_at=Clock.now)
            ada.write("f", run, [replace(task, status=TaskStatus.RUNNING)])
            ada.write("f", run, [task])
            ada.update_run("f", run, status=RunStatus.RUNNING, finished_at=None, reason="")
            ada.note_code("f", run, code, [task])
            assert storage.since() == {"put journal": 2}


def test_what_who_looks_on_asks_of_the_bucket(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada, grace = machine("ada"), machine("grace")
        ids(grace)
        ada.create_run(a_run(owner="far-away:7"))
        Clock.now += 1.0
        ids(grace)
        assert storage.since()["get journal"] == 1
        Clock.now += 1.0
        ids(grace)
        # the news are young: there may be more to come
        assert storage.since() == {"list news": 1, "get journal": 1}
        Clock.now += 200.0
        ids(grace)
        storage.since()
        Clock.now += 1.0
        ids(grace)
        assert storage.since() == {"list news": 1}


def test_a_long_journal_is_read_by_what_it_comes_to(storage: Counted, tmp_path: Path) -> None:
    with machines(storage, tmp_path) as machine:
        ada = machine("ada")
        run = ada.create_run(a_run(kind="draft")).id
        for number in range(100):
            ada.write("f", run, [a_task(f"s{number}")])
            ada._pool.settle()
        assert len(list(storage.list("folds/"))) == 1
        storage.since()
        assert len(machine("grace").tasks("f", run)) == 100
        asked = storage.since()
        assert asked["get folds"] == 1
        assert asked["get journal"] <= 32
