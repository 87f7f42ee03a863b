"""A timeline as HTML: a table, each row with its name, its bar and its time; live with controls, and as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nbflow.cards import html as h
from nbflow.cards.figures import duration
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import GREY
from nbflow.cards.printable import one_line
from nbflow.views.inline import parts
from nbflow.views.timeline.density import most_at_once
from nbflow.views.timeline.plan import BY_TIME, FLOW_ORDER, ORDERS, PAGE, Plan, Row, sorted_tracks, status_of
from nbflow.views.timeline.spans import CAUGHT, WAIT, Track
from nbflow.views.timeline.svg import GROUP_HEIGHT, HELD, TASK_HEIGHT, paint, row_svg, track_svg, whole_svg
from nbflow.views.timeline.words import figures, item_of, place_of, sign, tally, told, told_of

#: tasks that a saved file lists, of one step and of all
_STEP, _ALL = 50, 120
#: steps that a saved file lists
_ROWS = 120
#: characters of a name beside which there is room
_BRIEF = 24
_WIDTHS = ("29%", "", "17%")
_NOWRAP = "white-space:nowrap"
#: rows stand close, so that the lines of the axis meet
_CELL = f"padding:0 10px 0 0;vertical-align:middle;line-height:20px;{_NOWRAP}"

#: makes a name something to click: what it says, and what it is
Linked = Callable[[Content, Row, Track | None], Content]


def head(plan: Plan) -> Html:
    """Return what the run comes to."""
    said = [h.text(text, _NOWRAP, title=title) for text, title in figures(plan)]
    if plan.empty:
        return h.block(h.faint(plan.empty))
    return h.block(h.join(said, h.faint("\u00a0· ")))


def legend(plan: Plan) -> Html:
    """Return what the colours mean, of those that are there."""
    signs: list[Content] = []
    for status in dict.fromkeys(span.status for row in plan.rows for track in row.tracks for span in track.spans):
        said = "wait for the next try" if status == WAIT else status
        signs.append(
            h.text(
                h.join([h.text("■" if status != WAIT else "┅", f"color:{paint(status)}"), " ", h.faint(said)]), _NOWRAP
            )
        )
    if plan.critical:
        signs.append(
            h.text(
                h.join([h.text("▁", f"color:{HELD};font-weight:bold"), " ", h.faint("what held the run up")]),
                _NOWRAP,
                title="the task that ended last, the one that it waited for, and so on to the start",
            )
        )
    if plan.gaps:
        signs.append(h.text(h.join([h.text("■", f"color:{GREY};opacity:0.4"), " ", h.faint("nothing ran")]), _NOWRAP))
    return h.block(h.join(signs, " \u00a0 "), style="font-size:11.5px;margin:2px 0") if signs else Html("")


# ---- live


def controls(plan: Plan) -> Html:
    """Return what to choose from, where there is something."""
    wanted = plan.wanted
    if plan.empty:
        return Html("")
    steps: list[tuple[str, Content]] = [("", "all steps"), *((name, one_line(name, 40)) for name in plan.steps)]
    statuses: list[tuple[str, Content]] = [("", "any status"), *((each, each) for each in plan.statuses)]
    return parts.bar(
        parts.choice("order", list(ORDERS.items()), wanted.order, label="order"),
        parts.choice("step", steps, wanted.step, label="step"),
        parts.choice("status", statuses, wanted.status, label="status"),
    )


def live(plan: Plan, run: str) -> Html:
    """Return the table with names to click: a step unfolds, a task opens. `run` is its pathspec."""

    def linked(said: Content, row: Row, track: Track | None) -> Content:
        if track is None:
            return parts.link(said, "fold", row.step.name)
        return parts.link(said, "go", f"{run}/{row.step.name}/{track.task.id}")

    rows: list[list[Content]] = [_whole(plan)] if plan.figures.tasks > 1 else []
    for row in plan.rows:
        rows.append(_row(row, plan, linked))
        rows += [_task(row, track, plan, linked) for track in row.below]
        if len(row.tracks) > PAGE and row.below:
            rows.append(["", _pager(row), ""])
    if not plan.rows:
        return h.block(h.faint(plan.empty or "No task is like that."))
    return _table(rows, plan)


def _pager(row: Row) -> Html:
    last = row.first + len(row.below)
    page = row.first // PAGE
    return parts.bar(
        parts.button("◂", "page", f"{row.step.name} {page - 1}", title="those before", disabled=row.first == 0),
        h.faint(f"{row.first + 1:,} to {last:,} of {len(row.tracks):,}"),
        parts.button("▸", "page", f"{row.step.name} {page + 1}", title="those after", disabled=last >= len(row.tracks)),
    )


# ---- saved


def static(plan: Plan) -> Html:
    """Return the picture that a file keeps: the tasks of a foreach are folded away, and not more than can be looked at."""
    rows: list[list[Content]] = [_whole(plan)] if plan.figures.tasks > 1 else []
    rows += [_row(row, plan, _plain) for row in plan.rows[:_ROWS]]
    if not plan.rows:
        return h.block(head(plan))
    more = len(plan.rows) - _ROWS
    left = [h.faint(f"{more} more steps are not shown here")] if more > 0 else []
    return h.block(head(plan), _table(rows, plan), *left, legend(plan), *_folded(plan))


def _folded(plan: Plan) -> Iterable[Html]:
    room = _ALL
    for row in plan.rows[:_ROWS]:
        if not row.group or not row.tracks or room <= 0:
            continue
        chosen = _worth(row)[: min(_STEP, room)]
        room -= len(chosen)
        all_there = len(chosen) == len(row.tracks)
        said = (
            f"tasks of {one_line(row.step.name, 60)}"
            if all_there
            else f"{len(chosen)} of the {len(row.tracks):,} tasks of {one_line(row.step.name, 60)}, those that failed and the longest"
        )
        yield h.details(said, _table([_task(row, track, plan, _plain) for track in chosen], plan))


def _worth(row: Row) -> list[Track]:
    """Return the tasks of a step, those first that are most worth a look."""
    if len(row.tracks) <= _STEP:
        return sorted_tracks(row.tracks, FLOW_ORDER)
    bad = {"failed", "lost", CAUGHT}
    return sorted(sorted_tracks(row.tracks, BY_TIME), key=lambda track: status_of(track) not in bad)


def _plain(said: Content, _row: Row, _track: Track | None) -> Content:
    return said


# ---- rows


def _table(rows: Iterable[list[Content]], plan: Plan) -> Html:
    return h.table(
        rows,
        head=("", _marked(plan), ""),
        width="100%",
        widths=_WIDTHS,
        align="llr",
        cell=_CELL,
    )


def _marked(plan: Plan) -> Html:
    """Return the labels of the axis, each above its line."""
    ticks = plan.axis.ticks()
    ends = [*(share for share, _ in ticks[1:]), 1.0]
    pieces = [_space(ticks[0][0], "")] if ticks and ticks[0][0] > 0.001 else []
    for (share, said), end in zip(ticks, ends, strict=True):
        # no room for the last one: it would be cut in the middle
        pieces.append(_space(end - share, said if end - share > 0.012 * len(said) else ""))
    return h.block(*pieces, style=f"{_NOWRAP};font-size:11px;line-height:1.3")


def _space(share: float, said: str) -> Html:
    return h.tag(
        "span",
        said,
        style=f"display:inline-block;overflow:hidden;vertical-align:bottom;width:{max(0.0, share) * 99.9:.2f}%",
    )


def _whole(plan: Plan) -> list[Content]:
    most = plan.figures.most
    return [
        h.faint("all together"),
        _picture(whole_svg(plan), GROUP_HEIGHT, f"how many tasks ran at once; at most {most:,}"),
        h.faint(f"≤ {most:,} at once"),
    ]


def _row(row: Row, plan: Plan, linked: Linked) -> list[Content]:
    track = None if row.group or not row.tracks else row.tracks[0]
    fold = ("▾ " if row.below else "▸ ") if row.group and linked is not _plain else ""
    name = h.text(one_line(row.step.name, 80), "font-weight:bold", title=told(row, plan))
    # one box, which is cut where the column ends
    said = h.text(h.join([_sign(row.status), " ", fold, name]), _NOWRAP)
    shown = linked(said, row, track) if row.tracks else said
    # a long name takes all the room; how many there are is said of it on demand
    counts = [h.faint(f"\u00a0 {tally(row)}")] if row.group and len(row.step.name) <= _BRIEF else []
    faded = h.FAINT if row.status in {"skipped", "waiting"} else ""
    picture = _picture(row_svg(row, plan), GROUP_HEIGHT if row.group else TASK_HEIGHT, told(row, plan))
    return [h.text(h.join([shown, *counts]), faded), picture, _took(row, track)]


def _took(row: Row, track: Track | None) -> Content:
    if row.seconds is None:
        return h.faint("" if row.group and len(row.counts) > 1 else row.status)
    if not row.group and track is not None:
        return duration(track.busy)
    most = most_at_once(row.spans)
    return h.join([duration(row.seconds), h.faint(f" ≤\u00a0{most:,}", title=f"at most {most:,} at once")])


def _task(row: Row, track: Track, plan: Plan, linked: Linked) -> list[Content]:
    place, item, status = place_of(track.task.key) or track.task.id, item_of(track.task), status_of(track)
    name = linked(h.text(place, title=told_of(track, plan)), row, track)
    items = [h.faint(f"\u00a0 {item}", title=item_of(track.task, 200))] if item else []
    shown = h.join(["\u00a0\u00a0\u00a0\u00a0", _sign(status), " ", name, *items])
    took = duration(track.busy) if track.spans else h.faint(status)
    return [h.text(shown, _NOWRAP), _picture(track_svg(track, plan), TASK_HEIGHT, told_of(track, plan)), took]


def _sign(status: str) -> Html:
    return h.text(sign(status), f"color:{paint(status)};font-weight:bold", title=status)


def _picture(svg: str, height: int, title: str) -> Html:
    style = f"width:100%;height:{height}px;display:block"
    return h.picture(svg, one_line(title, 40), width="100%", height=height, title=title, style=style)
