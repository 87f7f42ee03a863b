"""Values through a store and back, for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbflow.model.artifact import ArtifactRef
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage
from nbflow.store.store import Store

KINDS = ("local", "memory")


def store_of(kind: str, folder: Path) -> Store:
    return Store(LocalStorage(folder / "store") if kind == "local" else MemoryStorage())


def there_and_back(store: Store, value: object) -> tuple[ArtifactRef, Any]:
    """Store `value`, load it, and see that what came back has the same digest; return reference and value.

    References cross process borders as JSON, so this one does, too.
    """
    ref = ArtifactRef.from_json(store.put(value).to_json())
    found = store.get(ref)
    assert store.digest(found) == ref.digest, "the digest changed on the way there and back"
    return ref, found
