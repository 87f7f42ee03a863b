"""The packages that the tasks of a step find, named by the digest of their lock."""

from __future__ import annotations

from nbflow.frozen import frozen


@frozen
class EnvironmentRef:
    """One environment of a run: a lock that is kept in the workspace, see nbflow.environments."""

    #: SHA-256 of the lock, 64 hexadecimal digits
    digest: str
    #: a person asked for these packages; False: they are what is installed here and the code imports
    declared: bool = True
    #: how many packages it has
    packages: int = 0
    #: `3.12`
    python: str = ""
