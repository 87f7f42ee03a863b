"""`docs/errors.md`: every text of the catalogue, and below it what was typed and what nbflow answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter

from gallery.doors import BEGUN, PLAIN, SALES, Answer
from gallery.example import Call, Cell, Command, Example, FlowFile, Notebook
from nbflow.catalogue import CATALOGUE
from nbflow.errors import error, problem
from nbflow.frontends.cli.explain import explained

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"

#: letter → what it is about, and what is said before its entries
GROUPS = {
    "C": ("Cells", "One cell: its header, its options, its Python. Told when the cell is run or the file is read."),
    "G": ("Steps together", "Who reads what from whom. Told when a step's cell is run, and before a run."),
    "P": (
        "Parameters",
        "Their declarations and their values. Told before a run starts. P001 to P008 are those of notebooks, the others those of classes.",
    ),
    "D": (
        "Decorators",
        "Of flows that are classes, and of their steps. Told when the class is defined, or before it runs.",
    ),
    "F": (
        "Classes",
        """The steps of a class do not fit together. Told by `python flow.py check`, and before a run. The first sentences
are Metaflow's where it has the same rule.""",
    ),
    "T": (
        "Tasks",
        """A step's body failed, or what it did cannot be kept. Told during a run; what other tasks left is kept, and
`resume` goes on from it.""",
    ),
    "R": ("Runs and commands", "A run, a file or a command line as a whole."),
    "S": ("The store", "Values, and the bytes that hold them. Told when they are read or written."),
    "M": ("Runs that are kept", "Facts about runs: what was asked for is not there, or cannot be changed."),
    "V": ("Views", "What was to be looked at, compared or chosen. Nothing that was kept has changed."),
    "K": ("Cards", "A card cannot be made, found or shown. The task it is of is not touched."),
    "E": ("Packages", "The packages of a step cannot be had or made ready. Nothing was started."),
    "U": (
        "Settings",
        "A setting, in its file or in a variable, makes no sense: `nbflow configure`. Nothing was started.",
    ),
    "L": ("Schedules", "A schedule makes no sense, or cannot be kept or carried out."),
    "A": (
        "Deployments",
        "A flow cannot be deployed to AWS, or what is deployed cannot be reached. Nothing was created.",
    ),
    "W": ("Whole notebooks", "A notebook that papermill runs, as a step or by itself, cannot be run or kept."),
    "Q": ("Messages", "What should be told of a run cannot be sent. The run is not touched."),
    "N": ("Notices", "Nothing stops. Something should be known."),
}

CHECK = "nbflow check case.ipynb"

#: lines of an example above which it is folded, as are those after the first
LONG = 20


def page(answers: Mapping[Example, Answer]) -> str:
    """Return the text of the page."""
    return "\n".join([*_head(), *(line for letter in GROUPS for line in _group(letter, answers))]).rstrip() + "\n"


def _head() -> Iterator[str]:
    yield "<!-- made by `make errors`: edit nbflow/catalogue/ and tests/gallery/ instead -->"
    yield "# All errors"
    yield ""
    yield "What nbflow says when something is wrong, code by code. The letter of a code says what it is about."
    yield "[The rules of the notebook](notebook.md#what-the-errors-mean) has the few that most people meet first, and"
    yield "`nbflow explain NBF-G010` prints an entry in the terminal."
    yield ""
    yield "| letter | about | codes |"
    yield "|---|---|---|"
    for letter, (title, _) in GROUPS.items():
        yield f"| {letter} | [{title}](#{_anchor(letter)}) | {len(_codes(letter))} |"
    yield ""
    yield "An entry shows the text with its facts left open, as `<name>` or `…`, then the class of the error, one of"
    yield "`nbflow.errors`, and the exit code of a terminal command: 2 where nothing was started, 1 where something failed."
    yield "For what is wrong with a class it is 1, as in Metaflow, or 2 where the file cannot be read to its end. A"
    yield "**warning** or a **notice** stops nothing. The examples were really typed, and the answers are what came; of what"
    yield "a terminal shows around them, only the lines of the error stand here."
    yield ""
    yield from _settings()


def _settings() -> Iterator[str]:
    yield "<details><summary>What the examples stand in</summary>"
    yield ""
    yield "Cells of a saved notebook stand below these three, unless all of its cells are shown, and are read by"
    yield "`nbflow check`:"
    yield ""
    yield from _blocks("python", PLAIN)
    yield "Commands are typed beside the notebook `sales.ipynb`, which was run once. These are its cells:"
    yield ""
    yield from _blocks("python", SALES)
    yield "Cells in a kernel are run below the same cells, this one, and `%flow run`:"
    yield ""
    yield from _block("python", BEGUN[-1])
    yield "</details>"
    yield ""


def _group(letter: str, answers: Mapping[Example, Answer]) -> Iterator[str]:
    title, about = GROUPS[letter]
    yield f"## {letter}: {title}"
    yield ""
    yield about
    yield ""
    yield " · ".join(f"[{code}](#nbf-{code.lower()})" for code in _codes(letter))
    yield ""
    for code in _codes(letter):
        yield from _entry(code, {each: answer for each, answer in answers.items() if each.code == code})


def _entry(code: str, answers: Mapping[Example, Answer]) -> Iterator[str]:
    yield f"### NBF-{code}"
    yield ""
    yield from _block("text", explained(code))
    yield f"*{_kind(code)}*"
    yield ""
    for number, (example, answer) in enumerate(answers.items()):
        yield from _example(example, answer.of(code), folded=number > 0)


def _kind(code: str) -> str:
    entry = CATALOGUE[code]
    if entry.severity != "error":
        return f"{entry.severity}: it stops nothing"
    fields = {field for text in entry[:3] for _, field, _, _ in Formatter().parse(text) if field}
    kind = error(problem(code, **dict.fromkeys(fields, "")))
    # of a class, it depends on where it is read
    code_said = "" if code[0] in "DF" else f" · exit code {kind.exit_code}"
    return f"{type(kind).__name__}{code_said}"


def _example(example: Example, said: str, *, folded: bool) -> Iterator[str]:
    shown = [*_typed(example), *_block("text", said)]
    title = f"{example.title[0].upper()}{example.title[1:]}"
    if len(shown) <= LONG and not folded:
        yield f"**{title}**"
        yield ""
        yield from shown
        return
    yield f"<details><summary>{title}</summary>"
    yield ""
    yield from shown
    yield "</details>"
    yield ""


def _typed(example: Example) -> Iterator[str]:
    match example:
        case Notebook():
            yield from _blocks("python", example.cells)
            if example.line != CHECK:
                yield from _block("console", f"$ {example.line}")
        case Cell():
            yield from _blocks("python", (*example.before, example.source))
        case Command():
            yield from _block("console", f"$ {example.line}")
        case FlowFile():
            yield from _block("python", example.source.strip())
            yield from _block("console", f"$ {example.line}")
        case Call():
            yield from _block("python", example.source)


def _blocks(language: str, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _block(language, text)


def _block(language: str, text: str) -> Iterator[str]:
    yield f"```{language}"
    yield from text.split("\n")
    yield "```"
    yield ""


def _codes(letter: str) -> list[str]:
    return sorted(code for code in CATALOGUE if code[0] == letter)


def _anchor(letter: str) -> str:
    return f"{letter}: {GROUPS[letter][0]}".lower().replace(":", "").replace(" ", "-")
