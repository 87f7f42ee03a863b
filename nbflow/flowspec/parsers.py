"""Parsers for a Config or an IncludeFile: YAML, and the files in which projects list their packages.

Those for packages give what `@pypi` and `@conda` take: `{"packages": {name: version}, "python": version or None}`, with
the version as it is written, and without `==` in front.
"""

from __future__ import annotations

import importlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from nbflow.errors import error, problem, raise_for
from nbflow.flowspec.quoting import said

if TYPE_CHECKING:
    from packaging.requirements import Requirement

#: a comment begins at the start of a line or after white space, so that URLs may have a #
_COMMENT = re.compile(r"(^|\s)#.*$")
#: name, perhaps with its channel, and what follows it
_CONDA = re.compile(r"(?P<name>(?:[\w.-]+::)?[\w.-]+)\s*(?P<version>[=<>!~ ].*)?")


def yaml_parser(content: str) -> Any:
    """Return what YAML text means; an empty text is an empty dict.

    Raises:
        ParameterError: PyYAML is not installed.
    """
    try:
        yaml = importlib.import_module("yaml")
    except ImportError as failed:
        raise_for("P026", reason=said(failed))
    made = yaml.safe_load(content)
    return {} if made is None else made


def requirements_txt_parser(content: str) -> dict[str, Any]:
    """Return the packages of a requirements.txt.

    Raises:
        ParameterError: a line is no requirement, depends on the platform, or is an option of pip.
    """
    found = _Found()
    for line in _lines(content):
        # locks of Rye name the project itself so
        if line == "-e file:.":
            continue
        if line.startswith("-"):
            why = "options of pip have no meaning for @pypi"
            _refuse("Unsupported option in requirements.txt", line, why, "remove the line; pip's own config is read")
        found.take(line)
    return found.result


def pyproject_toml_parser(content: str) -> dict[str, Any]:
    """Return the dependencies and `requires-python` of the [project] of a pyproject.toml.

    Raises:
        ParameterError: a dependency is no requirement, or depends on the platform.
    """
    project = tomllib.loads(content).get("project", {})
    python = project.get("requires-python")
    found = _Found(python=python and _version(python))
    for line in project.get("dependencies", []):
        found.take(line.strip())
    return found.result


def conda_environment_yml_parser(content: str) -> dict[str, Any]:
    """Return the `dependencies` of a conda environment.yml; the rest of it (name, channels) is not read.

    Raises:
        ParameterError: an item is no package, or packages are listed for pip; or PyYAML is not installed.
    """
    environment = yaml_parser(content)
    items = environment.get("dependencies") if isinstance(environment, dict) else None
    found = _Found()
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            why = "the environment of a step has packages of conda or of pip"
            _refuse("Unsupported subsection in environment.yml", f"{next(iter(item), '')}:", why, "move them to @pypi")
        match = _CONDA.fullmatch(str(item).strip())
        if match is None:
            _refuse("Not a valid conda package specifier", str(item), "", "as in numpy=1.26 or numpy>=1.26")
        found.keep(match["name"], (match["version"] or "").strip(), str(item))
    return found.result


@dataclass
class _Found:
    """The packages found so far."""

    python: str | None = None
    packages: dict[str, str] = field(default_factory=dict)

    @property
    def result(self) -> dict[str, Any]:
        return {"packages": self.packages, "python": self.python}

    def take(self, line: str) -> None:
        """Keep the requirement that a line is."""
        made = _requirement(line)
        if made.marker is not None:
            why = "the environment of a step is the same on every machine"
            fix = "remove what stands behind the ;"
            _refuse("Environment markers are not supported", line, why, fix)
        extras = f"[{','.join(sorted(made.extras))}]" if made.extras else ""
        url = f"@{made.url}" if made.url else ""
        self.keep(f"{made.name}{extras}{url}", str(made.specifier), line)

    def keep(self, name: str, version: str, line: str) -> None:
        """Keep one package, or the version of Python."""
        if name.lower() != "python":
            self.packages[name] = _version(version)
        elif self.python is not None and version:
            _refuse("Multiple Python version specs not allowed", line, f"it was {self.python} before", "keep one")
        elif version:
            self.python = _version(version)


def _requirement(line: str) -> Requirement:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(line)
    except InvalidRequirement as failed:
        why = str(failed).splitlines()[0]
        raise error(
            problem("P027", reason="Not a valid PEP 508 requirement", line=line, why=why, fix="as in numpy==1.26.4")
        ) from None


def _version(text: str) -> str:
    return text.lstrip("= ").strip()


def _lines(content: str) -> Iterator[str]:
    """Yield the lines of a text without comments and without empty ones."""
    for line in content.splitlines():
        if bare := _COMMENT.sub("", line).strip():
            yield bare


def _refuse(reason: str, line: str, why: str, fix: str) -> NoReturn:
    raise_for("P027", reason=reason, line=line, why=why, fix=fix)
