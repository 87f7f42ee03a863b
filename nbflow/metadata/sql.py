"""All SQL there is."""
# ruff: noqa: S608  fragments are put together here, and values are always bound

from __future__ import annotations

# functions of ours that a statement may call
METRICS_OF = "nbflow_metrics_of"
MEETS = "nbflow_meets"
PLAIN = "nbflow_plain"
HAS_WORDS = "nbflow_has_words"

#: version of the tables below
VERSION = 4

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
    4: (
        # those whose owner may be gone: nearly none of many
        "CREATE INDEX run_under_way ON run (key) WHERE status IN ('running', 'cancelling')",
        """
        CREATE TABLE metric (
            run    INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
            name   TEXT NOT NULL,
            step   TEXT NOT NULL,
            value  REAL NOT NULL,
            PRIMARY KEY (run, name, step)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX metric_name ON metric (name)",
        f"""
        INSERT OR REPLACE INTO metric (run, name, step, value)
        SELECT task.run, found.key, task.step, found.value
        FROM task, json_each({METRICS_OF}(task.record)) AS found
        WHERE task.status IN ('succeeded', 'reused')
        ORDER BY task.key
        """,
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
    INSERT INTO run (key, flow, id, kind, status, user, created_at, started_at, finished_at, heartbeat_at, parameters,
                     system_tags, code, source, steps, origin_run, owner, reason, cancel_asked_at, about)
    VALUES (:key, :flow, :id, :kind, :status, :user, :created_at, :started_at, :finished_at, :heartbeat_at, :parameters,
            :system_tags, :code, :source, :steps, :origin_run, :owner, :reason, :cancel_asked_at,
            :about)
    RETURNING key
"""
UPDATE_RUN = "UPDATE run SET {fields} WHERE flow = :flow AND id = :id"
RUN_KEY = "SELECT key, kind, status FROM run WHERE flow = ? AND id = ?"
IDS = "SELECT id FROM run WHERE flow = ?"
CANCEL_ASKED = "SELECT cancel_asked_at FROM run WHERE flow = ? AND id = ?"

_RUN = """
    SELECT key, flow, id, kind, status, user, created_at, started_at, finished_at, heartbeat_at, parameters, system_tags,
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
# ---- looking through all runs: conditions to be joined by AND, and what they are for

_STANDS = "CASE WHEN key IN (SELECT value FROM json_each(:lost)) THEN 'lost' ELSE status END"
_BEGAN = "coalesce(started_at, created_at)"
OF_KINDS_LISTED = "kind IN (SELECT value FROM json_each(:kinds))"
OF_FLOWS = "flow IN (SELECT value FROM json_each(:flows))"
OF_STATUSES = f"{_STANDS} IN (SELECT value FROM json_each(:statuses))"
OF_USERS = "user IN (SELECT value FROM json_each(:users))"
AMONG = "(flow, id) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:among))"
SINCE = "created_at >= :since"
UNTIL = "created_at < :until"
MEETS_ALL = f"{MEETS}(parameters, :conditions)"
SAYS = f"""{HAS_WORDS}(
    flow || '/' || id || char(10) || {_STANDS} || char(10) || user || char(10) || reason || char(10) || source
    || char(10) || coalesce((SELECT group_concat(name, char(10)) FROM tag WHERE tag.run = run.key), ''),
    parameters, :words
)"""

# of two steps that left one name the later one of the flow counts
_BY_STEPS = "LEFT JOIN json_each(run.steps) AS each ON json_extract(each.value, '$[0]') = metric.step"
_LATEST = "ORDER BY each.key DESC LIMIT 1"
#: what runs are sorted by
SORTED_BY = {
    "started": _BEGAN,
    "took": f"""CASE
        WHEN kind = 'draft' THEN NULL
        WHEN {_STANDS} = 'lost' THEN heartbeat_at - {_BEGAN}
        ELSE coalesce(finished_at, :now) - {_BEGAN}
    END""",
    "status": _STANDS,
    "flow": "flow",
    "user": "user",
    "parameter": f"{PLAIN}(parameters, :sort)",
    "metric": f"(SELECT metric.value FROM metric {_BY_STEPS} WHERE metric.run = run.key AND name = :sort {_LATEST})",
}
ORDER = "{value} {way} NULLS LAST, key DESC"

FIND = "SELECT {what} FROM run WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset"
COUNT_FOUND = f"SELECT {_STANDS} AS stands, count(*) AS count FROM run WHERE {{where}} GROUP BY stands"
RUNS_BY_KEY = _RUN + "WHERE key IN (SELECT value FROM json_each(?))"
UNDER_WAY = """
    SELECT key, kind, owner, max(created_at, coalesce(started_at, 0), coalesce(heartbeat_at, 0)) AS last
    FROM run
    WHERE status IN ('running', 'cancelling') AND owner != '' AND kind IN (SELECT value FROM json_each(?))
"""
METRICS = f"""
    SELECT run.flow, run.id, metric.name, metric.value
    FROM json_each(?) AS wanted
    JOIN run ON run.flow = json_extract(wanted.value, '$[0]') AND run.id = json_extract(wanted.value, '$[1]')
    JOIN metric ON metric.run = run.key
    {_BY_STEPS}
    ORDER BY each.key
"""
#: what is known of the runs of some flows; parameters of the latest ones
KNOWN = {
    "user": "SELECT DISTINCT user FROM run WHERE {where} ORDER BY 1",
    "tag": "SELECT DISTINCT name FROM tag JOIN run ON run.key = tag.run WHERE {where} ORDER BY 1",
    "parameter": """
        SELECT DISTINCT each.key
        FROM (SELECT parameters FROM run WHERE {where} ORDER BY key DESC LIMIT 2000) AS latest,
             json_each(latest.parameters) AS each
        ORDER BY 1
    """,
    "metric": "SELECT DISTINCT name FROM metric JOIN run ON run.key = metric.run WHERE {where} ORDER BY 1",
}

BEGAN = "SELECT min(created_at) FROM run WHERE flow = ?"

FLOWS = "SELECT name FROM flow ORDER BY name"

ADD_TAG = "INSERT OR IGNORE INTO tag (run, name) VALUES (?, ?)"
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
FORGET_METRICS = "DELETE FROM metric WHERE run = ? AND step = ?"
WRITE_METRIC = "INSERT OR REPLACE INTO metric (run, step, name, value) VALUES (?, ?, ?, ?)"
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
    ORDER BY run.key, task.key
"""
