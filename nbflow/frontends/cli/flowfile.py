"""`nbflow run flow.py …` and the like: what `python flow.py run …` does, for a file of Python in a notebook's place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import nbflow
from nbflow.backends.zygote import spawn

if TYPE_CHECKING:
    from nbflow.frontends.cli.parser import Parser

#: what takes one, with all options that it has there
VERBS = frozenset({"check", "resume", "run", "show"})
#: a file of Python, and which of its flows is meant
_FILE = re.compile(r"(?P<file>.+\.py)(:(?P<name>\w+))?")


def file_among(words: Sequence[str]) -> str | None:
    """Return the first of `words` that names a file of Python, if it is the only word that names a file."""
    found = [word for word in words if word.endswith(".ipynb") or _FILE.fullmatch(word)]
    return found[0] if len(found) == 1 and _FILE.fullmatch(found[0]) and not found[0].startswith("-") else None


def main(verb: str, named: str, words: Sequence[str]) -> int:
    """Do `verb` with the flow of the file `named`, `flow.py` or `flow.py:ClassName`; `words` are what else was typed."""
    from nbflow.frontends.classes.opened import load_flow_file
    from nbflow.frontends.flowspec.terminal.main import main as terminal
    from nbflow.frontends.flowspec.terminal.options import TopParser

    found = _FILE.fullmatch(named)
    assert found is not None, f"{named} names a file"
    # it starts while the file imports what it needs
    zygote = spawn() if verb in {"run", "resume"} else None
    try:
        flow_class = load_flow_file(found["file"], found["name"])
    except nbflow.NbflowError:
        raise
    except Exception as failure:  # noqa: BLE001 - a file may raise anything
        return _say(failure, found["file"])
    before, after = _sorted(words, TopParser(flow_class, named))
    return terminal(flow_class, [*before, verb, *after], named, zygote)


def say_failure(failure: Exception, words: Sequence[str]) -> int:
    """Print what the file among `words` raised while it was read, for any verb. Raises `failure` that is not the file's."""
    named = file_among(words)
    found = _FILE.fullmatch(named) if named else None
    if found is None or not (_frames(failure, found["file"]) or _unread(failure, found["file"])):
        raise failure
    return _say(failure, found["file"])


def _say(failure: Exception, file: str) -> int:
    """Print what a file raised, as `python FILE` would: the frames of nbflow that led to it left out."""
    import traceback

    traceback.print_exception(failure.with_traceback(_frames(failure, file)))
    return 1


def _frames(failure: Exception, file: str) -> TracebackType | None:
    """Return the traceback from the file's own lines on, None where it has none of them."""
    frames = failure.__traceback__
    while frames is not None and Path(frames.tb_frame.f_code.co_filename) != Path(file).resolve():
        frames = frames.tb_next
    return frames


def _unread(failure: Exception, file: str) -> bool:
    """Whether Python could not read the file."""
    return isinstance(failure, SyntaxError) and failure.filename == str(Path(file).resolve())


def _sorted(words: Sequence[str], parser: Parser) -> tuple[list[str], list[str]]:
    """Return the options that a flow file has before its command, with their values, and the other words."""
    before: list[str] = []
    after: list[str] = []
    rest = list(words)
    while rest:
        option, equals, _ = rest[0].partition("=")
        action = parser.action_of(option)
        # --with is known on both sides
        mine = action is not None and option not in {"--with", "-h", "--help"}
        values = 0 if equals or action is None else action.nargs if isinstance(action.nargs, int) else 1
        (before if mine else after).extend(rest[: 1 + values])
        del rest[: 1 + values]
    return before, after
