"""From what is wanted to a lock: resolved by uv where the person's logins are, or found among those kept."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.utils import canonicalize_name

from nbflow.environments import failures, uv
from nbflow.environments.indexes import Indexes, without_login
from nbflow.environments.kept import Kept
from nbflow.environments.lock import Lock, entries, in_one_form
from nbflow.environments.needs import WORKER_NEEDS
from nbflow.environments.target import Target
from nbflow.environments.wanted import Wanted

_COMPILE = (
    "pip",
    "compile",
    "-",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-python-downloads",
    "--quiet",
)
_WHEELS = ("--only-binary", ":all:")


def key_of(wanted: Wanted, target: Target, indexes: Indexes) -> str:
    """Return the key under which the lock of all this is kept."""
    return wanted.key(target.platform, indexes.digest, *WORKER_NEEDS)


def lock(
    wanted: Wanted,
    target: Target,
    *,
    folder: Path,
    indexes: Indexes,
    kept: Kept | None = None,
    who: str = "the flow",
    elsewhere: bool = False,
    anew: bool = False,
) -> Lock:
    """Return the lock of what is wanted and of what nbflow needs itself; one that is kept is not made again.

    Args:
        wanted: the packages and the Python.
        target: what they are for.
        folder: the flow's, where uv looks for its settings.
        indexes: where packages come from.
        kept: where locks are kept; None: nowhere.
        who: what wants them, for errors: `step train`.
        elsewhere: it must be installable without compiling anything.
        anew: resolve, whatever is kept.

    Raises:
        PackageError: E001 to E010, E013: it cannot be resolved, or the index not be asked.
    """
    key = key_of(wanted, target, indexes)
    if kept is not None and not anew and (known := kept.find(key)):
        return known
    resolver = Resolver(target, folder, indexes, who, elsewhere=elsewhere)
    made = Lock(without_login(resolver.resolved(wanted)), target, wanted.carried)
    if kept is not None:
        kept.keep(key, made)
    return made


class Resolver:
    """uv, asked to choose versions for one target.

    Args:
        target: what they are for.
        folder: where uv looks for its settings.
        indexes: where packages come from.
        who: what wants them, for errors.
        elsewhere: there must be a wheel of each.
    """

    def __init__(self, target: Target, folder: Path, indexes: Indexes, who: str, *, elsewhere: bool) -> None:
        self._target = target
        self._folder = folder
        self._indexes = indexes
        self._who = who
        self._elsewhere = elsewhere

    def resolved(self, wanted: Wanted) -> str:
        """Return the text of the lock."""
        if wanted.complete:
            return in_one_form(self._compiled(wanted.packages, "--no-deps"), target=self._target)
        if wanted.locked:
            return self._beside_project(wanted)
        packages = (*wanted.packages, *WORKER_NEEDS)
        return in_one_form(self._compiled(packages, constraints=wanted.constraints), target=self._target)

    def _beside_project(self, wanted: Wanted) -> str:
        """Leave what the project has locked as it is, and choose what nbflow needs so that it fits."""
        own = in_one_form(wanted.locked, target=self._target)
        there = set(map(failures.name_of, entries(own)))
        missing = tuple(each for each in (*wanted.packages, *WORKER_NEEDS) if failures.name_of(each) not in there)
        if not missing:
            return own
        more = self._compiled(missing, constraints=[each for each in entries(own) if " @ " not in each])
        return in_one_form(own, more, target=self._target)

    def _compiled(self, packages: Iterable[str], *options: str, constraints: Iterable[str] = ()) -> str:
        with tempfile.TemporaryDirectory() as place:
            file = Path(place, "constraints.txt")
            file.write_text("".join(f"{each}\n" for each in constraints), "utf-8")
            return self._asked(packages, (*options, "--constraints", str(file)))

    def _asked(self, packages: Iterable[str], options: Iterable[str]) -> str:
        command = [*_COMPILE, *options, "--python", sys.executable, "--python-version", self._target.python]
        command += ["--python-platform", self._target.platform]
        text = "\n".join(packages) + "\n"
        # here a package may be built of its source, if nothing else will do
        ways = [[*command, *_WHEELS], command] if not self._elsewhere else [[*command, *_WHEELS]]
        said = ""
        for way in ways:
            try:
                return uv.run(*way, folder=self._folder, indexes=self._indexes, text=text)
            except uv.UvError as error:
                said = str(error)
            if "wheel" not in said:
                break
        return failures.tell(said, who=self._who, target=self._target, indexes=self._indexes, known=_installed_names())


def _installed_names() -> set[str]:
    return {canonicalize_name(name) for each in metadata.distributions() if (name := each.metadata["Name"])}
