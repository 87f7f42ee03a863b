"""What is set, as a person reads it in a terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from pathlib import Path
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.configuration import file
from nbflow.configuration.known import PROFILE, SETTINGS, TAGS
from nbflow.configuration.root import Wrong
from nbflow.configuration.settings import settings
from nbflow.configuration.writing import Key
from nbflow.errors import raise_for
from nbflow.frontends.ink import has_colours, ink
from nbflow.frozen import frozen
from nbflow.hosted import here
from nbflow.model.notice import addresses_in
from nbflow.model.notice import shown as address_shown

#: what can be typed behind --profile without quotes
_NAME = re.compile(r"[\w.-]+")
#: credentials within a URL
_WITHIN = re.compile(r"(?<=://)[^/@\s]+@")
_DIM = 2
#: letters of a value that stands beside others
_SHORT = 32


@frozen
class Target:
    """Which settings are changed: a profile's, or those for all."""

    #: None: those for all
    profile: str | None

    @classmethod
    def meant(cls, path: Path, profile: str | None, *, for_all: bool = False) -> Target:
        """Return the profile that is named, else the one in use; `for_all`: none."""
        if for_all:
            return cls(None)
        chosen = profile or os.environ.get(PROFILE) or table_at(path).get("profile")
        return cls(chosen if isinstance(chosen, str) else None)

    @property
    def said(self) -> str:
        """In words."""
        return "for all profiles" if self.profile is None else f"profile {self.profile}"

    def key(self, key: str) -> Key:
        """Return where in the file a setting of this target stands."""
        tag = (TAGS, key.removeprefix(f"{TAGS}.")) if key.startswith(f"{TAGS}.") else (key,)
        parts = (*tag[0].split("."), *tag[1:])
        return parts if self.profile is None else ("profiles", self.profile, *parts)


def wrong_name(profile: str) -> Wrong | None:
    """Return what is wrong with the name of a new profile; None: nothing."""
    if _NAME.fullmatch(profile):
        return None
    meant = re.sub(r"[^\w.-]+", "-", profile.strip()).strip("-")
    return Wrong("it has letters, digits, '.', '_' and '-' only", f"perhaps it is {meant}" if meant else "give another")


def table_at(path: Path) -> dict[str, Any]:
    """Return what the file has, as it is. Raises U001 and U002."""
    try:
        return file.table_of(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as unreadable:
        raise_for("U002", path=file.shown(path), message=getattr(unreadable, "strerror", None) or unreadable)


def one_value(path: Path, key: Key) -> object:
    """Return what the file has for one key, None when it has nothing."""
    found: Any = table_at(path)
    for part in key:
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found


def said_of(value: str, key: str = "") -> str:
    """Return a value as it may be seen: credentials within a URL are not, nor what may be a key in an address."""
    if key == "notify.to":
        return one_line(", ".join(map(address_shown, addresses_in(value))))
    return one_line(_WITHIN.sub("…@", value))


def show_all(path: Path) -> int:
    """Print every setting with its source. Raises ConfigurationError."""
    found = settings()
    print(f"{file.shown(path)}{'' if path.exists() else ' (there is none yet)'}\n")
    rows = [("profile", found.profile or "none", found.sources.get("profile", ""))]
    rows += [
        (each.key, value, found.sources.get(each.key, "default"))
        for each in SETTINGS
        if (value := found.value(each.key)) is not None
    ]
    rows += [(f"{TAGS}.{tag}", value, found.sources[TAGS]) for tag, value in found.batch.tags.items()]
    host = here()
    if found.user is None and host.user is not None:
        rows.append(("user", host.user, host.name))
    _print_rows([(key, said_of(value, key), _brief(source, path)) for key, value, source in rows])
    told = {key for key, _, _ in rows}
    if unset := [each.key for each in SETTINGS if each.key not in told]:
        print(textwrap.fill(f"not set: {', '.join(unset)}", _width(), subsequent_indent=" " * 9))
    if host.kind != "plain":
        print(f"this is {host.name}")
    return 0


def _print_rows(rows: list[tuple[str, str, str]]) -> None:
    """Print them in columns; of a value that is too long for its column, the source stands below it."""
    names = max(len(name) for name, _, _ in rows)
    values = max((len(value) for _, value, _ in rows if len(value) <= _SHORT), default=0)
    for name, value, source in rows:
        dim = ink(source, _DIM) if has_colours(sys.stdout) else source
        beside = names + max(values, len(value)) + len(source) + 4 <= _width()
        print(f"{name:<{names}}  {value:<{values}}  {dim}".rstrip() if beside else f"{name:<{names}}  {value}")
        if source and not beside:
            print(f"{'':<{names}}  {'':<{values}}  {dim}")


def _width() -> int:
    return shutil.get_terminal_size().columns


def _brief(source: str, path: Path) -> str:
    """Return a source without the file, which stands above."""
    shown = file.shown(path)
    return source.replace(f" in {shown}", "").replace(f"{shown}, ", "").replace(shown, "for all profiles")


def show_profiles(path: Path) -> int:
    """Print the profiles, the one in use with a star. Raises ConfigurationError."""
    content = file.read(path)
    if not content.profiles:
        print(f"no profiles in {file.shown(path)}: nbflow configure --profile NAME  makes one")
        return 0
    used = os.environ.get(PROFILE) or content.profile
    width = max(map(len, content.profiles))
    for name, given in content.profiles.items():
        root = given.values.get("root") or content.shared.values.get("root")
        queue = given.values.get("batch.queue") or content.shared.values.get("batch.queue")
        facts = [said_of(root) if root else "no root: the folder .nbflow where you work"]
        facts += [f"queue {queue}"] if queue else []
        print(f"{'*' if name == used else ' '} {name:<{width}}  {' · '.join(facts)}")
    if used not in content.profiles:
        print(f"none of them is used: nbflow configure use {next(iter(content.profiles))}")
    return 0
