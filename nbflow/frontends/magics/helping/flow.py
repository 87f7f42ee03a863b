"""Help of `%flow` and of its verbs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbflow.cards.printable import one_line
from nbflow.frontends.magics.helping.here import facts
from nbflow.frontends.magics.helping.step import parameter_lines
from nbflow.frontends.magics.helping.tables import facts_below, listed, option_lines
from nbflow.frontends.magics.records import Records
from nbflow.frontends.magics.verb_options import PARSED, module_of, parser_of, table_of, usage_of, verbs_below
from nbflow.frontends.magics.verbs import PARAMETERISED, VERBS, Verb
from nbflow.runtime.capacity import cores

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

_TAIL = """\
%flow VERB?  says more of one.  --NAME VALUE gives the parameter NAME a value,
--param NAME=VALUE does so for any name.
In Python: from nbflow import flow;  flow.run(alpha=0.2),  flow.check(),  …"""


def flow_help(face: Face) -> str:
    """Return the help of `%flow`."""
    rows: list[tuple[str, str]] = []
    for group in dict.fromkeys(verb.group for verb in VERBS.values()):
        rows += [("", ""), (group, "")] if rows else [(group, "")]
        rows += [(f"  {_briefly(verb)}", verb.help) for verb in VERBS.values() if verb.group == group]
    top = ["%flow VERB …", "", "    %flow run --alpha 0.5", ""]
    return "\n".join([*top, *listed(rows), "", _TAIL, *facts_below(facts(face))])


def _briefly(verb: Verb) -> str:
    return verb.usage.replace("[--NAME VALUE …] [options]", "…")


def verb_help(face: Face, verb: str, words: Sequence[str] = ()) -> str:
    """Return the help of one verb: with the flow's parameters where it takes them, and what holds here and now.

    `words` are those behind it: the first may be a verb of its own, as in `schedule add`.
    """
    about = VERBS[verb]
    below = verbs_below(parser_of(verb)) if verb in PARSED else {}
    sub = next((word for word in words[:1] if word in below), "")
    if sub:
        usage = f"{verb} {sub} {usage_of(below[sub])}".rstrip()
        more = " [options]" if table_of(verb, [sub]).options else ""
        lines = [f"%flow {usage}{more}", "", below[sub].description or ""]
    else:
        sentence = f"{about.help[0].upper()}{about.help[1:]}. {about.more}".strip()
        lines = [f"%flow {about.usage}", "", *textwrap.wrap(sentence, 88), ""]
        lines += [f"    {example}" for example in about.examples]
    if below and not sub:
        told = [(f"  {name} {usage_of(each)}".rstrip(), each.description or "") for name, each in below.items()]
        # of all its verbs the first one has options
        sub = next(iter(below))
        lines += ["", *listed(told), "", f"{sub} takes"]
    table = table_of(verb, [sub])
    if table.options:
        lines += ["", *option_lines(table, _now(face, verb))]
    if verb in PARAMETERISED:
        lines += ["", *parameter_lines(face, options=True)]
    return "\n".join([*lines, *facts_below([*_facts(face, verb), *facts(face)])])


def _now(face: Face, verb: str) -> dict[str, str] | None:
    """Return what the options of a verb are here and now, beside their defaults; None: nothing worth saying."""
    if verb in PARAMETERISED:
        return {"max-workers": str(cores())}
    if verb in PARSED:
        now: dict[str, str] = module_of(verb).now(face)
        return now
    return None


def _facts(face: Face, verb: str) -> list[tuple[str, str]]:
    """Return what holds here and now for this verb alone."""
    records = Records.of(face)
    if verb == "config":
        return [("run_cells", str(face.run_cells).lower())]
    if verb in {"attach", "cancel"}:
        runs = records.under_way(face.flow) if records else ()
        return [("under way", ", ".join(f"{run.flow}/{run.id}" for run in runs) or "no run of this flow")]
    if verb == "deploy":
        found: list[tuple[str, str]] = module_of(verb).facts()
        return found
    if verb == "debug":
        return [("failed last", _last_failure(face, records) if records else "nothing")]
    if verb == "history":
        return [("flows", ", ".join(records.flows() if records else ()) or "none has run")]
    return []


def _last_failure(face: Face, records: Records) -> str:
    """Return the task that failed last in the latest runs and drafts, and with what."""
    for run in records.runs(face.flow, limit=3, drafts=True):
        failed = [task for task in records.tasks(face.flow, run.id) if task.failure and not task.caught]
        if failed:
            last = max(failed, key=lambda task: task.finished_at or 0.0)
            what = one_line(last.failure.told if last.failure else "", 60)
            return f"{run.flow}/{run.id}/{last.step}/{last.id}: {what}"
    return "nothing"
