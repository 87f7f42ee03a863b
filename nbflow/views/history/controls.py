"""The controls around a live list of runs, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nbflow.cards import html as h
from nbflow.cards.figures import several
from nbflow.cards.html import Html
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.metadata.query import Sort
from nbflow.model.status import RunStatus
from nbflow.views.history.asked import Asked
from nbflow.views.history.page import Choices, Page
from nbflow.views.history.when import said
from nbflow.views.inline import parts

#: statuses in the order in which they are told
STATUSES = (
    RunStatus.RUNNING,
    RunStatus.PENDING,
    RunStatus.CANCELLING,
    RunStatus.SUCCEEDED,
    RunStatus.FAILED,
    RunStatus.CANCELLED,
    RunStatus.LOST,
)
#: what may be chosen of when a run was made
_TIMES = (
    ("", "any time"),
    ("1h", "last hour"),
    ("24h", "last 24 hours"),
    ("7d", "last 7 days"),
    ("30d", "last 30 days"),
)
#: names that a list offers
_OFFERED = 100


@frozen
class Typed:
    """What stands in the fields, right or wrong."""

    where: str = ""
    tag: str = ""


def number(count: int) -> str:
    """Return a number of things with its thousands apart."""
    return f"{count:,}"


def runs_said(count: int) -> str:
    """Return `1 run`, `12 runs`."""
    return f"{number(count)} run{'' if count == 1 else 's'}"


def counted(counts: Mapping[RunStatus, int], asked: Asked, *, live: bool) -> Html:
    """Return how many runs there are of each status: as a bar, and in words that filter when they are clicked."""
    there = [(status, counts[status]) for status in STATUSES if counts.get(status)]
    total = sum(many for _, many in there)
    if not total:
        return h.block(h.text("0 runs", "font-weight:bold"), style="margin:3px 0")
    shares = [(many / total, colour(status)) for status, many in there]
    title = ", ".join(f"{many} {status}" for status, many in there)
    words = [_status(status, many, asked, live=live) for status, many in there]
    line = [h.bar(shares, title=title, width=140), h.text(runs_said(total), "font-weight:bold"), *words]
    return parts.bar(*line) if live else h.block(h.join(line, h.Html("&ensp;")), style="margin:3px 0")


def _status(status: RunStatus, many: int, asked: Asked, *, live: bool) -> Html:
    chosen = status in asked.statuses
    faded = "opacity:0.5;" if asked.statuses and not chosen else ""
    words = h.text(f"{mark(status)} {number(many)} {status}", f"{faded}color:{colour(status)};white-space:nowrap")
    if not live:
        return words
    return parts.link(
        words, "status", status, title=f"show all runs, not only {status}" if chosen else f"only {status}"
    )


def filters(asked: Asked, typed: Typed, choices: Choices, flows: Sequence[str]) -> Html:
    """Return the row of fields."""
    fields = [parts.field("text", asked.text, placeholder="search", width=130, label="words to look for")]
    if len(flows) > 1:
        fields.append(_one_of("flow", "all flows", flows, asked.flows))
    fields.append(_one_of("status", "any status", STATUSES, asked.statuses))
    if len(choices.users) > 1 or asked.users:
        fields.append(_one_of("user", "anybody", choices.users, asked.users))
    if choices.tags or asked.tags:
        fields.append(_one_of("tag", "any tags", choices.tags, asked.tags, " and "))
    fields.append(_times(asked))
    if choices.parameters:
        example = f"{one_line(choices.parameters[0], 20)}=…"
        label = "conditions on parameters, with commas between them"
        fields.append(parts.field("where", typed.where, placeholder=example, width=130, label=label))
    fields.append(_orders(asked.sort, choices))
    title = "leave out what cells computed" if asked.drafts else "list what cells computed in kernel sessions, too"
    drafts = h.tag("label", parts.tick("drafts", "drafts", on=asked.drafts, title=title), " drafts", title=title)
    fields.append(drafts)
    if asked.narrowed:
        fields.append(parts.link("clear", "unfilter", title="show all runs"))
    return parts.bar(*fields)


def _one_of(name: str, none: str, known: Sequence[str], chosen: tuple[str, ...], between: str = " or ") -> Html:
    """Return a list to choose one of; several that were chosen in a program are one more entry."""
    options = [("", none), *((str(each), one_line(each, 24)) for each in known[:_OFFERED])]
    value = "\n".join(chosen)
    if chosen and value not in [each for each, _ in options]:
        options.append((value, one_line(between.join(chosen), 24)))
    return parts.choice(name, options, value, label=f"{name} of the runs")


def _times(asked: Asked) -> Html:
    options = list(_TIMES)
    value = asked.since if isinstance(asked.since, str) and asked.until is None else ""
    if value not in [each for each, _ in options] or (
        not value and (asked.since is not None or asked.until is not None)
    ):
        value = "as asked"
        given = [f"since {said(asked.since)}"] if asked.since is not None else []
        given += [f"until {said(asked.until)}"] if asked.until is not None else []
        options.append((value, " ".join(given)))
    return parts.choice("when", options, value, label="when the runs were made")


def _orders(sort: Sort | None, choices: Choices) -> Html:
    options = [
        ("newest", "newest first"),
        ("oldest", "oldest first"),
        ("-took", "longest first"),
        ("took", "shortest first"),
    ]
    options += [("status", "by status"), ("flow", "by flow"), ("user", "by user")]
    for kind, names in (("metric", choices.metrics), ("parameter", choices.parameters)):
        for name in names[:_OFFERED]:
            shown = one_line(name, 16)
            options += [(f"{kind}:{name}", f"{shown}, low first"), (f"-{kind}:{name}", f"{shown}, high first")]
    value = order_key(sort)
    if value not in [each for each, _ in options]:
        options.append(
            (value, f"by {one_line(value.lstrip('-'), 30)}, {'high' if value.startswith('-') else 'low'} first")
        )
    return parts.choice("sort", options, value, label="order of the runs")


def order_key(sort: Sort | None) -> str:
    """Return an order as `asked.sorted_by` reads it."""
    if sort is None:
        return "newest"
    if sort == Sort("field", "started"):
        return "oldest"
    name = sort.name if sort.kind == "field" else f"{sort.kind}:{sort.name}"
    return f"-{name}" if sort.descending else name


def heading(said: str, key: str, sort: Sort | None) -> Html:
    """Return the heading of a column; a click sorts by it, another one turns that round."""
    order = order_key(sort)
    by_age = key in {"run", "started"}
    mine = key == "started" and order in {"newest", "oldest"} if by_age else order.removeprefix("-") == key
    falling = order == "newest" if by_age else order.startswith("-")
    arrow = (" ↓" if falling else " ↑") if mine else ""
    # a metric's name is broken behind its words, where a table would be wider than its page
    return parts.link(
        h.text(h.join([h.breaking(said), arrow]), "white-space:nowrap"), "sort", key, title=f"sort by {said}"
    )


def pager(page: Page, size: int) -> Html:
    """Return where the page is among all, and the ways to the others."""
    if page.total <= size:
        return h.Html("")
    last = (page.total - 1) // size * size
    shown = f"{number(page.offset + 1)}–{number(min(page.offset + size, page.total))} of {number(page.total)}"
    first, end = page.offset == 0, page.offset >= last
    return parts.bar(
        parts.button("« first", "page", "0", disabled=first),
        parts.button("‹ previous", "page", str(max(0, page.offset - size)), disabled=first),
        h.text(shown, "white-space:nowrap"),
        parts.button("next ›", "page", str(min(last, page.offset + size)), disabled=end),
        parts.button("last »", "page", str(last), disabled=end),
    )


def choosing(runs: Sequence[str], *, ended: bool, going: bool, tag: str) -> Html:
    """Return what can be done with the chosen runs. `ended`: all have; `going`: some are under way."""
    if not runs:
        return h.Html("")
    one = len(runs) == 1
    named = ", ".join(one_line(run, 60) for run in runs[:3]) + (f" and {len(runs) - 3} more" if len(runs) > 3 else "")
    return parts.bar(
        h.text(f"{several(len(runs), 'run')} chosen", "font-weight:bold", named),
        parts.button(
            "Compare", "compare", kind="primary", disabled=one, title="tick at least two runs" if one else None
        ),
        parts.button(
            "Resume", "resume", disabled=not (one and ended), title="go on from the run: tick one that has ended"
        ),
        parts.button("Restore", "restore", disabled=not one, title="bring back what the run left: tick one"),
        parts.button("Cancel", "cancel", kind="danger", disabled=not going, title="end those that are under way"),
        parts.field("tagged", tag, placeholder="a tag", width=110, label="tag to add or remove"),
        parts.button("Tag", "tag", title="give the chosen runs this tag"),
        parts.button("Untag", "untag", title="take this tag from the chosen runs"),
        parts.link("clear", "unchoose", title="choose none"),
    )


def words(parts_said: Iterable[str]) -> Html:
    """Return what was asked for, in words."""
    found = [one_line(each, 80) for each in parts_said]
    return h.faint(" · ".join(found)) if found else h.Html("")
