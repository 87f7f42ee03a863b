from __future__ import annotations

import pytest

from nbflow.cards.markdown import markdown_html

PIXEL = "data:image/png;base64,iVBORw0KGgo="


def test_tables_and_struck_out_words_are_read() -> None:
    shown = markdown_html("~~a~~\n\n| x | y |\n|---|--:|\n| 1 | 2 |")
    assert "<s>a</s>" in shown
    assert '<td style="text-align:right">2</td>' in shown


def test_html_shows_as_it_was_typed() -> None:
    assert (
        markdown_html("<b>x</b> <script>y</script>") == "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;y&lt;/script&gt;</p>\n"
    )


def test_links_open_beside_the_page() -> None:
    shown = markdown_html("[a](https://b.c) [d](mailto:e@f.g) [h](#i)")
    assert '<a href="https://b.c" target="_blank" rel="noopener noreferrer">a</a>' in shown
    assert 'href="mailto:e@f.g"' in shown
    assert '<a href="#i" rel="noopener noreferrer">h</a>' in shown


@pytest.mark.parametrize(
    "address", ["javascript:a", "JAVASCRIPT:a", "data:text/html,x", "file:///x", "vbscript:a", "x/y"]
)
def test_other_addresses_lead_nowhere(address: str) -> None:
    assert "href" not in markdown_html(f"[a]({address})")


def test_a_picture_from_elsewhere_becomes_a_link() -> None:
    shown = markdown_html("![a cat](https://b.c/cat.png)")
    assert "<img" not in shown
    assert 'href="https://b.c/cat.png"' in shown and ">a cat</a>" in shown


def test_a_picture_that_is_in_the_text_shows() -> None:
    assert f'<img src="{PIXEL}" alt="a dot">' in markdown_html(f"![a dot]({PIXEL})")
    assert "src" not in markdown_html("![x](data:text/html;base64,AAAA)")
