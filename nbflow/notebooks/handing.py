"""What goes from a notebook's kernel to the step whose body it is: `nbflow.result(rmse=rmse)`.

In Python a value goes into the store, and what is displayed names it. Whatever the language, a cell that displays

    application/vnd.nbflow.result+json    {"rmse": 2.31, "n": 12}

hands back these values; so does scrapbook's `glue`. Of a name that is handed back twice, the later value counts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nbflow.cards.components.notebook import outputs_of
from nbflow.errors import StoreError, raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Digest

if TYPE_CHECKING:
    from nbflow.store.store import Store

VALUES = "application/vnd.nbflow.result+json"
#: the same by reference: name → ArtifactRef as JSON
REFERENCES = "application/vnd.nbflow.result.references+json"
_SCRAP = "application/scrapbook.scrap.json+json"
#: set in the kernel of a notebook that nbflow runs: folder of the workspace
ROOT = "NBFLOW_NOTEBOOK_ROOT"


class Handed:
    """What a cell has handed back, as the notebook shows it."""

    def __init__(self, values: Mapping[str, Any], references: Mapping[str, ArtifactRef]) -> None:
        self._values = dict(values)
        self._references = dict(references)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {"text/plain": repr(self)}
        if self._references:
            shown[REFERENCES] = {name: ref.to_json() for name, ref in self._references.items()}
        return shown

    def __repr__(self) -> str:
        return "\n".join(f"result {name} = {_short(value)}" for name, value in self._values.items())


def result(*values: Any, **named: Any) -> None:
    """Hand values of a notebook to the flow that runs it, by name: they become artifacts of its task.

        nbflow.result(rmse=rmse, model=model)

    In a notebook that nothing but a person runs, it shows them and does nothing else.

    Raises:
        NotebookError: W010, a value cannot be kept; W017, it was given no name.
    """
    if values or not named:
        why = "a value without a name could not be found again" if values else "it was given nothing"
        raise_for("W017", why=why)
    references: dict[str, ArtifactRef] = {}
    if root := os.environ.get(ROOT):
        from nbflow.workspace import Workspace

        store = Workspace.open(root).store
        references = {name: _kept(store, name, value) for name, value in named.items()}
        store.settle()
    # the one place of this package that speaks to the kernel it is in
    _display(Handed(named, references))


def given(reference: str) -> Any:
    """Return a value that the flow gave to this notebook; nbflow writes this call into its cell of parameters.

    Raises:
        StoreError: S001, it is no longer in the store.
    """
    from nbflow.workspace import Workspace

    root = os.environ.get(ROOT)
    store = (Workspace.open(root) if root else Workspace.find()).store
    return store.get(ArtifactRef.from_json(json.loads(store.get_bytes(Digest(reference)))))


def _display(handed: Handed) -> None:
    import importlib

    try:
        display = importlib.import_module("IPython.display").display
    except ImportError:
        print(handed)  # noqa: T201 - a console without IPython
        return
    display(handed)


def _kept(store: Store, name: str, value: Any) -> ArtifactRef:
    try:
        return store.put(value)
    except StoreError as wrong:
        facts = dict(wrong.problems[0].facts) if wrong.problems else {}
        member = facts.get("member", "") or facts.get("path", "")
        raise_for("W010", name=name, type=type(value).__name__, member=member)


def _short(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a person's own class
        return f"<{type(value).__name__}>"
    return text if len(text) <= 80 and "\n" not in text else f"<{type(value).__name__}>"


def handed_back(raw: Mapping[str, Any], store: Store) -> dict[str, Any]:
    """Return what a filled-in notebook handed back, by name."""
    found: dict[str, Any] = {}
    for data in _bundles(raw):
        if isinstance(told := data.get(VALUES), dict):
            found |= told
        elif isinstance(told, str | list):
            # kernels that know no JSON display its text
            found |= json.loads("".join(told))
        if isinstance(told := data.get(REFERENCES), dict):
            found |= {name: store.get(ArtifactRef.from_json(ref), name=name) for name, ref in told.items()}
        if isinstance(told := data.get(_SCRAP), dict) and "name" in told:
            found[str(told["name"])] = told.get("data")
    return found


def _bundles(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for cell in raw["cells"]:
        for output in outputs_of(cell):
            if isinstance(data := output.get("data"), dict):
                yield data
