"""Whoever is to hear of a run's end does, once, however many processes know of it."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from blake3 import blake3

from nbflow.client.comparing.verdict import Verdict
from nbflow.configuration.settings import settings
from nbflow.errors import NbflowError, Problem, problem
from nbflow.model.notice import ENDS, Notice, notices_from
from nbflow.model.record import RunRecord
from nbflow.notify.address import address_of
from nbflow.notify.looking import Look, wrong_with_links
from nbflow.notify.message import Message, message
from nbflow.notify.sending import send
from nbflow.workspace import Workspace

#: what a run's record calls who is to hear of it: secrets that hold addresses
ABOUT = "notify"
#: most messages that are on their way at once
_AT_ONCE = 8


def ended(workspace: Workspace, flow: str, run: str, *, notices: Iterable[Notice] = ()) -> tuple[Problem, ...]:
    """Tell everybody who is to hear of a run's end, and return what went wrong with that, as warnings.

    Heard of it are the addresses of the settings (`notify.to`), those that the run's record names (secrets that hold
    addresses), and `notices`. Each hears of a run once, whoever calls this and how often. A run that has not ended, a
    draft and a task that ran by itself are told to nobody. The run is never touched, and nothing is raised for an
    address that takes no message.

    Args:
        workspace: where the run is kept.
        flow: its flow.
        run: its id.
        notices: who else; of one address only the first counts.
    """
    record = workspace.metadata.run(flow, run)
    if record is None or record.kind != "run" or not record.status.ended:
        return ()
    problems: list[Problem] = []
    everybody: dict[str, Notice] = {}
    for each in (*notices, *_of(record), *_of_settings(problems)):
        everybody.setdefault(each.to, each)
    if not everybody:
        return tuple(problems)
    look = Look(workspace, record, links=_links(problems))
    # the words first: whoever sends looks nothing up
    due = [
        (notice, address, message(look.told(worse)))
        for notice, worse in _due(look, everybody.values(), problems)
        if (address := _address(notice, problems)) and _is_first(workspace, record, notice, address, problems)
    ]
    if due:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="nbflow-messages") as pool:
            for failed in pool.map(lambda each: _tell(workspace, record, *each), due):
                problems += failed
    return tuple(dict.fromkeys(problems))


def _of(record: RunRecord) -> Iterator[Notice]:
    for raw in record.about.get(ABOUT) or ():
        yield Notice.from_json(raw)


def _of_settings(problems: list[Problem]) -> tuple[Notice, ...]:
    try:
        said = settings().notify
        return notices_from(said.to, said.on) if said.to else ()
    except NbflowError as wrong:
        first = wrong.problems[0]
        problems.append(problem("Q013", message=first.what, fix=first.fix))
    except ValueError as wrong:
        problems.append(problem("Q013", message=str(wrong), fix=f"notify.on is one or more of {', '.join(ENDS)}"))
    return ()


def _links(problems: list[Problem]) -> str | None:
    """Return the setting `links`, where it makes an address."""
    try:
        links = settings().links
    except NbflowError:
        # told of with the rest of the settings
        return None
    if links and (wrong := wrong_with_links(links)):
        problems.append(problem("Q010", links=links, message=wrong))
        return None
    return links


def _due(look: Look, everybody: Iterable[Notice], problems: list[Problem]) -> Iterator[tuple[Notice, Verdict | None]]:
    """Yield who is to hear of it, with what says that the run has become worse."""
    for notice in everybody:
        verdict = look.judged(notice.regression)
        if isinstance(verdict, Problem):
            problems.append(verdict)
            verdict = None
        worse = verdict if verdict is not None and not verdict.passed else None
        if (look.ends | ({"regression"} if worse else set())) & set(notice.on):
            yield notice, worse


def _address(notice: Notice, problems: list[Problem]) -> str | None:
    try:
        return address_of(notice)
    except NbflowError as failed:
        problems += (_as_warning(notice, each) for each in failed.problems)
        return None


def _is_first(workspace: Workspace, record: RunRecord, notice: Notice, address: str, problems: list[Problem]) -> bool:
    """Say whether nobody has told this address of the run, and note that somebody does now."""
    try:
        # bytes of our own: so it is known whose note it is where a reply got lost
        ours = f"{os.getpid()} {secrets.token_hex(8)}".encode()
        return workspace.store.blobs.storage.put_new(marker(record.flow, record.id, address), [ours])
    except OSError as refused:
        why = f"the store takes no note of it: {refused.strerror or refused}"
        problems.append(problem("Q006", to=notice.shown, why=why, fix="nbflow doctor  looks at the store"))
        return False


def _tell(workspace: Workspace, record: RunRecord, notice: Notice, address: str, what: Message) -> tuple[Problem, ...]:
    try:
        send(notice, what, address)
    except NbflowError as failed:
        with contextlib.suppress(OSError):
            # whoever tries again may
            workspace.store.blobs.storage.delete(marker(record.flow, record.id, address))
        return tuple(_as_warning(notice, each) for each in failed.problems)
    return ()


def _as_warning(notice: Notice, found: Problem) -> Problem:
    if found.severity == "warning":
        return found
    return problem("Q006", to=notice.shown, why=found.what, fix=found.fix)


def marker(flow: str, run: str, address: str) -> str:
    """Return the key that is there once somebody has told this address of the run. No address can be read out of it."""
    # 32 bits tell the few addresses of a run apart, and confirm no guess
    return f"told/{flow}/{run}/{blake3(f'{flow}/{run} {address}'.encode()).hexdigest(4)}"
