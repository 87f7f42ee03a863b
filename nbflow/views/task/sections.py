"""The parts of a task's page as HTML. Pure. Live, the names of other tasks lead to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from nbflow.cards import html as h
from nbflow.cards.components.code import coloured
from nbflow.cards.figures import duration, size
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import RED, colour, mark
from nbflow.cards.printable import log_text, one_line, tail
from nbflow.client.thing import between, said
from nbflow.model.record import OURS, AttemptRecord, Failure, TaskRecord
from nbflow.views.failures import error_text
from nbflow.views.inline import parts
from nbflow.views.places import page
from nbflow.views.task.inputs import left
from nbflow.views.task.reading import Told
from nbflow.views.timeline.words import item_of, place_of

#: rows of a table, other tasks of one step, lines of a traceback, characters of it, and of a step's code
_ROWS, _TASKS, _LINES, _LONG, _CODE = 100, 6, 60, 12_000, 20_000

#: facts that share one line
_BRIEF = 4
#: characters of what is not broken in a table
_NAME = 24

#: makes a link of what is said and a place, or leaves it as it is
Linked = Callable[[Content, str], Content]


def live_link(content: Content, place: str) -> Content:
    """Return what leads to another page of a live view."""
    return parts.link(content, "go", place)


def plain(content: Content, _place: str) -> Content:
    """Return what stands for a link in a file."""
    return content


def heading(content: Content) -> Html:
    """Return the name of a part of the page."""
    return h.block(h.text(content, "font-weight:bold"), style="margin:8px 0 1px")


def facts(told: Told, linked: Linked) -> Html:
    """Return when it ran, why it stands as it does, and the tasks before and after it."""
    known = facts_of(told, linked)
    rows = known[_BRIEF:]
    rows += [
        (name, _tasks(told, tasks, linked)) for name, tasks in (("after", told.parents), ("before", told.children))
    ]
    return page.facts(known[:_BRIEF], rows)


def facts_of(told: Told, linked: Linked) -> list[tuple[str, Content]]:
    """Return the facts of a task as pairs; those without a value are left to be dropped."""
    task = told.task
    origin: Content = linked(one_line(task.origin, 160), task.origin) if task.origin else ""
    number = f"{told.attempt + 1} of {len(told.attempts)}" if len(told.attempts) > 1 else ""
    return [
        ("began", said(task.started_at)),
        ("took", duration(_took(task, told.now))),
        ("attempt", number),
        ("round", str(task.iteration) if task.iteration else ""),
        ("item", item_of(task, 300)),
        ("reused from", origin),
        ("why", one_line(task.reason, 300)),
        ("went on to", one_line(task.chose, 80) if task.chose else ""),
        ("how", one_line(told.step.label, 200)),
        ("sample", "it joined a sample of the items" if task.sampled else ""),
    ]


def _took(task: TaskRecord, now: float) -> float | None:
    if task.status.ended or task.started_at is None:
        return between(task.started_at, task.finished_at, ended=True)
    return now - task.started_at


def failure(told: Told) -> Html:
    """Return what it failed with, whole."""
    task = told.task
    tried = told.tried
    found = task.failure or (tried.failure if tried else None)
    if found is None:
        return Html("")
    caught = task.caught and tried is not None
    head = "caught, and the flow went on" if caught else "the try before failed" if not task.status.ended else "failed"
    return h.block(failed(found, head), style=f"border-left:3px solid {RED};padding-left:10px;margin:6px 0")


def failed(found: Failure, head: str, most: int = _LONG) -> Html:
    """Return a failure with its traceback."""
    first, _, rest = error_text(found).partition("\n")
    trace = "" if found.type in OURS else log_text(found.traceback).rstrip()
    body = _short("\n".join(part for part in (rest.strip("\n"), tail(trace, _LINES)) if part), most)
    said = h.join([h.text(f"✗ {head}: ", f"color:{RED};font-weight:bold"), one_line(first, 600)])
    return h.block(said, h.preformatted(body, height=340) if body else "")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"… {len(text) - most:,} characters before\n{text[-most:]}"


def attempts(told: Told, *, live: bool) -> Html:
    """Return its tries, one a row; live, a click shows what one of them wrote."""
    if len(told.attempts) < 2:
        return Html("")
    rows = [_attempt(each, told, live=live) for each in told.attempts[-_ROWS:]]
    return h.block(heading("attempts"), h.table(rows, head=("", "began", "took", "ended with"), align="llrl"))


def _attempt(tried: AttemptRecord, told: Told, *, live: bool) -> list[Content]:
    status = tried.status.value
    chosen = tried.number == told.attempt
    name: Content = h.text(f"attempt {tried.number + 1}", "font-weight:bold" if chosen else "")
    if live and not chosen:
        name = parts.link(name, "attempt", str(tried.number), title="show what it wrote")
    sign = h.text(mark(status), f"color:{colour(status)};font-weight:bold")
    took = between(tried.started_at, tried.finished_at, ended=tried.status.ended)
    told_with = one_line(tried.failure.told, 160) if tried.failure else status
    return [h.join([sign, " ", name]), said(tried.started_at), duration(took), told_with]


def given(told: Told, linked: Linked) -> Html:
    """Return what it was given, and from where."""
    if not told.given:
        return Html("")
    run = f"{told.run.flow}/{told.run.id}"
    rows: list[list[Content]] = []
    for each in told.given[:_ROWS]:
        origin: Content = each.origin
        if each.giver is not None:
            origin = linked(each.origin, f"{run}/{each.giver[0]}/{each.giver[1]}")
        name = _breaking(h.code(one_line(each.name, 80)), each.name)
        what = _breaking(each.summary, each.summary)
        rows.append([name, h.faint(each.type), what, _whole(each.size), _breaking(origin, each.origin)])
    return h.block(
        heading("given"),
        h.table(rows, head=("name", "type", "", "size", "from"), align="lllrl"),
        _more(len(told.given)),
    )


def kept(told: Told, *, live: bool) -> Html:
    """Return what it left; no value is loaded. Live, a click shows what can be seen of one without opening it."""
    manifest = told.task.manifest
    if manifest is None or not (manifest.artifacts or manifest.dropped):
        return Html("")
    rows: list[list[Content]] = []
    for name in list(manifest.own)[:_ROWS]:
        label = h.code(one_line(name, 80))
        shown = parts.link(label, "open", name, title="look at it") if live else label
        _, kind, what, count = left({name: manifest.own[name]})[0]
        rows.append([_breaking(shown, name), h.faint(kind), _breaking(what, what), _whole(count)])
    found = [h.table(rows, head=("name", "type", "", "size"), align="lllr")] if rows else []
    handed = len(manifest.artifacts) - len(manifest.own)
    if handed:
        found.append(h.block(h.faint(f"and {handed} that it was given and handed on")))
    lost = [(h.code(one_line(name, 80)), one_line(why, 200)) for name, why in list(manifest.dropped.items())[:_ROWS]]
    if lost:
        found += [h.block(h.faint("not kept, since nothing below reads it:")), h.table(lost)]
    return h.block(heading("left"), *found, _more(len(manifest.own)))


def _breaking(content: Content, said: str) -> Content:
    """Return what is broken anywhere, where it is long, before its table gets wider than the page."""
    return (
        h.text(content, "display:inline-block;min-width:120px;overflow-wrap:anywhere") if len(said) > _NAME else content
    )


def _whole(said: str) -> str:
    return said.replace(" ", "\u00a0")


def _more(count: int) -> Html:
    return h.block(h.faint(f"and {count - _ROWS:,} more")) if count > _ROWS else Html("")


def _tasks(told: Told, tasks: Sequence[TaskRecord], linked: Linked) -> Html:
    """Return tasks by name; of a step with many only the step."""
    run = f"{told.run.flow}/{told.run.id}"
    by_step: dict[str, list[TaskRecord]] = {}
    for task in tasks:
        by_step.setdefault(task.step, []).append(task)
    shown: list[Content] = []
    for step, found in by_step.items():
        if len(found) > _TASKS:
            shown.append(h.join([linked(one_line(step, 80), f"{run}/{step}"), h.faint(f" {len(found):,} tasks")]))
            continue
        for task in found:
            sign = h.text(mark(task.status.value), f"color:{colour(task.status.value)}")
            name = one_line(f"{step}{place_of(task.key)}", 80)
            shown.append(h.join([sign, "\u00a0", linked(name, f"{run}/{step}/{task.id}")]))
    return h.join(shown, ", \u00a0")


def notes(task: TaskRecord) -> Html:
    """Return its warnings and notices."""
    return h.join(
        h.block(h.join([h.text("! ", "font-weight:bold"), log_text(note[:2000])])) for note in task.notes[:20]
    )


def cards(told: Told) -> Html:
    """Return which cards it made."""
    found = told.task.cards
    if not found:
        return Html("")
    rows = [
        [
            one_line(each.id or each.type, 80),
            # one without an id is called by its type
            h.faint(one_line(each.type, 40) if each.id else ""),
            "could not be made" if each.failed else size(each.size),
        ]
        for each in found[:_ROWS]
    ]
    hint = h.block(h.faint("to look at them:"), " ", h.code(f'nbflow.get_cards("{told.place}")'))
    return h.block(heading("cards"), h.table(rows), hint)


def environment(told: Told) -> Html:
    """Return what it ran with, folded away."""
    if not told.environment:
        return Html("")
    rows = [(one_line(name, 80), one_line(value, 120)) for name, value in told.environment[: 2 * _ROWS]]
    return h.details("environment", h.pairs(rows))


def code(told: Told) -> Html:
    """Return the step's code, folded away."""
    if not told.source:
        return Html("")
    text = told.source
    cut = "" if len(text) <= _CODE else f"\n# … {len(text) - _CODE:,} more characters"
    return h.details(f"code of {one_line(told.task.step, 80)}", coloured(text[:_CODE] + cut))


def joined(blocks: Iterable[Html]) -> Html:
    """Return the blocks that have something to say."""
    return h.join(each for each in blocks if each)
