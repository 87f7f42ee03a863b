"""Notebooks in files and buckets: read and written with the credentials, endpoint and profile that are set.

papermill reads and writes `s3://` itself, too, and asks only variables of AWS for that; here it is given what nbflow
has for it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from nbflow.configuration.settings import settings
from nbflow.errors import NbflowError, raise_for
from nbflow.storage.base import Storage
from nbflow.storage.urls import is_url, open_storage

#: schemes of buckets
_BUCKETS = ("s3://", "gs://", "az://")


def is_address(path: str) -> bool:
    """Say whether a notebook is in a bucket."""
    return is_url(path)


def read(url: str) -> str:
    """Return the text of a notebook in a bucket. Raises W018."""
    storage, key = _opened(url)
    try:
        return storage.get(key).decode("utf-8")
    except (NbflowError, OSError, UnicodeDecodeError) as wrong:
        _cannot(url, wrong)


def write(url: str, text: str) -> None:
    """Write a notebook into a bucket. Raises W007."""
    storage, key = _opened(url)
    try:
        storage.put(key, [text.encode("utf-8")])
        storage.settle()
    except (NbflowError, OSError) as wrong:
        message = _told(wrong)
        raise_for("W007", path=url, message=message, fix="look at the address and the credentials: nbflow doctor")


def check_output(output: str | None, source: str) -> None:
    """Nothing is started whose filled-in copy cannot be written. Raises W007."""
    if output is None:
        return
    if not output.endswith(".ipynb"):
        _no_output(output, "it is no name of a notebook", f"--output {output.rstrip('/')}/{Path(source).name}")
    if is_address(output):
        _opened(output)
        return
    path, folder = Path(output), Path(output).parent
    if path.exists() and Path(source).exists() and path.samefile(source):
        _no_output(output, "it is the notebook itself", f"--output {path.with_stem(path.stem + '-filled')}")
    if path.is_dir():
        _no_output(output, "it is a folder", f"--output {path / Path(source).name}")
    if not folder.is_dir():
        _no_output(output, f"there is no folder {folder}", f"mkdir -p {folder}")
    if not os.access(path if path.exists() else folder, os.W_OK):
        _no_output(output, "it may not be written to", "name a file in a folder that can be written")


def _no_output(output: str, message: str, fix: str) -> NoReturn:
    raise_for("W007", path=output, message=message, fix=fix)


def _opened(url: str) -> tuple[Storage, str]:
    """Return the storage that a notebook is in, and its key there."""
    if not url.startswith(_BUCKETS):
        message = f"it begins with none of {', '.join(_BUCKETS)}"
        raise_for("W018", path=url, message=message, fix="download it first, and name the file")
    head, _, name = url.rpartition("/")
    said = settings()
    try:
        return open_storage(head, region=said.region, endpoint=said.endpoint, profile=said.aws_profile), name
    except NbflowError as wrong:
        _cannot(url, wrong)


def _cannot(url: str, wrong: BaseException) -> NoReturn:
    raise_for("W018", path=url, message=_told(wrong), fix="look at the address and the credentials: nbflow doctor")


def _told(wrong: BaseException) -> str:
    if isinstance(wrong, NbflowError) and wrong.problems:
        return wrong.problems[0].what
    return "there is no such object" if isinstance(wrong, FileNotFoundError) else str(wrong).splitlines()[0]
