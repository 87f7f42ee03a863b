"""The values options take, read from text. A value that does not fit raises Unfit, which says what would."""

from __future__ import annotations

import ast
import keyword
import math
import re
from collections.abc import Callable
from typing import Any

from nbflow.errors import did_you_mean
from nbflow.model.card import DEFAULT, CardAsk
from nbflow.model.secret import SecretSource, asked_in_header

Converter = Callable[[str], Any]

_SIZE = re.compile(r"(?P<number>\d+(\.\d+)?|\.\d+)\s*((?P<unit>[kmgt])(i?b)?|(?P<bytes>b))?\Z", re.IGNORECASE)
_POWER = {"k": 1, "m": 2, "g": 3, "t": 4}
_DURATION = re.compile(r"((\d+(\.\d+)?)[dhms])+\Z")
_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_WORD = re.compile(r"[^\W\d]\w*\Z")
_CARD = re.compile(r"\w+\Z", re.ASCII)
#: a type of cards, as classes and packages call theirs
_TYPE = re.compile(r"[\w.-]+\Z")


class Unfit(ValueError):  # noqa: N818  a value, not an accident: `parse_words` turns it into a problem
    """A text is not the value an option takes; `expected` says what is, `example` shows one."""

    def __init__(self, expected: str, example: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.example = example


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d+)?", text) else None


def _truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


_CARD_ATTRIBUTES: dict[str, Callable[[str], Any]] = {
    "id": lambda text: text if _CARD.match(text) else None,
    "type": lambda text: text or None,
    "timeout": lambda text: _seconds(text) or None,
    "refresh_interval": _seconds,
    "save_errors": _truth,
    "customize": _truth,
}


def size(text: str) -> int:
    """Return bytes: `512M`, `8G`, `1.5T`; `GB` and `GiB` read as `G`; a plain number is MiB."""
    found = _SIZE.match(text)
    if found is None or float(found["number"]) == 0:
        raise Unfit("a size like 512M or 8G", "8G")
    power = 0 if found["bytes"] else _POWER[(found["unit"] or "m").lower()]
    return math.ceil(float(found["number"]) * 1024.0**power)


def duration(text: str) -> float:
    """Return seconds: `90`, `90s`, `5m`, `2h`, `1d`, `1h30m`."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if not _DURATION.match(text):
        raise Unfit("a duration like 90s, 5m or 1h30m", "5m")
    return sum(float(part[:-1]) * _SECONDS[part[-1]] for part in re.findall(r"[\d.]+[dhms]", text))


def positive_duration(text: str) -> float:
    """Return seconds, more than none."""
    seconds = duration(text)
    if seconds <= 0:
        raise Unfit("a duration above zero, like 90s or 1h30m", "5m")
    return seconds


def count(least: int = 0, most: int | None = None) -> Converter:
    """Return the converter of whole numbers from `least` to `most`."""
    limits = f"a whole number from {least} to {most}" if most is not None else f"a whole number, {least} or more"

    def convert(text: str) -> int:
        if not re.fullmatch(r"\d{1,15}", text) or int(text) < least or (most is not None and int(text) > most):
            raise Unfit(limits, str(max(least, 1)))
        return int(text)

    return convert


def number(text: str) -> float:
    """Return a number, zero or more, perhaps a fraction."""
    if not re.fullmatch(r"\d{1,15}(\.\d+)?|\.\d+", text):
        raise Unfit("a number, 0 or more, like 2 or 0.5", "2")
    return float(text)


def identifier(text: str) -> str:
    """Return a Python name."""
    if not text.isidentifier() or keyword.iskeyword(text):
        raise Unfit("a Python name, like region", "region")
    return text


def word(text: str) -> str:
    """Return any text that is not empty."""
    if not text:
        raise Unfit("a word must stand behind it", "NAME")
    return text


def names(text: str) -> tuple[str, ...]:
    """Return the names of a list `a,b,c`."""
    found = tuple(part.strip() for part in text.split(","))
    if not all(_WORD.match(name) for name in found):
        raise Unfit("names with commas between, like a,b", ",".join(re.findall(r"[^\W\d]\w*", text)) or "a,b")
    return found


def one_of(*allowed: str) -> Converter:
    """Return the converter that takes one of `allowed`."""

    def convert(text: str) -> str:
        if text not in allowed:
            hint = did_you_mean(text.lower(), allowed)
            raise Unfit(f"one of {', '.join(allowed)}.{hint}", hint.partition("'")[2].partition("'")[0])
        return text

    return convert


def pair(text: str) -> tuple[str, str]:
    """Return name and value of `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise Unfit("a name and its value, like OMP_NUM_THREADS=1", f"{name or 'NAME'}={value or 'VALUE'}")
    return name, value


def default(text: str) -> tuple[str, str]:
    """Return name and literal of `NAME=LITERAL`."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name.isidentifier():
        raise Unfit("a name and a literal, like y=None", "y=None")
    if not is_literal(value):
        raise Unfit("the value is a Python literal, like y=None or \"y='text'\"", f"\"{name}='{value}'\"")
    return name, value


def is_literal(source: str) -> bool:
    """Say whether `source` is a Python literal."""
    try:
        ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def card(text: str) -> CardAsk:
    """Return the card of `ID`, `ID:TYPE`, `:TYPE`, or of attributes as a decorator has them: `id=report,timeout=90`."""
    if "=" not in text:
        name, colon, kind = text.partition(":")
        if (name and not _CARD.match(name)) or (colon and not _TYPE.match(kind)) or not text:
            raise Unfit("the id of a card, in letters, digits and _, with :TYPE behind it if need be", "report")
        return CardAsk(kind or DEFAULT, name or None)
    said: dict[str, Any] = {}
    for part in text.split(","):
        key, _, value = (each.strip() for each in part.partition("="))
        if (read := _CARD_ATTRIBUTES.get(key)) is None or (found := read(value)) is None or key in said:
            known = ", ".join(_CARD_ATTRIBUTES)
            hint = did_you_mean(key, _CARD_ATTRIBUTES) if read is None else f" {key}={value} does not fit"
            raise Unfit(f"its attributes, each once, of {known}.{hint}", "id=report,timeout=90")
        said[key] = found
    return CardAsk(**said)


def requirements(text: str) -> tuple[str, ...]:
    """Return the requirements of a list; `a>=1,<2` and `a[b,c]` are one each."""
    parts = [part.strip() for part in re.split(r",(?![^\[]*\])", text)]
    joined: list[str] = []
    for part in parts:
        if joined and part[:1] in tuple("<>=!~"):
            joined[-1] = f"{joined[-1]},{part}"
        else:
            joined.append(part)
    if not all(re.match(r"[A-Za-z0-9]", part) for part in joined):
        raise Unfit('requirements with commas between, like "pandas>=2,<3"', '"pandas>=2"')
    return tuple(joined)


def secret(text: str) -> SecretSource:
    """Return the source of a secret: `NAME`, `NAME=SOURCE` or `SOURCE`."""
    try:
        return asked_in_header(text)
    except ValueError as error:
        raise Unfit(
            f"a variable, or a variable and its source; {error}", "API_KEY=aws-secrets-manager.prod/key"
        ) from None


def either(convert: Converter, **words: Any) -> Converter:
    """Return `convert` with some words that stand for values of their own, as `all` for None."""

    def converted(text: str) -> Any:
        return words[text.lower()] if text.lower() in words else convert(text)

    return converted
