"""The line after `%flow VERB`: one table of options per verb, read by the parser of step headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from nbflow.cells.converters import count, one_of, pair, word
from nbflow.cells.hearers import OPTIONS as NOTIFY
from nbflow.cells.options import Option, Parsed, Table, parse_line
from nbflow.errors import Place
from nbflow.frontends.ways import WAYS
from nbflow.frozen import frozen
from nbflow.model.status import RunStatus
from nbflow.plan.parameters import Text

RUN = (
    Option("fresh", "reuse no result, not even for steps with --cache"),
    Option("reuse", "reuse results of any stored run"),
    Option("dry", "run nothing: say what would run or be reused, and how long it took last time"),
    Option("background", "return at once: the run goes on in this kernel, beside other cells"),
    Option("detach", "return at once: the run goes on in a process of its own, which outlives the kernel"),
    Option("max-workers", "most tasks at once", "N", count(1), default="the cores"),
    Option("max-items", "most items a foreach may have", "N", count(1), default="10000"),
    Option("tag", "label the run", "TAG", word, repeatable=True),
    Option(
        "with",
        "what every step gets that does not say it itself, as batch or retry:times=3",
        "DECORATOR",
        word,
        repeatable=True,
        choices=("batch", "batch:memory=16000", "retry:times=3", "card"),
    ),
    Option(
        "environment",
        "packages: local, what is installed here; pypi, what steps ask for; uv, the project's for all others",
        "WAY",
        one_of(*WAYS),
        default="pypi",
        choices=WAYS,
    ),
    Option(
        "notify",
        "send a message when the run is over: to https://…, slack://…, or where a secret says, as env.SLACK_URL",
        "ADDRESS",
        word,
        repeatable=True,
        choices=("env.SLACK_URL",),
    ),
    Option("param", "give a parameter a value, whatever its name", "NAME=VALUE", pair, repeatable=True),
)

RESUME = tuple(option for option in RUN if option.key not in {"fresh", "reuse"})

HISTORY = (
    Option("status", "only runs that are so", "STATUS", word, repeatable=True, choices=tuple(map(str, RunStatus))),
    Option("tag", "only runs with this tag", "TAG", word, repeatable=True),
    Option("user", "only runs of this user; me: your own", "USER", word, repeatable=True),
    Option("since", "only runs made since then, as 7d, yesterday, 2026-11-01", "WHEN", word),
    Option("until", "only runs made until then", "WHEN", word),
    Option("where", "only runs with such parameters, as 'alpha>0.1, region=eu'", "CONDITIONS", word),
    Option("sort", "by took, status, a parameter or a metric, the smallest first; -KEY: the largest", "KEY", word),
    Option("drafts", "what cells computed in kernel sessions, too"),
)

COMPARE = (
    Option("baseline", "what the runs are compared with: a run, latest_successful, previous", "RUN", word),
    Option("fail-if", "fail where this holds, as 'rmse > 1.05 * baseline.rmse'", "CONDITION", word),
    Option("chart", "draw this metric across the runs, instead of all that differs", "METRIC", word),
)

DEBUG = (Option("back", "let the notebook's names be what they were before"),)

#: verb → its options
OPTIONS: dict[str, tuple[Option, ...]] = {
    "run": RUN,
    "resume": RESUME,
    "history": HISTORY,
    "compare": COMPARE,
    "debug": DEBUG,
    "notify": NOTIFY,
}

#: verb → what to do about a word that it does not take
_STRAY = {
    "run": "%flow run runs all steps; for one of them and those below it  %flow resume {word}",
    "show": "%flow show draws the graph of this notebook; a run, a step or a task has a page:  %flow view {word}",
}

#: parameters that an error names
_FEW = 8
#: words a verb takes when it takes any number
MANY = 1000


@frozen
class RunOptions:
    """How `%flow run` runs."""

    fresh: bool = False
    reuse: bool = False
    dry: bool = False
    background: bool = False
    detach: bool = False
    max_workers: int | None = None
    max_items: int | None = None
    tags: tuple[str, ...] = ()
    with_specs: tuple[str, ...] = ()
    #: what --environment says
    environment: str | None = None
    #: addresses that hear of its end, or secrets that hold them
    notify: tuple[str, ...] = ()


def run_arguments(line: str, parameters: Sequence[str], place: Place) -> tuple[RunOptions, dict[str, Any]]:
    """Return the options and the parameters' values of a `%flow run` line; own options win over parameters' names.

    Raises CellError for whatever is neither.
    """
    _, options, given = _arguments("run", line, parameters, place, operands=0)
    return options, given


def resume_arguments(
    line: str, parameters: Sequence[str], place: Place
) -> tuple[list[str], RunOptions, dict[str, Any]]:
    """Return the words, options and parameters' values of a `%flow resume` line. Raises CellError."""
    return _arguments("resume", line, parameters, place, operands=2)


def _arguments(
    verb: str, line: str, parameters: Sequence[str], place: Place, *, operands: int
) -> tuple[list[str], RunOptions, dict[str, Any]]:
    own = {option.key for option in OPTIONS[verb]}
    keys = {name.replace("_", "-"): name for name in parameters}
    named = tuple(Option(key, "", "VALUE", _anything) for key in keys if key not in own)
    words = (*OPTIONS[verb], *named)
    table = Table(f"%flow {verb}", words, operands=operands, stray=_STRAY.get(verb, "drop it"), known=_known(keys))
    parsed = parse_line(line, table, place)
    given = {keys[key]: Text(value) for key, value in parsed.values.items() if key in keys and key not in own}
    given |= {name.replace("-", "_"): Text(value) for name, value in parsed.value("param", ())}
    options = RunOptions(
        fresh=parsed.value("fresh", False),
        reuse=parsed.value("reuse", False),
        dry=parsed.value("dry", False),
        background=parsed.value("background", False),
        detach=parsed.value("detach", False),
        max_workers=parsed.value("max-workers"),
        max_items=parsed.value("max-items"),
        tags=parsed.value("tag", ()),
        with_specs=parsed.value("with", ()),
        environment=parsed.value("environment"),
        notify=parsed.value("notify", ()),
    )
    return [each.text for each in parsed.operands], options, given


def _known(keys: Iterable[str]) -> str:
    """Return the parameters that may be meant by an option that there is not."""
    names = [f"--{key}" for key in keys]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"the parameters are {', '.join(names[:_FEW])}{more}; " if names else ""


def _anything(text: str) -> str:
    """A parameter's own type reads its text, an empty one included."""
    return text


def operands(verb: str, line: str, most: int, place: Place) -> list[str]:
    """Return the words of a verb that takes at most `most` words and no options. Raises CellError."""
    table = Table(f"%flow {verb}", (), operands=most, stray=_STRAY.get(verb, "drop it"))
    parsed: Parsed = parse_line(line, table, place)
    return [each.text for each in parsed.operands]
