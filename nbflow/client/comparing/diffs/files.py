"""Files and folders, compared by what is known of them: nothing of their bytes is read."""

from __future__ import annotations

from typing import Any

from nbflow.cards.figures import several, size
from nbflow.client.comparing.diffs.shape import ROWS, Diff, same
from nbflow.store.files.listing import Entry, Link, Regular, Tree


def files(old: Any, new: Any) -> Diff:
    """Return how one file or folder became another."""
    if old == new:
        return same("file")
    before, after = old.entry, new.entry
    renamed = () if old.name == new.name else (("name", old.name, new.name),)
    if isinstance(before, Regular) and isinstance(after, Regular):
        return _file(before, after, renamed)
    return _folder(_flat(before), _flat(after), (size(old.size), size(new.size)), renamed)


def _file(old: Regular, new: Regular, facts: tuple[tuple[str, str, str], ...]) -> Diff:
    if old.digest == new.digest:
        what = "it may be run now" if new.executable else "it may no longer be run"
        return Diff("file", "the same bytes" if facts else f"the same bytes; {what}", facts=facts)
    facts += (("size", _exact(old.size), _exact(new.size)), ("digest", old.digest[:12], new.digest[:12]))
    grown = new.size - old.size
    by = f", {'larger' if grown > 0 else 'smaller'} by {size(abs(grown))}" if grown else ", as large as before"
    return Diff("file", f"its bytes changed{by}", facts=facts)


def _folder(
    old: dict[str, Entry], new: dict[str, Entry], sizes: tuple[str, str], facts: tuple[tuple[str, str, str], ...]
) -> Diff:
    rows = [
        (path, _said(old.get(path)), _said(new.get(path)))
        for path in sorted({*old, *new})
        if _content(old.get(path)) != _content(new.get(path))
    ]
    counts = {
        "added": sum(path not in old for path, _, _ in rows),
        "removed": sum(path not in new for path, _, _ in rows),
        "changed": sum(path in old and path in new for path, _, _ in rows),
    }
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    facts += (("files", str(len(old)), str(len(new))), ("size", *sizes))
    headline = (
        f"{several(len(rows), 'file')} {'differs' if len(rows) == 1 else 'differ'}: {said}"
        if rows
        else "the same files"
    )
    return Diff(
        "file",
        headline,
        facts=facts,
        head=("file", "old", "new"),
        rows=tuple(rows[:ROWS]),
        more=max(0, len(rows) - ROWS),
    )


def _flat(tree: Tree, before: str = "") -> dict[str, Entry]:
    """Return what is in a folder by path; of folders those with nothing in them."""
    found: dict[str, Entry] = {}
    for name, entry in tree.items():
        if isinstance(entry, dict) and entry:
            found |= _flat(entry, f"{before}{name}/")
        else:
            found[f"{before}{name}{'/' if isinstance(entry, dict) else ''}"] = entry
    return found


def _content(entry: Entry | None) -> object:
    return (entry.digest, entry.executable) if isinstance(entry, Regular) else entry


def _said(entry: Entry | None) -> str:
    if entry is None:
        return "–"
    if isinstance(entry, Link):
        return f"→ {entry.target}"
    if isinstance(entry, Regular):
        return f"{size(entry.size)} · {entry.digest[:8]}{' · may be run' if entry.executable else ''}"
    return "an empty folder"


def _exact(count: int) -> str:
    return f"{size(count)} ({count:,} bytes)" if count > 999 else size(count)
