"""The style sheet of cards: quiet, in light and dark, from a phone's width up."""

from __future__ import annotations

_LIGHT = """
:root{--ground:#ffffff;--ink:#1d2127;--soft:#5b6470;--line:#dfe3e8;--tint:#f5f6f8;--link:#1f66c7;--shade:#f0f2f5}
"""
_DARK = "--ground:#15181d;--ink:#e4e7eb;--soft:#98a1ad;--line:#30363f;--tint:#1d2128;--link:#74aef5;--shade:#232830"
#: a notebook that is dark on a machine that prefers light, or the other way round, says so on the page's root
_BY_CHOICE = f"""
:root[data-theme=light]{{color-scheme:light}}
:root[data-theme=dark]{{color-scheme:dark;{_DARK}}}
"""
_BY_MACHINE = f"""
@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{_DARK}}}}}
"""
_RULES = """
img[alt="chart"],.plot img{background:transparent}
html{background:var(--ground);color:var(--ink);-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:960px;padding:26px 32px 34px;box-sizing:border-box;overflow-wrap:break-word;
 font:15px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
@media (max-width:560px){body{padding:16px 16px 22px}}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:1.5em 0 .5em;font-weight:650;letter-spacing:-.01em}
h1{font-size:1.75em}h2{font-size:1.35em}h3{font-size:1.12em}h4,h5,h6{font-size:1em}
h1:first-child,h2:first-child,h3:first-child,p:first-child{margin-top:0}
p,ul,ol,blockquote,pre,dl{margin:.6em 0}
ul,ol{padding-left:1.5em}li{margin:.15em 0}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:2px}
hr{border:none;border-top:1px solid var(--line);margin:1.6em 0}
blockquote{margin-left:0;padding:.1em 1em;border-left:3px solid var(--line);color:var(--soft)}
code,pre,kbd,samp{font-family:Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.87em}
.md code{background:var(--shade);padding:.12em .35em;border-radius:3px}
.md pre{background:var(--tint);border-radius:5px;padding:.8em 1em;overflow:auto;line-height:1.5}
.md pre code{background:none;padding:0}
img,svg{max-width:100%}
summary{cursor:pointer}
summary::marker{color:var(--soft)}
.md table,.shown table{border-collapse:collapse;font-size:13.5px;line-height:1.45;border:none;margin:.7em 0;display:block;
 width:max-content;max-width:100%;overflow-x:auto;font-variant-numeric:tabular-nums}
.md th,.md td,.shown th,.shown td{padding:5px 10px;border:none;border-bottom:1px solid var(--line);vertical-align:top}
.md th,.shown thead th{font-weight:600;color:var(--soft);border-bottom:1px solid var(--soft)}
.shown tbody th{font-weight:normal;color:var(--soft)}
.shown table.dataframe td,.shown table.dataframe thead th{text-align:right}
.card{margin:0 0 18px}
.card:last-child{margin-bottom:0}
.boxes{display:flex;flex-wrap:wrap}
table{font-variant-numeric:tabular-nums}
section{margin:26px 0 0}
section>h2{font-size:.8em;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);font-weight:600;margin:0 0 10px}
.folded{border-top:1px solid var(--line);margin-top:28px;padding-top:10px}
.head+.folded{border-top:none;margin-top:0;padding-top:0}
.folded>details>summary{padding:3px 0;font-size:14px}
.folded>details[open]{padding-bottom:12px}
@media print{body{max-width:none;padding:0}}
"""
#: the style sheet, whole
SHEET = "".join(line.strip() for line in f"{_LIGHT}{_BY_CHOICE}{_BY_MACHINE}{_RULES}".splitlines())

#: draws the figures of a page; colours of a dark page go under what a figure says itself
BOOT = """
"use strict";
(() => {
  const { theme } = document.documentElement.dataset;
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const clear = "rgba(0,0,0,0)", grid = "rgba(140,148,160,0.28)", ink = "#c3c9d1";
  const white = (colour) => /^(white|#fff(fff)?|#E5ECF6)$/i.test(colour || "white");
  const axes = (layout) => Object.keys(layout || {}).filter((key) => /^[xyz]axis\\d*$/.test(key)).map((key) => layout[key]);
  const darken = (layout) => {
    const theirs = (layout.template || {}).layout || {};
    if (layout.paper_bgcolor || !white(theirs.paper_bgcolor)) return;
    layout.paper_bgcolor = clear;
    if (!layout.plot_bgcolor && white(theirs.plot_bgcolor)) layout.plot_bgcolor = clear;
    layout.font = { ...layout.font, color: (layout.font || {}).color || ink };
    if (layout.template && layout.template.layout) {
      for (const axis of axes(theirs)) Object.assign(axis, { gridcolor: grid, linecolor: grid, zerolinecolor: grid });
      if (theirs.font) theirs.font.color = ink;
      if (theirs.polar) for (const name of ["angularaxis", "radialaxis"])
        Object.assign(theirs.polar[name] || {}, { gridcolor: grid, linecolor: grid });
      if (theirs.polar) theirs.polar.bgcolor = clear;
    }
  };
  const draw = async (place) => {
    const words = [...place.childNodes], plot = document.createElement("div");
    const failed = () => place.replaceChildren(...words);
    try {
      const figure = JSON.parse(place.getAttribute("data-plotly")), layout = figure.layout || {};
      if (dark) darken(layout);
      if (!layout.height) plot.style.height = "420px";
      place.replaceChildren(plot);
      const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["toImage", "sendDataToCloud"] };
      await Plotly.newPlot(plot, figure.data, layout, config);
      place.dataset.drawn = "yes";
    } catch (error) { failed(); }
  };
  (async () => {
    for (const place of document.querySelectorAll("div[data-plotly]")) {
      await draw(place);
      // what is drawn shows before the next is
      await new Promise((next) => setTimeout(next));
    }
  })();
})();
""".strip()
