"""Where one attempt's messages are in the bucket.

jobs/flow/run/step/task/attempt/
    told.json    what the attempt is (see `document`), written before its job is submitted
    claim.json   which job has begun it: the first one, and no other
    said.json    its worker's last message and exit status: written once, when nothing of it is left
jobs/arrays/TOKEN.json
    the attempts of an array job, by index
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nbflow.frozen import frozen
from nbflow.model.task import Adopted, TaskSpec
from nbflow.storage.base import Storage


@frozen
class JobFolder:
    """The folder of one attempt."""

    #: `flow/run/step/task`
    task: str
    attempt: int
    #: a foreach's list is made by an attempt of the same number
    kind: str = "body"

    @classmethod
    def of(cls, spec: TaskSpec) -> JobFolder:
        return cls(spec.task, spec.attempt, spec.kind)

    @classmethod
    def adopted(cls, taken: Adopted) -> JobFolder:
        return cls(taken.task, taken.attempt)

    @property
    def prefix(self) -> str:
        """The folder's key, without a slash at its end."""
        return f"jobs/{self.task}/{self.attempt}"

    def tell(self, storage: Storage, document: dict[str, Any]) -> None:
        """Write what the attempt is."""
        storage.put(f"{self.prefix}/told.json", [json.dumps(document).encode()])

    def claim(self, storage: Storage, job: str) -> bool:
        """Begin the attempt as `job`, and say whether it may: whoever was first, and the same job again."""
        key = f"{self.prefix}/claim.json"
        if storage.put_new(key, [json.dumps({"job": job}).encode()]):
            return True
        return bool(json.loads(storage.get(key))["job"] == job)

    def claimant(self, storage: Storage) -> str | None:
        """Return the job that has begun the attempt, None when none has."""
        try:
            return str(json.loads(storage.get(f"{self.prefix}/claim.json"))["job"])
        except FileNotFoundError:
            return None

    def say(self, storage: Storage, said: dict[str, Any] | None, status: int, why: str) -> bool:
        """Write how the attempt ended; False: it had ended before, and that counts."""
        text = json.dumps({"said": said, "status": status, "why": why}).encode()
        return storage.put_new(f"{self.prefix}/said.json", [text])

    def said(self, storage: Storage) -> dict[str, Any] | None:
        """Return how the attempt ended, None as long as it has not said so."""
        try:
            found: dict[str, Any] = json.loads(storage.get(f"{self.prefix}/said.json"))
        except FileNotFoundError:
            return None
        return found

    def log_key(self, stream: str) -> str:
        """Return the key of its log `stdout` or `stderr`, which grows while it runs."""
        return f"logs/{self.task}/{self.attempt}-{stream}"


def is_well(said: Mapping[str, Any] | None) -> bool:
    """Say whether a worker's last message is that its body succeeded."""
    return said is not None and not {"done", "items"}.isdisjoint(said)


def array_key(token: str) -> str:
    """Return the key of the attempts of an array job."""
    return f"jobs/arrays/{token}.json"
