"""Addresses as people have them, and the services of apprise they stand for."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from nbflow.client.comparing.condition import ConditionError, parse
from nbflow.errors import NbflowError, Place, did_you_mean, raise_for
from nbflow.model.notice import Notice, names_secret, scheme_of, shown
from nbflow.task.secret_sources import read

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

#: addresses of the web that no service claims take a message as JSON
_WEB = {"http": "json", "https": "jsons"}
#: hosts whose addresses have a form of their own → service, and that form
_OF_SERVICES = {
    "hooks.slack.com": ("Slack", "services/T…/B…/…"),
    "discord.com": ("Discord", "api/webhooks/NUMBER/…"),
}
#: sources that can be read at once, before a run that needs them begins
_NEAR = frozenset({"env", "file"})


def check(notice: Notice, place: Place) -> None:
    """Do nothing if a message can be sent by what is said of it; nothing is sent. AWS is not asked for a secret.

    Raises:
        MessageError: Q001, Q002, Q003, it is no address; Q004, apprise is missing; Q005, the condition cannot be read;
            Q007, there is no such secret.
    """
    if notice.regression is not None:
        try:
            parse(notice.regression)
        except ConditionError as wrong:
            raise_for("Q005", place, condition=notice.regression, message=wrong)
    if not scheme_of(notice.to) and not names_secret(notice.to):
        _no_address(notice.to, place)
    if importlib.util.find_spec("apprise") is None:
        raise_for("Q004", place, to=notice.shown)
    source = notice.source
    if source is None or source.manager in _NEAR:
        service_of(address_of(notice, place), place)


def address_of(notice: Notice, place: Place = Place()) -> str:  # noqa: B008 - a frozen value
    """Return the address itself. Raises Q007 where the secret that holds it cannot be read, Q001 where that holds none."""
    source = notice.source
    if source is None:
        return notice.to.strip()
    try:
        found = read(source, {}, "a message")
    except NbflowError as refused:
        wrong = refused.problems[0]
        raise_for("Q007", place, source=source.text, why=wrong.why, fix=wrong.fix)
    if len(found) != 1:
        known = ", ".join(found) or "none"
        fix = f"name the entry: {source.text}#{next(iter(found), 'NAME')}"
        raise_for("Q007", place, source=source.text, why=f"it has several entries: {known}", fix=fix)
    address = next(iter(found.values())).strip()
    if not scheme_of(address):
        # what it is, is nobody's business
        why = f"what {source.text} holds is no address"
        raise_for(
            "Q001", place, to=source.text, why=why, fix="it is to hold https://hooks.slack.com/services/… or alike"
        )
    return address


def service_of(address: str, place: Place = Place()) -> NotifyBase:  # noqa: B008 - a frozen value
    """Return the service that an address means, ready to send. Raises Q002, Q003, Q004."""
    with listening():
        try:
            _load()
            from apprise import Apprise
        except ImportError:
            raise_for("Q004", place, to=shown(address))
        asset = _asset()
        scheme, rest = scheme_of(address), address.partition("://")[2]
        found: Any = Apprise.instantiate(address, asset=asset)
        if not found and scheme in _WEB and rest.strip("/") and rest.partition("/")[0] not in _OF_SERVICES:
            found = Apprise.instantiate(f"{_WEB[scheme]}://{rest}", asset=asset)
        if not found:
            _refuse(address, scheme, place)
        service: NotifyBase = found
        return service


@cache
def _load() -> None:
    """Load apprise and all of its services. What some of them import that is to leave Python is nobody's business here."""
    with _loading, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from apprise import Apprise

        Apprise.instantiate("json://localhost")


_loading = threading.Lock()


def _asset() -> AppriseAsset:
    from apprise import AppriseAsset

    return AppriseAsset(app_id="nbflow", app_desc="nbflow", app_url="", image_url_mask="", image_url_logo="")


def _refuse(address: str, scheme: str, place: Place) -> NoReturn:
    from apprise import Apprise

    known = [each for each in Apprise().details()["schemas"] if each.get("enabled", True)]
    for each in known:
        names = [*(each.get("protocols") or ()), *(each.get("secure_protocols") or ())]
        if scheme in names:
            fix = f"write it as {_example(scheme, each['details']['templates'])}; {each['setup_url']} has the details"
            raise_for("Q003", place, to=shown(address), service=each["service_name"], fix=fix)
    if (host := address.partition("://")[2].partition("/")[0]) in _OF_SERVICES:
        service, form = _OF_SERVICES[host]
        raise_for("Q003", place, to=shown(address), service=service, fix=f"copy all of it: https://{host}/{form}")
    if scheme in _WEB:
        raise_for("Q003", place, to=shown(address), service="a web hook", fix="write it as https://HOST/PATH")
    schemes = [name for each in known for key in _KINDS for name in each.get(key) or ()]
    raise_for("Q002", place, scheme=scheme, hint=did_you_mean(scheme, schemes))


def _example(scheme: str, templates: Sequence[str]) -> str:
    """Return how an address of a service looks: `{schema}://{token}` is `slack://TOKEN`."""
    pattern = templates[0] if templates else "{schema}://…"
    return re.sub(r"\{(\w+)\}", lambda word: word[1].upper(), pattern.replace("{schema}", scheme))


_KINDS = ("protocols", "secure_protocols")


def _no_address(to: str, place: Place) -> NoReturn:
    """Say what could have been meant by what has no scheme."""
    why = "an address says first which service it is of, as slack:// or https://"
    if "@" in to and "/" not in to:
        why = "mail is sent through a server, for which somebody must log in"
        raise_for("Q001", place, to=to, why=why, fix=f"mailtos://USER:PASSWORD@HOST?to={to}; or a secret that holds it")
    if to.isidentifier():
        raise_for("Q001", place, to=to, why=why, fix=f"env.{to}, where it is the environment variable that holds one")
    if to.startswith(("#", "@")):
        fix = "make an incoming webhook for it in Slack, and give that: https://hooks.slack.com/services/…"
        raise_for("Q001", place, to=to, why=why, fix=fix)
    manager, dot, _ = to.partition(".")
    if dot and (hint := did_you_mean(manager, ("env", "file", "aws-secrets-manager"))) and "/" not in manager:
        why = f"there is no manager of secrets '{manager}'.{hint}"
        raise_for(
            "Q001", place, to=shown(to), why=why, fix="write it as env.NAME, file.PATH or aws-secrets-manager.NAME"
        )
    if "/" in to and "." in to.partition("/")[0]:
        raise_for("Q001", place, to=shown(to), why=why, fix="put https:// in front of it")
    raise_for("Q001", place, to=shown(to), why=why, fix="https://hooks.slack.com/services/…, or env.NAME")


class _Ear(logging.Handler):
    """Gathers what apprise says on one thread."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Take in one line."""
        if threading.get_ident() == self._thread:
            self.heard.append(record.getMessage())

    def others(self, record: logging.LogRecord) -> bool:
        """Say whether a line comes from another thread."""
        return record.thread != self._thread


#: the logger of what sends requests
_ASKED = "urllib3.connectionpool"
_listeners = 0
_lock = threading.Lock()
_before: tuple[int, bool] = (logging.NOTSET, True)


@contextlib.contextmanager
def listening() -> Iterator[list[str]]:
    """Give what apprise says during the block, and let nobody else hear it: addresses with keys stand in it."""
    global _listeners, _before  # noqa: PLW0603 - the logger is one for the process
    logger, ear = logging.getLogger("apprise"), _Ear()
    with _lock:
        if not _listeners:
            _before = (logger.level, logger.propagate)
        _listeners += 1
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(ear)
    # it tells whoever debugs which paths are asked for
    logging.getLogger(_ASKED).addFilter(ear.others)
    try:
        yield ear.heard
    finally:
        logging.getLogger(_ASKED).removeFilter(ear.others)
        with _lock:
            logger.removeHandler(ear)
            _listeners -= 1
            if not _listeners:
                logger.setLevel(_before[0])
                logger.propagate = _before[1]
