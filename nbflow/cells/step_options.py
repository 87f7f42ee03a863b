"""The options of `%%step`: the table, and what a header says with it → wiring and options."""

from __future__ import annotations

import re
from typing import cast

from nbflow.cells.converters import (
    Unfit,
    card,
    count,
    default,
    duration,
    either,
    identifier,
    names,
    number,
    one_of,
    pair,
    positive_duration,
    requirements,
    secret,
    size,
    word,
)
from nbflow.cells.expressions import read_expression
from nbflow.cells.header import Header, OptionLine
from nbflow.cells.options import Option, Parsed, Table, parse_words
from nbflow.cells.text import CellText
from nbflow.frozen import frozen
from nbflow.model.card import CardAsk
from nbflow.model.ids import StepName
from nbflow.model.options import Catch, Isolation, Options, Resources, Retry
from nbflow.model.step import Expression, TakeFrom, Wiring

_TAKE = re.compile(r"(?:(?P<name>[^\W\d]\w*)\s*=\s*)?(?:(?P<step>[^\W\d]\w*)\.)?(?P<artifact>[^\W\d]\w*)\Z")
#: names a foreach cannot give: they mean something else in a step
_TAKEN = frozenset({"index", "input", "inputs", "current"})
_HOW = ("fork", "process")
_SIZES = ("1G", "4G", "16G")
#: inline: in a worker here, under its earlier name
_PLACES = ("local", "batch", "inline")


def _takes(text: str) -> tuple[TakeFrom, ...]:
    found = [_TAKE.match(part.strip()) for part in text.split(",")]
    if not all(each and (each["step"] or not each["name"]) for each in found):
        raise Unfit("m=step.x to choose a writer and a name, step.x, or x alone", "m=train.m")
    return tuple(
        TakeFrom(each["name"] or each["artifact"], StepName(each["step"]), each["artifact"])
        if each["step"]
        else TakeFrom(each["artifact"])
        for each in found
        if each
    )


def _item(text: str) -> str:
    if "," in text:
        first = "_".join(re.findall(r"\w+", text)) or "pair"
        raise Unfit(f"one name; take it apart in the body: {text} = {first}", first)
    if text in _TAKEN or text.startswith("_"):
        raise Unfit("a name of your own, like region", "region")
    return identifier(text)


STEP = Table(
    command="%%step",
    stray="a step has one name",
    ignored=frozenset(
        ["echo", "eval", "output", "label", "include", "warning", "error", "message", "layout", "export", "exporti", "hide", "fig-cap", "tbl-cap"]
    ),
    options=(
        Option("foreach", "run once per item of this expression, one process each", "EXPR"),
        Option("as", "name of the item", "NAME", _item, default="item"),
        Option("join", "one step: close its foreach; several: gather branches; the body has inputs", "LIST", names, repeatable=True),
        Option("any", "with --join a,b: go on with those that ran"),
        Option("after", "wait for these steps, without their data", "LIST", names, repeatable=True),
        Option("when", "skip the step unless this condition over plain values holds", "EXPR"),
        Option("else-of", "run when the conditions of these steps were false", "LIST", names, repeatable=True),
        Option("in", "m=step.x renames or chooses a writer; x declares a read", "LIST", _takes, repeatable=True),
        Option("out", "leave only these names", "LIST", names, repeatable=True, default="all it assigns"),
        Option("default", "x=LITERAL: x when every giver of it was skipped", "X=VALUE", default, repeatable=True),
        Option("capture", "take these values from the kernel", "LIST", names, repeatable=True),
        Option("cpu", "cores of one task, may be a fraction", "N", number, default="1", choices=("1", "2", "4")),
        Option("gpu", "graphics processors; on Batch", "N", count(), default="0"),
        Option("memory", "memory of one task", "SIZE", size, choices=_SIZES),
        Option("disk", "disk of one task; on Batch", "SIZE", size, choices=_SIZES),
        Option("timeout", "time for one try", "DUR", positive_duration, choices=("90s", "5m", "1h30m")),
        Option("retry", "tries after the first, 0 to 100", "N", count(0, 100), default="0", choices=("1", "2", "3")),
        Option("retry-wait", "time between two tries", "DUR", duration, default="0s", choices=("30s", "5m")),
        Option("catch", "a failure counts as success; the error in NAME", "NAME", identifier, optional=True, absent="", choices=("problem",)),
        Option("on", "where it runs: on this machine, or as a job of AWS Batch", "BACKEND", one_of(*_PLACES),
               default="local", choices=_PLACES),
        Option("queue", "job queue of AWS Batch, other than the one that is set", "NAME", word),
        Option("cache", "take over the result of an equal task of any stored run"),
        Option("card", "make a card of what the step shows and appends; several have ids, as in report or report:blank",
               "ID[:TYPE]", card, repeatable=True, optional=True, absent=CardAsk(), choices=("report", "report:blank")),
        Option("env", "an environment variable", "K=V", pair, repeatable=True),
        Option("secret", "an environment variable from the secrets: of this machine, or as in KEY=aws-secrets-manager.prod/key",
               "NAME[=SOURCE]", secret, repeatable=True),
        Option("pypi", "packages of PyPI that the step runs with, in place of those installed here", "LIST", requirements, repeatable=True),
        Option("conda", "packages by their names in conda; they are taken from PyPI", "LIST", requirements, repeatable=True),
        Option("python", "version of Python that the step runs with", "VERSION", word, default="this one", choices=("3.11", "3.12", "3.13")),
        Option("image", "container image; on Batch, other than the one that is set", "REF", word),
        Option("notebook", "run this notebook, from top to bottom, as the body; its parameters are read by name", "FILE", word),
        Option("kernel", "kernel that runs the notebook", "NAME", word, default="this Python"),
        Option("isolation", "fork: a worker has what the flow imports; process: a Python that imports anew, which takes its time",
               "HOW", one_of(*_HOW), default="fork", choices=_HOW),
        Option("define", "define the step, run nothing here"),
        Option("here", "run the body in the kernel, for debuggers and widgets"),
        Option("sample", "items of a foreach that its cell runs, or all", "N", either(count(1), all=None),
               default="1", choices=("all",)),
    ),
    groups=(
        ("when it runs", ("foreach", "as", "join", "any", "after", "when", "else-of")),
        ("what it reads and leaves", ("in", "out", "default", "capture", "cache", "card")),
        ("when it fails", ("retry", "retry-wait", "timeout", "catch")),
        ("a notebook as its body", ("notebook", "kernel")),
        ("what it runs on", ("cpu", "memory", "gpu", "disk", "on", "queue", "image", "isolation", "env", "secret", "pypi", "conda", "python")),
        ("in its cell only", ("sample", "define", "here")),
    ),
)  # fmt: skip


@frozen
class StepHeader:
    """What a header's options say, and where each was said."""

    wiring: Wiring
    options: Options
    parsed: Parsed


def read_step_options(cell: CellText, header: Header) -> StepHeader:
    """Return what the header and the lines below it say; what is wrong is noted in the cell."""
    parsed = parse_words(header.words, STEP, cell, ((line.key, line.value) for line in header.option_lines))
    _check_strays(cell, header)
    _check_repeats(cell, parsed)
    _check_conflicts(cell, parsed)
    return StepHeader(_wiring(cell, parsed), _options(parsed, header), parsed)


def option_place(parsed: Parsed, key: str, number: int = -1) -> tuple[int, int]:
    """Return line and column at which the value of an option stands, the last one if it was given again."""
    at = parsed.given[key].words[number]
    return at.line, at.column


def _wiring(cell: CellText, parsed: Parsed) -> Wiring:
    return Wiring(
        foreach=_expression(cell, parsed, "foreach"),
        item=parsed.value("as", "item"),
        item_named="as" in parsed.given,
        join=parsed.value("join", ()),
        any="any" in parsed.given,
        after=parsed.value("after", ()),
        when=_expression(cell, parsed, "when"),
        else_of=parsed.value("else-of", ()),
        take=parsed.value("in", ()),
        out=parsed.value("out"),
        default=parsed.value("default", ()),
        capture=parsed.value("capture", ()),
    )


def _expression(cell: CellText, parsed: Parsed, key: str) -> Expression | None:
    if key not in parsed.given:
        return None
    return read_expression(cell, "--when" if key == "when" else "--foreach", parsed.given[key].words[0])


def _options(parsed: Parsed, header: Header) -> Options:
    catch = parsed.value("catch")
    return Options(
        resources=Resources(
            cpu=parsed.value("cpu", 1.0),
            gpu=parsed.value("gpu", 0),
            memory=parsed.value("memory"),
            disk=parsed.value("disk"),
        ),
        retry=Retry(parsed.value("retry", 0), parsed.value("retry-wait", 0.0)),
        timeout=parsed.value("timeout"),
        catch=None if catch is None else Catch(catch or None),
        backend=parsed.value("on"),
        cache="cache" in parsed.given,
        cards=parsed.value("card", (CardAsk(),) if header.asks_card else ()),
        env=parsed.value("env", ()),
        secrets=parsed.value("secret", ()),
        pypi=parsed.value("pypi", ()),
        conda=parsed.value("conda", ()),
        python=parsed.value("python"),
        image=parsed.value("image"),
        batch=(("queue", parsed.value("queue")),) if "queue" in parsed.given else (),
        isolation=cast("Isolation", parsed.value("isolation", "fork")),
        notebook=parsed.value("notebook"),
        kernel=parsed.value("kernel"),
        define="define" in parsed.given,
        here="here" in parsed.given,
        sample=parsed.value("sample", 1),
        sample_given="sample" in parsed.given,
    )


def _check_strays(cell: CellText, header: Header) -> None:
    """Note our options on `#|` lines that stand where they do not count: they would be lost without a word."""
    for line in header.stray_lines:
        if _is_ours(line):
            key = line.key
            cell.found(
                "C008", key.line, key.column,
                conflict=f"'#| {key.text}' does not stand directly below the header, so it would not count",
                fix="put it on the line below the header",
            )  # fmt: skip


def _is_ours(line: OptionLine) -> bool:
    return STEP.get(line.key.text) is not None and line.key.text not in STEP.ignored


def _check_repeats(cell: CellText, parsed: Parsed) -> None:
    """Note a step that is named twice in one option."""
    for key in ("join", "after", "else-of", "in", "out", "default", "capture"):
        seen: set[object] = set()
        for each in parsed.value(key, ()):
            name = each.name if isinstance(each, TakeFrom) else each[0] if isinstance(each, tuple) else each
            if name in seen:
                cell.found("C007", *option_place(parsed, key), option=f"--{key} {name}")
            seen.add(name)
    _check_cards(cell, parsed)


def _check_cards(cell: CellText, parsed: Parsed) -> None:
    """Note a card that is asked for twice: nobody could tell one from the other."""
    asked: list[tuple[str | None, str]] = []
    for which, each in enumerate(parsed.value("card", ())):
        # without ids the types tell them apart
        mark = (each.id, "" if each.id else each.type)
        if mark in asked:
            cell.found("C007", *option_place(parsed, "card", which), option=f"--card {each.id or ''}".rstrip())
        asked.append(mark)


def _check_conflicts(cell: CellText, parsed: Parsed) -> None:
    """Note options that contradict or need each other."""
    given = parsed.given
    conflicts = (
        ("as", "as" in given and "foreach" not in given, "--as needs --foreach", "write --foreach EXPR --as NAME"),
        ("any", "any" in given and len(parsed.value("join", ())) < 2, "--any needs --join with several steps",
         "write --join a,b --any, or drop --any"),
        ("foreach", "foreach" in given and "join" in given, "--join and --foreach in one step",
         "join first, fan out in the next step"),
        ("kernel", "kernel" in given and "notebook" not in given, "--kernel needs --notebook",
         "write --notebook FILE.ipynb --kernel NAME"),
        ("here", "here" in given and "notebook" in given, "--here runs the body in this kernel, and a notebook has its own",
         "leave --here out"),
        ("here", "here" in given and "define" in given, "--define runs nothing, --here runs the body here",
         "keep one of them"),
    )  # fmt: skip
    for key, wrong, conflict, fix in conflicts:
        if wrong:
            cell.found("C008", *option_place(parsed, key), conflict=conflict, fix=fix)
