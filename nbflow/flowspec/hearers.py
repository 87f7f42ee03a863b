"""Who is to hear of a run of a class: `@notify`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbflow.errors import Place, Problem, problem
from nbflow.flowspec.attributes import Unfit
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.model.notice import ENDS, Notice, addresses_in, ends_of, names_secret, scheme_of, shown


def addresses(value: Any) -> list[str]:
    """Addresses, or secrets that hold them: one text, or a list of texts."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str) and each.strip() for each in listed):
        raise Unfit("an address, or a secret that holds one", "env.SLACK_URL")
    return [part for each in listed for part in addresses_in(each)]


def ends(value: Any) -> list[str]:
    """Ends of runs: a text or a list."""
    if isinstance(value, str) or (isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)):
        try:
            return list(ends_of(value))
        except ValueError as wrong:
            raise Unfit(f"one or more of {', '.join(ENDS)}; {wrong}", "failure") from None
    raise Unfit(f"one or more of {', '.join(ENDS)}", "failure")


def seen(listed: list[str]) -> list[str]:
    """Return addresses as they may be recorded."""
    return [shown(each) for each in listed]


def hearers_of(flow: PreparedFlow) -> Iterator[tuple[Notice, Place]]:
    """Yield who is to hear of a run, with where that stands."""
    for use in flow.decorators:
        if use.name == "notify":
            said = use.attributes
            for each in said["to"]:
                yield Notice(each, tuple(said["on"]), said["regression"]), use.place


def kept_in_code(flow: PreparedFlow) -> Iterator[Problem]:
    """Yield a warning for each address that stands in the code itself."""
    for notice, place in hearers_of(flow):
        if scheme_of(notice.to) and not names_secret(notice.to):
            # its line is not shown
            yield problem("Q014", place.at(place.line), to=notice.shown)
