from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from hostile.payloads import payloads
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cards.sanitize import is_link, sanitized, text_of

ELSEWHERE = "http://outside.invalid/x"
#: attributes whose value is an address, wherever they stand
ADDRESSES = {
    "action",
    "background",
    "cite",
    "classid",
    "codebase",
    "data",
    "formaction",
    "href",
    "icon",
    "longdesc",
    "manifest",
    "ping",
    "poster",
    "profile",
    "src",
    "srcdoc",
    "srcset",
    "usemap",
    "xlink:href",
}
RUNNING = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "meta",
    "link",
    "base",
    "animate",
    "set",
    "foreignobject",
    "math",
}

#: more than the list that all views are tried with: tricks on parsers and on the ways out of an allowlist
TRICKS = [
    "<svg><style><a title='</style><img src=x onerror=a>'>",
    "<svg></p><style><a id='</style><img src=1 onerror=a>'>",
    "<math><mi><style><img src=x onerror=a></style></mi></math>",
    "<svg><desc><style></desc></svg><img src=x onerror=a>",
    "<svg><title><style></title><img src=x onerror=a></style>",
    "<svg><p><style><!--</style><img src=x onerror=a>--></style>",
    "<form><form><math><mtext></form><form><mglyph><style></math><img src onerror=a>",
    "<table><math><select><mi><select><option><style><!--</style>--><img src=x onerror=a>",
    "<a href='  javascript:a'>x</a>",
    "<a href='java\nscript:a'>x</a>",
    "<a href='da\tta:text/html,<script>a</script>'>x</a>",
    "<a href='\x01data:text/html,x'>x</a>",
    "<a href='blob:x'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//outside.invalid/x'>x</a>",
    "<a href='\\\\outside.invalid\\x'>x</a>",
    "<a href='x' ping='http://outside.invalid'>x</a>",
    "<img src='//outside.invalid/x'>",
    "<img src='data:text/html,<script>a</script>'>",
    "<img src='data:application/xml,x'>",
    f"<img src='{ELSEWHERE}' srcset='{ELSEWHERE} 2x' lowsrc='{ELSEWHERE}' dynsrc='{ELSEWHERE}'>",
    f"<image src='{ELSEWHERE}'>",
    f"<input type=image src='{ELSEWHERE}'>",
    f"<body background='{ELSEWHERE}'>x",
    f"<td background='{ELSEWHERE}'>x",
    f"<video src='{ELSEWHERE}' poster='{ELSEWHERE}'><track src='{ELSEWHERE}'></video>",
    f"<svg><use href='{ELSEWHERE}#a'/><use xlink:href='{ELSEWHERE}#a'/></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=a>#x'/></svg>",
    f"<svg><image xlink:href='{ELSEWHERE}'/><feImage href='{ELSEWHERE}'/></svg>",
    f"<svg><path fill='url({ELSEWHERE}#a)' marker-end='url({ELSEWHERE}#m)' filter='url({ELSEWHERE}#f)'/></svg>",
    f"<svg><linearGradient href='{ELSEWHERE}#a'/></svg>",
    "<svg><a xlink:href='javascript:a'><text>x</text></a></svg>",
    "<svg><a><set attributeName=href to=javascript:a></set><text>x</text></a></svg>",
    f"<p style='background:url({ELSEWHERE})'>x",
    f"<p style='background:u\\72l({ELSEWHERE})'>x",
    f"<p style='background:&#117;rl({ELSEWHERE})'>x",
    f"<p style='background:image-set(\"{ELSEWHERE}\" 1x)'>x",
    f"<style>@import '{ELSEWHERE}'</style>",
    f"<style>p{{background:url({ELSEWHERE})}}",
    f"<STYLE type=text/css>@IMPORT url({ELSEWHERE});</STYLE >",
    f"<style><style>@import '{ELSEWHERE}'</style></style>",
    "<style>a{content:'</style><script>a</script>'}</style>",
    f"<link rel=stylesheet href='{ELSEWHERE}'>",
    f"<link rel=dns-prefetch href='{ELSEWHERE}'>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    f"<base href='{ELSEWHERE}'>",
    f"<object data='{ELSEWHERE}'><embed src='{ELSEWHERE}'></object>",
    f"<portal src='{ELSEWHERE}'></portal>",
    f"<frameset><frame src='{ELSEWHERE}'></frameset>",
    "<iframe srcdoc='<script>a</script>'></iframe>",
    "<isindex type=image src=1 onerror=a>",
    "<x onclick=a>x</x><b onbeforetoggle=a popover>x</b>",
    "<div data-plotly='{}' data-gl=yes>x</div>",
    "<form id=document><input name=querySelectorAll></form>",
    "<a id=Plotly name=newPlot>x</a>",
    "<button formaction='javascript:a' popovertarget=x>x</button>",
    "<template shadowrootmode=open><script>a</script></template>",
    "<noscript><img src=x onerror=a></noscript>",
    "<plaintext><script>a</script>",
    "<xmp><img src=x onerror=a></xmp>",
    "<!--><img src=x onerror=a>-->",
    "<![CDATA[<img src=x onerror=a>]]>",
    "<?xml version='1.0'?><?php <img src=x onerror=a> ?>",
]


class Found(HTMLParser):
    """What is in a fragment that a browser would act on."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self._style = False
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.wrong += [tag] if tag in RUNNING else []
        for name, value in attrs:
            self.judge(tag, name, value or "")

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if self._style:
            self.judge("style", "style", data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append("comment")

    def judge(self, tag: str, name: str, value: str) -> None:
        if name.startswith(("on", "data-")) or name in {
            "name",
            "is",
            "popover",
            "popovertarget",
            "marker-end",
            "filter",
        }:
            self.wrong.append(f"{tag} {name}")
        if name in ADDRESSES and not self.may_stand(tag, name, value):
            self.wrong.append(f"{tag} {name}={value}")
        asking = re.search(r"url\((?!\"?'?(?:#|data:image/))|image-set|@\s*import|\\", value, re.IGNORECASE)
        if asking and name not in {"title", "alt", "href"}:
            self.wrong.append(f"{tag} {name}={value}")

    def may_stand(self, tag: str, name: str, value: str) -> bool:
        if name == "src":
            return value.startswith("data:image/")
        if tag == "use":
            return value.startswith("#")
        return tag == "a" and name == "href" and value.startswith(("http://", "https://", "mailto:", "#"))


HOSTILE = [*(each.text.encode("utf-8", "replace").decode() for each in payloads()), *TRICKS]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("styles", [True, False])
def test_of_hostile_html_nothing_acts(text: str, styles: bool) -> None:
    assert not Found(sanitized(text, styles=styles)).wrong


@pytest.mark.parametrize(
    "around", ["<table><tr><td>{}", "<svg>{}", "<p title='{}'>", "<style>{}", "<details><summary>{}", "<pre>{}"]
)
def test_of_hostile_html_inside_other_elements_nothing_acts(around: str) -> None:
    for text in HOSTILE:
        assert not Found(sanitized(around.replace("{}", text))).wrong, text


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "<svg>", "</svg>", "<style>", "</style>", "<math>", "<table>", "<!--", "-->", "<p>"])
    )
)
def test_of_no_mixture_anything_acts_and_what_is_safe_stays_as_it_is(texts: list[str]) -> None:
    clean = sanitized("".join(texts))
    assert not Found(clean).wrong
    assert sanitized(clean) == clean


def test_a_table_of_pandas_keeps_its_looks() -> None:
    frame = pd.DataFrame({"price": [1.5, 2.5], "<b>": ["x", "<script>"]})
    plain = sanitized(frame.to_html())
    assert plain.count("<td>") == 4
    assert "&lt;script&gt;" in plain
    styled = sanitized(frame.style.background_gradient(subset=["price"]).to_html())
    assert re.search(r"<style>.*#T_\w+_row0_col0.*background-color: #", styled, re.DOTALL)
    assert re.search(r'<td id="T_\w+_row0_col0" class="data row0 col0">1\.5', styled)


def test_an_estimator_of_scikit_learn_keeps_its_folds() -> None:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    shown = sanitized(make_pipeline(StandardScaler(), Ridge())._repr_html_())
    assert 'class="sk-toggleable__control' in shown
    assert 'type="checkbox"' in shown
    assert re.search(r'<label for="sk-estimator-id-\d+"', shown)
    assert "sk-toggleable__content" in shown.partition("</style>")[0]
    assert not Found(shown).wrong


def test_symbols_that_are_used_within_a_fragment_stay() -> None:
    text = (
        '<svg style="display:none"><defs><symbol id="icon" viewBox="0 0 32 32"><path d="M16 0z"></path></symbol></defs></svg>'
        '<label for="x"><svg class="icon"><use xlink:href="#icon"></use></svg></label>'
    )
    assert sanitized(text) == text


def test_links_open_beside_the_page_and_within_it_where_they_stay_in_it() -> None:
    rel = ' rel="noopener noreferrer"'
    assert sanitized("<a href='https://a.b/c'>x</a>") == f'<a href="https://a.b/c" target="_blank"{rel}>x</a>'
    assert sanitized("<a href='#part' target=_top>x</a>") == f'<a href="#part"{rel}>x</a>'
    assert "href" not in sanitized("<a href='/here'>x</a><a href='there'>y</a>")


def test_a_part_of_another_page_brings_no_styles_names_or_places() -> None:
    text = "<style>body{display:none}</style><p id=a class=jp-Cell style='position:fixed;color:red'>x</p>"
    assert sanitized(text, styles=False) == '<p style="color:red">x</p>'


def test_text_is_what_is_written_a_line_a_block() -> None:
    table = "<style>a{}</style><table>\n <tr>\n  <td>a</td>\n <td>b &lt; c</td></tr><tr><td>d</td></tr></table><p>e<br>f</p>"
    assert text_of(table) == "a b < c\nd\ne\nf"


def test_a_link_leads_to_a_page_or_a_mail() -> None:
    assert (
        is_link("https://a.b") and is_link(" \x01htt\nps://a.b") and is_link("HTTP://a.b") and is_link("mailto:a@b.c")
    )
    assert not any(map(is_link, ["javascript:a", "ht\ttps", "//a.b", "#a", "data:,x", "x:https://a.b"]))


def test_html_that_is_read_otherwise_each_time_is_shown_as_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    import nh3

    monkeypatch.setattr(nh3, "clean", lambda text, **_: f"{text}<b>more</b>")
    assert sanitized("<i>x</i>").startswith("<pre ")
    assert "&lt;i&gt;x&lt;/i&gt;" in sanitized("<i>x</i>")


def test_many_starts_without_ends_take_no_time_to_read() -> None:
    sanitized("<style" * 50_000)
    text_of("<br" * 50_000)
