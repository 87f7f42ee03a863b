"""Why a task would run or be taken over: what changed since its latest result, with the diff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from nbflow.cards.figures import parameter, value
from nbflow.code.compare import Difference, definitions_by_name, differences, text_diff
from nbflow.code.package import CodePackage
from nbflow.errors import NbflowError
from nbflow.frontends.forecasting import Past
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Graph, Missing, Node
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.plan.changes import Change, changes, givers_of, last_try, static, word
from nbflow.plan.foreseen import Forecast, StepForecast, TaskForecast
from nbflow.views.changes import Explained, Section
from nbflow.views.plan_table import line
from nbflow.workspace import Workspace

#: most lines about the members of a join
_MEMBERS = 6
#: fate → the status whose mark it has
_STATUS = {"reused": "reused", "runs": "running", "perhaps": "waiting", "skipped": "skipped"}


class Explainer:
    """Explains the tasks of one forecast.

    Responsibilities: find what a task's latest result was made of, and set it beside what there is now.
    """

    def __init__(
        self, graph: Graph, told: Forecast, past: Past, workspace: Workspace, packed: Callable[[], bytes]
    ) -> None:
        self._graph = graph
        self._told = told
        self._past = past
        self._workspace = workspace
        self._packed = packed

    def step(self, name: StepName) -> Explained:
        """Explain a step: all of its tasks in one line, and the first that does not go as before in full."""
        mine = sorted((task for key, task in self._told.tasks.items() if key.step == name), key=lambda each: each.key)
        told = next(each for each in self._told.steps if each.step == name)
        if not mine or not told.many:
            return self.task(mine[0]) if mine else Explained(name, "waiting", line(told))
        # one that has something to compare tells more than one that never ran
        chosen = next((each for each in mine if each.fate in {"runs", "perhaps"} and self._changes(each)), None)
        chosen = chosen or next((each for each in mine if each.fate in {"runs", "perhaps"}), mine[0])
        if told.total is None:
            # an item of last time may not be on the list again: there is nothing to be said of it
            sections = (*self._upstream(chosen), *self._sections(chosen, self._changes(chosen)))
            return Explained(name, _STATUS[chosen.fate], self._line(told), sections)
        one = self.task(chosen)
        first = (Section(f"{chosen.key}: {one.headline}"),) if len(mine) > 1 else ()
        return Explained(name, one.status, line(told), (*first, *one.sections))

    def task(self, task: TaskForecast) -> Explained:
        """Explain one task."""
        found = self._changes(task)
        sections = [*self._upstream(task), *self._sections(task, found)]
        latest = self._past.tries.get(task.key)
        if latest is not None and (trouble := last_try(latest)) and trouble not in task.reason:
            sections.append(Section(trouble))
        return Explained(str(task.key), _STATUS[task.fate], self._headline(task, found), tuple(sections))

    # ---- what changed

    def _changes(self, task: TaskForecast) -> tuple[Change, ...]:
        old = self._past.results.get(task.key)
        if old is None or not old.parts or not task.parts:
            return ()
        # of a task that waits for others it is not known what it will be given
        return changes(static(old.parts) if task.after or task.guessed else old.parts, task.parts)

    def _headline(self, task: TaskForecast, found: tuple[Change, ...]) -> str:
        old, run = self._past.results.get(task.key), self._past.runs.get(task.key)
        since = f" since {run.flow}/{run.id}" if run else ""
        runs = "it runs" if task.fate == "runs" else "perhaps it runs"
        if task.fate == "skipped":
            return f"is skipped: {task.reason}"
        if task.fate == "reused":
            taken = "/".join(task.origin.split("/")[:2])
            other = ", although its latest result is another one" if found else ""
            return f"nothing changed since {taken}: %flow run reuses it{other}"
        if old is None or not old.status.has_result or not task.parts:
            return f"{task.reason}: {runs}"
        if found:
            node = self._graph[task.key.step]
            return f"{', '.join(word(each, node) for each in found)}{since}: {runs}"
        if task.after or task.guessed:
            return f"nothing of its own changed{since}; {task.reason}"
        return f"nothing changed{since}, but it runs: {task.reason}"

    def _upstream(self, task: TaskForecast) -> Iterator[Section]:
        """Yield the steps above that run first because of themselves."""
        seen: dict[StepName, None] = {}
        todo = list(task.after)
        lines = []
        while todo:
            name = todo.pop(0)
            if name in seen:
                continue
            seen[name] = None
            told = next((each for each in self._told.steps if each.step == name), None)
            mine = [each for key, each in self._told.tasks.items() if key.step == name]
            todo += [giver for each in mine for giver in each.after]
            if told is not None and (not mine or any(not each.after and _is_new(each) for each in mine)):
                lines.append(f"{name}: {self._line(told)}")
        if lines:
            yield Section("what runs above it", tuple(lines))

    def _line(self, told: StepForecast) -> str:
        """Return a step in one line, and since which run what it says has changed where its items are listed anew."""
        mine = [task for key, task in self._told.tasks.items() if key.step == told.step and not task.after]
        runs = [self._past.runs.get(task.key) for task in mine if task.guessed and self._changes(task)]
        latest = max((run for run in runs if run), key=lambda run: run.created_at, default=None)
        return line(told) + (f", since {latest.flow}/{latest.id}" if latest else "")

    # ---- each in full

    def _sections(self, task: TaskForecast, found: tuple[Change, ...]) -> Iterator[Section]:
        if not found:
            return
        node = self._graph[task.key.step]
        old, new = self._code(task.key), CodePackage.from_bytes(self._packed())
        kinds = {each.kind for each in found}
        if kinds & {"code", "foreach", "when"}:
            yield _of_cell(node, old, new)
        yield from _of_definitions([each for each in found if each.kind == "definition"], old, new)
        if "setup" in kinds:
            yield from _of_setup(old, new)
        if "environment" in kinds:
            yield from _of_environment(old, new)
        kinds_told = {"parameter", "value", "classes"}
        if said := [self._parameter(task, each) or word(each, node) for each in found if each.kind in kinds_told]:
            yield Section("parameters and values", tuple(said))
        if said := [self._input(task, node, each) for each in found if each.kind == "input"]:
            yield Section("inputs", tuple(said))
        if "inputs" in kinds:
            yield Section(
                "what it joins", tuple(self._members(task, node)) or (f"differs: {', '.join(givers_of(node, None))}",)
            )

    def _code(self, key: TaskKey) -> CodePackage | None:
        """Return the code of the latest result; None: it is not stored."""
        run, record = self._past.runs.get(key), self._past.results[key]
        digest = record.code or (run.code if run else None)
        if digest is None:
            return None
        try:
            return CodePackage.from_bytes(self._workspace.store.get_bytes(digest))
        except NbflowError:
            return None

    def _parameter(self, task: TaskForecast, change: Change) -> str:
        """Return a parameter with both of its values, of which a task keeps only the short ones; empty: not known."""
        run, now = self._past.runs.get(task.key), self._told.parameters.get(change.name)
        # a draft's parameters may have changed since the task
        then = run.parameters.get(change.name) if run and run.kind != "draft" else None
        if change.kind != "parameter" or then is None or now is None or then[1] == now[1]:
            return ""
        return f"{change.name} {parameter(then[1])} → {parameter(now[1])}"

    def _input(self, task: TaskForecast, node: Node, change: Change) -> str:
        """Return one input: its giver, what it was, what it is."""
        name = change.name
        if node.opens and name == node.opens.item:
            then = self._past.results[task.key].item
            return f"{name}, its item: {_shown(then, change.old)} → another value"
        givers = givers_of(node, name)
        called = {
            source.step: source.name or name
            for need in node.needs
            for source in (need.branches[0] if need.binds == name else ())
        }
        settled = (told.result for giver in givers if (told := self._told_of(giver, task.key)) is not None)
        now = next((ref for each in settled if each and (ref := _ref(each, called[each.step], change.new))), None)
        stored = self._stored(task.key, givers)
        then = next((ref for each in stored if (ref := _ref(each, called[each.step], change.old))), None)
        of = f" from {' or '.join(givers)}" if givers else ""
        return f"{name}{of}: {_shown(then, change.old)} → {_shown(now, change.new)}"

    def _members(self, task: TaskForecast, node: Node) -> Iterator[str]:
        """Yield what differs in the tasks it joins, the first few."""
        then = {record.key: record for record in self._stored(task.key, givers_of(node, None))}
        said = []
        for key, told in sorted(self._told.tasks.items(), key=lambda each: each[0]):
            if key.step not in givers_of(node, None) or told.result is None:
                continue
            said += [f"{key}: {each}" for each in _between(then.get(key), told.result)]
        yield from said[:_MEMBERS]
        if len(said) > _MEMBERS:
            yield f"and {len(said) - _MEMBERS} more"

    def _told_of(self, giver: str, key: TaskKey) -> TaskForecast | None:
        depth = len(self._graph[giver].scope)
        return self._told.tasks.get(TaskKey(StepName(giver), key.path[:depth]))

    def _stored(self, key: TaskKey, givers: Iterable[str]) -> Iterator[TaskRecord]:
        """Yield what the givers left in the run of the latest result, earlier tries of a draft included."""
        run = self._past.runs.get(key)
        for giver in givers if run else ():
            assert run is not None
            tasks = self._workspace.metadata.tasks(run.flow, run.id, giver)
            yield from tasks
            by_id = {task.id: task for task in tasks}
            for attempt in self._workspace.metadata.attempts(run.flow, run.id, giver):
                if attempt.manifest is not None and attempt.task in by_id:
                    yield TaskRecord(
                        attempt.step, attempt.task, by_id[attempt.task].path, attempt.status, manifest=attempt.manifest
                    )


def _is_new(task: TaskForecast) -> bool:
    """Whether what stands below hangs on the task itself: it runs, or is not known yet."""
    return task.fate == "runs" or task.guessed


def _of_cell(node: Node, old: CodePackage | None, new: CodePackage) -> Section:
    title = f"the cell of {node.name}"
    before, now = (_cell(each, node.name) if each else None for each in (old, new))
    if before is None or now is None:
        return Section(title, ("the text it ran is not stored",))
    if before == now:
        return Section(title, ("its text is the same: what it takes from other steps, or leaves to them, changed",))
    return Section(title, diff=text_diff(before, now))


def _cell(package: CodePackage, step: str) -> str | None:
    return next((text for name, text in package.cells if name == step), None)


def _of_definitions(found: list[Change], old: CodePackage | None, new: CodePackage) -> Iterator[Section]:
    before, now = definitions_by_name(old) if old else {}, definitions_by_name(new)
    for change in found:
        name = change.name.partition(", ")[0]
        diff = text_diff(before.get(name, ""), now.get(name, "")) if old else ""
        yield Section(f"{change.name} (definition)", () if diff else ("it changed",), diff)


def _of_setup(old: CodePackage | None, new: CodePackage) -> Iterator[Section]:
    for each in differences(old, new) if old else ():
        if each.kind == "cell" and any((text or "").lstrip().startswith("%%setup") for text in (each.old, each.new)):
            yield Section("%%setup", diff=each.diff)


def _of_environment(old: CodePackage | None, new: CodePackage) -> Iterator[Section]:
    found = [each for each in differences(old, new) if each.kind in {"module", "distribution", "python"}] if old else []
    for each in found:
        if each.kind == "module":
            yield Section(each.name, diff=each.diff)
    if said := [_version(each) for each in found if each.kind != "module"]:
        yield Section("versions", tuple(said))
    if not found:
        yield Section("environment", ("a module it imports, or a version, changed",))


def _version(found: Difference) -> str:
    return f"{found.name or 'Python'} {found.old or 'not there'} → {found.new or 'not there'}"


def _ref(record: TaskRecord, name: str, part: str | None) -> ArtifactRef | None:
    """Return the artifact that a part of a fingerprint, the beginning of its digest, stands for."""
    ref = record.manifest.artifacts.get(name) if record.manifest else None
    return ref if ref is not None and part and ref.digest.startswith(part) else None


def _shown(ref: ArtifactRef | None, part: str | None) -> str:
    if ref is None:
        return (
            "nothing" if part is None else part if part == "unbound" or part.startswith("default ") else "another value"
        )
    if not isinstance(ref.scalar, Missing):
        return value(ref.scalar)
    return f"{ref.type} {ref.summary}".strip()


def _between(old: TaskRecord | None, new: TaskRecord) -> Iterator[str]:
    before: Mapping[str, ArtifactRef] = old.manifest.artifacts if old and old.manifest else {}
    now = new.manifest.artifacts if new.manifest else {}
    for name in dict.fromkeys((*now, *before)):
        one, other = before.get(name), now.get(name)
        if one is None or other is None or one.digest != other.digest:
            yield f"{name} {_shown(one, None)} → {_shown(other, None)}"
