"""The cards that every task can have: what it put there itself, what it displayed, and the facts around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent
from nbflow.cards.components.error import failure_box
from nbflow.cards.components.value_box import ValueBox
from nbflow.cards.figures import several, size
from nbflow.cards.html import LINE, Content, Html, tag
from nbflow.cards.mime import bundle_html
from nbflow.cards.palette import ground_colour, mark
from nbflow.cards.printable import log_text, one_line, tail
from nbflow.frozen import frozen

#: lines of a log that a card keeps
_LOG_LINES = 200
#: lines of a traceback that need no folding
_SHORT = 12


@frozen
class TaskFacts:
    """What a card tells of its task. All of it is plain text; empty means that there is nothing to tell."""

    #: what stands above everything: the step, as a person calls it
    title: str
    #: the task's status
    status: str
    #: `Flow/run/step/task`
    pathspec: str = ""
    #: a word under the title: which item of a foreach it is
    subtitle: str = ""
    #: how long it took, as shown beside the status
    took: str = ""
    #: (name, value) of what else is known: started, finished, attempt, where it ran, tags
    facts: Sequence[tuple[str, str]] = ()
    #: (name, value, where it came from)
    parameters: Sequence[tuple[str, str, str]] = ()
    #: (name, type, bytes or None, a word on the value)
    artifacts: Sequence[tuple[str, str, int | None, str]] = ()
    #: what it failed with, and the traceback
    failure: str = ""
    traceback: str = ""
    #: it failed, and the flow went on
    caught: bool = False
    stdout: str = ""
    stderr: str = ""
    #: the flow as a picture
    graph: Html = Html("")


def laid_out(components: Iterable[CardComponent]) -> Html:
    """Return components one below the other; value boxes that follow each other stand side by side."""
    parts: list[Html] = []
    row: list[Html] = []
    for each in components:
        if isinstance(each, ValueBox):
            row.append(each.html())
            continue
        parts += [_row(row)] if row else []
        row = []
        parts.append(_part(each.html()))
    return html.join([*parts, *([_row(row)] if row else [])])


def blank_body(components: Iterable[CardComponent]) -> Html:
    """Return a card that has what a person appended, and nothing else."""
    return laid_out(components)


def default_body(
    task: TaskFacts, components: Sequence[CardComponent] = (), displayed: Sequence[Mapping[str, Any]] = ()
) -> Html:
    """Return the card of a task.

    Args:
        task: what is known of it.
        components: what a person appended.
        displayed: what it displayed: bundles of MIME types, or `{"data": …, "metadata": …}` as they are stored.
    """
    own = [laid_out(components)] if components else []
    shown = [_part(_bundle(each)) for each in displayed]
    if shown and own:
        own.append(_section("Displayed", *shown))
    else:
        own += shown
    failed = [_part(_failure(task))] if task.failure else []
    return html.join([_head(task), *failed, *own, _folded(task, unfolded=not (own or failed))])


def error_body(title: str, message: str, traceback: str = "", pathspec: str = "") -> Html:
    """Return a card that says why there is no other."""
    facts = TaskFacts(title=title, status="failed", pathspec=pathspec)
    return html.join([_head(facts, status="no card"), failure_box("", log_text(message), log_text(traceback))])


def _part(*content: Content) -> Html:
    return tag("div", *content, **{"class": "card"}, style="margin:0 0 18px")


def _row(boxes: Sequence[Html]) -> Html:
    # as high as the highest where a style sheet can say so
    return tag("div", *boxes, **{"class": "card boxes"}, style="margin:0 0 18px")


def _section(name: str, *content: Content) -> Html:
    return tag("section", tag("h2", name), *content)


def _bundle(stored: Mapping[str, Any]) -> Html:
    data = stored.get("data")
    if isinstance(data, Mapping):
        return bundle_html(data, stored.get("metadata"))[0]
    return bundle_html(stored)[0]


def _head(task: TaskFacts, status: str = "") -> Html:
    chip = html.text(
        f"{mark(task.status)} {one_line(status or task.status, 40)}",
        f"background-color:{ground_colour(task.status)};color:#ffffff;border-radius:10px;padding:2px 10px;"
        "font-size:12px;font-weight:600;white-space:nowrap;vertical-align:middle",
    )
    took = html.join([html.Html("&ensp;"), html.text(task.took, "opacity:0.65;font-size:13px;white-space:nowrap")])
    name = html.text(one_line(task.title, 200), "font-size:24px;font-weight:650;letter-spacing:-0.01em;line-height:1.3")
    path = html.block(
        html.faint(one_line(task.pathspec, 400)), style=f"{html.MONO};font-size:12px;overflow-wrap:anywhere"
    )
    below = html.block(html.text(one_line(task.subtitle, 400), "opacity:0.8"), style="font-size:14px;margin-top:1px")
    return tag(
        "div",
        path if task.pathspec else "",
        html.block(name, html.Html("&ensp;"), chip, took if task.took else ""),
        below if task.subtitle else "",
        **{"class": "head"},
        style=f"padding-bottom:13px;margin-bottom:20px;border-bottom:{LINE}",
    )


def _failure(task: TaskFacts) -> Html:
    title = "It failed, and the flow went on (--catch)" if task.caught else ""
    trace = log_text(task.traceback)
    return failure_box(title, log_text(task.failure), trace, unfolded=trace.count("\n") < _SHORT)


def _folded(task: TaskFacts, *, unfolded: bool) -> Html:
    """Return the facts, folded away; with `unfolded` the first ones are not, for a card that has nothing else."""
    parts: list[Html] = []
    if task.parameters:
        parts.append(html.details(_summary("Parameters", len(task.parameters)), _parameters(task), unfolded=unfolded))
    if task.artifacts:
        parts.append(html.details(_summary("Artifacts", len(task.artifacts)), _artifacts(task), unfolded=unfolded))
    if task.graph:
        parts.append(
            html.details("Flow", html.block(task.graph, style="overflow-x:auto;padding:8px 0"), unfolded=False)
        )
    for name, text in (("Output", task.stdout), ("Errors and warnings", task.stderr)):
        if text.strip():
            lines = text.rstrip("\n").count("\n") + 1
            shown = html.preformatted(tail(log_text(text), _LOG_LINES), height=420)
            parts.append(html.details(html.join([name, " ", html.faint(several(lines, "line"))]), shown))
    if task.facts:
        facts = html.pairs((one_line(name, 80), one_line(each, 600)) for name, each in task.facts)
        parts.append(html.details("Task", facts))
    return tag("div", *parts, **{"class": "folded"}) if parts else Html("")


def _summary(name: str, count: int) -> Html:
    return html.join([name, " ", html.faint(f"{count:,}")])


def _parameters(task: TaskFacts) -> Html:
    rows = [
        [html.code(one_line(name, 80)), one_line(value, 200), html.faint(one_line(origin, 60))]
        for name, value, origin in task.parameters
    ]
    return html.table(rows)


def _artifacts(task: TaskFacts) -> Html:
    rows = [
        [
            html.code(one_line(name, 80)),
            html.faint(one_line(kind, 60)),
            html.faint(size(count)) if count is not None else "",
            one_line(word, 200),
        ]
        for name, kind, count, word in task.artifacts
    ]
    return html.table(rows, align="llrl")
