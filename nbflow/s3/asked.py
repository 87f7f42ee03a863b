"""What is asked of several objects at once, made sure of: a text alone is one key, not a list of letters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from nbflow.errors import problem
from nbflow.model.s3_errors import S3UrlError
from nbflow.s3.objects import S3PutObject

T = TypeVar("T")


def keys_of(what: Iterable[T], call: str) -> list[T]:
    """Return the keys that `call` was given. Raises S020: it is one text, or nothing that holds keys."""
    if isinstance(what, str | bytes):
        _refuse(what, f"{call} takes several keys, and this is one text", f"put it into a list: {call}([{what!r}])")
    return _all(what, call, f"give keys in a list: {call}(['a', 'b'])")


def one_key(key: object) -> str:
    """Return a key. Raises S020: it is no text."""
    if not isinstance(key, str):
        _refuse(key, f"a key is a text, and this is {_kind(key)}", "write it as 'folder/name'")
    return key


def puts_of(what: Iterable[Any], call: str, made: Callable[[str, Any], S3PutObject]) -> list[S3PutObject]:
    """Return what `call` was given to put, `made` of pairs. Raises S020: some of it are no pairs."""
    fix = f"give pairs: {call}([('key', {'path' if call == 'put_files' else 'what'}), …])"
    # its keys alone say nothing
    each_of = what.items() if isinstance(what, Mapping) else what
    if isinstance(what, str | bytes):
        _refuse(what, f"{call} takes pairs, and this is one text", fix)
    return [_put(each, call, made, fix) for each in _all(each_of, call, fix)]


def _put(each: Any, call: str, made: Callable[[str, Any], S3PutObject], fix: str) -> S3PutObject:
    if isinstance(each, S3PutObject):
        return each
    if not isinstance(each, tuple | list) or len(each) != 2:
        _refuse(each, f"{call} takes pairs, and this is {_kind(each)}", fix)
    key, value = each
    if call == "put_files" and not isinstance(value, str | os.PathLike):
        _refuse(key, f"put_files takes a path for it, and this is {_kind(value)}", fix)
    return made(one_key(key), value)


def _all(what: Iterable[T], call: str, fix: str) -> list[T]:
    if not hasattr(what, "__iter__"):
        _refuse(what, f"{call} takes several, and this is {_kind(what)}", fix)
    return [*what]


def _kind(what: object) -> str:
    name = type(what).__name__
    size = f" of {len(what)}" if isinstance(what, tuple | list) else ""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}{size}"


def _refuse(key: object, why: str, fix: str) -> NoReturn:
    raise S3UrlError(problem("S020", key=str(key)[:100], why=why, fix=fix))
