"""A comparison that answers: what is shown, what is opened, and against which run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from nbflow.cards import html as h
from nbflow.cards.html import Content, Html
from nbflow.cards.printable import one_line
from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.diffs import Diff
from nbflow.client.comparing.opening import CLOSED, diff_of, labels_of
from nbflow.client.comparing.rows import Artifact
from nbflow.client.comparing.side import ItemKey
from nbflow.model.status import RunStatus
from nbflow.views.compare import page, sections
from nbflow.views.compare.artifact_table import artifacts
from nbflow.views.compare.charted import charted
from nbflow.views.compare.opened import opened
from nbflow.views.compare.text import text
from nbflow.views.compare.words import names_of
from nbflow.views.inline import parts
from nbflow.views.pace import Pace

#: items of a foreach that can be opened one by one
_ITEMS = 40
_LOAD = "load both (this runs the pickles' code)"

#: what of an artifact is open: step, name, item, place of the run
Spot = tuple[str, str, ItemKey, int]


class CompareView:
    """The page of a comparison."""

    name = "compare"

    def __init__(self, comparison: Comparison, again: Callable[[str | None], Comparison]) -> None:
        """Show `comparison`; `again` makes it anew, against the run of that pathspec where one is given."""
        self._comparison = comparison
        self._again = again
        self._base: str | None = None
        self._only = False
        self._open: dict[Spot, Diff] = {}
        self._pace = Pace()
        # nothing is read before somebody looks
        self._seen: tuple[Any, ...] | None = None

    @property
    def comparison(self) -> Comparison:
        """What is shown."""
        return self._comparison

    def regions(self) -> Mapping[str, Html]:
        shown, only = self._comparison, self._only
        return {
            "head": page.head(shown),
            "controls": self._controls(),
            "metrics": sections.metrics(shown, only=only),
            "charts": charted(shown),
            "parameters": sections.parameters(shown, only=only),
            "artifacts": artifacts(shown, only=only, controls=self),
            "code": sections.code(shown),
            "pictures": sections.pictures(shown, most=60, limit=12_000_000),
            "durations": sections.durations(shown),
            "environment": sections.environment(shown, only=only),
        }

    def static(self) -> Html:
        return page.static(self._comparison)

    def text(self) -> str:
        return text(self._comparison)

    def poll(self) -> bool:
        if all(side.record.status.ended for side in self._comparison.sides) or not self._pace.due():
            return False
        now = self._pace.timed(self._signature)
        if self._seen is None or now == self._seen:
            self._seen = now
            return False
        self._renew()
        return True

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        match act:
            case "only":
                self._only = not self._only
            case "fields":
                if (base := fields.get("base", "")) and base != self._shown_base():
                    self._base = base
                    self._renew()
            case "open" | "load":
                spot = self._spot(argument)
                if spot is not None:
                    # of one artifact what is opened last stands first
                    self._open = {
                        spot: self._diff(spot, load=act == "load"),
                        **{k: v for k, v in self._open.items() if k != spot},
                    }
            case "close":
                if (spot := self._spot(argument)) is not None:
                    self._open.pop(spot, None)

    # ---- what is asked of the runs

    def _renew(self) -> None:
        # noted before it is read anew: what comes in between is seen at the next look
        self._seen = self._signature()
        self._comparison = self._again(self._base)
        # what was opened was of other runs
        self._open = {}

    def _signature(self) -> tuple[Any, ...]:
        found: list[Any] = []
        for side in self._comparison.sides:
            metadata = side.facts.workspace.metadata
            record = metadata.run(side.record.flow, side.record.id) if not side.record.status.ended else side.record
            tasks = metadata.tasks(side.record.flow, side.record.id) if record and not record.status.ended else ()
            done = sum(task.status.ended for task in tasks)
            found.append((record.status if record else RunStatus.LOST, len(tasks), done))
        return tuple(found)

    def _spot(self, argument: str) -> Spot | None:
        """Return what a control is about; None: it is of a page that is gone."""
        try:
            step, name, key, place = json.loads(argument)
            spot = str(step), str(name), tuple(map(str, key)), int(place)
        except (ValueError, TypeError):
            return None
        known = any((row.step, row.name) == spot[:2] for row in self._comparison.artifacts)
        return spot if known and 0 < spot[3] < len(self._comparison.sides) else None

    def _diff(self, spot: Spot, *, load: bool) -> Diff:
        step, name, key, place = spot
        sides = self._comparison.sides
        return diff_of((sides[0], sides[place]), (step, name), key, load=load)

    # ---- controls

    def _controls(self) -> Html:
        sides = self._comparison.sides
        shown: list[Content] = [
            parts.tick("only", "", on=self._only, title="show only what differs"),
            h.faint("only what differs"),
        ]
        if len(sides) > 1:
            options = [(side.pathspec, f"run {name}") for side, name in zip(sides, names_of(sides), strict=True)]
            shown += [
                h.faint("\u2002compared with"),
                parts.choice("base", options, self._shown_base(), label="compared with"),
            ]
        return parts.bar(*shown)

    def _shown_base(self) -> str:
        return self._comparison.sides[0].pathspec

    def opens(self, row: Artifact, run: int, said: Content) -> Content:
        """Return what opens an artifact of a run; `said` as it is where the first run has none, or an equal one."""
        if not (keys := _differing(row, run)):
            return said
        names = names_of(self._comparison.sides)
        title = f"how {one_line(row.label, 80)} of run {names[run]} differs from that of {names[0]}"
        argument = _argument((row.step, row.name, keys[0], run))
        if len(names) > 2:
            return parts.link(said, "open", argument, title=title)
        return h.text(h.join([said, "\u2002", parts.link("open", "open", argument, title=title)]), "white-space:nowrap")

    def below(self, row: Artifact) -> Html:
        """Return what is open of an artifact."""
        return h.join(self._opened(spot, diff) for spot, diff in self._open.items() if spot[:2] == (row.step, row.name))

    def _opened(self, spot: Spot, diff: Diff) -> Html:
        step, name, key, place = spot
        sides = self._comparison.sides
        names = names_of(sides)
        labels = labels_of(sides)
        title = f"{step}.{name}" + (f"[{labels.get(key, '')}]" if key else "")
        head: list[Content] = [h.tag("b", one_line(title, 120)), h.faint(f"{names[0]} → {names[place]}")]
        if diff.kind == CLOSED:
            head.append(parts.button(_LOAD, "load", _argument(spot), kind="danger"))
        head.append(parts.button("close", "close", _argument(spot)))
        inner: list[Content] = [parts.bar(*head), self._items(spot), opened(diff, (names[0], names[place]))]
        return h.block(
            *inner, style=f"border:{h.LINE};border-radius:4px;padding:4px 12px 8px;margin:4px 0 8px 0;max-width:860px"
        )

    def _items(self, spot: Spot) -> Html:
        """Return links to the other items of a foreach that differ."""
        step, name, key, place = spot
        if not key:
            return Html("")
        labels = labels_of(self._comparison.sides)
        row = next(row for row in self._comparison.artifacts if (row.step, row.name) == (step, name))
        keys = _differing(row, place)
        links = [
            h.text(labels.get(each, ""), "font-weight:bold")
            if each == key
            else parts.link(labels.get(each, ""), "open", _argument((step, name, each, place)))
            for each in keys[:_ITEMS]
        ]
        more = h.faint(f" and {len(keys) - _ITEMS} more") if len(keys) > _ITEMS else ""
        return h.block(h.faint("items that differ: "), h.join(links, ", "), more)


def _differing(row: Artifact, run: int) -> list[ItemKey]:
    """Return the items that the first run and another have, and that are not equal."""
    one, other = row.left[0].refs, row.left[run].refs
    return [key for key, ref in other.items() if key in one and one[key].digest != ref.digest]


def _argument(spot: Spot) -> str:
    step, name, key, place = spot
    return json.dumps([step, name, list(key), place])
