"""All SQL there is."""

from __future__ import annotations

#: version of the tables below
VERSION = 3

#: version → statements that make it of the one before
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        """
        CREATE TABLE flow (
            name    TEXT PRIMARY KEY,
            runs    INTEGER NOT NULL DEFAULT 0,
            drafts  INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE run (
            key           INTEGER PRIMARY KEY,
            flow          TEXT NOT NULL,
            id            TEXT NOT NULL,
            kind          TEXT NOT NULL,
            status        TEXT NOT NULL,
            user          TEXT NOT NULL,
            created_at    REAL NOT NULL,
            started_at    REAL,
            finished_at   REAL,
            heartbeat_at  REAL,
            parameters    TEXT NOT NULL,
            system_tags   TEXT NOT NULL,
            code          TEXT,
            source        TEXT NOT NULL,
            steps         TEXT NOT NULL,
            origin_run    TEXT,
            owner         TEXT NOT NULL,
            reason        TEXT NOT NULL,
            UNIQUE (flow, id)
        )
        """,
        "CREATE INDEX run_newest ON run (flow, kind, key)",
        "CREATE INDEX run_status ON run (flow, kind, status, key)",
        """
        CREATE TABLE tag (
            run   INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
            name  TEXT NOT NULL,
            PRIMARY KEY (name, run)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX tag_run ON tag (run)",
        """
        CREATE TABLE task (
            key          INTEGER PRIMARY KEY,
            run          INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
            step         TEXT NOT NULL,
            id           TEXT NOT NULL,
            status       TEXT NOT NULL,
            fingerprint  TEXT NOT NULL,
            reusable     INTEGER NOT NULL,
            record       TEXT NOT NULL,
            UNIQUE (run, step, id)
        )
        """,
        "CREATE INDEX task_fingerprint ON task (fingerprint) WHERE reusable",
        """
        CREATE TABLE attempt (
            run     INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
            step    TEXT NOT NULL,
            task    TEXT NOT NULL,
            number  INTEGER NOT NULL,
            record  TEXT NOT NULL,
            PRIMARY KEY (run, step, task, number)
        ) WITHOUT ROWID
        """,
    ),
    2: (
        "ALTER TABLE run ADD COLUMN cancel_asked_at REAL",
        """
        CREATE TABLE items (
            run     INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
            step    TEXT NOT NULL,
            path    TEXT NOT NULL,
            record  TEXT NOT NULL,
            PRIMARY KEY (run, step, path)
        ) WITHOUT ROWID
        """,
    ),
    3: (
        "ALTER TABLE run ADD COLUMN about TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE flow ADD COLUMN spins INTEGER NOT NULL DEFAULT 0",
    ),
}

CREATE_SCHEMA = "CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)"
READ_SCHEMA = "SELECT max(version) FROM schema"
WRITE_SCHEMA = "INSERT INTO schema (version) VALUES (?)"

COUNT_RUN = """
    INSERT INTO flow (name, runs, drafts, spins) VALUES (:flow, :run, :draft, :spin)
    ON CONFLICT (name) DO UPDATE SET runs = runs + :run, drafts = drafts + :draft, spins = spins + :spin
    RETURNING runs AS run, drafts AS draft, spins AS spin
"""
INSERT_RUN = """
    INSERT INTO run (flow, id, kind, status, user, created_at, started_at, finished_at, heartbeat_at, parameters,
                     system_tags, code, source, steps, origin_run, owner, reason, cancel_asked_at, about)
    VALUES (:flow, :id, :kind, :status, :user, :created_at, :started_at, :finished_at, :heartbeat_at, :parameters,
            :system_tags, :code, :source, :steps, :origin_run, :owner, :reason, :cancel_asked_at,
            :about)
    RETURNING key
"""
UPDATE_RUN = "UPDATE run SET {fields} WHERE flow = :flow AND id = :id"
RUN_KEY = "SELECT key, kind, status FROM run WHERE flow = ? AND id = ?"
ASK_CANCEL = "UPDATE run SET cancel_asked_at = coalesce(cancel_asked_at, ?) WHERE flow = ? AND id = ?"
CANCEL_ASKED = "SELECT cancel_asked_at FROM run WHERE flow = ? AND id = ?"

_RUN = """
    SELECT flow, id, kind, status, user, created_at, started_at, finished_at, heartbeat_at, parameters, system_tags,
           code, source, steps, origin_run, owner, reason, cancel_asked_at, about,
           (SELECT json_group_array(name) FROM tag WHERE tag.run = run.key) AS tags
    FROM run
"""
RUN = _RUN + "WHERE flow = ? AND id = ?"
RUNS = _RUN + "WHERE {where} ORDER BY key DESC LIMIT :limit"
OF_FLOW = "flow = :flow"
OF_KINDS = "kind IN ({kinds})"
OF_STATUS = "status = :status"
# a tag of a person or of ours; a run from before there were identities is its user's
WITH_TAG = """(
    key IN (SELECT run FROM tag WHERE name = :{name})
    OR EXISTS (SELECT 1 FROM json_each(system_tags) WHERE value = :{name})
    OR (:{name} = 'user:' || user AND NOT EXISTS (
        SELECT 1 FROM json_each(system_tags) WHERE value GLOB 'user:*' OR value GLOB 'production:*'
    ))
)"""
BEGAN = "SELECT min(created_at) FROM run WHERE flow = ?"

FLOWS = "SELECT name FROM flow ORDER BY name"

ADD_TAG = "INSERT OR IGNORE INTO tag (run, name) VALUES (?, ?)"
SYSTEM_TAGS = "SELECT system_tags FROM run WHERE key = ?"
REMOVE_TAG = "DELETE FROM tag WHERE run = ? AND name = ?"
TAGS = "SELECT name FROM tag WHERE run = ?"

COMMITTED = """
    SELECT record FROM task
    WHERE run = ? AND step = ? AND id = ? AND status IN ('succeeded', 'reused', 'skipped')
"""
WRITE_TASK = """
    INSERT INTO task (run, step, id, status, fingerprint, reusable, record)
    VALUES (:run, :step, :id, :status, :fingerprint, :reusable, :record)
    ON CONFLICT (run, step, id) DO UPDATE SET
        status = excluded.status, fingerprint = excluded.fingerprint, reusable = excluded.reusable,
        record = excluded.record
"""
WRITE_ATTEMPT = """
    INSERT INTO attempt (run, step, task, number, record) VALUES (:run, :step, :task, :number, :record)
    ON CONFLICT (run, step, task, number) DO UPDATE SET record = excluded.record
"""

# as long as the task is the one that ran this code: a cell that ran again meanwhile has its own
NOTE_CODE = """
    UPDATE task SET record = json_set(record, '$.code', :code)
    WHERE run = :run AND step = :step AND id = :id AND json_extract(record, '$.started_at') = :started_at
"""
WRITE_ITEMS = """
    INSERT INTO items (run, step, path, record) VALUES (:run, :step, :path, :record)
    ON CONFLICT (run, step, path) DO UPDATE SET record = excluded.record
"""

TASKS = "SELECT record FROM task WHERE run = ? ORDER BY key"
TASKS_OF_STEP = "SELECT record FROM task WHERE run = ? AND step = ? ORDER BY key"
ITEMS = "SELECT step, path, record FROM items WHERE run = ?"
ATTEMPTS = "SELECT record FROM attempt WHERE {where} ORDER BY step, task, number"

RESULTS = """
    SELECT task.fingerprint, run.flow, run.id, task.record
    FROM task JOIN run ON run.key = task.run
    WHERE run.flow = ? AND task.reusable AND task.fingerprint IN (SELECT value FROM json_each(?))
    ORDER BY task.key
"""
