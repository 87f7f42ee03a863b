"""A comparison on one page: its head, and all sections for the picture that a file keeps."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards import html as h
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import AMBER, GREEN, RED, colour, mark
from nbflow.cards.printable import one_line
from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.over import metrics_over
from nbflow.client.comparing.verdict import Verdict
from nbflow.views.compare import sections
from nbflow.views.compare.artifact_table import artifacts
from nbflow.views.compare.charted import charted
from nbflow.views.compare.words import names_of, started, subtitle_of, title_of, took, verdict_lines
from nbflow.views.still import still

_COLOURS = {"passed": GREEN, "worse": RED, "open": AMBER}
#: pictures that a file keeps, and their bytes in all
PICTURES, BYTES = 8, 600_000
_FRAME = "border-left:3px solid {colour};padding:1px 0 1px 14px;margin:4px 0 8px 0;font-size:13px;line-height:1.5"


def static(comparison: Comparison, charted_too: Sequence[str] = ()) -> Html:
    """Return all that can be seen without opening anything; for a notebook, trusted or not.

    `charted_too` are metrics with a chart of their own. Raises V017: no run has such a metric.
    """
    parts = [
        head(comparison),
        *_charts(comparison, charted_too),
        sections.metrics(comparison),
        charted(comparison),
        sections.parameters(comparison),
        artifacts(comparison),
        sections.code(comparison),
        sections.pictures(comparison, most=PICTURES, limit=BYTES),
        sections.durations(comparison),
        sections.environment(comparison),
    ]
    return framed(comparison, parts)


def document(comparison: Comparison, metrics: Sequence[str] = ()) -> str:
    """Return it as a page of its own, with a chart of each of `metrics`: it asks nobody for anything, and runs nothing.

    Raises V017: no run has such a metric.
    """
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    title = h.tag("title", f"{title_of(comparison)}: {subtitle_of(comparison)}")
    metas = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="color-scheme" content="light dark"><meta http-equiv="Content-Security-Policy" content="{policy}">'
    )
    body = h.tag(
        "body",
        static(comparison, metrics),
        style="font-family:system-ui,sans-serif;margin:16px auto;padding:0 16px;max-width:1100px",
    )
    return f"<!doctype html>\n<html>{metas}{title}{body}</html>\n"


def _charts(comparison: Comparison, metrics: Sequence[str]) -> list[Html]:
    """Return a chart of each metric across the runs, of a foreach another one by item."""
    if not metrics:
        return []
    from nbflow.views.compare.charts import across, by_item

    table = metrics_over(comparison.runs)
    shown: list[Html] = []
    for metric in metrics:
        full = table.full(metric)
        shown.append(still(across(table, full), f"{full} across the runs"))
        if any(full in row.items for row in table):
            shown.append(still(by_item(table, full), f"{full} by item"))
    return shown


def framed(comparison: Comparison, parts: Sequence[Content]) -> Html:
    """Return `parts` beside a line in the colour of the verdict."""
    return h.block(*parts, style=_FRAME.format(colour=tone(comparison)))


def tone(comparison: Comparison) -> str:
    """Return the colour that stands for how it came out."""
    states = {each.state for each in comparison.verdicts}
    return next((_COLOURS[state] for state in ("worse", "open", "passed") if state in states), "rgba(128,128,128,0.45)")


def head(comparison: Comparison) -> Html:
    """Return what is compared, the verdicts, and a line on each run."""
    title = h.block(h.tag("b", title_of(comparison)), "\u2002", h.faint(subtitle_of(comparison)))
    return h.join([title, *map(_verdict, comparison.verdicts), _runs(comparison)])


def _verdict(verdict: Verdict) -> Html:
    sign, said, told = verdict_lines(verdict)
    line = h.text(f"{sign} {said}", f"color:{_COLOURS[verdict.state]};font-weight:bold")
    return h.block(h.block(line), h.block(told, style="padding-left:16px"), style="margin:5px 0")


def _runs(comparison: Comparison) -> Html:
    rows = []
    for side, name in zip(comparison.sides, names_of(comparison.sides), strict=True):
        status = side.record.status.value
        is_base = comparison.baseline is not None and side.run == comparison.baseline
        base = h.faint(" baseline") if is_base else ""
        rows.append(
            (
                h.join([h.text(name, "font-weight:bold"), base]),
                h.text(
                    f"{mark(status)} {status}",
                    f"color:{colour(status)};white-space:nowrap",
                    title=one_line(side.record.reason, 300),
                ),
                h.text(started(side), "white-space:nowrap"),
                h.text(took(side), "white-space:nowrap"),
                one_line(side.record.user, 40),
                one_line(", ".join(sorted(side.record.tags)), 80),
            )
        )
    tagged = any(side.record.tags for side in comparison.sides)
    heads = ("run", "status", "started", "took", "by", "tags")
    kept = slice(None) if tagged else slice(5)
    table = h.table([row[kept] for row in rows], head=heads[kept], align="lllrll")
    return h.block(table, style="margin:2px 0 6px 0;overflow-x:auto")
