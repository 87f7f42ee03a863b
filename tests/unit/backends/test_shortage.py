"""What the kernel tells of a want of memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.backends.shortage import Kills, why_killed


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("memory.events", "low 0\nhigh 2\nmax 9\noom 5\noom_kill 3\noom_group_kill 1\n"),
        ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"),
    ],
    ids=["version 2", "version 1"],
)
def test_kills_are_those_of_the_innermost_control_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / name).write_text(text)
    (tmp_path / "outer" / name).write_text("oom_kill 77\n")
    monkeypatch.setattr("nbflow.backends.shortage.control_groups", lambda: [inner, tmp_path / "outer"])
    kills = Kills()
    assert kills.count() == 3
    (inner / name).write_text(text.replace("oom_kill 3", "oom_kill 4"))
    assert kills.count() == 4
    (inner / name).unlink()
    assert kills.count() == 0


def test_without_control_groups_they_are_those_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbflow.backends.shortage.control_groups", list)
    lines = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    assert Kills().count() >= int(lines.get("oom_kill", 0))


def test_only_what_the_kernel_counted_is_called_a_want_of_memory() -> None:
    assert why_killed(3_400_000_000, counted=True).startswith("there was no memory left: it had taken 3.4 GB of the ")
    assert "--memory" in why_killed(1, counted=True)
    assert why_killed(12_000_000, counted=False).startswith("something outside nbflow killed it; it had taken 12 MB")
