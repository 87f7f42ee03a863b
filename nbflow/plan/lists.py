"""How many items each foreach will have, as far as the last run tells: a run lists them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Node
from nbflow.model.ids import Digest, Path, StepName, TaskKey
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.changes import Change, changes, static
from nbflow.plan.fingerprint import expression_names
from nbflow.plan.ledger import Ledger

#: stands for an item that no run has listed yet
UNLISTED = ArtifactRef(Digest(""), "scalar", "", 0)


class Lists:
    """The lists of one forecast.

    Responsibilities: put into the ledger what the last run listed, where nothing a list is made of has changed; else
    remember its length, a guess.
    """

    def __init__(
        self,
        ledger: Ledger,
        before: Mapping[TaskKey, TaskRecord],
        items: Mapping[tuple[StepName, Path], ItemList],
        sample: Mapping[StepName, int],
    ) -> None:
        self._ledger = ledger
        self._items = items
        self._sample = sample
        self._before = before
        self._guessed: dict[tuple[StepName, Path], int] = {}
        #: what the expression stands on that differs from last time
        self._differing: dict[tuple[StepName, Path], tuple[Change, ...]] = {}
        #: step → tasks of last time by the path of the task that listed their items
        self._of: dict[tuple[StepName, Path], list[TaskRecord]] = {}
        for key, record in before.items():
            self._of.setdefault((key.step, key.path[:-1]), []).append(record)

    def foresee(self, node: Node, path: Path, parts: Callable[[], Mapping[str, str]]) -> None:
        """Note how many items the foreach of `node` will have at `path`; `parts` are its static ones of now."""
        where = (node.name, path)
        listed = self._items.get(where)
        if where in self._ledger.items or listed is None:
            return
        count = min(self._sample.get(node.name, listed.total), listed.total)
        if not (self.certain(node.base, path) and self._as_last_time(node, path, parts())):
            self._guessed[where] = count
            return
        # of a list that was sampled only the first items are known
        refs = (*listed.refs, *(UNLISTED for _ in range(listed.total - len(listed.refs))))
        self._ledger.items[where] = ItemList(refs[:count], listed.total)

    def count(self, opener: StepName, path: Path) -> int | None:
        """Return how many items there will be, perhaps guessed; None: nobody knows."""
        listed = self._ledger.items.get((opener, path))
        return len(listed.refs) if listed is not None else self._guessed.get((opener, path))

    def paths(self, scope: tuple[StepName, ...], prefix: Path = ()) -> Iterator[Path]:
        """Yield the paths of `scope` under `prefix`, guessed ones included, in index order."""
        if len(prefix) >= len(scope):
            yield prefix
            return
        for index in range(self.count(scope[len(prefix)], prefix) or 0):
            yield from self.paths(scope, (*prefix, index))

    def certain(self, scope: tuple[StepName, ...], path: Path) -> bool:
        """Say whether none of the lists that `path` goes through is a guess."""
        return not self.guesses(scope, path)

    def guesses(self, scope: tuple[StepName, ...], path: Path) -> tuple[StepName, ...]:
        """Return the foreach on the way of `path` whose lists are not certain."""
        return tuple(
            scope[depth] for depth in range(len(path)) if (scope[depth], path[:depth]) not in self._ledger.items
        )

    def differing(self, opener: StepName, path: Path) -> tuple[Change, ...]:
        """Return what has changed since the items were listed; nothing where only the steps above may leave others."""
        return self._differing.get((opener, path), ())

    # ---- is it the list of last time?

    def _as_last_time(self, node: Node, path: Path, now: Mapping[str, str]) -> bool:
        """Whether the expression would give the same again: same text, same code behind it, same inputs."""
        of_then = self._of.get((node.name, path), [])
        for record in of_then:
            self._differing[node.name, path] = self._reads_other(node, record.parts, now) if record.parts else ()
            if not record.parts or self._differing[node.name, path]:
                return False
        began = min((each.started_at for each in of_then if each.started_at is not None), default=None)
        for need in node.needs:
            if need.kind != "value" or "items" not in need.uses:
                continue
            records = [self._ledger.result(source.step, path) for source in need.branches[0]]
            found = next((each for each in records if each is None or each.status is not TaskStatus.SKIPPED), None)
            if found is None or not self._made_before(found, began):
                return False
        return True

    def _reads_other(self, node: Node, then: Mapping[str, str], now: Mapping[str, str]) -> tuple[Change, ...]:
        """Return what differs of that which the expression stands on."""
        names = expression_names(node.opens.items if node.opens else "")
        differing = changes(static(then), now)
        own = (
            each for each in differing if each.kind == "foreach" or (each.kind == "parameter" and each.name in names)
        )
        if found := tuple(own):
            return found
        # which definitions stand behind a definition is not looked into: any of them counts
        defined = {name for label in now if label.startswith("definition ") for name in label[11:].split(", ")}
        behind = (each for each in differing if each.kind in {"definition", "environment", "setup"})
        return tuple(behind) if names & defined else ()

    def _made_before(self, found: TaskRecord, began: float | None) -> bool:
        """Whether a giver's result is what the list of last time was made from."""
        old = self._before.get(found.key)
        if old is None or old.manifest is None or found.manifest is None:
            return False
        # a giver that ran again since then may have left something else
        later = began is not None and old.finished_at is not None and old.finished_at > began
        return old.manifest.artifacts == found.manifest.artifacts and not later
