"""What is sent of a page that has changed, put together as `page.js` does it."""

from __future__ import annotations

import pytest

from nbflow.views.inline.changes import Regions, changes


def merged(before: Regions, sent: dict[str, list]) -> list[tuple[str, str]]:
    known = dict(before)
    for name, start, end, between, length in sent["set"]:
        # JavaScript counts in units of sixteen bits
        old = known.get(name, "").encode("utf-16-le")
        html = old[: 2 * start] + between.encode("utf-16-le") + old[len(old) - 2 * end :]
        assert len(html) == 2 * length
        known[name] = html.decode("utf-16-le")
    return [(name, known[name]) for name in sent["names"]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [("head", "<b>1</b>")]),
        ([("head", "<b>1</b>")], []),
        ([("head", "<b>1</b>"), ("rows", "a")], [("rows", "a"), ("head", "<b>12</b>")]),
        ([("rows", "aaaa")], [("rows", "aaaaaa")]),
        ([("rows", "aaaaaa")], [("rows", "aaaa")]),
        ([("rows", "abab")], [("rows", "ab")]),
        ([("rows", "")], [("rows", "x")]),
        ([("rows", "x")], [("rows", "")]),
        ([("rows", "🌧 1 🌧")], [("rows", "🌧 2 🌧")]),
        ([("rows", "🌧")], [("rows", "🌨")]),
    ],
)
def test_what_is_sent_makes_the_new_page_of_the_old_one(before: Regions, after: Regions) -> None:
    assert merged(before, changes(before, after)) == list(after)


def test_a_figure_that_changes_in_a_long_table_is_all_that_is_sent() -> None:
    row = "<tr><td>run {}</td><td>{}</td></tr>"
    before = "".join(row.format(number, "1 min") for number in range(500))
    after = before.replace(row.format(250, "1 min"), row.format(250, "2 min"))
    sent = changes([("head", "h"), ("rows", before)], [("head", "h"), ("rows", after)])
    assert [(name, between) for name, _, _, between, _ in sent["set"]] == [("rows", "2")]
