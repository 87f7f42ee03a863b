"""The packages of a project: of the files beside a notebook or a flow's file.

The strongest file counts: `uv.lock`, which is taken as it is; else `pyproject.toml`, else `requirements.txt`, which are
resolved. What else of a `pyproject.toml` a flow needs its table says:

    [tool.nbflow.environment]
    groups = ["train"]
    extras = ["plots"]
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from packaging.utils import canonicalize_name

from nbflow.environments import uv
from nbflow.environments.indexes import Indexes, without_login
from nbflow.environments.names import python_version, requirements
from nbflow.environments.wanted import Wanted
from nbflow.errors import raise_for

_FILES = ("uv.lock", "pyproject.toml", "requirements.txt")
_INDEX_OPTIONS = {"-i": "--index-url", "--pypi-url": "--index-url", "-f": "--find-links"}
_SAYS_WHERE = frozenset({"--index-url", "--extra-index-url", "--find-links", "--trusted-host"})


def project_file(folder: Path) -> Path | None:
    """Return the file that says what the project of `folder` needs: in it, or above it beside the project's root."""
    for above in (folder, *folder.parents):
        for name in _FILES:
            if (above / name).is_file():
                return above / name
        if (above / ".git").exists():
            break
    return None


def project_packages(file: Path, indexes: Indexes) -> Wanted:
    """Return what the project's `file` asks for.

    Raises:
        PackageError: E010, E015, a requirement cannot be locked; E011, the file cannot be read, or is older than the project's own.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _unreadable(file, str(error), "correct the file")
    if file.name == "uv.lock":
        return _of_lock(file, indexes)
    if file.name == "pyproject.toml":
        return _of_project(file, _toml(file, text))
    return _of_requirements(file, text)


def stamp(file: Path) -> str:
    """Return what tells states of the project's files apart."""
    beside = [file, *(file.with_name(name) for name in ("pyproject.toml",) if file.name == "uv.lock")]
    return "".join(each.read_text("utf-8") for each in beside if each.is_file())


def _of_lock(file: Path, indexes: Indexes) -> Wanted:
    project = file.with_name("pyproject.toml")
    if not project.is_file():
        _unreadable(file, f"there is no pyproject.toml beside it, in {file.parent}", "put it beside its pyproject.toml")
    about = _toml(project, project.read_text("utf-8"))
    more = _asked_of(about)
    options = [
        *(word for group in more["groups"] for word in ("--group", group)),
        *(word for extra in more["extras"] for word in ("--extra", extra)),
    ]
    command = ["export", "--locked", "--quiet", "--format", "requirements-txt", "--no-header", "--no-annotate"]
    command += ["--no-default-groups", "--no-emit-workspace", "--no-python-downloads", *options]
    try:
        locked = uv.run(*command, folder=file.parent, indexes=indexes)
    except uv.UvError as error:
        said = " ".join(str(error).removeprefix("error: ").split())
        stale = "needs to be updated" in said or "--locked" in said
        reason = "pyproject.toml has changed since it was written" if stale else said[:300]
        _unreadable(file, reason, "uv lock" if stale else "correct what uv names")
    for line in locked.splitlines():
        if re.match(r"(-e |\./|\.\./|/|file:)", line) or " @ git+" in line:
            raise_for("E015", text=without_login(line.partition(" ;")[0].removeprefix("-e ")), who=file.name)
    return Wanted((), _python(about, file), locked=without_login(locked))


def _of_project(file: Path, about: Mapping[str, Any]) -> Wanted:
    project = about.get("project", {})
    found = list(project.get("dependencies", ()))
    more = _asked_of(about)
    extras = {canonicalize_name(name): each for name, each in project.get("optional-dependencies", {}).items()}
    for name in more["extras"]:
        if canonicalize_name(name) not in extras:
            _unreadable(file, f"it has no extra '{name}'", f"its extras are: {', '.join(extras) or 'none'}")
        found += extras[canonicalize_name(name)]
    for name in more["groups"]:
        found += _group(file, about.get("dependency-groups", {}), name, ())
    if not project and not found:
        _unreadable(file, "it names no packages", "write them under [project], as dependencies = [...]")
    # of packages that are the project's own the code travels with the flow
    own = canonicalize_name(project.get("name", "nbflow"))
    texts = [text for text in found if canonicalize_name(re.split(r"[^\w.-]", text, maxsplit=1)[0] or "-") != own]
    return Wanted(requirements(texts, file.name), _python(about, file))


def _group(file: Path, groups: Mapping[str, Any], name: str, within: tuple[str, ...]) -> Iterator[str]:
    by_name = {canonicalize_name(each): members for each, members in groups.items()}
    key = canonicalize_name(name)
    if key not in by_name or key in within:
        why = "includes itself" if key in within else "is not there"
        _unreadable(file, f"the dependency group '{name}' {why}", f"its groups are: {', '.join(by_name) or 'none'}")
    for member in by_name[key]:
        if isinstance(member, str):
            yield member
        else:
            yield from _group(file, groups, str(member.get("include-group", "")), (*within, key))


def _of_requirements(file: Path, text: str) -> Wanted:
    packages: list[str] = []
    options: list[tuple[str, str]] = []
    constraints: list[str] = []
    for where, line, constrains in _lines(file, text, (file.resolve(),)):
        if not line.startswith("-"):
            (constraints if constrains else packages).append(
                re.split(r"\s+--(?:hash|config-settings?|global-option)\b", line)[0]
            )
            continue
        option, _, value = line.replace("=", " ", 1).partition(" ") if line.startswith("--") else line.partition(" ")
        option = _INDEX_OPTIONS.get(option, option)
        if option in {"-e", "--editable"}:
            raise_for("E015", text=without_login(value.strip()), who=where.name)
        if option in _SAYS_WHERE:
            options.append((option, value.strip()))
    return Wanted(
        requirements(packages, file.name),
        python_version(None, file.name),
        constraints=requirements(constraints, file.name),
        index_options=tuple(options),
    )


def _lines(
    file: Path, text: str, within: tuple[Path, ...], *, constrains: bool = False
) -> Iterator[tuple[Path, str, bool]]:
    """Yield the lines of a requirements file and of those it names, each with its file, and whether it only constrains."""
    for raw in re.sub(r"\\\r?\n", " ", text).splitlines():
        line = re.sub(r"(^|\s)#.*", "", raw).strip()
        named = re.match(r"(-r|--requirement|-c|--constraint)(?:\s+|=)(.+)", line)
        if not named:
            if line:
                yield file, line, constrains
            continue
        other = (file.parent / shlex.split(named[2])[0]).resolve()
        if other in within:
            continue
        try:
            inner = other.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            _unreadable(file, f"it names {other.name}, which cannot be read: {error}", "correct the line")
        yield from _lines(other, inner, (*within, other), constrains=constrains or named[1].lstrip("-")[0] == "c")


def _python(about: Mapping[str, Any], file: Path) -> str:
    return python_version(about.get("project", {}).get("requires-python"), file.name)


def _asked_of(about: Mapping[str, Any]) -> dict[str, list[str]]:
    table = about.get("tool", {}).get("nbflow", {}).get("environment", {})
    return {key: [str(each) for each in table.get(key, ())] for key in ("groups", "extras")}


def _toml(file: Path, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _unreadable(file, str(error), "correct the file")


def _unreadable(file: Path, reason: str, fix: str) -> NoReturn:
    raise_for("E011", file=file.name, reason=reason, fix=fix)
