"""The rules of tags: what can be one, how many a run may have, and which nobody takes away."""

from __future__ import annotations

from collections.abc import Iterable

from nbflow.errors import TagError, problem, raise_for

#: characters of a tag
LONGEST = 500
#: tags that people may give one run
MOST = 50


def as_tags(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return one tag, or several, as several, each once. Raises M010 when one of them cannot be a tag."""
    # a text is an iterable of its characters: nobody means those
    tags = (given,) if isinstance(given, str) else tuple(given)
    for tag in tags:
        if why := _wrong(tag):
            raise_for("M010", tag=_shown(tag), why=why)
    return tuple(dict.fromkeys(tags))


def first_tags(run: str, given: str | Iterable[str]) -> frozenset[str]:
    """Return the tags that a new run is to get from people. Raises M010, M013; `run` says in it what is meant."""
    tags = as_tags(given)
    return changed(run, frozenset(), frozenset(), add=tags, remove=()) if tags else frozenset()


def changed(
    run: str, user: frozenset[str], system: frozenset[str], *, add: Iterable[str], remove: Iterable[str]
) -> frozenset[str]:
    """Return the tags people gave `run` after a change: what is removed goes first, then the others come.

    To add a tag that nbflow gave changes nothing. Raises M013, M014, M016.
    """
    coming, going = frozenset(add), frozenset(remove)
    if not coming and not going:
        raise TagError(problem("M016", run=run))
    if ours := sorted(going & system):
        raise_for("M014", run=run, tags=", ".join(map(_shown, ours)))
    after = user - going | coming - system
    # a run that has more, from before there was a limit, may lose some
    if len(after) > MOST and len(after) > len(user):
        raise_for("M013", run=run, count=len(after), kept=len(user))
    return after


def _wrong(tag: object) -> str:
    """Return why `tag` cannot be a tag; nothing when it can."""
    if not isinstance(tag, str):
        return f"a tag is text; this is of type {type(tag).__name__}"
    if not tag:
        return "it is empty"
    if len(tag) > LONGEST:
        return f"it has {len(tag)} characters; {LONGEST} are the most"
    try:
        tag.encode()
    except UnicodeEncodeError:
        return "it cannot be written in UTF-8"
    return ""


def _shown(tag: object) -> str:
    text = str(tag).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 40 else f"{text[:39]}…"
