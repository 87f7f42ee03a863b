"""A flow's parameter: a name, a type, perhaps a default."""

from __future__ import annotations

from nbflow.errors import NOWHERE, Place
from nbflow.frozen import frozen


@frozen
class ParameterDef:
    """One declaration of a %%parameters cell."""

    name: str
    #: the annotation's source, as in `list[str]`
    type: str
    #: the default's source; None: the parameter is required
    default: str | None
    help: str = ""
    #: names the default reads: parameters above it, definitions
    reads: frozenset[str] = frozenset()
    place: Place = NOWHERE
