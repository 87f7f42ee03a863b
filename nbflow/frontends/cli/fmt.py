"""`nbflow fmt NOTEBOOK.ipynb --cells percent`: the headers of step cells in one form, and nothing else of the file."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from pathlib import Path
from typing import Literal

from nbflow.cards.printable import one_line, printable
from nbflow.cells.forms import SPELLING, Form, StepForm, step_form
from nbflow.cells.notebook import NotebookCell, parse_notebook
from nbflow.cells.source_text import Edit, edited
from nbflow.errors import NbflowError, Place, Problem, did_you_mean, error, problem, raise_for
from nbflow.frozen import frozen


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("notebooks", nargs="+", metavar="notebook", help="a .ipynb file")
    parser.add_argument(
        "--cells",
        required=True,
        choices=tuple(SPELLING),
        help="percent: %%step NAME, which linters, formatters and type checkers look into; double: %%%%step NAME",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 1 if a notebook would be changed"
    )
    parser.add_argument("--diff", action="store_true", help="write nothing; print the lines that would be changed")


@frozen
class Notebook:
    """A notebook file that was read, and the headers of its step cells."""

    name: str
    text: str
    steps: tuple[tuple[NotebookCell, StepForm], ...]

    def others(self, form: Form) -> tuple[tuple[NotebookCell, StepForm], ...]:
        """Return the step cells that are in the other form."""
        return tuple((cell, found) for cell, found in self.steps if found.form != form)

    def text_in(self, form: Form) -> str:
        """Return the file's text with all its step cells in `form`."""
        drop, sign = (1, "") if form == "percent" else (0, "%")
        edits = [Edit(cell.index, found.offset, drop, sign) for cell, found in self.others(form)]
        return edited(self.text, edits, self.name) if edits else self.text


def main(arguments: argparse.Namespace) -> int:
    """Change the notebooks and print a line for each; one that cannot be changed stays as it is, the others go on."""
    form: Form = arguments.cells
    looks = arguments.check or arguments.diff
    worst = 0
    for name in arguments.notebooks:
        try:
            notebook = _read(name)
            text = notebook.text_in(form)
            if arguments.diff:
                _print_diff(notebook, form)
            if not looks and text != notebook.text:
                _write(Path(name), text)
        except NbflowError as wrong:
            print(wrong, file=sys.stderr)
            worst = max(worst, wrong.exit_code)
            continue
        print(_summary(notebook, form, "would change" if looks else "changed"))
        if arguments.check and text != notebook.text:
            worst = max(worst, 1)
    return worst


def _read(name: str) -> Notebook:
    """Return the notebook in file `name`.

    Raises:
        UsageError: there is no such file, or it is no notebook.
        CellError: headers are wrong; every problem is in it.
    """
    path = Path(name)
    if not path.is_file():
        folder = path.parent if path.parent.is_dir() else Path()
        near = did_you_mean(path.name, [each.name for each in folder.glob("*.ipynb")])
        raise_for("R001", path=name, hint=" It is a folder: name its notebooks" if path.is_dir() else near)
    try:
        # bytes: Python would make \n of \r\n
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as cause:
        message = f"it is no UTF-8 text ({cause.reason})"
        raise error(problem("R002", path=name, message=message, fix="save it as UTF-8, as Jupyter does")) from None
    except OSError as cause:
        message = f"it cannot be read ({cause.strerror})"
        raise error(problem("R002", path=name, message=message, fix="mend its permissions")) from None
    steps: list[tuple[NotebookCell, StepForm]] = []
    problems: list[Problem] = []
    for cell in parse_notebook(text, name).code:
        try:
            found = step_form(cell.source, Place(notebook=path.name, cell=cell.label))
        except NbflowError as wrong:
            problems.extend(wrong.problems)
        else:
            steps += [(cell, found)] if found is not None else []
    if problems:
        raise error(problems)
    return Notebook(name, text, tuple(steps))


def _write(path: Path, text: str) -> None:
    """Put `text` in the place of the file, all at once: whoever reads it finds the old text or the new one."""
    # what a link points to is changed, not the link
    path = path.resolve()
    temporary = path.with_name(f".nbflow-{os.getpid()}.tmp")
    try:
        if not os.access(path, os.W_OK):
            raise_for("R072", path=path, message="it is read-only")
        try:
            with temporary.open("xb") as file:
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(path, temporary)
            with contextlib.suppress(OSError):
                # root in a container works on other people's files
                shutil.chown(temporary, path.stat().st_uid, path.stat().st_gid)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as cause:
        raise error(problem("R072", path=path, message=cause.strerror or str(cause))) from None


def _print_diff(notebook: Notebook, form: Form) -> None:
    for cell, found in notebook.others(form):
        print(f"{one_line(notebook.name)} · {cell.label} · line {found.line}")
        print(f"-{printable(found.header)}\n+{printable(found.header_in(form))}")


def _summary(notebook: Notebook, form: Form, changed: Literal["changed", "would change"]) -> str:
    name, count, others = one_line(notebook.name), len(notebook.steps), len(notebook.others(form))
    if not count:
        return f"{name}: no step cells"
    cells = f"{count} step cell{'s' if count != 1 else ''}"
    if not others:
        return f"{name}: {cells}, {'all ' if count > 1 else ''}{SPELLING[form]} already"
    part = f"{others} of {cells}" if others != count else cells
    return f"{name}: {part} {changed} to {SPELLING[form]}"
