from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cards.css import harmless, looks_only

ELSEWHERE = "http://outside.invalid/x"
FETCHES = [
    f"background:url({ELSEWHERE})",
    f"background:url('{ELSEWHERE}')",
    f"background:URL( {ELSEWHERE} )",
    f"background:u\\72l({ELSEWHERE})",
    f"background:\\000075rl({ELSEWHERE})",
    f"background:u\\\nrl({ELSEWHERE})",
    f"background:u/**/rl({ELSEWHERE})",
    f"background:ur\\l({ELSEWHERE})",
    f"background:\\75\\72\\6c({ELSEWHERE})",
    f"background:image-set('{ELSEWHERE}' 1x)",
    f"background:-webkit-image-set(url({ELSEWHERE}) 1x)",
    f"background:cross-fade(url({ELSEWHERE}),red)",
    f"background:image('{ELSEWHERE}')",
    f"background:src('{ELSEWHERE}')",
    f"--x:url({ELSEWHERE});background:var(--x)",
    f"background:url(data:image/svg+xml,<svg onload=a>),url({ELSEWHERE})",
    f"background:url(#a),url({ELSEWHERE})",
    f"background:url({ELSEWHERE}),url(#a)",
    f"background:url(data:image/png;base64,AA{ELSEWHERE})",
    "background:element(#secret)",
    "width:expression(alert(1))",
    "behavior:url(x.htc)",
    "-moz-binding:url(x.xml#a)",
    f"@import '{ELSEWHERE}';",
    f"@IMPORT url({ELSEWHERE});",
    f"@\\69mport '{ELSEWHERE}';",
    f"@ import '{ELSEWHERE}';",
    f"@/**/import '{ELSEWHERE}';",
    f"@font-face{{font-family:f;src:url({ELSEWHERE})}}",
    f"/* */@import '{ELSEWHERE}';",
    f"/\\2a*/@import '{ELSEWHERE}';",
]


def asks(css: str) -> list[str]:
    """Return what in `css` a browser would fetch."""
    inside = re.compile(r"url\((?:#[\w-]+|data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+)\)", re.IGNORECASE)
    rest = inside.sub("", css)
    wanted = r"url\s*\(|src\s*\(|image[\w-]*\s*\(|cross-fade|element\s*\(|expression|@\s*import|@\s*namespace|\\"
    return re.findall(wanted, rest, re.IGNORECASE)


@pytest.mark.parametrize("css", FETCHES)
def test_nothing_is_fetched(css: str) -> None:
    assert not asks(harmless(css))


@pytest.mark.parametrize("css", FETCHES)
def test_what_was_made_harmless_stays_so(css: str) -> None:
    assert harmless(harmless(css)) == harmless(css)


@given(st.text(alphabet="url()@import\\/*'\";:{}<>-_72 6c\n", max_size=60))
def test_no_mixture_of_signs_makes_a_style_fetch_or_end(css: str) -> None:
    clean = harmless(css)
    assert not asks(clean)
    assert "<" not in clean


@pytest.mark.parametrize(
    "css",
    [
        ".dataframe tbody tr th { vertical-align: top; }",
        "a:hover > b { color: rgba(1, 2, 3, 0.5) }",
        "background-image:linear-gradient(90deg, #d65f5f 50.0%, transparent 50.0%)",
        "width: calc(100% - var(--gap))",
        "mask: url(#shape)",
        "background: url('data:image/png;base64,iVBORw0KGgo=')",
        "@media (prefers-color-scheme: dark) { :is(h1, h2):not(.x) { color: light-dark(#000, #fff) } }",
        "td:nth-child(2n+1)::before { content: '▸' attr(title) }",
    ],
)
def test_what_fetches_nothing_stays_as_it_is(css: str) -> None:
    assert harmless(css) == css


def test_an_escape_that_is_a_letter_is_read() -> None:
    assert harmless("content: '\\25B8 x\\00e9'") == "content: '▸xé'"


def test_a_long_name_is_read_in_one_go() -> None:
    assert harmless("a" * 300_000) == "a" * 300_000
    assert "url(" not in harmless("url(data:image/svg+xml;base64," + "A" * 300_000 + ")")


def test_a_part_of_a_page_keeps_looks_and_no_places() -> None:
    given_style = (
        "color:red;position:fixed;top:0;z-index:9;Position : absolute;margin:-99px;background-color:#fff;float:left"
    )
    assert looks_only(given_style) == "color:red;background-color:#fff"
