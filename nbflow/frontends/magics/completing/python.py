"""What completion offers in Python for the client's objects: `run.data.`, `Run("sales/3")["`, `Task("`.

An expression is looked into only where each part of it is known to load no value: names of the notebook that hold
client objects, the client's own classes with a pathspec, keys, and attributes that give client objects again.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

import nbflow
from nbflow.client.artifact import Artifacts
from nbflow.client.chosen import workspace_if_any
from nbflow.client.data import Data
from nbflow.client.flow import Flow
from nbflow.client.run import Run
from nbflow.client.step import Step
from nbflow.client.thing import Thing
from nbflow.frontends.magics.completing.offer import Candidate, Offer
from nbflow.frontends.magics.completing.pathspecs import pathspecs
from nbflow.frontends.magics.records import Records

#: attributes of client objects that give client objects
_GIVE = frozenset({
    "artifacts", "control_task", "data", "end_task", "latest_run", "latest_successful_run", "parent", "task",
})  # fmt: skip
_ATTRIBUTE = re.compile(r"\.\s*(?P<piece>(?:[^\W\d]\w*)?)\Z")
_KEY = re.compile(r"\[\s*(?P<quote>['\"]?)(?P<piece>[\w.-]*)\Z")
_PATHSPEC = re.compile(r"(?P<name>[^\W\d][\w.]*)\(\s*(?P<quote>['\"])(?P<piece>[\w./-]*)\Z")
_CLASSES = frozenset({"Flow", "Run", "Step", "Task", "DataArtifact"})
_PAIRS = {")": "(", "]": "["}


def offered(space: Mapping[str, Any], typed: str) -> Offer | None:
    """Return what may follow `typed`, a line of Python up to the cursor; None: it is about no client object."""
    if found := _PATHSPEC.search(typed):
        kind = _class(space, found["name"])
        return _pathspecs(kind, found["piece"]) if kind is not None else None
    if found := _ATTRIBUTE.search(typed):
        thing = _meant(space, typed[: found.start()])
        return _attributes(thing, found["piece"]) if thing is not None else None
    if found := _KEY.search(typed):
        thing = _meant(space, typed[: found.start()])
        return _keys(thing, found["piece"], quoted=bool(found["quote"])) if thing is not None else None
    return None


def _pathspecs(kind: type[Thing], piece: str) -> Offer:
    workspace = workspace_if_any()
    records = Records.at(workspace.root) if workspace else None
    return Offer.of(piece, pathspecs(records, piece, kind.depth) if records else ())


def _attributes(thing: Any, piece: str) -> Offer:
    """Return names of what was left; of other objects their attributes."""
    if isinstance(thing, Data):
        return Offer.of(piece, (Candidate(name, kind) for name, kind in thing._ipython_types_()))
    names = (name for name in dir(thing) if not name.startswith("_") or piece.startswith("_"))
    if isinstance(thing, Artifacts):
        return Offer.of(piece, (Candidate(name, "artifact") for name in names))
    kinds = {name: _kind(type(thing), name) for name in names}
    return Offer.of(piece, (Candidate(name, kind) for name, kind in kinds.items()))


def _kind(owner: type, name: str) -> str:
    return "function" if callable(getattr(owner, name, None)) else "property"


def _keys(thing: Any, piece: str, *, quoted: bool) -> Offer | None:
    keys = thing._ipython_key_completions_() if hasattr(thing, "_ipython_key_completions_") else ()
    texts = [key for key in keys if isinstance(key, str)]
    if not quoted:
        numbers = [Candidate(str(key).strip("()"), "index") for key in keys if not isinstance(key, str)]
        return Offer.of(piece, numbers or [Candidate(repr(key), "key") for key in texts])
    return Offer.of(piece, (Candidate(key, "key") for key in texts))


def _meant(space: Mapping[str, Any], typed: str) -> Any:
    """Return the client object that the end of `typed` stands for; None: it stands for nothing of ours."""
    source = typed[_beginning(typed) :].strip()
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return _Look(space).at(tree)


def _beginning(typed: str) -> int:
    """Return where the last chain of names, brackets and dots of a line begins."""
    at = len(typed)
    while at:
        character = typed[at - 1]
        if character in _PAIRS:
            at = _opening(typed, at - 1)
            continue
        if character.isalnum() or character in "_.":
            at -= 1
            continue
        break
    return at


def _opening(typed: str, closing: int) -> int:
    """Return where the bracket that ends at `closing` begins; 0 where it does not."""
    depth, quote = 0, ""
    for at in range(closing, -1, -1):
        character = typed[at]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in _PAIRS:
            depth += 1
        elif character in _PAIRS.values():
            depth -= 1
            if depth == 0:
                return at
    return 0


class _Look:
    """Finds what an expression stands for, by looking only."""

    def __init__(self, space: Mapping[str, Any]) -> None:
        self._space = space

    def at(self, node: ast.expr) -> Any:
        """Return the object; None: nothing of ours."""
        match node:
            case ast.Name(id=name):
                return _ours(self._space.get(name))
            case ast.Call(func=func, args=[ast.Constant(value=str(pathspec))], keywords=[]):
                kind = _class(self._space, ast.unparse(func))
                return kind(pathspec) if kind is not None and workspace_if_any() is not None else None
            case ast.Attribute(value=inner, attr=name) if name in _GIVE:
                thing = self.at(inner)
                return _ours(getattr(thing, name)) if isinstance(thing, Thing) else None
            case ast.Subscript(value=inner, slice=key):
                thing = self.at(inner)
                return _ours(thing[ast.literal_eval(key)]) if isinstance(thing, Flow | Run | Step) else None
        return None


def _ours(value: Any) -> Any:
    return value if isinstance(value, Thing | Data | Artifacts) else None


def _class(space: Mapping[str, Any], name: str) -> type[Thing] | None:
    """Return the client's class that `name` is in the notebook, as `Run` or `nbflow.Run`."""
    module, dot, last = name.rpartition(".")
    if dot:
        found = getattr(nbflow, last, None) if space.get(module) is nbflow and last in _CLASSES else None
    else:
        found = space.get(name)
    return found if isinstance(found, type) and issubclass(found, Thing) else None
