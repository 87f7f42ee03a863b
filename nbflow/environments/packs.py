"""An environment as one archive in the store: where it is unpacked there is neither an index nor a login for one.

    environments/<digest of the lock>-<of its bytes>.tar.gz
    environments/<digest of the lock>.json         {"key", "sha256", "size", "python", "platform", "packages"}
    environments/nbflow-<digest>-<of its bytes>.tar.gz            nbflow itself

The same content gives the same bytes, so that who packs twice, or on two machines at once, packs one thing. Which archive
counts is what the JSON says, which is written once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from nbflow.environments import failures, uv
from nbflow.environments.archive import write_archive
from nbflow.environments.carried import wheels_folder
from nbflow.environments.indexes import Indexes
from nbflow.environments.local import folder as environments_folder
from nbflow.environments.lock import Lock
from nbflow.environments.pruning import pruned
from nbflow.errors import PackageError, raise_for
from nbflow.frozen import frozen
from nbflow.storage.base import Storage
from nbflow.storage.telling import SENT

_FOLDER = "environments"


@frozen
class Pack:
    """An archive in the store."""

    key: str
    #: of its bytes, hexadecimal
    sha256: str
    #: bytes
    size: int
    #: version of Python it is for, `3.12`; of no packages: any that nbflow runs on
    python: str | None = None


def pack_of(digest: str, storage: Storage) -> Pack:
    """Return the archive of the lock with this digest. Raises PackageError E016: it was not packed."""
    try:
        known = json.loads(storage.get(f"{_FOLDER}/{digest}.json"))
        return Pack(known["key"], known["sha256"], known["size"], known["python"])
    except (FileNotFoundError, ValueError, KeyError):
        raise_for("E016", digest=digest[:12])


def pack(
    lock: Lock,
    storage: Storage,
    *,
    place: Path,
    indexes: Indexes,
    who: str = "the flow",
    say: Callable[[str], None] = lambda _: None,
) -> Pack:
    """Return the archive of what `lock` names, made and stored if it is not there.

    Unpacked, its folder is one for `sys.path`.

    Args:
        lock: the packages.
        storage: where archives are kept.
        place: where uv looks for its settings: the flow's folder.
        indexes: where packages come from.
        who: what wants it, for errors and messages: `step train`.
        say: told a line when something is to be packed.

    Raises:
        PackageError: E004 to E007, E013, E014: it cannot be made.
    """
    with contextlib.suppress(PackageError):
        return pack_of(lock.digest, storage)
    count = len(lock.packages)
    say(f"packing {count} package{'s' * (count != 1)} for {who} (first time) …")
    with tempfile.TemporaryDirectory(prefix="nbflow-pack-") as temporary:
        content = Path(temporary, "content")
        _install(lock, content, place, indexes, who)
        archive = Path(temporary, "archive.tar.gz")
        with archive.open("wb") as file:
            write_archive(pruned(content), file)
        made = stored(storage, lock.digest, archive, lock.target.python)
    facts = {
        "key": made.key,
        "sha256": made.sha256,
        "size": made.size,
        "python": lock.target.python,
        "platform": lock.target.platform,
        "packages": list(lock.packages),
    }
    storage.put_new(f"{_FOLDER}/{lock.digest}.json", [json.dumps(facts, indent=1).encode()])
    say(f"packed: {made.size / 1e6:,.1f} MB")
    # somebody may have been faster
    return pack_of(lock.digest, storage)


def _install(lock: Lock, content: Path, place: Path, indexes: Indexes, who: str) -> None:
    if lock.carried:
        indexes = indexes.beside(wheels_folder(environments_folder()))
    command = ["pip", "install", "--quiet", "--target", str(content), "--no-deps", "--require-hashes", "-r", "-"]
    command += ["--only-binary", ":all:", "--no-python-downloads", "--python", sys.executable]
    command += ["--python-version", lock.target.python, "--python-platform", lock.target.platform]
    content.mkdir()
    try:
        uv.run(*command, folder=place, indexes=indexes, text=lock.text)
    except uv.UvError as error:
        failures.tell(str(error), who=who, target=lock.target, indexes=indexes, verb="packed")


def stored(storage: Storage, name: str, archive: Path, python: str | None = None) -> Pack:
    """Store the file `archive`, if it is not there, under a key that begins with `name` and tells its bytes apart."""
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = archive.stat().st_size
    # another zlib packs the same into other bytes: neither takes the place of what somebody may be reading
    key = f"{_FOLDER}/{name}-{digest[:16]}.tar.gz"
    if storage.size(key) != size:
        with SENT.add(size) as told:
            storage.put_file(key, archive, told)
    return Pack(key, digest, size, python)
