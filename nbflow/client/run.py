"""A run, its steps and what it left."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from nbflow.cards.figures import several
from nbflow.client.data import Data, Held
from nbflow.client.ending import wait_for, wait_in_loop
from nbflow.client.facts import RunFacts, by_step
from nbflow.client.step import Step
from nbflow.client.thing import Page, Thing, moment
from nbflow.errors import raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Path
from nbflow.model.record import TaskRecord
from nbflow.model.value import decode
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.code.package import CodePackage

_LONGEST_TAG = 500


class Run(Thing):
    """One execution of a flow: `Run("quickstart/3")`. Iterating gives its steps, in flow order."""

    depth = 2

    def __init__(self, pathspec: str, *, workspace: Workspace | None = None) -> None:
        super().__init__(pathspec, workspace=workspace)
        self._facts = RunFacts(self._workspace, self._spec.flow, self.id)
        # a run that does not exist is told now, not at the first question
        self._facts.record  # noqa: B018

    # ---- how it stands

    @property
    def status(self) -> str:
        """Where it is: pending, running, succeeded, failed, cancelling, cancelled or lost."""
        return self._facts.record.status.value

    @property
    def successful(self) -> bool:
        """All of it came to a good end."""
        return self._facts.record.status.value == "succeeded"

    @property
    def finished(self) -> bool:
        """It has come to an end, good or bad."""
        return self._facts.record.status.ended

    @property
    def created_at(self) -> datetime | None:
        """When it was asked for."""
        return moment(self._facts.record.created_at)

    @property
    def finished_at(self) -> datetime | None:
        """When it ended."""
        return moment(self._facts.record.finished_at)

    @property
    def reason(self) -> str:
        """Why it failed, in one line."""
        return self._facts.record.reason

    @property
    def user(self) -> str:
        """Who ran it."""
        return self._facts.record.user

    @property
    def source(self) -> str:
        """The notebook or file it was started from."""
        return self._facts.record.source

    @property
    def origin_pathspec(self) -> str | None:
        """The run whose results it took over, when it was resumed from one."""
        origin = self._facts.record.origin_run
        return origin and f"{self._spec.flow}/{origin}"

    @property
    def parameters(self) -> dict[str, Any]:
        """Its parameters' values; a member of the flow's own Enum stays as it was recorded."""
        return {name: _plain(raw) for name, (_, raw, _) in self._facts.record.parameters.items()}

    @property
    def code(self) -> CodePackage | None:
        """What it ran: cells, definitions, local modules."""
        from nbflow.code.package import CodePackage

        digest = self._facts.record.code
        return None if digest is None else CodePackage.from_bytes(self._workspace.store.get_bytes(digest))

    @property
    def graph(self) -> str:
        """Its steps and what they waited for, drawn as text."""
        from nbflow.graph.draw import text

        return text(self._facts.steps())

    # ---- its end

    def wait(self, timeout: float | None = None) -> Self:
        """Return the run when it has ended, well or not; an interrupt only stops the waiting.

        Raises:
            TimeoutError: it still goes on after `timeout` seconds.
        """
        wait_for(self, timeout)
        return self

    def __await__(self) -> Generator[Any, None, Run]:
        return wait_in_loop(self).__await__()

    def cancel(self, *, wait: bool = False) -> None:
        """Ask for its end, whatever process runs it; one that has ended stays as it is.

        Args:
            wait: return when no process of it is left.
        """
        if not self.finished:
            self._workspace.metadata.ask_cancel(self._spec.flow, self.id)
        if wait:
            self.wait()

    # ---- steps

    def steps(self) -> tuple[Step, ...]:
        """Return the steps that have tasks, in flow order."""
        ran = {task.step for task in self._facts.tasks()}
        return tuple(self[summary.name] for summary in self._facts.steps() if summary.name in ran)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps())

    def __getitem__(self, step: str) -> Step:
        return Step(f"{self.pathspec}/{step}", workspace=self._workspace, facts=self._facts)

    def __contains__(self, step: object) -> bool:
        return any(summary.name == step for summary in self._facts.steps())

    def _ipython_key_completions_(self) -> list[str]:
        return [summary.name for summary in self._facts.steps()]

    # ---- what it left

    @property
    def data(self) -> Data:
        """What it left, by name: the version of the last step that ran; in a foreach a list, item by item."""
        tasks = by_step(self._facts.tasks())
        held: dict[str, Held] = {}
        for summary in self._facts.steps():
            mine = [task for task in tasks.get(summary.name, ()) if task.status.has_result]
            left = dict.fromkeys(name for task in mine if task.manifest for name in task.manifest.artifacts)
            for name in left:
                held.pop(name, None)
                held[name] = self._held(name, mine)
        return Data(self.pathspec, held)

    def _held(self, name: str, tasks: Sequence[TaskRecord]) -> Held:
        refs = {
            task.path: task.manifest.artifacts[name]
            for task in tasks
            if task.manifest and name in task.manifest.artifacts
        }
        if () in refs:
            return Held.of(refs[()], lambda: self._facts.load(refs[()], name))
        kinds = sorted({ref.type for ref in refs.values()})
        sizes = sum(ref.size for ref in refs.values())
        return Held(
            lambda: self._nested(name, refs), f"list of {' and '.join(kinds)}", several(len(refs), "item"), sizes
        )

    def _nested(self, name: str, refs: Mapping[Path, ArtifactRef]) -> Any:
        """Return the values in lists as deep as their paths."""
        if () in refs:
            return self._facts.load(refs[()], name)
        inner: dict[int, dict[Path, ArtifactRef]] = {}
        for (index, *rest), ref in sorted(refs.items()):
            inner.setdefault(index, {})[tuple(rest)] = ref
        return [self._nested(name, each) for each in inner.values()]

    # ---- tags

    @property
    def tags(self) -> frozenset[str]:
        """All its tags."""
        return self.user_tags | self.system_tags

    @property
    def user_tags(self) -> frozenset[str]:
        """Tags that people gave, and may change."""
        return self._facts.record.tags

    @property
    def system_tags(self) -> frozenset[str]:
        """Tags that nbflow gave."""
        return self._facts.record.system_tags

    def add_tag(self, tag: str) -> None:
        """Give it a tag."""
        self.replace_tags((), (tag,))

    def add_tags(self, tags: Iterable[str]) -> None:
        """Give it tags, all or none."""
        self.replace_tags((), tags)

    def remove_tag(self, tag: str) -> None:
        """Take a tag from it; it need not have it."""
        self.replace_tags((tag,), ())

    def remove_tags(self, tags: Iterable[str]) -> None:
        """Take tags from it."""
        self.replace_tags(tags, ())

    def replace_tag(self, old: str, new: str) -> None:
        """Take one tag from it and give it another, at once."""
        self.replace_tags((old,), (new,))

    def replace_tags(self, remove: Iterable[str], add: Iterable[str]) -> None:
        """Take tags from it and give it others, at once. Raises M010 when one cannot be a tag."""
        wanted = tuple(add)
        if wrong := [tag for tag in wanted if not 0 < len(str(tag)) <= _LONGEST_TAG]:
            raise_for("M010", tag=wrong[0])
        self._workspace.metadata.tag(self._spec.flow, self.id, add=wanted, remove=remove)
        self._facts.forget()

    # ---- how it looks

    def _page(self) -> Page:
        # drawing is not imported by those who only read
        from nbflow.client.run_page import run_page

        return run_page(self.pathspec, self._facts.record, self._facts.steps(), by_step(self._facts.tasks()))


def _plain(raw: Any) -> Any:
    try:
        return decode(raw)
    except (ValueError, TypeError):
        return raw
