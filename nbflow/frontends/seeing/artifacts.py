"""What a run, a step or a task left, to be looked through."""

from __future__ import annotations

from typing import Any

from nbflow.cards.printable import one_line
from nbflow.client.holdings import Holdings
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.choosing_place import Seen
from nbflow.frontends.seeing.opening import Opened, open_apart
from nbflow.frontends.seeing.place import thing_of
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.artifacts.groups import groups_of
from nbflow.views.artifacts.view import ArtifactsView


def artifacts(what: Any = None) -> ArtifactsShown:
    """Return a view of what a run, a step or a task left; of an artifact, what is in it. Nothing is loaded.

    Args:
        what: a `Run`, `Step`, `Task` or `DataArtifact`, or a place as text: `"sales/12"`, `"sales/12/train"`,
            `"sales/12/train/3"`, `"sales/12/train/3/model"`; `"sales"` is its latest run. In a notebook with the
            extension loaded the flow may be left out: `"train"`, `"12/train[3]"`. Nothing: the latest run.

    Raises:
        MetadataError: M001 to M006, there is no such thing.
        UsageError: R004, R005, it names nothing.
    """
    return shown_artifacts(thing_of(what))


def shown_artifacts(thing: Seen) -> ArtifactsShown:
    """Return the view of a place."""
    return ArtifactsShown(Holdings(thing))


class ArtifactsShown(Shown):
    """The view; `open("model")` is the only way in it to have an artifact's own code run."""

    def __init__(self, holdings: Holdings) -> None:
        root = holdings.workspace.root
        super().__init__(ArtifactsView(holdings, lambda place: open_apart(root, place)))
        self._holdings = holdings

    def open(self, name: str | None = None) -> Opened:
        """Return what an artifact displays: it is loaded in a process of its own, which ends then.

        Args:
            name: its name; with the step or task where several have it: `"train.model"`, `"train/3/model"`. It may be
                left out where there is one artifact.

        Raises:
            MetadataError: M005, there is none of that name.
            ViewError: V030, it cannot be opened; V032, there are several.
        """
        place = self._place(name)
        return Opened(place, open_apart(self._holdings.workspace.root, place))

    def _place(self, name: str | None) -> str:
        holdings = self._holdings
        wanted = name if name is not None else holdings.artifact
        parts = (wanted or "").replace(".", "/").split("/")
        known = {
            (group.step, item.task, group.name): holdings.place(group.step, item.task, group.name)
            for group in groups_of(holdings.steps(), holdings.tasks())
            for item in group.items
        }
        found = [
            place for (step, task, each), place in known.items() if _meant(parts, step, task, each) or wanted is None
        ]
        names = list(dict.fromkeys(each for _, _, each in known))
        if not found:
            said = one_line(wanted or "", 60)
            hint = did_you_mean(said, names)
            raise_for("M005", owner=holdings.pathspec, name=said, hint=hint, known=", ".join(names) or "nothing")
        if len(found) > 1:
            short = [place.split("/", 2)[2] for place in found]
            more = f" and {len(short) - 4} more" if len(short) > 4 else ""
            said = ", ".join(short[:4]) + more
            raise_for("V032", owner=holdings.pathspec, name=one_line(wanted or "", 60), known=said, first=short[0])
        return found[0]


def _meant(parts: list[str], step: str, task: str, name: str) -> bool:
    return parts in ([name], [step, name], [step, task, name])
