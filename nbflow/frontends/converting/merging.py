"""`merge_artifacts(inputs)` of a notebook, which takes what the joined steps left, as a class says it."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.frontends.converting.certainty import is_left
from nbflow.frontends.converting.naming import Names, attribute
from nbflow.frontends.converting.original import Original, refuse
from nbflow.graph.resolved import ResolvedStep


def merged(original: Original, names: Names, join: ResolvedStep) -> str:
    """Return the lines that stand for the merge of `join`."""
    return "\n".join(_lines(original, names, join)) or "pass"


def _lines(original: Original, names: Names, join: ResolvedStep) -> Iterator[str]:
    shared: list[str] = []
    for name in sorted(join.merged):
        owners = [step for step in join.join if name in original.flow[step].leaves]
        if len(owners) == len(join.join):
            shared.append(name)
        elif len(owners) == 1:
            yield f"self.{attribute(name)} = inputs.{names.methods[owners[0]]}.{attribute(name)}"
        else:
            why = f"{', '.join(owners) or 'none of them'} left it, and the others may have an older one"
            refuse(join.draft.place, f"merge_artifacts of '{name}'", why, f"take it by name: {name} = inputs[0].{name}")
    uncertain = [
        name for name in shared if not any(is_left(original.flow, original.flow[step], name) for step in join.join)
    ]
    if uncertain:
        refuse(
            join.draft.place,
            f"merge_artifacts of '{uncertain[0]}'",
            "it may be that no step left it",
            "assign it always",
        )
    if shared:
        yield f"self.merge_artifacts(inputs, include={_listed(map(attribute, shared))})"
    body = join.draft.body.names
    for name in sorted(join.merged):
        line = body.merge.line if body.merge else 0
        if any(names.get(name, 0) > line for names in (body.reads, body.changed)) or name in body.soft:
            yield f"{name} = self.{attribute(name)}"


def _listed(names: Iterator[str]) -> str:
    return f"[{', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)}]"
