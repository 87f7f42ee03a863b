"""Scalars from text: what a terminal, the environment or a list's item says, as the type asked for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from uuid import UUID

from nbflow.plan.durations import parse_duration
from nbflow.plan.typeform import TypeForm

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})
NONE_WORDS = frozenset({"none", "null", ""})


class MisfitError(ValueError):
    """A value does not fit a type. Its text says why, for a person, and may be empty.

    Args:
        why: that text.
        fix: what to write instead, where that is known better than from the type.
    """

    def __init__(self, why: str = "", fix: str = "") -> None:
        super().__init__(why)
        self.fix = fix


def _int_text(_: TypeForm, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise MisfitError from None


def _float_text(_: TypeForm, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise MisfitError from None


def _bool_text(_: TypeForm, text: str) -> bool:
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise MisfitError
    return word in _TRUE


def _none_text(_: TypeForm, text: str) -> None:
    if text.lower() not in NONE_WORDS:
        raise MisfitError


def _date_text(form: TypeForm, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return without_time(_datetime_text(form, text))


def _datetime_text(_: TypeForm, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        # `Invalid isoformat string` says nothing; `month must be in 1..12` does
        why = str(error)
        raise MisfitError("" if why.startswith("Invalid isoformat") else why) from None


def _path_text(_: TypeForm, text: str) -> Path:
    if not text or "\0" in text:
        raise MisfitError("it is empty" if not text else "a path has no zero byte")
    return Path(text)


def _decimal_text(_: TypeForm, text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise MisfitError from None


def _uuid_text(_: TypeForm, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise MisfitError from None


def _bytes_text(_: TypeForm, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MisfitError(f"as base64 it is wrong: {error}") from None


def _enum_text(form: TypeForm, text: str) -> Enum:
    members = enum_of(form)
    if text in members.__members__:
        return members[text]
    for member in members:
        if str(member.value) == text:
            return member
    raise MisfitError(fix=nearest(text, {name: name for name in members.__members__}))


def nearest(text: str, known: Mapping[str, str]) -> str:
    """Return how the one of `known`, by its text, is written that is nearest to `text`; empty where none is near."""
    near = get_close_matches(text.strip(), known, n=1)
    return known[near[0]] if near else ""


def _timedelta_text(_: TypeForm, text: str) -> timedelta:
    try:
        return parse_duration(text)
    except OverflowError:
        raise MisfitError("it is too long a duration") from None
    except ValueError:
        raise MisfitError from None


def without_time(moment: datetime) -> date:
    """Return the date of a midnight; MisfitError for any other moment."""
    if moment.tzinfo is not None:
        raise MisfitError("it has a time zone")
    if moment.time() != time():
        raise MisfitError("it has a time of day")
    return moment.date()


def enum_of(form: TypeForm) -> type[Enum]:
    """Return the class of an Enum form."""
    assert form.enum is not None, "an Enum form holds its class"
    return form.enum


SCALARS: dict[str, Callable[[TypeForm, str], object]] = {
    "int": _int_text,
    "float": _float_text,
    "bool": _bool_text,
    "None": _none_text,
    "date": _date_text,
    "datetime": _datetime_text,
    "timedelta": _timedelta_text,
    "Path": _path_text,
    "Decimal": _decimal_text,
    "UUID": _uuid_text,
    "bytes": _bytes_text,
    "Enum": _enum_text,
}
