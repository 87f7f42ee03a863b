"""Where and with what runs ran: who, which machine, versions of Python and of what the flow imports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from nbflow.client.code import Code, code_of
from nbflow.client.comparing.rows import Row
from nbflow.client.comparing.side import Side
from nbflow.client.metadatum import environment_of
from nbflow.errors import NbflowError

#: tags that are told as facts of their own
_TOLD = ("user", "production", "runtime", "python_version", "nbflow_version")


def code_or_none(side: Side) -> Code | None:
    """Return the code a run ran; None where none was kept, or it cannot be read any more."""
    try:
        return code_of(side.facts)
    except (NbflowError, OSError, ValueError, KeyError):
        return None


def environment_rows(sides: Sequence[Side], codes: Sequence[Code | None]) -> tuple[Row, ...]:
    """Return each fact in each run, those that differ first."""
    facts = [_facts(side, code) for side, code in zip(sides, codes, strict=True)]
    names = list(dict.fromkeys(name for each in facts for name in each))
    rows = []
    for name in names:
        values = tuple(each.get(name) for each in facts)
        if any(values):
            rows.append(Row(name, values, len(set(values)) > 1))
    return tuple(sorted(rows, key=lambda row: not row.differs))


def _facts(side: Side, code: Code | None) -> dict[str, str | None]:
    run = side.record
    known = environment_of(side.facts, code)
    git = run.about.get("git")
    commit = str(git.get("commit") or git.get("sha") or "")[:12] if isinstance(git, dict) else ""
    found = {
        "run by": run.user,
        "machine": run.owner.rpartition(":")[0] or None,
        "file": PurePath(run.source).name or None,
        "git commit": commit or None,
        "python": known["python_version"],
        "nbflow": known["nbflow_version"],
        "runtime": known["runtime"],
        "tags": ", ".join(sorted(run.tags)) or None,
        "went on from": run.origin_run,
    }
    for tag in sorted(run.system_tags):
        name, _, text = tag.partition(":")
        if text and name not in _TOLD:
            found[name] = text
    return {**found, **{str(name): str(version) for name, version in known["distributions"].items()}}
