"""What to type instead of Python that does not compile, where its own message leaves that open."""

from __future__ import annotations

import re

#: for what is nested too deeply
SIMPLER = "take it apart into several statements"

#: what the message, the line or the text says → what helps; the first that fits
_MESSAGES = (
    (r"\(unicode error\)", 'write a path of Windows as r"C:\\data", or with /'),
    (r"invalid non-printable character|invalid character", "type the line anew: it was pasted with that character"),
    (r"unterminated", "close the quote"),
    (r"inconsistent use of tabs|TabError", "indent with spaces only"),
    (r"unexpected indent|unindent does not match", "let the line begin where the one above it begins"),
    (r"was never closed", "close the bracket"),
    (r"'return' outside", "drop return: the last expression is shown, and a name that is assigned is left"),
    (r"'yield' outside", "put it into a function, and call that"),
)
_LINES = (
    (r"\s*(>>>|\.\.\. )", "drop the prompt of the line, >>> or ..."),
    (r"[^'\"]*[“”„‘’]", "use straight quotes, ' or \""),
)


def told(message: str) -> str:
    """Return Python's message without its line number, which is counted from another line than ours."""
    return re.sub(r" \(detected at line \d+\)| on line \d+$", "", message)


def advice(message: str, line: str) -> str:
    """Return what to type instead of `line`, which Python refuses with `message`."""
    for pattern, fix in _LINES:
        if re.match(pattern, line):
            return fix
    return next((fix for pattern, fix in _MESSAGES if re.search(pattern, message)), "correct the line shown")
