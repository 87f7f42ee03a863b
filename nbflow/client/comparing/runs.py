"""The runs that are compared: found by their objects, pathspecs, ids, or words such as `latest_successful`.

Words are heeded as the client heeds its namespace: of whoever works here, unless another was chosen, or none. A production
run is so compared with production runs, a person's with their own. A run that is named may be anybody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from nbflow.cards.printable import one_line
from nbflow.client.chosen import workspace_here, workspace_if_any
from nbflow.client.facts import RunFacts, require_flow
from nbflow.client.flow import Flow
from nbflow.client.namespace import get_namespace
from nbflow.client.run import Run
from nbflow.client.thing import Thing
from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen
from nbflow.model.graph import MISSING, Missing
from nbflow.model.ids import FLOW_NAME, Pathspec
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace

#: words for runs
WORDS = ("latest", "latest_successful", "previous")
#: most that are compared at once
MOST = 50
#: runs that are looked through before all are
_FEW = 50


@frozen
class Ground:
    """Where runs are looked for."""

    workspace: Workspace | None = None
    #: the flow of what is only an id or a word
    flow: str | None = None
    #: the tag runs must have; None: any. MISSING: the namespace in force
    namespace: str | Missing | None = MISSING

    @property
    def tag(self) -> str | None:
        """The tag that runs must have."""
        return get_namespace() if isinstance(self.namespace, Missing) else self.namespace

    def store_of(self, flow: str) -> Workspace:
        """Return the store, in which the flow has runs. Raises M001."""
        workspace = self.workspace or workspace_here(flow)
        require_flow(workspace, flow)
        return workspace


def picked(given: Sequence[Any], ground: Ground) -> list[Run]:
    """Return the runs that `given` stands for, in that order, each once; a list among them stands for its runs.

    Raises:
        NotFoundError: M001, M002, there is no such flow or run.
        ViewError: V011, V012, V013.
    """
    named = [one for each in given for one in _one_by_one(each)]
    if len(named) > MOST:
        raise_for("V013", count=len(named), most=MOST)
    flow = ground.flow or _flow_among(named) or _only_flow(ground)
    runs = [_run(each, flow, ground) for each in named]
    return list(dict.fromkeys(runs))


def _one_by_one(given: Any) -> Iterable[Any]:
    """Return the runs of a list, or of whatever else holds some; what is one itself as the only one. Raises V012, V013."""
    if isinstance(given, str | bytes | Mapping | Thing) or not isinstance(given, Iterable):
        return (given,)
    if isinstance(given, Sized) and len(given) > MOST:
        raise_for("V013", count=len(given), most=MOST)
    found = list(islice(given, MOST + 1))
    if not found:
        raise_for("V012", given=f"an empty {type(given).__name__}", hint="")
    return found


def baseline_of(run: Run, word: Any, ground: Ground) -> Run | None:
    """Return what `run` is compared with: for a word the run before it, None where there is none yet.

    `latest_successful` is the latest one that succeeded of those that began before `run`; `previous` the one before it,
    however it ended; `latest` is the same. Drafts are no baselines. Of a draft, which lasts as long as its kernel, any
    run was before.
    """
    if word not in WORDS:
        return picked([word], Ground(ground.workspace, ground.flow or run.pathspec.split("/")[0], ground.namespace))[0]
    workspace = ground.workspace or run._workspace  # noqa: SLF001  the client's own
    status = RunStatus.SUCCEEDED if word == "latest_successful" else None
    record = run._facts.record  # noqa: SLF001 - as above
    for each in _newest_first(workspace, record.flow, status, ground.tag):
        if _before(each, record):
            found = _as_run(workspace, each)
            # a class whose end was caught has succeeded, and is not successful
            if status is None or found.successful:
                return found
    return None


def latest_two(ground: Ground) -> list[Run]:
    """Return the two latest runs of a flow, the older one first; one where there is only one."""
    flow = ground.flow or _only_flow(ground)
    if flow is None:
        _ask_for_flow("latest", ground)
    workspace = ground.store_of(flow)
    found = _listed(workspace, flow, None, ground.tag, 2)
    if not found:
        raise_for("M002", flow=flow, run="latest", hint=" It has none yet.")
    return [_as_run(workspace, each) for each in reversed(found)]


def _before(one: RunRecord, other: RunRecord) -> bool:
    """Whether `one` began before `other`: its number says so, whatever clocks do."""
    if one.id == other.id:
        return False
    if other.kind == "draft":
        return True
    if one.kind == other.kind == "run" and one.id.isdigit() and other.id.isdigit():
        return int(one.id) < int(other.id)
    return one.created_at < other.created_at


def _newest_first(workspace: Workspace, flow: str, status: RunStatus | None, tag: str | None) -> Iterator[RunRecord]:
    few = _listed(workspace, flow, status, tag, _FEW)
    yield from few
    if len(few) == _FEW:
        yield from _listed(workspace, flow, status, tag, None)[_FEW:]


def _listed(
    workspace: Workspace, flow: str, status: RunStatus | None, tag: str | None, limit: int | None
) -> tuple[RunRecord, ...]:
    tags = (tag,) if tag else ()
    return workspace.metadata.runs(flow, limit=limit, status=status, tags=tags)


def _as_run(workspace: Workspace, record: RunRecord) -> Run:
    facts = RunFacts(workspace, record.flow, record.id, record=record)
    return Run(f"{record.flow}/{record.id}", workspace=workspace, facts=facts)


def _run(given: Any, flow: str | None, ground: Ground) -> Run:
    """Return the one run that `given` stands for."""
    if isinstance(given, Run):
        return given
    if isinstance(given, Flow):
        return _by_word("latest", given.pathspec, ground)
    text = str(given).strip() if isinstance(given, str | int) and not isinstance(given, bool) else ""
    if "/" in text:
        return _by_pathspec(text, ground)
    if text in WORDS or text.isdigit() or text.startswith(("draft-", "spin-", "sfn-")):
        if flow is None:
            _ask_for_flow(text, ground)
        return _by_word(text, flow, ground) if text in WORDS else _by_id(flow, text, ground)
    workspace = ground.workspace or workspace_if_any()
    flows = workspace.metadata.flows() if workspace else ()
    if text not in flows:
        plain = given is None or isinstance(given, str | bytes | int | float)
        shown = one_line(text or (repr(given) if plain else f"a {type(given).__name__}"), 60)
        raise_for("V012", given=f"'{shown}'" if text else shown, hint=did_you_mean(text, [*WORDS, *flows]))
    return _by_word("latest", text, ground)


def _by_pathspec(text: str, ground: Ground) -> Run:
    flow, _, rest = text.partition("/")
    if rest in WORDS:
        return _by_word(rest, flow, ground)
    spec = Pathspec.parse(text)
    if spec.step or spec.run is None:
        hint = f" It names part of a run: {spec.flow}/{spec.run} is all of it."
        raise_for("V012", given=f"'{one_line(text, 60)}'", hint=hint)
    return _by_id(spec.flow, spec.run, ground)


def _by_id(flow: str, run: str, ground: Ground) -> Run:
    workspace = ground.store_of(flow)
    # named, it is meant whoever made it: a history lists the runs of all
    found = Run(f"{flow}/{run}", workspace=workspace, namespace=None)
    # one that is not there is told now, not at the first question
    found._facts.record  # noqa: B018, SLF001 - see above; reading it is the look
    return found


def _by_word(word: str, flow: str, ground: Ground) -> Run:
    workspace = ground.store_of(flow)
    status = RunStatus.SUCCEEDED if word == "latest_successful" else None
    place = 1 if word == "previous" else 0
    found = (_as_run(workspace, each) for each in _newest_first(workspace, flow, status, ground.tag))
    fitting = [run for _, run in zip(range(_FEW), found, strict=False) if status is None or run.successful]
    if len(fitting) <= place:
        what = {"previous": "It has no two runs yet.", "latest": "It has none yet."}
        raise_for("M002", flow=flow, run=word, hint=f" {what.get(word, 'None has succeeded yet.')}")
    return fitting[place]


def _flow_among(given: Sequence[Any]) -> str | None:
    """Return the flow that one of the runs names: others may be ids alone."""
    for each in given:
        if isinstance(each, Run | Flow):
            return each.path_components[0]
        if isinstance(each, str) and "/" in each and FLOW_NAME.match(head := each.partition("/")[0]):
            return head
    return None


def _only_flow(ground: Ground) -> str | None:
    workspace = ground.workspace or workspace_if_any()
    flows = workspace.metadata.flows() if workspace else ()
    return flows[0] if len(flows) == 1 else None


def _ask_for_flow(text: str, ground: Ground) -> NoReturn:
    workspace = ground.workspace or workspace_if_any()
    flows = workspace.metadata.flows() if workspace else ()
    if not flows:
        raise_for("M019", why="nothing has run in this store yet" if workspace else f"nothing has run in {Path.cwd()}")
    named = ", ".join(one_line(each, 40) for each in flows[:8])
    # the shortest reads best
    raise_for("V011", run=one_line(text, 40), why=f"the flows here are {named}", flow=min(flows, key=len))
