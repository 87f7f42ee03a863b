"""The cell that gives a notebook its parameters: where papermill would put it, and what stands in it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from nbflow.errors import raise_for
from nbflow.frozen import frozen

#: the tag papermill gives it
TAG = "injected-parameters"
_LOADS = re.compile(r"^[ \t]*%(?:re)?load_ext[ \t]+nbflow\b", re.MULTILINE)
_OURS = re.compile(r"^[ \t]*(?:%%(?:parameters|setup|step|card)|%(?:flow|step))\b", re.MULTILINE)
_SCALARS = (bool, int, str, type(None))


@frozen
class Reference:
    """A value that stands in the cell as what brings it."""

    #: an expression of Python
    source: str


def with_parameters(
    raw: Mapping[str, Any], cell: int | None, values: Mapping[str, Any], language: str, *, declares: bool, path: str
) -> dict[str, Any]:
    """Return the notebook `raw` with a cell that sets `values`, below the cell that declares them.

    Args:
        raw: its JSON, of format 4.
        cell: number of the cell that declares parameters; None: the first cell comes after the values.
        values: by name; none: nothing is put in.
        language: of the notebook, in small letters.
        declares: that cell is a `%%parameters` cell, which reads texts by the types it declares.
        path: of the notebook, for messages.

    Raises:
        NotebookError: W012, a value cannot be said in that language.
    """
    cells = list(raw["cells"])
    place = 0 if cell is None else cell + 1
    kept = [each for each in cells[place:] if TAG not in each.get("metadata", {}).get("tags", ())]
    metadata = {**raw["metadata"], "papermill": {"parameters": _noted(values)}}
    if not values:
        return {**raw, "metadata": metadata}
    source = "\n".join(_python(values, plain=not declares) if language == "python" else _other(values, language, path))
    made: dict[str, Any] = {
        "cell_type": "code",
        "id": "nbflow-parameters",
        "metadata": {"tags": [TAG]},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
    return {**raw, "metadata": metadata, "cells": [*cells[:place], made, *kept]}


def with_extension(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notebook with `%load_ext nbflow` above, where its cells need that and no cell says it."""
    sources = ["".join(cell["source"]) for cell in raw["cells"] if cell["cell_type"] == "code"]
    wanted = any(map(_OURS.search, sources)) and not any(map(_LOADS.search, sources))
    return {**raw, "cells": [*([added("load", "%load_ext nbflow")] if wanted else []), *raw["cells"]]}


def added(name: str, source: str) -> dict[str, Any]:
    """Return a cell that a copy has beside those of the notebook."""
    metadata = {"tags": ["injected-nbflow"], "nbflow_cell": f"the cell '{source}'"}
    return {
        "cell_type": "code",
        "id": f"nbflow-{name}",
        "metadata": metadata,
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def _noted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the notebook's own metadata say of the values, as papermill has it there."""
    noted = {name: value.source if isinstance(value, Reference) else value for name, value in values.items()}
    found: dict[str, Any] = json.loads(json.dumps(noted, default=str))
    return found


def _python(values: Mapping[str, Any], *, plain: bool) -> Iterator[str]:
    """Yield the lines for Python; not `plain`: nothing but assignments, of literals and texts."""
    yield "# Parameters"
    sources = {name: _source(value, plain=plain) for name, value in values.items()}
    if plain:
        used = "\n".join(sources.values())
        yield from (
            f"import {name}" for name in ("datetime", "decimal", "pathlib", "uuid", "nbflow") if f"{name}." in used
        )
    for name, source in sources.items():
        yield f"{name} = {source}"


def _source(value: Any, *, plain: bool) -> str:
    """Return a value as Python has it."""
    if isinstance(value, Reference):
        return value.source if plain else value.source.replace("nbflow.", '__import__("nbflow").', 1)
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if isinstance(value, list | tuple | set | frozenset):
        return _several(value, plain=plain)
    if isinstance(value, dict):
        pairs = (f"{_source(key, plain=plain)}: {_source(each, plain=plain)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, Enum):
        return repr(value.name)
    if plain or isinstance(value, (*_SCALARS, float, bytes)):
        return _constructed(value)
    return repr(value.isoformat() if isinstance(value, date | datetime) else _said(value))


def _several(value: Sequence[Any] | set[Any] | frozenset[Any], *, plain: bool) -> str:
    inside = ", ".join(_source(each, plain=plain) for each in value)
    if isinstance(value, list):
        return f"[{inside}]"
    if isinstance(value, tuple):
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return f"{{{inside}}}" if value else "set()"


def _constructed(value: Any) -> str:
    """Return the call that makes a value of a library of Python's own, else its repr."""
    if isinstance(value, PurePath):
        return f"pathlib.Path({str(value)!r})"
    if isinstance(value, Decimal | UUID):
        return f"{type(value).__module__}.{value!r}"
    return repr(value)


def _said(value: Any) -> str:
    return f"{value.total_seconds()}s" if isinstance(value, timedelta) else str(value)


def is_plain(value: Any) -> bool:
    """Say whether a value may stand in the cell as it is: numbers, texts, and lists and dicts of them."""
    if isinstance(value, Enum):
        return False
    if isinstance(value, (*_SCALARS, float, date, timedelta, Decimal, UUID, PurePath)):
        return type(value).__module__ in {"builtins", "datetime", "decimal", "uuid", "pathlib", "pathlib._local"}
    if type(value) in {list, tuple, set, frozenset}:
        return len(value) <= 1000 and all(map(is_plain, value))
    if type(value) is dict:
        return len(value) <= 1000 and all(map(is_plain, (*value, *value.values())))
    return type(value) is bytes and len(value) <= 1000


def _other(values: Mapping[str, Any], language: str, path: str) -> Iterator[str]:
    """Yield the lines for another language, as papermill writes them."""
    from papermill.translators import papermill_translators

    plain = {name: _json(name, value, language, path) for name, value in values.items()}
    known = papermill_translators._translators  # noqa: SLF001 - it can only be asked for one by its exact spelling
    translator = next((each for name, each in known.items() if name.lower() == language), None)
    if translator is None:
        name, value = next(iter(values.items()))
        facts = {"type": type(value).__name__, "language": f"{language}, which papermill cannot write"}
        raise_for("W012", name=name, path=path, **facts)
    yield str(translator.codify(plain, "Parameters")).rstrip("\n")


def _json(name: str, value: Any, language: str, path: str) -> Any:
    """Return a value as other languages have it: dates and paths are texts."""
    try:
        return json.loads(json.dumps(value, default=_text))
    except TypeError:
        raise_for("W012", name=name, path=path, type=type(value).__name__, language=language)


def _text(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | PurePath | timedelta):
        return _said(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return value.tolist()
    raise TypeError(type(value).__name__)
