"""Who is to hear of a run's end. An address may hold a key, so it is in no record: what stands there is where it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nbflow.errors import did_you_mean
from nbflow.frozen import frozen
from nbflow.model.secret import MANAGERS, SecretSource, source_from

#: ends of runs that can be told
ENDS = ("success", "failure", "regression")
#: what people call them
_SAME = {
    **dict.fromkeys(("succeeded", "successful", "successes", "ok", "good", "done"), "success"),
    **dict.fromkeys(("failed", "failures", "fail", "error", "errors"), "failure"),
    **dict.fromkeys(("regressions", "regressed", "worse"), "regression"),
}
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>\S*)\Z")
_HOST = re.compile(r"(?:[^/@\s]*@)?(?P<host>[^/?#\s]*)")
#: between addresses: a blank; a comma only where another one begins, since addresses have commas of their own
_BETWEEN = re.compile(rf"\s*,\s+|\s+|,(?=[A-Za-z][A-Za-z0-9+.-]*://|(?:{'|'.join(MANAGERS)})\.)")
#: letters of what holds no key
_SHORT = 20
#: services whose first part is a host's name, and no key
_HOSTED = frozenset({"http", "https", "json", "jsons", "xml", "xmls", "form", "forms"})


@frozen
class Notice:
    """Somebody to be told of a run."""

    #: an address, as in `slack://…`, or the secret that holds it, as in `env.SLACK_URL`
    to: str
    #: ends that are told
    on: tuple[str, ...] = ENDS
    #: a run of which it holds has become worse, as in `rmse > 1.05 * baseline.rmse`
    regression: str | None = None

    @property
    def source(self) -> SecretSource | None:
        """The secret that holds the address; None: it is the address. Raises ValueError: it is neither."""
        return None if scheme_of(self.to) else source_from(self.to)

    @property
    def shown(self) -> str:
        """Where it goes, as it may be seen."""
        return shown(self.to)

    def to_json(self) -> dict[str, Any]:
        return {"to": self.to, "on": list(self.on), "regression": self.regression}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Notice:
        return cls(raw["to"], tuple(raw["on"]), raw.get("regression"))


def scheme_of(to: str) -> str:
    """Return what an address begins with, in small letters; empty: it is no address."""
    found = _SCHEME.match(to.strip())
    return found["scheme"].lower() if found else ""


def shown(to: str) -> str:
    """Return an address without what may be a key in it: `https://hooks.slack.com/…`, `slack://…`; a secret as it is."""
    found = _SCHEME.match(to.strip())
    if found is None:
        # perhaps an address that was mistyped
        return to if names_secret(to) or len(to) <= _SHORT else f"{to[:8]}…"
    host = _HOST.match(found["rest"]) if found["scheme"].lower() in _HOSTED else None
    return f"{found['scheme']}://{host['host'] + '/' if host else ''}…"


def names_secret(to: str) -> bool:
    """Return whether it names a secret's manager and a secret of it."""
    manager, dot, name = to.partition(".")
    return manager in MANAGERS and bool(dot and name) and manager != "inline"


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the addresses and secrets of a text, which has blanks or commas between them."""
    return tuple(each for each in _BETWEEN.split(text.strip()) if each)


def ends_of(said: str | Iterable[str]) -> tuple[str, ...]:
    """Return the ends that words name, in the order of ENDS: `failure`, `failure,regression`, `all`.

    Raises:
        ValueError: a word names none; its text says which.
    """
    words = re.split(r"[\s,]+", said.strip()) if isinstance(said, str) else [str(each).strip() for each in said]
    named = {_SAME.get(each.lower(), each.lower()) for each in words if each}
    if "all" in named or "always" in named:
        return ENDS
    if unknown := next((each for each in words if _SAME.get(each.lower(), each.lower()) not in ENDS), None):
        raise ValueError(f"'{unknown}' is no end of a run.{did_you_mean(unknown, [*ENDS, 'all'])}")
    if not named:
        raise ValueError("it names no end of a run")
    return tuple(each for each in ENDS if each in named)


def wrong_ends(said: str) -> str:
    """Return what is wrong with words that are to name ends of runs, empty: nothing."""
    try:
        ends_of(said)
    except ValueError as wrong:
        return str(wrong)
    return ""


def notices_from(text: str, on: str | Iterable[str] | None = None, regression: str | None = None) -> tuple[Notice, ...]:
    """Return who is to be told, from the addresses in a text. Raises ValueError for `on`."""
    ends = ENDS if on is None else ends_of(on)
    return tuple(Notice(each, ends, regression) for each in addresses_in(text))
