"""SQL of what the index of a bucket knows beside the facts: how far it has read."""

from __future__ import annotations

TABLES = (
    """
    CREATE TABLE IF NOT EXISTS journal (
        flow    TEXT NOT NULL,
        id      TEXT NOT NULL,
        next    INTEGER NOT NULL,
        folded  INTEGER NOT NULL DEFAULT 0,
        asked   REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (flow, id)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS news (name TEXT PRIMARY KEY, seen REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID",
)
HAS_JOURNALS = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'journal'"
#: the facts can be read anew, and a version that knows more reads more of them
FORGET_ALL = tuple(f"DELETE FROM {table}" for table in ("run", "flow", "journal", "news", "note"))  # noqa: S608 - our own names

NEXT = "SELECT next FROM journal WHERE flow = ? AND id = ?"
POSITIONS = "SELECT flow, id, next FROM journal"
MOVE = """
    INSERT INTO journal (flow, id, next) VALUES (:flow, :id, :next)
    ON CONFLICT (flow, id) DO UPDATE SET next = :next
"""
FOLDED = "SELECT folded FROM journal WHERE flow = ? AND id = ?"
NOTE_FOLDED = "UPDATE journal SET folded = max(folded, ?) WHERE flow = ? AND id = ?"

IS_RUN_BY = """
    SELECT 1 FROM run WHERE flow = ? AND id = ? AND owner = ? AND status IN ('pending', 'running', 'cancelling')
"""

COUNTED = "SELECT runs AS run, drafts AS draft, spins AS spin FROM flow WHERE name = ?"
COUNT_UP_TO = """
    INSERT INTO flow (name, runs, drafts, spins) VALUES (:flow, :run, :draft, :spin)
    ON CONFLICT (name) DO UPDATE SET runs = max(runs, :run), drafts = max(drafts, :draft), spins = max(spins, :spin)
"""
LATEST = "SELECT max(key) FROM run"
HAS_KEY = "SELECT 1 FROM run WHERE key = ?"

FORGET_RUN = "DELETE FROM run WHERE flow = ? AND id = ?"
FORGET_JOURNAL = "DELETE FROM journal WHERE flow = ? AND id = ?"
FORGET_FLOWS = "DELETE FROM flow WHERE name NOT IN (SELECT flow FROM run)"

SEEN = "SELECT name, seen FROM news"
SEE = "INSERT OR IGNORE INTO news (name, seen) VALUES (?, ?)"
FORGET_NEWS = "DELETE FROM news WHERE name < ?"

NOTE = "SELECT value FROM note WHERE name = ?"
SET_NOTE = "INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)"
COUNT_CHANGE = "INSERT INTO note (name, value) VALUES ('version', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"

# the process table says more of runs of this machine than any beat
ELSEWHERE = """
    SELECT run.flow, run.id, journal.asked,
           max(run.created_at, coalesce(run.started_at, 0), coalesce(run.heartbeat_at, 0)) AS last
    FROM run JOIN journal ON journal.flow = run.flow AND journal.id = run.id
    WHERE run.status IN ('running', 'cancelling') AND run.kind = 'run' AND run.owner != ''
          AND substr(run.owner, 1, length(:here)) != :here
"""
NOTE_ASKED = "UPDATE journal SET asked = ? WHERE flow = ? AND id = ?"
HEAR = """
    UPDATE run SET heartbeat_at = :at
    WHERE flow = :flow AND id = :id AND status IN ('running', 'cancelling') AND coalesce(heartbeat_at, 0) < :at
"""
