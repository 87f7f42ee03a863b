"""What doctor says of what a store holds."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from nbflow.upkeep import kept
from nbflow.workspace import Workspace
from nbflow.workspace.shared import Shared


class TestMetadata:
    """The database."""

    def test_a_whole_one_is_fine(self, kept_runs: Any) -> None:
        kept_runs.run()
        found = kept.metadata(kept_runs.root)
        assert found.level == "fine" and found.said == "whole · WAL journal"

    def test_none_yet_is_fine_and_none_is_made(self, tmp_path: Path) -> None:
        assert kept.metadata(tmp_path).level == "fine"
        assert kept.opened(tmp_path) is None
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_no_database_is_told_and_stays_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "metadata.db").write_text("scribble")
        found = kept.metadata(tmp_path)
        assert found.level == "broken" and "not a database" in found.said
        assert "mv metadata.db* damaged" in found.fixes[0]
        assert kept.opened(tmp_path) is None
        assert (tmp_path / "metadata.db").read_text() == "scribble"

    def test_an_index_of_a_bucket_that_is_damaged_may_go(self, tmp_path: Path) -> None:
        (tmp_path / "metadata.db").write_text("scribble")
        Shared("s3://bucket/nbflow").mark(tmp_path)
        found = kept.metadata(tmp_path)
        assert found.level == "broken" and found.fixes[0].startswith(f"rm {tmp_path}/metadata.db*")

    def test_a_page_that_was_overwritten_is_found(self, kept_runs: Any) -> None:
        for _ in range(3):
            kept_runs.run()
        kept_runs.metadata.close()
        file = kept_runs.root / "metadata.db"
        with file.open("r+b") as opened:
            opened.seek(4096)
            opened.write(b"\xff" * 4096)
        found = kept.metadata(kept_runs.root)
        assert found.level == "broken" and "Page 2" in found.said

    def test_one_that_cannot_be_opened_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "metadata.db").mkdir()
        found = kept.metadata(tmp_path)
        assert found.level == "broken" and "cannot be opened" in found.said

    def test_looking_does_not_bring_an_older_one_up_to_date(self, tmp_path: Path) -> None:
        database = sqlite3.connect(tmp_path / "metadata.db")
        database.execute("CREATE TABLE schema (version INTEGER NOT NULL)")
        database.commit()
        database.close()
        before = (tmp_path / "metadata.db").read_bytes()
        assert kept.metadata(tmp_path).level == "fine"
        assert (tmp_path / "metadata.db").read_bytes() == before

    def test_wal_on_a_network_file_system_is_told(self, kept_runs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        kept_runs.run()
        monkeypatch.setattr(kept, "network_type", lambda _: "nfs4")
        found = kept.metadata(kept_runs.root)
        assert found.level == "warning" and "nfs4" in found.said


class TestRuns:
    """Runs that nobody runs any more."""

    def test_runs_under_way_are_counted(self, kept_runs: Any) -> None:
        kept_runs.run()
        kept_runs.run("succeeded", flow="other")
        found = kept.runs(kept_runs.metadata)
        assert found.level == "fine" and found.said == "2 flows · 1 run under way · none lost"

    def test_a_lost_run_is_listed_with_what_to_type(self, kept_runs: Any) -> None:
        run = kept_runs.run(gone=True)
        kept_runs.run("succeeded")
        found = kept.runs(kept_runs.metadata)
        assert found.level == "warning" and found.said == "1 run was lost: its process is gone"
        assert found.fixes[0] == f"nbflow resume quick/{run}"
        assert "doctor --fix" in found.fixes[1]

    def test_a_run_that_is_being_cancelled_may_be_lost_too(self, kept_runs: Any) -> None:
        kept_runs.run("cancelling", gone=True)
        assert kept.runs(kept_runs.metadata).level == "warning"

    def test_drafts_of_closed_kernels_are_no_lost_runs(self, kept_runs: Any) -> None:
        kept_runs.run(gone=True, kind="draft")
        assert kept.runs(kept_runs.metadata).level == "fine"

    def test_the_newest_come_first_and_many_are_counted(self, kept_runs: Any) -> None:
        now = time.time()
        for age in range(8):
            kept_runs.run(gone=True, created_at=now - 1000 + age, flow=f"flow{age % 2}")
        found = kept.runs(kept_runs.metadata)
        assert found.fixes[:2] == ("nbflow resume flow1/4", "nbflow resume flow0/4")
        assert found.fixes[5] == "and 3 more: nbflow history"

    def test_marking_says_when_it_was_last_alive_and_why_it_ended(self, kept_runs: Any) -> None:
        beat = time.time() - 100
        run = kept_runs.run(gone=True, created_at=beat - 10, heartbeat_at=beat)
        going = kept_runs.run()
        assert [each.id for each in kept.mark_lost(kept_runs.metadata)] == [run]
        marked = kept_runs.metadata.run("quick", run)
        assert (marked.status.value, marked.finished_at) == ("lost", beat)
        assert "gone" in marked.reason
        assert kept_runs.metadata.run("quick", going).status.value == "running"
        assert kept.mark_lost(kept_runs.metadata) == []

    def test_a_marked_run_is_history_once_there_is_a_newer_one(self, kept_runs: Any) -> None:
        run = kept_runs.run(gone=True)
        kept.mark_lost(kept_runs.metadata)
        found = kept.runs(kept_runs.metadata)
        assert found.level == "warning" and found.fixes == (f"nbflow resume quick/{run}",)
        kept_runs.run("succeeded")
        assert kept.runs(kept_runs.metadata).level == "fine"


class TestLeftovers:
    """Half-written files."""

    @pytest.mark.parametrize("name", ["blobs/ab/.part-12-3-0", ".format-77", "code/abc.json.77"])
    def test_old_ones_are_found_wherever_they_are(self, kept_runs: Any, name: str) -> None:
        file = kept_runs.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * 2000)
        assert kept.leftovers(kept_runs.root).level == "fine", "someone may be writing it"
        old = time.time() - 2 * 86400
        os.utime(file, (old, old))
        found = kept.leftovers(kept_runs.root)
        assert found.level == "warning" and "1 half-written file, 2.0 kB" in found.said

    def test_whole_files_are_none_however_old(self, kept_runs: Any) -> None:
        digest = Workspace.open(kept_runs.root).store.put_bytes(b"data")
        code = kept_runs.root / "code" / "abc.json"
        code.parent.mkdir()
        code.write_text("{}")
        for file in (code, kept_runs.root / "blobs" / digest[:2] / digest, kept_runs.root / "format"):
            os.utime(file, (0, 0))
        assert kept.leftovers(kept_runs.root).level == "fine"


class TestClock:
    """Records from the future."""

    def test_records_of_now_are_fine(self, kept_runs: Any) -> None:
        kept_runs.run(heartbeat_at=time.time() + 30)
        assert kept.clock(kept_runs.metadata).level == "fine"

    @pytest.mark.parametrize("field", ["created_at", "started_at", "finished_at", "heartbeat_at"])
    def test_a_record_from_the_future_is_told_with_how_far_it_is_ahead(self, kept_runs: Any, field: str) -> None:
        kept_runs.run()
        run = kept_runs.run(**{field: time.time() + 7265})
        found = kept.clock(kept_runs.metadata)
        assert found.level == "warning"
        assert f"quick/{run} is 2 h 01 min ahead" in found.said
