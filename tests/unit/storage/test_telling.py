"""Long transfers and the lines that tell of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.environments.packs import stored
from nbflow.storage import telling
from nbflow.storage.cached import CachedStorage
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage
from nbflow.storage.telling import Transfers

Said = pytest.CaptureFixture[str]


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(telling, "time", made)
    return made


def test_what_takes_long_is_told_ever_more_seldom_and_its_end(clock: Clock, capsys: Said) -> None:
    sent = Transfers("sent")
    with sent.add(10_000_000_000) as large, sent.add() as small:
        small(4_000_000, 8_000_000)
        for second in range(1, 201):
            clock.now += 1
            large(second * 50_000_000, 10_000_000_000)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "nbflow: 254 MB of 10 GB sent after 5.0 s"
    after = [line.rpartition(" after ")[2] for line in lines[1:-1]]
    assert after == ["10 s", "20 s", "40 s", "1 min 20 s", "2 min 20 s", "3 min 20 s"]
    assert lines[-1] == "nbflow: 10 GB sent in 3 min 20 s"


def test_what_takes_a_few_seconds_is_not_told_nor_what_went_before_counted(clock: Clock, capsys: Said) -> None:
    sent = Transfers("sent")
    for _ in range(9):
        with sent.add(5) as told:
            clock.now += 4
            told(5, 5)
    assert capsys.readouterr().err == ""
    with sent.add(5_000) as told:
        clock.now += 6
        told(3_000, 5_000)
        told.end()
    assert capsys.readouterr().err == "nbflow: 3.0 kB of 5.0 kB sent after 6.0 s\nnbflow: 3.0 kB sent in 6.0 s\n"


def test_a_child_of_a_fork_begins_with_nothing(clock: Clock, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = Transfers("sent")
    sent.add(7_000)
    monkeypatch.setattr(telling.os, "getpid", lambda: -1)
    with sent.add(5_000) as told:
        clock.now += 6
        told(3_000, 5_000)
    assert "3.0 kB of 5.0 kB sent" in capsys.readouterr().err


def test_blobs_of_a_bucket_and_packs_of_packages_are_told(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_FIRST", 0)
    key, far = "blobs/ab/abcd", MemoryStorage()
    one, other = (CachedStorage(LocalStorage(tmp_path / name), far) for name in ("one", "other"))
    one.put(key, [b"x" * 4_000])
    one.settle()
    assert "4.0 kB of 4.0 kB sent after" in capsys.readouterr().err
    other.get(key)
    assert "4.0 kB of 4.0 kB fetched after" in capsys.readouterr().err
    (tmp_path / "pack").write_bytes(b"x" * 6_000)
    stored(far, "pack", tmp_path / "pack")
    assert "6.0 kB of 6.0 kB sent after" in capsys.readouterr().err
