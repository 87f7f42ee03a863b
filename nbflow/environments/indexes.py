"""Where packages come from: uv's own configuration, else pip's, told to uv by variables of its process only.

A command line is seen by everyone on the machine and a file stays: a login goes into neither.
"""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from nbflow.frozen import frozen

#: variables of uv that say where packages come from; with one of them, or a file of uv's, pip's are not looked at
_OF_UV = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_NO_INDEX",
    "UV_OFFLINE",
)
_ALSO = ("UV_INDEX_STRATEGY", "UV_PRERELEASE", "UV_RESOLUTION", "UV_EXCLUDE_NEWER", "UV_CONSTRAINT", "UV_OVERRIDE")
#: where a project says what uv is to do, the stronger first
_OF_PROJECT = ("uv.toml", "pyproject.toml")
_LOGIN = re.compile(r"(?<=//)[^/@\s\"']+@")
#: keys of uv's files that name an index
_NAME_INDEX = frozenset({"index", "index-url", "extra-index-url", "find-links", "no-index"})


@frozen
class Indexes:
    """Where uv looks for packages, beside what it finds out itself."""

    #: variables for uv's process; they may hold logins
    variables: Mapping[str, str] = field(default_factory=dict)
    #: a digest of all that says where packages come from, logins left out
    digest: str = ""
    #: addresses for a person, without logins
    named: tuple[str, ...] = ()

    def beside(self, folder: Path) -> Indexes:
        """Return the same with wheels of a folder of ours."""
        links = [*filter(None, [self.variables.get("UV_FIND_LINKS", os.environ.get("UV_FIND_LINKS", ""))]), str(folder)]
        return Indexes({**self.variables, "UV_FIND_LINKS": ",".join(links)}, self.digest, self.named)


def indexes(folder: Path, environ: Mapping[str, str], asked: Iterable[tuple[str, str]] = ()) -> Indexes:
    """Return where packages for the flow in `folder` come from.

    Args:
        folder: where uv looks for `uv.toml` and `pyproject.toml`, and above it.
        environ: the process's environment variables.
        asked: option and value of requirement files: `("--index-url", "https://…")`.
    """
    files = list(_uv_files(folder, environ))
    of_uv = {name: environ[name] for name in (*_OF_UV, *_ALSO) if environ.get(name)}
    chosen: dict[str, str] = {}
    if not any(name in of_uv for name in _OF_UV) and all(
        _NAME_INDEX.isdisjoint({*each, *each.get("pip", ())}) for each in files
    ):
        chosen = _for_uv(_pip_settings(environ))
    chosen |= {
        key: f"{of_uv.get(key, chosen.get(key, ''))} {value}".strip() if key != "UV_DEFAULT_INDEX" else value
        for key, value in _for_uv(_joined(asked)).items()
    }
    if "UV_INDEX_STRATEGY" in of_uv:
        chosen.pop("UV_INDEX_STRATEGY", None)
    told = {**of_uv, **chosen}
    facts = [
        *sorted(f"{key}={without_login(value)}" for key, value in told.items()),
        *(without_login(json.dumps(each, sort_keys=True, default=str)) for each in files),
    ]
    places = [
        without_login(each.partition("=")[2] if re.match(r"[\w-]+=", each) else each)
        for key in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_FIND_LINKS")
        for each in told.get(key, "").replace(",", " ").split()
    ]
    return Indexes(chosen, hashlib.sha256("\n".join(facts).encode()).hexdigest(), tuple(dict.fromkeys(places)))


def without_login(text: str) -> str:
    """Return a text whose URLs have no user and password in them."""
    return _LOGIN.sub("", text)


def _uv_files(folder: Path, environ: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Yield what the files say that uv reads its settings from."""
    home = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    system = [Path(each) for each in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if each]
    found = [place / "uv" / "uv.toml" for place in (home, *system, Path("/etc"))]
    if named := environ.get("UV_CONFIG_FILE"):
        found = [Path(named)]
    else:
        near = (above / name for above in (folder.resolve(), *folder.resolve().parents) for name in _OF_PROJECT)
        found[:0] = [path for path in near if path.is_file()][:1]
    for path in found:
        try:
            said = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            # uv says what is wrong with it
            continue
        yield said.get("tool", {}).get("uv", {}) if path.name == "pyproject.toml" else said


def _pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what pip's files and variables say, as pip would combine them."""
    found: dict[str, str] = {}
    for path in _pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(path.read_text("utf-8"))
        except (OSError, ValueError, configparser.Error):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {key.replace("_", "-"): value for key, value in parser.items(section)}
    for name, value in environ.items():
        if name.startswith("PIP_") and value:
            found[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return found


def _pip_files(environ: Mapping[str, str]) -> list[Path]:
    """Return pip's files, the weaker first."""
    home = Path.home()
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    system = [Path(each) / "pip" for each in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if each]
    folders = [
        *system,
        Path("/etc"),
        home / ".pip",
        Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip",
        Path(sys.prefix),
    ]
    return [*(folder / "pip.conf" for folder in folders), *([Path(named)] if named else [])]


def _for_uv(pip: Mapping[str, str]) -> dict[str, str]:
    """Return variables that tell uv what pip's settings tell pip."""
    found: dict[str, str] = {}
    if url := pip.get("index-url"):
        found["UV_DEFAULT_INDEX"] = url.strip()
    if urls := pip.get("extra-index-url", "").split():
        found["UV_INDEX"] = " ".join(urls)
        # pip takes the best of all, uv what the first index has: who set pip up counts on the former
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if links := pip.get("find-links", "").replace(",", " ").split():
        found["UV_FIND_LINKS"] = ",".join(links)
    if pip.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        found["UV_NO_INDEX"] = "1"
    if hosts := pip.get("trusted-host", "").split():
        found["UV_INSECURE_HOST"] = " ".join(hosts)
    if pip.get("keyring-provider") in {"subprocess", "import"} and "UV_KEYRING_PROVIDER" not in os.environ:
        found["UV_KEYRING_PROVIDER"] = "subprocess"
    if (certificate := pip.get("cert")) and "SSL_CERT_FILE" not in os.environ:
        found["SSL_CERT_FILE"] = certificate
    return found


def _joined(asked: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for option, value in asked:
        key = option.lstrip("-")
        found[key] = f"{found[key]} {value}" if key in found and key != "index-url" else value
    return found
