from __future__ import annotations

import base64
import hashlib
import html as words
import re
from typing import Any

import pytest

from nbflow.cards import Markdown, Plotly, ValueBox
from nbflow.cards.document import OPEN, STRICT, complete, document, draws, framed, height_of, standalone, wrapped
from nbflow.cards.html import Html, tag
from nbflow.cards.task_card import laid_out

FIGURE = {"data": [{"y": [1, 2], "name": "</script><script>x</script><!--"}], "layout": {}}
HEAD = re.compile(
    r"<!DOCTYPE html>(?:<html[^>]*><head>)?<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\">"
)


def policy(page: str) -> str:
    found = HEAD.match(page)
    assert found is not None
    return found[1]


def inside(frame: str) -> str:
    """Return the page of the first frame in `frame`."""
    found = re.search(r"srcdoc='([^']*)'", frame)
    assert found is not None
    return found[1].replace("&#39;", "'").replace("&amp;", "&")


def sandbox(frame: str) -> str:
    found = re.search(r'<iframe [^>]*?sandbox="([^"]*)"', frame)
    assert found is not None
    return found[1]


def test_a_page_says_first_that_it_does_nothing() -> None:
    page = document(Html("<p>x</p>"), title="A <b>")
    assert policy(page) == STRICT
    assert "<title>A &lt;b&gt;</title>" in page and "<p>x</p></body></html>" in page
    assert "<script" not in page and not draws(page)
    assert '<meta name="color-scheme" content="light dark">' in page


def test_a_page_with_figures_may_run_two_scripts_and_no_other() -> None:
    page = document(Plotly(FIGURE).html(), title="x")
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    digests = {f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts}
    assert len(scripts) == 2
    assert policy(page) == f"{STRICT}; script-src {policy(page).partition('script-src ')[2]}"
    assert set(policy(page).partition("script-src ")[2].split()) == digests
    assert draws(page)


def test_only_figures_on_webgl_may_compile() -> None:
    gl = document(Plotly({"data": [{"type": "scattergl", "y": [1]}]}).html(), title="x")
    assert policy(gl).endswith(" 'unsafe-eval'")


def test_a_page_is_kept_without_the_script_that_draws() -> None:
    body = Plotly(FIGURE).html()
    small = document(body, title="x", whole=False)
    assert len(small) < 15_000 and draws(small) and policy(small) == STRICT
    assert complete(small) == document(body, title="x")
    assert complete(complete(small)) == complete(small)
    plain = document(Html("x"), title="x", whole=False)
    assert complete(plain) == plain == document(Html("x"), title="x")


@pytest.mark.parametrize(
    "text", ["<!--nbflow:plotly-->", '<script data-draws="plotly">', "</head>", '<div data-plotly="{}">']
)
def test_no_text_makes_a_page_run_scripts(text: str) -> None:
    for body in (Markdown(text).html(), tag("p", text, title=text)):
        page = document(body, title=text)
        assert policy(page) == STRICT and not draws(page) and "<script" not in page


def test_data_of_a_figure_cannot_end_the_place_they_stand_in() -> None:
    page = document(Plotly(FIGURE).html(), title="x", whole=False)
    assert "<script" not in page and "<!--n" in page and page.count("<!--") == 1


def test_a_frame_says_what_a_page_may_do_before_the_page_does() -> None:
    page = "<meta http-equiv='Content-Security-Policy' content=\"default-src *\"><script>x & '</script><i>y & 'z'</i>"
    frame = framed(page, height=300, title="a 'b' <c>")
    assert sandbox(frame) == "allow-popups allow-popups-to-escape-sandbox"
    assert policy(inside(frame)) == STRICT
    assert "default-src *" not in frame and "<script" not in frame and "<i>y &amp; 'z'</i>" in inside(frame)
    assert "height:300px" in frame and 'title="a &#x27;b&#x27; &lt;c&gt;"' in frame
    assert frame.count("<iframe") == 1


def test_the_frame_of_a_page_with_figures_lets_only_its_scripts_run_and_lets_it_not_go_elsewhere() -> None:
    frame = framed(document(Plotly(FIGURE).html(), title="x", whole=False), height=300, scripts=True, title="x")
    around = inside(frame)
    assert "allow-scripts" in sandbox(frame) and "allow-same-origin" not in frame
    assert (
        policy(around).startswith(f"{STRICT}; script-src 'sha256-")
        and "unsafe-inline'; s" not in policy(around).partition("script-src")[2]
    )
    assert sandbox(around) == sandbox(frame)
    assert policy(inside(around)) == policy(around)
    assert "<script" not in around.partition("<iframe")[0]


def test_without_leave_the_frame_of_a_page_with_figures_runs_nothing() -> None:
    frame = framed(document(Plotly(FIGURE).html(), title="x", whole=False), height=300, title="x")
    assert "allow-scripts" not in frame and "<script" not in words.unescape(frame)


def test_a_page_of_somebodys_own_type_is_made_safe() -> None:
    page = wrapped("<html><head><title>t</title></head><body onload=x><h1>a</h1><script>y</script>", scripts=False)
    assert policy(page) == STRICT and "<h1>a</h1>" in page and "onload" not in page and "<script" not in page


def test_a_page_whose_scripts_a_person_asks_for_stays_as_it_is_without_network_and_windows() -> None:
    markup = "<!doctype html><script>x</script>"
    page = wrapped(markup, scripts=True)
    assert policy(page) == OPEN and page.endswith(markup) and "connect-src" not in OPEN
    frame = framed(page, height=300, scripts=True, title="x")
    assert sandbox(frame) == sandbox(inside(frame)) == "allow-scripts"
    assert policy(inside(frame)) == policy(inside(inside(frame))) == OPEN
    assert "allow-scripts" not in framed(page, height=300, scripts=False, title="x")
    assert not draws(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_page_for_a_tab_is_nothing_but_a_frame(scripts: bool) -> None:
    page = standalone(document(Plotly(FIGURE).html(), title="x", whole=False), title="A <b>", scripts=scripts)
    assert "<title>A &lt;b&gt;</title>" in page
    assert ("allow-scripts" in sandbox(page)) == scripts == ("script-src" in policy(page))
    assert page.count("<script") == page.count("&lt;script") == 0 or "srcdoc" in page.partition("<script")[0]


@pytest.mark.parametrize(
    ("components", "high"), [([], 60), ([ValueBox("a", 1)], 154), ([Plotly({"layout": {"height": 4000}})], 900)]
)
def test_a_frame_is_about_as_high_as_its_card(components: list[Any], high: int) -> None:
    assert height_of(components) == high


def test_a_frame_shows_a_page_of_ours_as_it_was() -> None:
    body = laid_out([ValueBox("a", 1), Markdown("**b**")])
    assert f"</head><body>{body}</body></html>" in inside(framed(document(body, title="x"), height=300, title="x"))


@pytest.mark.parametrize("scripts", [True, False])
def test_of_a_page_that_was_tampered_with_a_frame_shows_what_is_safe(scripts: bool) -> None:
    bad = "<script>x</script><meta http-equiv=refresh content='0;url=http://outside.invalid'><link rel=preconnect href=http://other.invalid>"
    for page in (
        bad,
        document(Html(bad), title="x"),
        document(Html(f"{Plotly(FIGURE).html()}{bad}"), title="x"),
        f"{OPEN}{bad}",
    ):
        frame = framed(page, height=300, scripts=scripts, title="x")
        assert "outside.invalid" not in frame and "other.invalid" not in frame and "<script>x" not in frame
