"""Style sheets of others made harmless: they can ask nobody for anything and cannot end the element they stand in.

Nothing here knows what a property means. What can fetch is a function (`url()`, `image-set()`) or `@import`, and all
functions but a list of known harmless ones are renamed, so that a browser ignores the declarations they stand in.
"""

from __future__ import annotations

import re

#: functions of CSS that fetch nothing, whatever they are given
_KNOWN = """
    rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark
    calc min max clamp round mod rem abs sign sin cos tan pow sqrt var attr counter counters
    linear-gradient radial-gradient conic-gradient
    repeating-linear-gradient repeating-radial-gradient repeating-conic-gradient
    matrix matrix3d translate translate3d translatex translatey translatez scale scale3d scalex scaley scalez
    rotate rotate3d rotatex rotatey rotatez skew skewx skewy perspective
    cubic-bezier steps linear minmax fit-content repeat
    blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
    circle ellipse inset polygon path
    not is where has lang dir nth-child nth-last-child nth-of-type nth-last-of-type
"""
_HARMLESS = frozenset(_KNOWN.split())
#: what a url may be: an element of the same fragment, or a picture that is there already
_INSIDE = re.compile(
    r"""url\(\s*(["']?)(?:\#[\w-]+|data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+)\1\s*\)""", re.IGNORECASE
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|.|\Z))", re.DOTALL)
#: of no use in CSS; without < no text is the end of a style element
_USELESS = re.compile(r"[<\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FUNCTION = re.compile(r"(?<![\w-])([\w-]+)\(")
_IMPORT = re.compile(r"@(?=\s*(?:import|namespace|charset)\b)", re.IGNORECASE)
#: properties that change how a thing looks and not where it is
_LOOKS = re.compile(
    r"\s*(?:color|background(?:-color)?|opacity|(?:font|text|border|padding|list-style)(?:-[a-z-]+)?|(?:min-|max-)?(?:width|height)"
    r"|white-space|vertical-align|line-height|letter-spacing|word-break|overflow-wrap|display)\s*:",
    re.IGNORECASE,
)


def harmless(css: str) -> str:
    """Return `css` with everything that could fetch, or end its element, taken out of it."""
    # an escape may stand for the letter of a name or for the end of a comment
    plain = _ESCAPE.sub(_unescaped, _COMMENT.sub(" ", css))
    plain = _USELESS.sub("", _COMMENT.sub(" ", plain))
    kept: list[str] = []
    done = 0
    for found in _INSIDE.finditer(plain):
        kept += [_fetchless(plain[done : found.start()]), found.group()]
        done = found.end()
    return "".join([*kept, _fetchless(plain[done:])])


def looks_only(declarations: str) -> str:
    """Return of the declarations of a style attribute those that move nothing over other parts of a page."""
    each = harmless(declarations).split(";")
    return ";".join(one.strip() for one in each if _LOOKS.match(one))


def _fetchless(css: str) -> str:
    renamed = _FUNCTION.sub(lambda found: found[0] if found[1].lower() in _HARMLESS else "blocked(", css)
    return _IMPORT.sub("@blocked-", renamed)


def _unescaped(found: re.Match[str]) -> str:
    """Return what an escape stands for where that is part of a name or of a text; nothing for signs of CSS itself."""
    if found[1] is None:
        return found[2] if found[2].isalnum() else ""
    number = int(found[1], 16)
    character = chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
    return character if character.isalnum() or character > "\xa0" or character in {"-", "_", " "} else ""
