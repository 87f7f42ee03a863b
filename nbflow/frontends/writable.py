"""Files that a program waits for: whether they can be written is asked before anything runs."""

from __future__ import annotations

import os
from pathlib import Path


def check_writable(option: str, file: str | None) -> None:
    """Nothing is started whose id cannot be written into the file that `option` names. Raises R004."""
    if not file:
        return
    path, folder = Path(file), Path(file).parent
    if path.is_dir():
        message = "it is a folder"
    elif not os.access(path if path.exists() else folder, os.W_OK):
        message = (
            f"{path if path.exists() else folder} cannot be written"
            if folder.is_dir()
            else f"there is no folder {folder}"
        )
    else:
        return
    from nbflow.errors import raise_for

    raise_for("R004", option=f"{option} {file}", message=message, fix="name a file in a folder that can be written")
