"""What the first entries of a run's journal come to: read instead of them by whoever has not seen the run yet."""

from __future__ import annotations

from nbflow.frozen import frozen
from nbflow.metadata.bucket.entry import dumped, parsed, reading, written_from, written_json
from nbflow.metadata.change import Written
from nbflow.metadata.rows import fields_from, fields_json, fields_of
from nbflow.model.record import RunRecord


@frozen
class Fold:
    """A run as `count` entries left it."""

    count: int
    #: its key in an index, by which runs are ordered
    key: int
    record: RunRecord
    written: Written

    def encode(self) -> bytes:
        """Return it as bytes."""
        run = fields_json(fields_of(self.record))
        return dumped({"count": self.count, "key": self.key, "run": run, **written_json(self.written)})

    @classmethod
    def decode(cls, key: str, data: bytes) -> Fold:
        """Return the fold of its bytes. Raises M022."""
        with reading(key):
            raw = parsed(key, data)
            return cls(raw["count"], raw["key"], RunRecord(**fields_from(raw["run"])), written_from(raw))
