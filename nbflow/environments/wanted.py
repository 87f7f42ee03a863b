"""What a step needs, from its options: packages of PyPI and of conda, and a version of Python. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import field, replace

from nbflow.environments.conda import from_conda, python_of
from nbflow.environments.names import python_version, requirements
from nbflow.frozen import frozen
from nbflow.model.options import Options
from nbflow.model.secret import packages_for

#: raise it when the same words come to mean another lock
FORMAT = 1


@frozen
class Wanted:
    """What a lock is made of."""

    #: requirements, in one form and order
    packages: tuple[str, ...]
    #: version of Python, `3.12`
    python: str
    #: versions that count if the packages are needed
    constraints: tuple[str, ...] = ()
    #: every package with its exact version: nothing is to be resolved
    complete: bool = False
    #: what a project's uv.lock has locked, as requirements with hashes; it is kept as it is
    locked: str = ""
    #: wheels made here of what no index has: name of the file → its SHA-256
    carried: tuple[tuple[str, str], ...] = ()
    #: options of requirement files that say where packages come from; may hold logins, which no file of ours gets
    index_options: tuple[tuple[str, str], ...] = ()
    #: a person asked for it
    declared: bool = field(default=True)

    def key(self, *others: str) -> str:
        """Return a digest of all this and of `others`: where it is equal, so is the lock that was kept."""
        facts = [FORMAT, self.packages, self.python, self.constraints, self.complete, self.locked, self.carried, others]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def with_more(self, packages: Iterable[str], who: str) -> Wanted:
        """Return the same with more packages."""
        return replace(self, packages=requirements([*self.packages, *packages], who))


def asked_by(options: Options, who: str) -> Wanted | None:
    """Return what the options of a step ask for; None when they say nothing of packages.

    Args:
        options: of the step.
        who: the step, for errors: `step train`.

    Raises:
        PackageError: E008, E009, E010, E015.
    """
    if options.installed or not (options.pypi or options.conda or options.python):
        return None
    of_conda = (found for text in options.conda if (found := from_conda(text, who)))
    python = python_version(options.python or python_of(options.conda), who)
    # what reads the secrets of the step reads them where it runs
    return Wanted(requirements([*options.pypi, *of_conda, *packages_for(options.secrets)], who), python)
