"""A `%%step` or `%%card` cell → its draft. All that is wrong with the cell is reported at once."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nbflow.cells.body import read_body
from nbflow.cells.header import Header, read_header
from nbflow.cells.options import Parsed
from nbflow.cells.statements import kind_of, statement_of
from nbflow.cells.step_options import StepHeader, option_place, read_step_options
from nbflow.cells.syntax import parse_module
from nbflow.cells.text import CellText
from nbflow.cells.whole_notebook import FILLED, NotebookReader, no_notebooks, notebook_body, whole_notebook
from nbflow.errors import NbflowError, Place, did_you_mean
from nbflow.model.card import CardAsk
from nbflow.model.ids import STEP_NAME, StepName
from nbflow.model.step import Binding, Body, Names, Statement, StepDraft, Wiring

#: they mean something else in a step, in a flow's class or in the terminal
RESERVED = frozenset(
    {
        "name", "next", "input", "inputs", "index", "item", "cmd", "current", "parameters", "run", "flow", "start_run",
    }
)  # fmt: skip


def step_draft(text: str, place: Place, file: str, notebooks: NotebookReader = no_notebooks) -> StepDraft:
    """Return the step a cell states.

    Args:
        text: the whole cell.
        place: where it stands; the step's name is added.
        file: name under which tracebacks show the cell.
        notebooks: gives the text of a notebook that is the body.

    Raises:
        CellError: something is wrong with the cell; every problem is in it.
    """
    cell = CellText(text, place, file)
    header, name, said = read_step_header(cell)
    if said.options.notebook is not None:
        return _of_notebook(cell, header, name, said, notebooks)
    body, tree = read_body(cell, header.body, header.body_line)
    statements = _statements(cell, tree, body, name)
    body = replace(body, names=_only_statements_define(body.names, statements))
    _check_together(cell, said, body.names)
    cell.check()
    return StepDraft(name, cell.place, said.wiring, said.options, body, statements, cell.notices)


def _of_notebook(
    cell: CellText, header: Header, name: StepName, said: StepHeader, notebooks: NotebookReader
) -> StepDraft:
    """Return the step whose body is a notebook."""
    path, where = said.options.notebook or "", option_place(said.parsed, "notebook")
    body, _ = read_body(cell, header.body, header.body_line)
    if body.names != Names() or parse_module(body.source).body:
        cell.found("W003", header.body_line, step=name, path=path)
    body = Body("", header.line, cell.text, cell.file, "")
    if text := _notebook_text(cell, path, where, notebooks):
        try:
            found = whole_notebook(text, path)
            body = notebook_body(cell, header.line, found, said.options.kernel, said.wiring.out)
        except NbflowError as wrong:
            told = "; ".join(dict(each.facts).get("message", each.what) for each in wrong.problems)
            cell.found("W002", *where, path=path, message=told, fix=wrong.problems[0].fix)
    cell.check()
    wiring, options = said.wiring, said.options
    if wiring.out is not None:
        wiring = replace(wiring, out=tuple(dict.fromkeys((*wiring.out, FILLED))))
    options = replace(options, cards=(*options.cards, CardAsk("blank", FILLED)))
    return StepDraft(name, cell.place, wiring, options, body, (), cell.notices)


def _notebook_text(cell: CellText, path: str, where: tuple[int, int], notebooks: NotebookReader) -> str:
    """Return the text of a step's notebook; empty: it cannot be read, which is noted."""
    try:
        return notebooks(path)
    except FileNotFoundError as missing:
        cell.found("W001", *where, path=path, hint=missing.args[1] if len(missing.args) == 2 else "")
    except (OSError, UnicodeDecodeError) as wrong:
        message = "it is a folder" if isinstance(wrong, IsADirectoryError) else f"it cannot be read ({wrong})"
        cell.found("W002", *where, path=path, message=message, fix="name a .ipynb file")
    return ""


def read_step_header(cell: CellText) -> tuple[Header, StepName, StepHeader]:
    """Return the header of a step cell, the step's name and what its options say; what is wrong is noted in the cell."""
    header = read_header(cell)
    name = _name(cell, header)
    return header, name, read_step_options(cell, header)


def _name(cell: CellText, header: Header) -> StepName:
    """Return the step's name; what is wrong with it is noted."""
    word = header.name
    if word is None:
        cell.found("C013", header.line)
        return StepName("")
    name = word.text
    if not STEP_NAME.match(name):
        cell.found("C003", word.line, word.column, name=name, suggestion=_suggestion(name))
    elif name in RESERVED:
        cell.found("C004", word.line, word.column, name=name)
    else:
        cell.in_step(name, percent=header.percent)
    return StepName(name)


def _suggestion(name: str) -> str:
    # taken apart where words are, as in TrainModel, train-model, train:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    # é is e and an accent
    letters = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    plain = f"step_{plain}"[:64] if plain[:1].isdigit() else plain[:64]
    return f"write {plain}" if STEP_NAME.match(plain) and plain not in RESERVED else "as in train or load_2"


def _statements(cell: CellText, tree: ast.Module, body: Body, name: StepName) -> tuple[Statement, ...]:
    lines = body.source.split("\n")
    return tuple(
        statement_of(node, kind, cell, lines, body.line, step=name) for node in tree.body if (kind := kind_of(node))
    )


def _only_statements_define(names: Names, statements: Iterable[Statement]) -> Names:
    """Return `names` where what is defined inside other code (in a `with`, beside a value) is no definition.

    Steps below get a definition by its statement, so a name without one cannot be handed on.
    """
    standing = {name for statement in statements for name in statement.names}
    bindings: Mapping[str, Binding] = {
        name: replace(binding, kind="mixed") if binding.kind == "definition" and name not in standing else binding
        for name, binding in names.bindings.items()
    }
    return replace(names, bindings=bindings)


def _check_together(cell: CellText, said: StepHeader, names: Names) -> None:
    """Note where header and body do not fit together."""
    wiring, parsed = said.wiring, said.parsed
    for name in wiring.out or ():
        _check_out(cell, parsed, name, wiring, names)
    if wiring.when is not None:
        for name in wiring.when.names.reads:
            # the item is bound by the foreach, before the condition is judged
            own = name in names.bindings and not (wiring.foreach is not None and name == wiring.item)
            if own or (name == "inputs" and wiring.join):
                cell.found("C041", *option_place(parsed, "when"), name=name)
    read = {*names.reads, *names.soft, *names.changed, *(take.name for take in wiring.take)}
    read |= {name for name, binding in names.bindings.items() if not binding.certain or said.options.catch}
    for expression in (wiring.foreach, wiring.when):
        read |= set(expression.names.reads) if expression else set()
    for name, _ in wiring.default:
        if name not in read:
            where = option_place(parsed, "default")
            cell.found("C008", *where, conflict=f"--default {name}: the step does not read {name}", fix="drop it")
    if names.merge and not wiring.join:
        fix = "write --join with the steps to merge"
        cell.found("C008", names.merge.line, conflict="merge_artifacts needs --join", fix=fix)


def _check_out(cell: CellText, parsed: Parsed, name: str, wiring: Wiring, names: Names) -> None:
    """Note an --out that names what the step cannot leave."""
    where = option_place(parsed, "out")
    binding = names.bindings.get(name)
    if name.startswith("_"):
        cell.found("C031", *where, name=name)
    elif binding is not None and binding.kind == "definition":
        cell.found("C032", *where, name=name)
    elif name in names.deleted:
        cell.found("C030", *where, name=name, hint=f" Line {names.deleted[name]} deletes it")
    elif binding is None and name not in _given(wiring, names, parsed):
        cell.found("C030", *where, name=name, hint=did_you_mean(name, names.bindings))


def _given(wiring: Wiring, names: Names, parsed: Parsed) -> set[str]:
    """Return names the step may leave without binding them: inputs it may change, the item, what a merge fills."""
    given = {*names.reads, *names.soft, *names.changed, *(take.name for take in wiring.take), *wiring.capture}
    if wiring.foreach is not None:
        given.add(wiring.item)
    if (catch := parsed.value("catch")) is not None:
        given.add(catch)
    if names.merge is not None:
        # without include it fills whatever the joined steps left
        given.update(names.merge.include if names.merge.include is not None else wiring.out or ())
    return given
