"""As many runs as years leave: copies of one that was written as the engine writes it, made by SQL in no time."""

from __future__ import annotations

from nbflow.metadata.sqlite import SqliteMetadata

#: the copies of the run :key come after it, :every seconds one after the other
_COPIES = """
    WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :count)
    INSERT INTO run ({columns})
    SELECT {values} FROM counted, run WHERE run.key = :key ORDER BY n
"""
_AFTER = ("created_at", "started_at", "finished_at", "heartbeat_at")
#: column → what a copy has there; every ninth failed
_VALUES = {
    "key": "NULL",
    "id": "CAST(run.id + n AS TEXT)",
    "status": "CASE n % 9 WHEN 0 THEN 'failed' ELSE run.status END",
    "reason": "CASE n % 9 WHEN 0 THEN 'step train failed: ValueError: no number' ELSE '' END",
    "user": "CASE n % 2 WHEN 0 THEN run.user ELSE 'grace' END",
    "parameters": "json_replace(run.parameters, '$.alpha[1]', n / 10.0)",
    **{name: f"run.{name} + n * :every" for name in _AFTER},
    # some take a little longer
    "finished_at": "run.finished_at + n * :every + n % 13",
}
# what is measured falls, and not evenly
_MEASURED = """
    INSERT INTO metric (run, name, step, value)
    SELECT copy.key, metric.name, metric.step, metric.value
        * (0.6 + 0.4 * 20 / (20 + copy.key - :key)) * (1 + ((copy.key - :key) * (copy.key - :key + 17) * 31 % 23 - 11) / 250.0)
    FROM metric, run AS copy
    WHERE metric.run = :key AND copy.flow = :flow AND copy.key > :key
"""
_TAGGED = "INSERT INTO tag (run, name) SELECT key, 'weekly' FROM run WHERE flow = :flow AND key > :key AND key % 7 = 0"


def copy_run(metadata: SqliteMetadata, flow: str, run: str, count: int, every: float = 3600.0) -> None:
    """Add `count` runs like the latest one of a flow, each `every` seconds after the one before."""
    with metadata.database.write() as database:
        key = database.execute("SELECT key FROM run WHERE flow = ? AND id = ?", (flow, run)).fetchone()[0]
        columns = [row["name"] for row in database.execute("PRAGMA table_info(run)")]
        values = ", ".join(_VALUES.get(name, f"run.{name}") for name in columns)
        given = {"flow": flow, "key": key, "count": count, "every": every}
        database.execute(_COPIES.format(columns=", ".join(columns), values=values), given)
        database.execute(_MEASURED, given)
        database.execute(_TAGGED, given)
        database.execute("UPDATE flow SET runs = runs + ? WHERE name = ?", (count, flow))
