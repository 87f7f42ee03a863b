"""The lock: every dependency pinned, and no place to get it from, so that it works with any registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text().splitlines()
PINNED = {line.split("==")[0] for line in LOCK if "==" in line and not line.lstrip().startswith("#")}


def names(requirements: list[object]) -> set[str]:
    """Return the distributions that requirements name, as a lock spells them."""
    words = (re.match(r"[\w.-]+", each) for each in requirements if isinstance(each, str))
    return {word[0].lower().replace("_", "-") for word in words if word}


def test_the_lock_names_packages_and_versions_and_nothing_else() -> None:
    line = re.compile(r"[a-z0-9][\w.-]*==[\w.!+-]+( ; [\w .*'\"!=<>()]+)?")
    assert not [each for each in LOCK if not each.lstrip().startswith("#") and not line.fullmatch(each)]


def test_the_lock_names_no_registry() -> None:
    assert not [each for each in LOCK if "://" in each or "--" in each or "@" in each]


def test_the_lock_pins_all_that_the_project_asks_for() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = names(settings["project"]["dependencies"])
    asked |= names(settings["project"]["optional-dependencies"]["demo"])
    for group in settings["dependency-groups"].values():
        asked |= names(group)
    assert asked <= PINNED
