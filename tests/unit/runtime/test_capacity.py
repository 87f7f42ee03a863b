"""What a process may use of its machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbflow.runtime import capacity

WHOLE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of control groups in which this process is in /jobs/mine."""
    (tmp_path / "jobs" / "mine").mkdir(parents=True)
    monkeypatch.setattr(capacity, "_GROUPS", tmp_path)
    read = Path.read_text

    def answered(path: Path, *rest: object) -> str:
        return "0::/jobs/mine\n" if str(path) == "/proc/self/cgroup" else read(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "read_text", answered)
    return tmp_path


def test_memory_is_the_machines_without_a_limit(groups: Path) -> None:
    assert capacity.memory() == WHOLE
    (groups / "jobs" / "mine" / "memory.max").write_text("max\n")
    assert capacity.memory() == WHOLE


@pytest.mark.parametrize("group", ["jobs/mine", "jobs", "."])
def test_memory_is_the_least_limit_of_the_groups_it_is_in(groups: Path, group: str) -> None:
    (groups / group / "memory.max").write_text("1048576\n")
    assert capacity.memory() == 1 << 20


def test_a_limit_above_what_there_is_does_not_count(groups: Path) -> None:
    (groups / "memory.max").write_text(f"{WHOLE * 4}\n")
    assert capacity.memory() == WHOLE


def test_cores_are_those_it_may_run_on() -> None:
    assert capacity.cores() == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("name", "text", "cores"),
    [
        ("cpu.max", "50000 100000\n", 1),
        ("cpu.max", "100000 100000\n", 1),
        ("cpu.max", "max 100000\n", len(os.sched_getaffinity(0))),
        ("cpu.max", f"{10**9} 100000\n", len(os.sched_getaffinity(0))),
        ("cpu.max", "nonsense", len(os.sched_getaffinity(0))),
    ],
)
def test_cores_are_no_more_than_the_quota(groups: Path, name: str, text: str, cores: int) -> None:
    (groups / "jobs" / name).write_text(text)
    assert capacity.cores() == cores
