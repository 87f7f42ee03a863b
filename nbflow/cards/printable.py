"""Text from a run (names, messages, logs) made safe to look at: nothing in it may move a cursor or turn text around."""

from __future__ import annotations

import re

#: controls (C0 but tab and newline, C1), direction marks and overrides, line separators, lone surrogates, BOM
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
#: terminal sequences: CSI (colours, cursor), OSC (titles, links), and two-character escapes
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")


def _spelled(found: re.Match[str]) -> str:
    number = ord(found.group())
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def printable(text: object) -> str:
    """Return `text` with every invisible control character spelled out; tabs and newlines stay."""
    return _UNSEEN.sub(_spelled, str(text))


def one_line(text: object, limit: int | None = None) -> str:
    """Return `text` as one printable line: each run of white space is a space; cut to `limit` characters with `…`."""
    line = printable(" ".join(str(text).split()))
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def log_text(text: str) -> str:
    """Return log output as a terminal would leave it: colours gone, and of an overwritten line what came last."""
    lines = _TERMINAL.sub("", text).replace("\r\n", "\n").split("\n")
    return printable("\n".join(_overwritten(line) for line in lines))


def _overwritten(line: str) -> str:
    # progress bars write \r and draw the line again
    parts = [part for part in line.split("\r") if part]
    return parts[-1] if parts else ""


def tail(text: str, lines: int) -> str:
    """Return the last `lines` lines of `text`, with a first line that says how many were left out."""
    kept = text.rstrip("\n").split("\n")
    if len(kept) <= lines:
        return "\n".join(kept)
    return f"… {len(kept) - lines} earlier lines\n" + "\n".join(kept[-lines:])
