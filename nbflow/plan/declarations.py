"""What a flow declares of its parameters, judged before any value is: names (P006) and types (P007)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbflow.cards.printable import one_line
from nbflow.errors import Problem, did_you_mean, problem
from nbflow.model.parameter import ParameterDef
from nbflow.plan.typeform import KNOWN, TypeForm, UnknownTypeError, parse_type

#: the class face's own, and names that mean something else in a step
RESERVED = frozenset({
    "decospecs", "max_log_size", "max_num_splits", "max_workers", "namespace", "obj", "params", "run_id",
    "runner_attribute_file", "tag", "tags", "task_id", "user_namespace", "with",
    "current", "index", "input", "inputs", "item",
})  # fmt: skip

_WORDS = {"string": "str", "number": "float", "integer": "int", "boolean": "bool", "object": "Any"}


def check(definitions: Sequence[ParameterDef], namespace: Mapping[str, object]) -> tuple[Problem, ...]:
    """Return what is wrong with the declarations themselves; `namespace` holds the flow's definitions."""
    found: list[Problem] = []
    seen: dict[str, str] = {}
    for each in definitions:
        if why_not := _name_problem(each.name, seen):
            found.append(problem("P006", each.place, name=each.name, why_not=why_not))
        seen[each.name.casefold()] = each.name
        form = form_of(each, namespace)
        if isinstance(form, Problem):
            found.append(form)
    return tuple(found)


def form_of(definition: ParameterDef, namespace: Mapping[str, object]) -> TypeForm | Problem:
    """Return the type a parameter declares, or the problem that it is none."""
    try:
        return parse_type(definition.type, namespace)
    except UnknownTypeError as unknown:
        part, fix = str(unknown), _type_fix(str(unknown))
    except Exception as failed:  # noqa: BLE001  a definition the annotation names may raise anything
        part, fix = f"{definition.type} ({type(failed).__name__}: {failed})", "correct that definition"
    return problem("P007", definition.place, name=definition.name, type=one_line(part, 80), known=KNOWN, fix=fix)


def _name_problem(name: str, seen: Mapping[str, str]) -> str:
    if name.startswith("_"):
        return "names that start with _ are private"
    if name in RESERVED:
        return "the name is reserved"
    if (other := seen.get(name.casefold())) is not None:
        return "it is declared twice" if other == name else f"it equals '{other}' but for case"
    return ""


def _type_fix(part: str) -> str:
    known = (
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "date",
        "datetime",
        "timedelta",
        "Path",
        "list",
        "tuple",
        "set",
        "dict",
    )
    near = did_you_mean(part, known).partition("'")[2].partition("'")[0]
    word = _WORDS.get(part.lower(), near)
    return f"write {word}" if word else "choose one of these; an Enum is a class of a plain cell"
