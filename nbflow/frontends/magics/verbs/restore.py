"""`%flow restore`: variables, results and definitions of an earlier kernel, or of a run, are back in this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from nbflow.client.definitions import make_importable
from nbflow.errors import NbflowError, raise_for
from nbflow.frontends.magics.carry import Now, as_it_stands, carry
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.named import flow_of
from nbflow.frontends.magics.namespace import Waiting
from nbflow.frontends.magics.recall import Left, Unfinished, latest, sources, unfinished, written
from nbflow.frontends.magics.relearn import Relearned, relearn
from nbflow.frontends.magics.restored import Name, Restored
from nbflow.frontends.magics.session import UNNAMED
from nbflow.frontends.resuming import Origin, named
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Digest, Pathspec, StepName
from nbflow.model.record import TaskRecord

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: bytes up to which a container of plain values is loaded at once
_SMALL = 1 << 14


def line(face: Face, text: str) -> Restored:
    """Carry out the line."""
    words = operands("restore", text, 1, face.place())
    return restore_flow(face, words[0] if words else None)


def restore_flow(face: Face, run: str | None = None) -> Restored:
    """Bring back what the session before this one left, or what `run` (`12`, `sales/12`, `draft-3`) left, and say so.

    Raises:
        FlowError: C053, the flow has no name.
        MetadataError: M002, there is no such run.
        UsageError: R020, there is nothing to bring back.
    """
    flow, run = _asked(face, run)
    origins = _origins(face, flow, run)
    found = latest(origins)
    kept = {step for step in found if run is None and _newer_here(face, found[step])}
    packages = [each for origin in origins if (each := written(face.workspace, origin))]
    learned = relearn(face, sorted(packages, key=lambda each: each.at), _ran_at(origins))
    lefts = {step: left for step, left in found.items() if step not in kept and _belongs(face, step, learned)}
    _adopt(face, origins, lefts)
    names = _bind(face, lefts, forced=run is not None)
    now = as_it_stands(face)
    carry(face, lefts, origins, now)
    face.offer_waiting()
    face.preload()
    restored = Restored(
        flow=face.flow,
        names=tuple(names),
        definitions=learned.definitions,
        notes=tuple(_notes(face, learned, origins, found, kept, now)),
    )
    restored.show(face)
    return restored


def _asked(face: Face, run: str | None) -> tuple[str, str | None]:
    """Return flow and run of `12`, `sales/12`, `draft-3`; a kernel whose flow has no name takes the run's."""
    if run is not None and "/" in run:
        spec = Pathspec.parse(run)
        if face.flow == UNNAMED:
            face.rename(spec.flow)
        return spec.flow, spec.run
    return flow_of(face), run


def _origins(face: Face, flow: str, run: str | None) -> tuple[Origin, ...]:
    workspace = face.workspace
    if run is not None:
        origins: tuple[Origin, ...] = (named(workspace, flow, run),)
    else:
        steps = [each.name for each in face.file.steps()]
        origins = sources(workspace, flow, own=face.session.draft_run, steps=steps)
    if not latest(origins) and not unfinished(origins):
        raise_for("R020", face.place(), what=f"{flow}/{run}" if run else f"flow '{flow}'", known=_known(face))
    return origins


def _known(face: Face) -> str:
    """Return which flows have something."""
    metadata = face.workspace.metadata
    found = {flow: [run.id for run in metadata.runs(flow, drafts=True, limit=3)] for flow in metadata.flows()[:8]}
    said = "; ".join(f"{flow} ({', '.join(runs)})" for flow, runs in found.items() if runs)
    return f"the flows with results here, and their latest runs, are: {said}" if said else "nothing has run here yet"


def _newer_here(face: Face, left: Left) -> bool:
    """Whether the kernel has a result of the step that is as new."""
    here = [record.finished_at or 0.0 for key, record in face.session.results.tasks.items() if key.step == left.step]
    return bool(here) and max(here) >= left.finished_at


def _ran_at(origins: Sequence[Origin]) -> dict[StepName, float]:
    """Return when the cell of each step last ran."""
    found: dict[StepName, float] = {}
    for task in (task for origin in origins for task in origin.tasks if task.started_at is not None):
        found[task.step] = max(found.get(task.step, 0.0), task.started_at or 0.0)
    return found


def _belongs(face: Face, step: StepName, learned: Relearned) -> bool:
    """Whether the step is one of the notebook's; where no code was kept nobody knows."""
    if step in face.session.slots:
        return True
    return not learned.steps and step not in learned.gone


def _adopt(face: Face, origins: Sequence[Origin], lefts: Mapping[StepName, Left]) -> None:
    """Make these results the latest; what else the runs had finished may be reused."""
    results = face.session.results
    for origin in reversed(origins):
        for task in origin.tasks:
            results.remember(task, origin.pathspec)
    for step, left in lefts.items():
        tasks = {task.key: task for task in left.tasks}
        results.adopt([step], tasks, left.origin.items, left.origin.pathspec)
        if left.tasks[0].captured:
            face.captured.setdefault(step, dict(left.tasks[0].captured))


def _bind(face: Face, lefts: Mapping[StepName, Left], *, forced: bool) -> Iterator[Name]:
    """Let the names of the steps wait in the notebook, or load them where they are small; of two the last counts."""
    for name, (step, record, ref) in _last_writers(face).items():
        left = lefts.get(step)
        if left is None:
            continue
        bound = name in face.shell.user_ns and not face.namespace.from_step(name)
        if bound and not forced:
            yield Name(name, ref, step, "", 0.0, kept=True)
            continue
        origin = Pathspec.parse(record.origin or f"{left.origin.pathspec}/{step}/{record.id}")
        code = record.code or left.origin.run.code
        _put(face, name, ref, partial(_load, face, name, ref, code))
        other = f"{origin.flow}/" if origin.flow != face.flow else ""
        yield Name(name, ref, step, f"{other}{origin.run}", record.finished_at or 0.0)


def _last_writers(face: Face) -> dict[str, tuple[StepName, TaskRecord, ArtifactRef]]:
    """Return, of each name in the notebook, who left it last in flow order. A foreach shows its first item."""
    order = [draft.name for draft in face.draft().steps]
    tasks = face.session.results.tasks
    order = [*(step for step in dict.fromkeys(key.step for key in tasks) if step not in order), *order]
    found: dict[str, tuple[StepName, TaskRecord, ArtifactRef]] = {}
    for step in order:
        records = sorted((each for key, each in tasks.items() if key.step == step), key=lambda each: each.path)
        first = next((each for each in records if each.manifest), None)
        if first is not None and first.manifest is not None:
            found |= {name: (step, first, ref) for name, ref in first.manifest.artifacts.items()}
    return found


def _put(face: Face, name: str, ref: ArtifactRef, load: Any) -> None:
    if ref.kind == "scalar" or (ref.kind == "plain" and ref.size <= _SMALL and not ref.uses):
        try:
            face.namespace.bind(name, load())
        except NbflowError:
            # told when a cell names it
            face.namespace.wait(name, Waiting(load))
    else:
        face.namespace.wait(name, Waiting(load))


def _load(face: Face, name: str, ref: ArtifactRef, code: Digest | None) -> Any:
    """Return the value; classes of another flow come from the code of its run."""
    if ref.uses:
        make_importable(face.workspace, code, ref)
    return face.workspace.store.get(ref, name=name)


def _notes(
    face: Face,
    learned: Relearned,
    origins: Sequence[Origin],
    found: Mapping[StepName, Left],
    kept: set[StepName],
    now: Now,
) -> Iterator[tuple[str, str]]:
    """Yield what else there is to say: what was not brought, and what no longer fits."""
    if now.stale:
        yield "stale", f"{', '.join(sorted(now.stale))}: code, parameters, inputs or environment changed since"
    if now.broken:
        yield "problems", "the flow has some: %flow check names them"
    if learned.trouble is not None:
        yield "parameters", f"have no values: {learned.trouble.problems[0].what}"
    if kept:
        yield "kept", f"{', '.join(sorted(kept))}: this kernel's results are as new"
    if learned.gone:
        yield "left out", f"{', '.join(learned.gone)}: no cell of the notebook"
    for step, each in unfinished(origins).items():
        if step in face.session.slots and (step not in found or found[step].finished_at < each.began_at):
            yield "not brought", _unfinished(each, brought=step in found)
    if dropped := [
        name for left in found.values() for task in left.tasks[:1] if task.manifest for name in task.manifest.dropped
    ]:
        yield "not brought", f"{_some(dropped)}: could not be stored"
    if learned.computed:
        yield "not brought", f"{_some(learned.computed)}: plain cells compute them, run those"


def _unfinished(each: Unfinished, *, brought: bool) -> str:
    where = each.origin.pathspec
    if each.done:
        return f"{each.step} of {where} is not complete; %flow run goes on from its {each.done} tasks"
    how = each.how if each.how == "failed" else f"was {each.how}"
    return f"{each.step} {how} in {where}" + (", so an older result is here" if brought else "")


def _some(names: Sequence[str], most: int = 6) -> str:
    found = list(dict.fromkeys(names))
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
