"""What completion offers for words that name runs, steps, tasks and artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nbflow.frontends.magics.completing.names import steps
from nbflow.frontends.magics.completing.offer import Candidate
from nbflow.frontends.magics.completing.pathspecs import pathspecs
from nbflow.frontends.magics.records import Records
from nbflow.model.ids import RUN_ID

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: what the words of a verb are
_STEPS = frozenset({"resume", "why", "debug", "source", "drop", "order", "artifacts", "view", "cards"})
_TASKS = frozenset({"why", "debug", "source", "artifacts", "view", "cards"})
_RUNS = frozenset({
    "resume", "restore", "attach", "debug", "source", "compare", "timeline", "artifacts", "view", "cards",
})  # fmt: skip
#: verbs to which a run of this kernel's cells is a run as well
_DRAFTS = frozenset({"restore"})
#: verbs whose places may begin with a run of this flow: `12/train/3`
_OF_RUNS = frozenset({"artifacts", "view", "cards"})
#: depth of the pathspecs that a verb takes
_DEPTH = {"debug": 4, "source": 4, "artifacts": 5, "view": 4, "cards": 4}


def placed(face: Face, records: Records | None, verb: str, word: str) -> Iterator[Candidate]:
    """Yield the places that `word` may become, for verbs that take some."""
    if verb in _TASKS and "[" in word:
        yield from _tasks(face, records, word.partition("[")[0])
        return
    if verb in _STEPS:
        yield from steps(face)
    if verb == "cancel":
        for run in records.under_way(face.flow) if records else ():
            yield Candidate(run.id, run.status.value)
            yield Candidate(f"{run.flow}/{run.id}", run.status.value)
    if verb in _RUNS and records is not None:
        yield from (Candidate(run.id, run.status.value) for run in records.runs(face.flow, drafts=verb in _DRAFTS))
        depth = _DEPTH.get(verb, 2)
        head, slash, _ = word.partition("/")
        if slash and verb in _OF_RUNS and RUN_ID.match(head):
            for each in pathspecs(records, f"{face.flow}/{word}", depth):
                yield each._replace(text=each.text.removeprefix(f"{face.flow}/"))
        yield from pathspecs(records, word, depth)


def _tasks(face: Face, records: Records | None, step: str) -> Iterator[Candidate]:
    """Yield the tasks of a foreach step, as `train[3]`."""
    known = {key.path: record.status.value for key, record in face.session.results.tasks.items() if key.step == step}
    if not known and records is not None:
        latest = (
            run for run in records.runs(face.flow, limit=5, drafts=True) if any(each.name == step for each in run.steps)
        )
        run = next(latest, None)
        known = {each.path: each.status.value for each in records.tasks(face.flow, run.id, step)} if run else {}
    for path in sorted(known):
        if path:
            yield Candidate(f"{step}[{','.join(map(str, path))}]", known[path])
