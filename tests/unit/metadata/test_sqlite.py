from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import NbflowError
from nbflow.metadata import database as database_module
from nbflow.metadata import sql
from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus


def a_run(flow: str = "f") -> RunRecord:
    return RunRecord(FlowName(flow), RunId(""), "run", RunStatus.RUNNING, "ada", 1.0)


def code(action: object, *arguments: object) -> str:
    with pytest.raises(NbflowError) as caught:
        action(*arguments)  # type: ignore[operator]
    return caught.value.code


def test_the_journal_is_a_write_ahead_log(tmp_path: Path) -> None:
    SqliteMetadata(tmp_path / "m.db").flows()
    database = sqlite3.connect(tmp_path / "m.db")
    assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    database.close()


def test_a_network_file_system_gets_the_older_journal_and_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "network_type", lambda folder: "nfs4")
    metadata = SqliteMetadata(tmp_path / "m.db")
    with pytest.warns(RuntimeWarning, match=r"M009[\s\S]*nfs4"):
        metadata.create_run(a_run())
    metadata.close()
    database = sqlite3.connect(tmp_path / "m.db")
    assert database.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    database.close()


def test_where_the_log_is_refused_the_older_journal_is_used(tmp_path: Path) -> None:
    # a database in memory has no log, and says so when asked to
    database = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.warns(RuntimeWarning, match="M009"):
        database_module._choose_journal(database, tmp_path / "m.db")
    database.close()


def test_what_one_process_wrote_another_reads(tmp_path: Path) -> None:
    metadata = SqliteMetadata(tmp_path / "m.db")
    metadata.create_run(a_run())
    script = (
        "import sys; from nbflow.metadata.sqlite import SqliteMetadata;"
        "m = SqliteMetadata(sys.argv[1]); print(m.flows(), m.run('f', '1').user)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "m.db")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "('f',) ada\n"


def _make_runs(path: str, count: int) -> None:
    metadata = SqliteMetadata(path)
    for _ in range(count):
        run = metadata.create_run(a_run())
        metadata.write("f", run.id, [TaskRecord(StepName("a"), "0", (), TaskStatus.SUCCEEDED)])


def test_processes_that_write_at_once_wait_for_each_other(tmp_path: Path) -> None:
    path = str(tmp_path / "m.db")
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_make_runs, args=(path, 25)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    runs = SqliteMetadata(path).runs("f")
    assert sorted(int(run.id) for run in runs) == list(range(1, 101))


def test_threads_read_while_another_writes(tmp_path: Path) -> None:
    metadata = SqliteMetadata(tmp_path / "m.db")
    run = metadata.create_run(a_run())
    done = threading.Event()
    counts: list[int] = []

    def watch() -> None:
        while not done.is_set():
            counts.append(len(metadata.tasks("f", run.id)))

    watchers = [threading.Thread(target=watch) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    for number in range(200):
        metadata.write("f", run.id, [TaskRecord(StepName("a"), str(number), (number,), TaskStatus.SUCCEEDED)])
    done.set()
    for watcher in watchers:
        watcher.join()
    assert len(metadata.tasks("f", run.id)) == 200
    assert all(0 <= count <= 200 for count in counts)


def test_what_a_transaction_read_stays_true_until_it_has_written(tmp_path: Path) -> None:
    first, second = SqliteMetadata(tmp_path / "m.db"), SqliteMetadata(tmp_path / "m.db")
    first.create_run(a_run())
    second.flows()
    other = threading.Thread(target=lambda: second.create_run(a_run()))
    with first._write() as database:
        count = database.execute("SELECT runs FROM flow").fetchone()[0]
        other.start()
        other.join(timeout=0.3)
        assert other.is_alive(), "the other writer did not wait"
        database.execute("UPDATE flow SET runs = ?", (count + 10,))
    other.join()
    assert [run.id for run in first.runs("f")] == ["12", "1"]


def test_what_tags_there_is_room_for_is_judged_when_nobody_else_changes_them(tmp_path: Path) -> None:
    first, second = SqliteMetadata(tmp_path / "m.db"), SqliteMetadata(tmp_path / "m.db")
    first.create_run(a_run())
    second.flows()
    said: list[str] = []
    other = threading.Thread(target=lambda: said.append(code(lambda: second.tag("f", "1", add=["one more"]))))
    with first._write() as database:
        other.start()
        other.join(timeout=0.3)
        database.executemany(sql.ADD_TAG, [(1, f"t{number}") for number in range(50)])
    other.join()
    assert said == ["NBF-M013"]


def test_a_process_that_forked_opens_the_file_again(tmp_path: Path) -> None:
    metadata = SqliteMetadata(tmp_path / "m.db")
    metadata.create_run(a_run())
    pid = os.fork()
    if pid == 0:
        failed = 1
        try:
            metadata.create_run(a_run())
            failed = 0
        finally:
            os._exit(failed)
    assert os.waitpid(pid, 0)[1] == 0
    assert [run.id for run in metadata.runs("f")] == ["2", "1"]


def test_a_closed_database_opens_again(tmp_path: Path) -> None:
    metadata = SqliteMetadata(tmp_path / "m.db")
    metadata.create_run(a_run())
    metadata.close()
    metadata.close()
    assert metadata.flows() == ("f",)


# ---- damage


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    path.write_bytes(b"not a database at all" * 1000)
    metadata = SqliteMetadata(path)
    assert code(metadata.flows) == "NBF-M007"


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    assert code(SqliteMetadata(tmp_path / "no" / "m.db").flows) == "NBF-S006"


def test_a_database_of_a_newer_nbflow_asks_for_an_upgrade(tmp_path: Path) -> None:
    metadata = SqliteMetadata(tmp_path / "m.db")
    metadata.create_run(a_run())
    metadata.close()
    database = sqlite3.connect(tmp_path / "m.db")
    with database:
        database.execute(sql.WRITE_SCHEMA, (sql.VERSION + 1,))
    database.close()
    assert code(metadata.flows) == "NBF-S003"


def test_a_write_that_fails_in_the_middle_leaves_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = SqliteMetadata(tmp_path / "m.db")
    metadata.create_run(a_run())
    monkeypatch.setattr(sql, "WRITE_ATTEMPT", "INSERT INTO nowhere VALUES (1)")
    tasks = [TaskRecord(StepName("a"), "0", (), TaskStatus.SUCCEEDED)]
    from nbflow.model.record import AttemptRecord

    assert (
        code(metadata.write, "f", "1", tasks, [AttemptRecord(StepName("a"), "0", 0, TaskStatus.FAILED)]) == "NBF-M007"
    )
    assert metadata.tasks("f", "1") == ()


def test_a_process_killed_in_a_transaction_leaves_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    metadata = SqliteMetadata(path)
    metadata.create_run(a_run())
    script = """
import os, signal, sys
from nbflow.metadata.sqlite import SqliteMetadata
metadata = SqliteMetadata(sys.argv[1])
with metadata._write() as database:
    database.execute("UPDATE run SET user = 'nobody'")
    database.execute("DELETE FROM flow")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert done.returncode == -9
    run = metadata.run("f", "1")
    assert run is not None
    assert run.user == "ada"
    assert metadata.flows() == ("f",)


# ---- migrations


def test_a_new_database_has_the_schema_of_this_version(tmp_path: Path) -> None:
    SqliteMetadata(tmp_path / "m.db").flows()
    database = sqlite3.connect(tmp_path / "m.db")
    assert database.execute(sql.READ_SCHEMA).fetchone()[0] == sql.VERSION
    database.close()
    assert sorted(sql.MIGRATIONS) == list(range(1, sql.VERSION + 1))


def test_an_older_database_is_brought_up_and_keeps_its_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.db"
    metadata = SqliteMetadata(path)
    metadata.create_run(a_run())
    metadata.close()
    monkeypatch.setattr(sql, "VERSION", sql.VERSION + 1)
    monkeypatch.setitem(sql.MIGRATIONS, sql.VERSION, ("CREATE TABLE more (x)", "INSERT INTO more VALUES (7)"))
    assert metadata.flows() == ("f",)
    metadata.close()
    database = sqlite3.connect(path)
    assert database.execute("SELECT x FROM more").fetchall() == [(7,)]
    database.close()


def test_a_database_of_the_first_versions_keeps_its_runs_and_takes_new_kinds(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    database = sqlite3.connect(path)
    with database:
        database.execute(sql.CREATE_SCHEMA)
        for version in (1, 2):
            for statement in sql.MIGRATIONS[version]:
                database.execute(statement)
            database.execute(sql.WRITE_SCHEMA, (version,))
        database.execute("INSERT INTO flow (name, runs, drafts) VALUES ('f', 1, 0)")
        database.execute(
            "INSERT INTO run (flow, id, kind, status, user, created_at, parameters, system_tags, source, steps, owner,"
            " reason) VALUES ('f', '1', 'run', 'succeeded', 'ada', 1.5, '{}', '[]', 'f.ipynb', '[]', '', '')"
        )
    database.close()
    metadata = SqliteMetadata(path)
    old = metadata.run("f", "1")
    assert old is not None
    assert (old.user, old.about) == ("ada", {})
    assert metadata.runs("f", tags=["user:ada"]) == (old,)
    assert metadata.create_run(replace(a_run(), kind="spin")).id == "spin-1"
    assert metadata.create_run(a_run()).id == "2"


def test_a_database_from_before_there_were_metrics_gets_those_of_its_tasks(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    metadata = SqliteMetadata(path)
    left: dict[str, Any] = {"loss": 0.5, "name": "x"}
    refs = {name: ArtifactRef(Digest("ab" * 32), "scalar", "any", 8, scalar=each) for name, each in left.items()}
    task = TaskRecord(StepName("a"), "0", (), TaskStatus.SUCCEEDED, manifest=Manifest(refs))
    metadata.create_run(a_run())
    metadata.write("f", "1", [task, replace(task, id="3", path=(3,))])
    metadata.close()
    database = sqlite3.connect(path)
    with database:
        database.execute("DROP TABLE metric")
        database.execute("DROP INDEX run_under_way")
        database.execute("DELETE FROM schema WHERE version >= 4")
    database.close()
    assert metadata.metrics([("f", "1")]) == {("f", "1"): {"loss": 0.5}}


def test_a_migration_that_fails_leaves_the_older_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.db"
    metadata = SqliteMetadata(path)
    metadata.create_run(a_run())
    metadata.close()
    with monkeypatch.context() as patch:
        patch.setattr(sql, "VERSION", sql.VERSION + 1)
        patch.setitem(sql.MIGRATIONS, sql.VERSION, ("CREATE TABLE more (x)", "not SQL"))
        assert code(SqliteMetadata(path).flows) == "NBF-M007"
    assert SqliteMetadata(path).flows() == ("f",)
    database = sqlite3.connect(path)
    assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone()[0] == 0
    database.close()
