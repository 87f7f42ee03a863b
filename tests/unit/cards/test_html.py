from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cards import html
from nbflow.cards.html import Html

HOSTILE = [
    "<script>alert(1)</script>",
    "\" onerror='x'",
    "&lt;",
    "two\nlines",
    "\x1b[31m",
    "\u202egpj",
    "</td></table>",
]


class Reader(HTMLParser):
    """Reads elements, attributes and text, as a browser would."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def every_block(text: str) -> dict[str, Html]:
    return {
        "escape": html.escape(text),
        "tag": html.tag("div", text, title=text),
        "text": html.text(text, title=text),
        "faint": html.faint(text, title=text),
        "code": html.code(text),
        "block": html.block(text, text),
        "preformatted": html.preformatted(text, height=100),
        "table": html.table([[text, text]], head=[text, text], align="lr"),
        "pairs": html.pairs([(text, text)]),
        "details": html.details(text, text, unfolded=True),
        "bar": html.bar([(0.5, "#123456")], title=text),
        "picture": html.picture(f"<svg>{text}</svg>", alt=text),
        "join": html.join([text, text], text),
    }


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("block", every_block(""))
def test_no_block_lets_a_text_become_markup(block: str, hostile: str) -> None:
    document = every_block(hostile)[block]
    read = Reader(document)
    assert read.tags == Reader(every_block("plain")[block]).tags
    assert {name for name, _ in read.attributes} == {name for name, _ in Reader(every_block("plain")[block]).attributes}
    assert "\x1b" not in document
    assert "\u202e" not in document


@given(text=st.text())
def test_text_comes_back_as_it_was_but_for_what_is_invisible(text: str) -> None:
    read = Reader(html.text(text))
    assert read.tags == ["span"]
    if text.isprintable():
        assert read.text == text


def test_html_is_not_escaped_again_as_content_but_always_in_an_attribute() -> None:
    bold = html.tag("b", "x < y")
    assert html.block(bold) == "<div><b>x &lt; y</b></div>"
    assert 'title="&lt;b&gt;' in html.tag("div", title=bold)


def test_text_glued_to_html_is_escaped_again_and_so_never_markup() -> None:
    assert "<script>" not in html.block(html.escape("a") + "<script>")


def test_an_attribute_that_is_none_or_false_is_left_out() -> None:
    assert html.tag("details", open=True, title=None, hidden=False) == "<details open></details>"


def test_a_table_aligns_its_columns() -> None:
    document = html.table([["a", 1]], head=["name", "count"], align="lr")
    assert re.findall(r"text-align:(\w+)", document) == ["left", "right", "left", "right"]
    assert Reader(document).text == "namecounta1"


def test_progress_and_bar_say_how_far() -> None:
    assert (
        '<progress style="width:96px;height:8px;vertical-align:middle" value="3" max="4" title="3 of 4">3/4<'
        in html.progress(3, 4)
    )
    assert 'max="1"' in html.progress(0, 0)
    widths = re.findall(r"width:([\d.]+)%", html.bar([(0.25, "#000"), (0, "#111"), (0.5, "#222")], title="x"))
    assert widths == ["25.00", "50.00"]


def test_a_picture_is_a_data_uri() -> None:
    document = html.picture("<svg>é</svg>", alt="x", width=10)
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', document)
    assert data
    assert base64.b64decode(data.group(1)).decode() == "<svg>é</svg>"


#: what JupyterLab leaves of the style of an untrusted output; its colours are names, hex, rgb() and rgba()
ALLOWED = {
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-left",
    "border-radius",
    "border-top",
    "color",
    "cursor",
    "display",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-width",
    "opacity",
    "overflow",
    "overflow-wrap",
    "overflow-x",
    "overflow-y",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-overflow",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
}


@pytest.mark.parametrize("block", every_block(""))
def test_every_style_is_one_that_an_untrusted_notebook_keeps(block: str) -> None:
    for name, value in Reader(every_block("x")[block]).attributes:
        if name == "style":
            for line in filter(None, value.split(";")):
                key, _, said = line.partition(":")
                assert key in ALLOWED
                assert "var(" not in said
                assert "currentcolor" not in said.lower()
                assert "calc(" not in said


def test_a_name_may_be_broken_behind_its_words_and_reads_as_it_was() -> None:
    shown = html.breaking("estimate_monthly/v1.2")
    assert shown == "estimate_<wbr>monthly/<wbr>v1.<wbr>2"
    assert html.breaking("__init__") == "__<wbr>init__"
    for hostile in HOSTILE:
        assert Reader(html.breaking(hostile)).text == Reader(html.escape(hostile)).text
        assert set(Reader(html.breaking(hostile)).tags) <= {"wbr"}
