"""Who is to hear of a run, as it was asked for: checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nbflow.errors import NOWHERE, Place
from nbflow.model.notice import Notice, notices_from
from nbflow.runtime.request import RunRequest


def hearing(
    request: RunRequest, given: Iterable[str] = (), declared: Iterable[tuple[Notice, Place]] = ()
) -> RunRequest:
    """Return the request with who is to hear of its end.

    Addresses go along with the request and are in no record; of secrets that hold addresses the record says which, so
    that whoever sees the run through on another machine knows.

    Args:
        request: the run.
        given: addresses or secrets of `--notify`.
        declared: of the flow itself, with where they stand.

    Raises:
        MessageError: Q001 to Q005, Q007; nothing has run.
    """
    notices = hearers(given, declared)
    if not notices:
        return request
    # most runs tell nobody
    from nbflow.notify.ending import ABOUT

    kept = [each.to_json() for each in notices if each.source is not None]
    about = {**request.about, ABOUT: kept} if kept else request.about
    return replace(request, notices=notices, about=about)


def hearers(given: Iterable[str], declared: Iterable[tuple[Notice, Place]] = ()) -> tuple[Notice, ...]:
    """Return who is asked for, each once.

    Raises:
        MessageError: Q001 to Q005, Q007.
    """
    asked = [*((each, NOWHERE) for text in given for each in notices_from(text)), *declared]
    if not asked:
        return ()
    from nbflow.notify.address import check

    for notice, place in asked:
        check(notice, place)
    return tuple({each.to: each for each, _ in reversed(asked)}.values())
