"""What a body displayed, beside other parts of a page."""

from __future__ import annotations

from nbflow.views.task.displayed import as_text, displayed


def test_html_that_only_its_own_style_unfolds_is_shown_as_text() -> None:
    html = "<style>.m{display:block!important}</style><b>trust it</b><div class='m' hidden>boxes</div>"
    (shown,) = displayed([{"text/html": html, "text/plain": "Model(alpha=1)"}], "f/1/a/0", 90_000)
    assert "Model(alpha=1)" in shown and "trust it" not in shown
    (alone,) = displayed([{"text/html": html}], "f/1/a/0", 90_000)
    assert "trust it" in alone
    (table,) = displayed([{"text/html": "<b>hidden</b>", "text/plain": "plain"}], "f/1/a/0", 90_000)
    assert "<b>hidden</b>" in table


def test_markdown_is_read_and_its_html_is_text() -> None:
    bundle = {"text/markdown": "**svm** reads <b>best</b>", "text/plain": "<IPython.core.display.Markdown object>"}
    (shown,) = displayed([bundle], "f/1/a/0", 90_000)
    assert "<strong>svm</strong>" in shown and "<b>" not in shown
    assert as_text([bundle]) == ["**svm** reads <b>best</b>"]
