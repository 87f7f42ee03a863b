"""Names that parameters and configs may have."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbflow.errors import Problem, did_you_mean, problem, raise_for
from nbflow.flowspec.quoting import shown
from nbflow.flowspec.written import in_class

_NAME = re.compile(r"[^\W_][\w-]*")

#: options of the command line, as --run-id-file; any of - and _
RESERVED = frozenset({
    "decospecs", "help", "max-log-size", "max-num-splits", "max-workers", "namespace", "obj", "params", "run-id",
    "run-id-file", "runner-attribute-file", "tag", "tags", "task-id", "user-namespace", "with",
})  # fmt: skip

#: what `MyFlow.run(…)` takes beside parameters
ARGUMENTS = ("tags", "namespace", "max_workers", "max_num_splits", "decospecs", "configs", "background", "notify")

#: attributes of a step's `self`
_OF_SELF = frozenset({"cmd", "foreach_stack", "index", "input", "merge_artifacts", "name", "next", "script_name"})


def normal(name: str) -> str:
    """Return the form in which two names are the same: `Test_Mode` is test-mode."""
    return name.lower().replace("_", "-")


def check_name(name: object, kind: str) -> None:
    """Raise a ParameterError when a `kind` (Parameter, IncludeFile, Config) cannot be called `name`."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise_for("P015", in_class(), name=shown(name), kind=kind)
    if normal(name) in RESERVED:
        raise_for("P013", in_class(), name=name, kind=kind)


def clashes(names: Mapping[str, tuple[str, str]]) -> list[Problem]:
    """Return what is wrong with attributes and names together; `names` maps attribute → (kind, name)."""
    found: list[Problem] = []
    first: dict[str, str] = {}
    for attribute, (kind, name) in names.items():
        if attribute in _OF_SELF:
            found.append(problem("P016", name=name, attribute=attribute, kind=kind))
        other = first.setdefault(normal(name), attribute)
        if other != attribute:
            found.append(problem("P014", kind=kind, name=name, first=other, second=attribute))
    return found


def among(given: str, names: Mapping[str, str]) -> str | None:
    """Return the attribute that `given` means: `names` maps attribute → name, which comes first."""
    for same in (lambda text: text, normal):
        for attribute, name in names.items():
            if same(name) == same(given):
                return attribute
    return next((attribute for attribute in names if normal(attribute) == normal(given)), None)


def hint(given: str, names: Mapping[str, str]) -> str:
    """Return ` Did you mean 'x'?` or an empty string."""
    return did_you_mean(normal(given), map(normal, names.values()))


def hint_of_parameter(given: str, names: Mapping[str, str]) -> str:
    """Return ` Did you mean 'x'?` for what is given by the name of a parameter, and may be an argument of `run`."""
    return hint(given, names) or did_you_mean(given, ARGUMENTS)
