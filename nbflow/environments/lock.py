"""A lock: every package with its version and the SHA-256 of its files, for one Python and platform."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from nbflow.environments.target import Target
from nbflow.frozen import frozen

#: raise it when the same lock comes to be made into something else
FORMAT = 1

#: one requirement of a lock with the hashes below it
_ENTRY = re.compile(
    r"^(?P<requirement>[A-Za-z0-9][^\n\\]*?)\s*\\?\n(?P<hashes>(?:[ \t]+--hash=\S+(?:[ \t]*\\)?\n?)*)", re.MULTILINE
)


@frozen
class Lock:
    """What is installed, and for what."""

    #: requirements with hashes, as `uv pip install --require-hashes` reads them; sorted, without comments
    text: str
    target: Target
    #: wheels made here of what no index has: name of the file → its SHA-256
    carried: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """Its identity: 64 hexadecimal digits."""
        facts = [FORMAT, self.text, self.target.python, self.target.platform]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages, as in `pandas==2.3.1`."""
        return tuple(entries(self.text))

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "digest": self.digest,
            "python": self.target.python,
            "processor": self.target.processor,
            "carried": [list(each) for each in self.carried],
            "text": self.text,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Lock:
        carried = tuple((name, digest) for name, digest in raw["carried"])
        return cls(raw["text"], Target(raw["python"], raw["processor"]), carried)


def entries(text: str) -> dict[str, str]:
    """Return of a text of requirements with hashes each requirement and, as lines, its hashes."""
    return {
        found["requirement"].strip(): found["hashes"]
        for found in _ENTRY.finditer(text if text.endswith("\n") else f"{text}\n")
    }


def in_one_form(*texts: str, target: Target) -> str:
    """Return locked requirements of `texts` as one text, sorted, of those that count for `target`.

    Where two name the same package the first counts.
    """
    found: dict[str, str] = {}
    for text in texts:
        of_text: dict[str, str] = {}
        for entry, hashes in entries(text).items():
            requirement = Requirement(entry)
            name = canonicalize_name(requirement.name)
            if name == "nbflow" or name in found or not target.fits(requirement.marker):
                continue
            where = f" @ {requirement.url}" if requirement.url else str(requirement.specifier)
            digests = sorted(set(re.findall(r"--hash=(\S+)", hashes)))
            lines = [f"{name}{where}", *(f"    --hash={digest}" for digest in digests)]
            of_text[name] = " \\\n".join(lines) + "\n"
        found |= of_text
    return "".join(found[name] for name in sorted(found))
