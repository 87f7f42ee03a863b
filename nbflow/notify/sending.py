"""Sending a message to one address. Nothing of what a service or apprise answers is repeated: keys may stand in it."""

from __future__ import annotations

import re
import threading
from typing import Any, NoReturn

from nbflow.errors import NbflowError, raise_for
from nbflow.model.notice import Notice
from nbflow.notify.address import address_of, listening, service_of
from nbflow.notify.message import Message

#: seconds that a service may take; apprise itself gives up sooner with most
PATIENCE = 20.0

_AGAIN = "see whether the address is still good"
#: what is heard → why it did not work, and what to do
_REASONS = (
    (
        r"NameResolution|Name or service not known|getaddrinfo|nodename nor servname",
        "there is no such host",
        "correct the host",
    ),
    (r"Connection refused|ConnectionRefused", "nothing answers there", "see whether the service runs, and its port"),
    (r"timed? ?out|Timeout", "it did not answer in time", "see whether this machine reaches it"),
    (r"CERTIFICATE|SSLError|ssl\.", "its certificate is not trusted", "mend the certificate; ?verify=no goes without"),
    (r"\b535\b|uthentication", "it refused the user or the password", "correct them in the address"),
    (r"Recipient|\b55[0-4]\b", "it takes no mail for that recipient", "correct ?to= in the address"),
)


def send(notice: Notice, message: Message, address: str | None = None) -> None:
    """Send the message to where `notice` says, and return when it was taken.

    `address`: what the notice's secret holds, where that was read already.

    Raises:
        MessageError: Q006, it was not taken within PATIENCE seconds; or what is wrong with the address.
    """
    failed: list[BaseException] = []

    def work() -> None:
        try:
            _send(notice, message, address)
        except BaseException as error:  # noqa: BLE001 - raised again on the thread that waits
            failed.append(error)

    # a service may take its time in places where no limit of apprise holds
    thread = threading.Thread(target=work, name="nbflow-message", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if thread.is_alive():
        _refused(notice, f"it took more than {PATIENCE:g} s", "see whether this machine reaches it")
    if failed:
        error = failed[0]
        if isinstance(error, NbflowError):
            raise error
        # what it says may hold the address
        _refused(notice, f"apprise failed with {type(error).__name__}", "update it: pip install --upgrade apprise")


def _send(notice: Notice, message: Message, address: str | None) -> None:
    service = service_of(address or address_of(notice))
    from apprise import NotifyFormat, NotifyType

    kind: Any = NotifyType(message.mood)
    with listening() as heard:
        taken = service.notify(body=message.body, title=message.title, notify_type=kind, body_format=NotifyFormat.TEXT)
    if not taken:
        _refused(notice, *_why("\n".join(heard)))


def _why(heard: str) -> tuple[str, str]:
    if found := re.search(r"error=(\d{3})\b", heard):
        code = found[1]
        revoked = code in {"401", "403", "404", "410"}
        return f"it answered {code}", _AGAIN + "; a webhook may have been revoked" if revoked else "try it again later"
    for pattern, why, fix in _REASONS:
        if re.search(pattern, heard, re.IGNORECASE):
            return why, fix
    return "it could not be reached, or took no message", _AGAIN


def _refused(notice: Notice, why: str, fix: str) -> NoReturn:
    named = notice.to if notice.source else "ADDRESS"
    raise_for("Q006", to=notice.shown, why=why, fix=f"{fix}; nbflow notify test {named}  tries it")
