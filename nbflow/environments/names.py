"""Requirements as people write them, read and written one way."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from nbflow.environments.target import NEWEST, OLDEST, python_here
from nbflow.errors import raise_for

#: how what is on no index begins
_ELSEWHERE = ("git+", "hg+", "svn+", "bzr+", "file:", ".", "/")


def requirement(text: str, who: str) -> Requirement:
    """Return the requirement in `text`. Raises E010, it is none; E015, it is in a repository or folder.

    Args:
        text: as in `pandas>=2.2`.
        who: what asks for it, for errors: `step train`.
    """
    plain = text.strip()
    if plain.startswith(_ELSEWHERE):
        raise_for("E015", text=_without_login(plain), who=who)
    try:
        found = Requirement(plain)
    except InvalidRequirement as error:
        reason = str(error).partition("\n")[0]
        raise_for("E010", text=_without_login(plain), who=who, reason=reason, fix=_example(plain))
    if found.url and found.url.startswith(_ELSEWHERE):
        raise_for("E015", text=_without_login(plain), who=who)
    return found


def written(found: Requirement) -> str:
    """Return the requirement in the one form that equal ones have."""
    extras = f"[{','.join(sorted(canonicalize_name(each) for each in found.extras))}]" if found.extras else ""
    versions = ",".join(sorted(map(str, found.specifier)))
    where = f" @ {found.url}" if found.url else ""
    marker = f" ; {found.marker}" if found.marker else ""
    return f"{canonicalize_name(found.name)}{extras}{versions}{where}{marker}"


def requirements(texts: Iterable[str], who: str) -> tuple[str, ...]:
    """Return requirements in one form and order, each once; nbflow itself is not among them: it travels by itself."""
    found = (requirement(text, who) for text in texts)
    return tuple(sorted({written(each) for each in found if canonicalize_name(each.name) != "nbflow"}))


def python_version(text: str | None, who: str) -> str:
    """Return the version of Python that `text` asks for, as `3.12`; this process's own when it fits or nothing is asked.

    Raises E008: nbflow does not run on it.
    """
    if not text:
        return python_here()
    known = [f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    fitting = [each for each in known if _allows(text.strip(), each, who)]
    if not fitting:
        why = f"nbflow runs on Python {known[0]} to {known[-1]}, also where the step runs"
        raise_for("E008", version=text, who=who, reason=why, here=python_here())
    return python_here() if python_here() in fitting else fitting[-1]


def _allows(asked: str, minor: str, who: str) -> bool:
    """Whether `asked`, as in 3.12, ==3.12.4 or >=3.11, is true of some release of Python `minor`."""
    if exact := re.fullmatch(r"=*(\d+(?:\.\d+)?)(\.(\d+|\*))?", asked):
        return f"{minor}.".startswith(f"{exact[1]}.")
    try:
        # >=3.11.4 is true of a later release
        return SpecifierSet(asked).contains(f"{minor}.99")
    except InvalidSpecifier:
        raise_for("E010", text=asked, who=who, reason="it is no version of Python", fix="write it as in 3.12")


def _example(text: str) -> str:
    name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
    # of tinycss2=1.3 the 2 is of the name
    number = re.search(r"\d+(\.\d+)*", text[name.end() :] if name else text)
    return f"write a name and versions, as in {name[0].rstrip('._-') if name else 'pandas'}=={number[0] if number else '2.2'}"


def _without_login(text: str) -> str:
    return re.sub(r"//[^/@\s]+@", "//", text)
