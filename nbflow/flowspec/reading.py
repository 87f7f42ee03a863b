"""Files that a flow takes in, and the functions that make something of their content."""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from nbflow.errors import NbflowError, did_you_mean, error, problem, raise_for
from nbflow.flowspec.quoting import said, where

Parser = Callable[[Any], Any]

#: what gives the bytes at URLs, by how these begin; whoever may reach other machines puts it here
FAR: dict[str, Callable[[str], bytes]] = {}
_URL = re.compile(r"([a-z][a-z0-9+.-]*)://")

_REASONS: dict[type[Exception], str] = {
    FileNotFoundError: "there is no such file",
    IsADirectoryError: "it is a folder",
    PermissionError: "reading it is not allowed",
}


def content_of(path: str | PathLike[str], code: str, facts: Mapping[str, object]) -> bytes:
    """Return the bytes of a file; `~` is the home folder, and a relative path begins at the working directory.

    An `s3://bucket/key` is the object there.

    Raises:
        ParameterError: it cannot be read; `code` and `facts` say whose it is.
        StoreError: the bucket cannot be reached.
    """
    if url := _URL.match(str(path)):
        try:
            return _far(url[1])(str(path))
        except (FileNotFoundError, ValueError) as failed:
            reason = _REASONS.get(type(failed)) or str(failed)
            raise_for(code, **facts, path=path, reason=reason, looked=path, hint="")
    file = Path(path).expanduser()
    try:
        return file.read_bytes()
    except (OSError, ValueError) as failed:
        reason = _REASONS.get(type(failed)) or getattr(failed, "strerror", None) or str(failed)
        hint = _similar(file) if isinstance(failed, FileNotFoundError) else ""
        raise_for(code, **facts, path=path, reason=reason, looked=file.absolute(), hint=hint)


def _far(scheme: str) -> Callable[[str], bytes]:
    if scheme not in FAR:
        raise ValueError(f"of URLs only {'://, '.join(FAR) or 'none'}:// is read")
    return FAR[scheme]


def _similar(file: Path) -> str:
    with contextlib.suppress(OSError):
        return did_you_mean(file.name, (each.name for each in file.parent.iterdir()))
    return ""


def decoded(content: bytes, encoding: str, *, name: str, path: object) -> str:
    """Return `content` as text whose lines end in a newline, as a file opened for reading gives it.

    Raises:
        ParameterError: it is not text in that encoding.
    """
    try:
        return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as failed:
        reason = f"byte {failed.start} is {content[failed.start]:#04x}"
    except LookupError:
        reason = "there is no such encoding"
    raise error(problem("P023", name=name, path=path, encoding=encoding, reason=reason))


def parsed(parser: str | Parser, content: Any, *, owner: str) -> Any:
    """Return what `parser`, a function or a text such as `yaml.safe_load`, makes of `content`.

    Raises:
        ParameterError: there is no such function, or it raised.
    """
    function = _function(parser, owner) if isinstance(parser, str) else parser
    name = parser if isinstance(parser, str) else getattr(parser, "__name__", type(parser).__name__)
    try:
        return function(content)
    except NbflowError:
        raise
    except Exception as failed:  # noqa: BLE001  the person's function may raise anything
        raise_for("P024", owner=owner, parser=name, message=said(failed), where=where(failed))


def _function(path: str, owner: str) -> Parser:
    module, _, name = path.rpartition(".")
    reason = "it does not say the module"
    if module:
        try:
            found = getattr(importlib.import_module(module), name)
        except AttributeError:
            reason = f"module {module} has no {name}"
        except Exception as failed:  # noqa: BLE001  a module of the person's own may raise anything
            reason = said(failed)
        else:
            if callable(found):
                function: Parser = found
                return function
            reason = "it is no function"
    raise error(problem("P025", owner=owner, parser=path, reason=reason))
