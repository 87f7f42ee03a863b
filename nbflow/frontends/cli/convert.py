"""`nbflow convert NOTEBOOK.ipynb FLOW.py`: a notebook's flow as a class, in a file of its own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nbflow.errors import raise_for
from nbflow.frontends.cli.notebook import open_notebook


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("notebook", help="a .ipynb file with %%%%step cells")
    parser.add_argument("file", nargs="?", help="the file to write (default: NOTEBOOK.py; -: print it)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def main(arguments: argparse.Namespace) -> int:
    """Write the file and return 0."""
    from nbflow.frontends.converting.convert import converted

    opened = open_notebook(arguments.notebook)
    file = Path(arguments.file or opened.path.with_suffix(".py"))
    if str(file) != "-" and file.exists() and not arguments.force:
        facts = {"path": str(file), "notebook": arguments.notebook}
        raise_for("R071", **facts)
    made = converted(opened, file.name if str(file) != "-" else "flow.py")
    if str(file) == "-":
        print(made.source, end="")
        return 0
    _write(file, made.source)
    for note in made.notes:
        print(f"note: {note}", file=sys.stderr)
    if made.local and file.resolve().parent != opened.path.resolve().parent:
        modules, folder = ", ".join(made.local), opened.path.resolve().parent
        print(f"note: it imports {modules}, which it finds beside the notebook only: {folder}", file=sys.stderr)
    added = f", {len(made.added)} of them added: {', '.join(made.added)}" if made.added else ""
    print(f"{file}: {made.class_name}, {made.steps} steps{added}")
    return 0


def _write(file: Path, source: str) -> None:
    """Write the file. Raises R004."""
    try:
        file.write_text(source, encoding="utf-8")
    except OSError as failure:
        message = failure.strerror or str(failure)
        raise_for("R004", option=str(file), message=message, fix="name a file in a folder that can be written")
