"""What a person meant by words that `nbflow run` and `resume` do not take: the value of a parameter, an option of steps."""

from __future__ import annotations

import argparse
import difflib
import shlex
from collections.abc import Collection, Sequence
from pathlib import Path

from nbflow.errors import NbflowError

#: options of %%step that all steps can get, as --with has them; {}: the value
_OF_STEPS = {
    "on": "{}",
    "batch": "batch",
    "retry": "retry:times={}",
    "catch": "catch",
    "card": "card",
    "cpu": "resources:cpu={}",
    "gpu": "resources:gpu={}",
}


def parameters_meant(parsed: argparse.Namespace, words: Sequence[str]) -> str:
    """Return ` A parameter is given as  -p alpha=0.2` for the `words` that nothing took; empty: they are something else.

    Args:
        parsed: what was understood of the line; its `notebook` or `what` may name the file whose parameters are meant.
        words: the words that are left over, in their order.
    """
    known = _declared(parsed)
    given = [f"-p {shlex.quote(f'{name}={value}')}" for name, value in _pairs(parsed, words, known)]
    return f" A parameter is given as  {' '.join(given)}" if given else ""


def steps_meant(parsed: argparse.Namespace, words: Sequence[str]) -> str:
    """Return ` For all steps it is  --with batch …` where the first of `words` is an option of %%step; empty: it is none."""
    option, equals, value = (
        next((each for each in words if each.startswith("--")), "").removeprefix("--").partition("=")
    )
    made = _OF_STEPS.get(option)
    if made is None or option in _declared(parsed):
        return ""
    if "{}" in made and not equals:
        value = next((each for each in words[words.index(f"--{option}") + 1 :] if not each.startswith("-")), "")
    own = f"%%step NAME --{option} {value}".rstrip()
    if ("{}" in made and not value) or (option == "on" and value != "batch"):
        return f" A step says it in its header:  {own}"
    return f" For all steps it is  --with {made.format(value)}  and for one its header says it:  {own}"


def place_meant(verb: str, parsed: argparse.Namespace, words: Sequence[str]) -> str:
    """Return ` What is within stands behind a slash:  nbflow logs sales/train` for `words` behind a place; empty: they are options.

    Args:
        verb: which takes the place.
        parsed: what was understood of the line; its `pathspec` or `what` is the place.
        words: the words that are left over, in their order.
    """
    if any(each.startswith("-") for each in words):
        return ""
    # only a line that makes no sense looks at what there is
    from nbflow.client import Run
    from nbflow.frontends.cli.named import named

    place, (step, *rest) = getattr(parsed, "pathspec", None) or parsed.what, words
    try:
        spec = named(place)
        steps = [each.id for each in Run(f"{spec.flow}/{spec.run}", namespace=None).steps()]
    except NbflowError:
        steps = []
    step = next(iter(difflib.get_close_matches(step, steps, n=1, cutoff=0.6)), step)
    meant = shlex.join(["nbflow", verb, "/".join([place, step, *rest])])
    return f" What is within stands behind a slash:  {meant}"


def _pairs(parsed: argparse.Namespace, words: Sequence[str], known: Collection[str]) -> list[tuple[str, str]]:
    """Return names and values among `words`, as `--alpha 0.2`, `--alpha=0.2`, `alpha=0.2`, or the `0.2` of `-p alpha 0.2`."""
    found: list[tuple[str, str]] = []
    bare = [each for each in parsed.parameters if "=" not in each]
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.lstrip("-").partition("=")
        if not equals:
            dashed = word.startswith("-")
            name = name if dashed else bare.pop(0) if bare else ""
            value = (rest.pop(0) if rest and not rest[0].startswith("--") else "VALUE") if dashed else word
        if name := _parameter(name, known):
            found.append((name, value))
    return found


def _parameter(written: str, known: Collection[str]) -> str:
    """Return the parameter that `written` stands for; where the flow's are not known, any name may be one."""
    name = written.replace("-", "_")
    if not known:
        return name if name.isidentifier() else ""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return near[0] if near else ""


def _declared(parsed: argparse.Namespace) -> list[str]:
    """Return the parameters of the notebook that the line names; none where it cannot be read."""
    # only a line that makes no sense has these read
    from nbflow.cells.flow import flow_text
    from nbflow.cells.notebook import parse_notebook

    file = Path(getattr(parsed, "notebook", None) or getattr(parsed, "what", None) or "")
    try:
        text = flow_text(parse_notebook(file.read_text(encoding="utf-8")), file.name)
    except (OSError, ValueError, NbflowError):
        return []
    return [each.name for each in text.draft.parameters]
