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
    file.write_text(made.source, encoding="utf-8")
    for note in made.notes:
        print(f"note: {note}", file=sys.stderr)
    if made.local and file.resolve().parent != opened.path.resolve().parent:
        modules, folder = ", ".join(made.local), opened.path.resolve().parent
        print(f"note: it imports {modules}, which it finds beside the notebook only: {folder}", file=sys.stderr)
    added = f", {len(made.added)} of them added: {', '.join(made.added)}" if made.added else ""
    print(f"{file}: {made.class_name}, {made.steps} steps{added}")
    return 0
