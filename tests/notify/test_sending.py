"""Messages sent to services on this machine, and refusals told without what may be a key."""

from __future__ import annotations

import builtins
import importlib.util
import io
import json
import logging
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from receivers import Hook, Mailbox

from nbflow.errors import NOWHERE, MessageError
from nbflow.model.notice import Notice
from nbflow.notify import sending
from nbflow.notify.address import check
from nbflow.notify.message import Message
from nbflow.notify.sending import send

MESSAGE = Message("✓ sales/12 succeeded in 3 s", "run by ada\nSince sales/11: <rmse> 2 → 3 & more", "success")
KEY = "T0PSECRET"


def refused(notice: Notice) -> str:
    def checked_and_sent() -> None:
        check(notice, NOWHERE)
        send(notice, MESSAGE)

    with pytest.raises(MessageError) as caught:
        checked_and_sent()
    assert KEY not in str(caught.value)
    return str(caught.value)


def test_a_hook_of_any_program_gets_title_and_text(hook: Hook) -> None:
    send(Notice(hook.url()), MESSAGE)
    send(Notice(f"json://127.0.0.1:{hook.port}/other"), MESSAGE)
    (path, body), (other, _) = hook.got
    assert (path, other) == ("/hook", "/other")
    assert (body["title"], body["message"], body["type"]) == (MESSAGE.title, MESSAGE.body, "success")


def test_a_mailbox_gets_a_letter(box: Mailbox) -> None:
    send(Notice(f"mailto://127.0.0.1:{box.port}?from=runs@example.org&to=ada@example.org,bob@example.org"), MESSAGE)
    assert set(box.recipients) == {"ada@example.org", "bob@example.org"}
    letter = box.got[0]
    assert str(make_header(decode_header(letter["Subject"]))) == MESSAGE.title
    part = next(each for each in letter.walk() if not each.is_multipart())
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "2 → 3" in payload.decode()


@pytest.mark.parametrize(
    ("status", "why", "fix"),
    [(404, "it answered 404", "may have been revoked"), (500, "it answered 500", "try it again later")],
)
def test_an_answer_that_refuses_is_told_by_its_number(hook: Hook, status: int, why: str, fix: str) -> None:
    hook.status = status
    told = refused(Notice(hook.url(KEY)))
    assert f"NBF-Q006  no message went to http://127.0.0.1:{hook.port}/…: {why}" in told
    assert fix in told


def test_a_host_that_is_not_there_and_a_port_that_nobody_listens_at() -> None:
    assert "there is no such host" in refused(Notice(f"https://nowhere.invalid/{KEY}"))
    assert "nothing answers there" in refused(Notice(f"json://127.0.0.1:9/{KEY}"))
    mail = refused(Notice(f"mailto://127.0.0.1:9?from=a@example.org&to=b@example.org&name={KEY}"))
    assert "NBF-Q006  no message went to mailto://…" in mail


def test_a_service_that_does_not_answer_is_not_waited_for(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    hook.slow = 3.0
    monkeypatch.setattr(sending, "PATIENCE", 0.5)
    assert "it took more than 0.5 s" in refused(Notice(hook.url(KEY)))
    monkeypatch.setattr(sending, "PATIENCE", 20.0)
    assert "it did not answer in time" in refused(Notice(f"{hook.url(KEY)}?rto=0.3".replace("http:", "json:")))


def test_an_address_may_be_in_a_variable_or_a_file(hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SALES_HOOK", hook.url("env"))
    (tmp_path / "keys.env").write_text(f"OTHER=1\nURL={hook.url('file')}\n")
    for source in ("env.SALES_HOOK", f"file.{tmp_path}/keys.env#URL"):
        notice = Notice(source)
        check(notice, NOWHERE)
        send(notice, MESSAGE)
    assert [path for path, _ in hook.got] == ["/env", "/file"]


def test_a_secret_that_is_not_there_or_is_no_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = refused(Notice("env.NO_SUCH_HOOK"))
    assert "NBF-Q007  the address that env.NO_SUCH_HOOK is to hold cannot be read" in told
    assert "export NO_SUCH_HOOK=…" in told
    monkeypatch.setenv("SALES_HOOK", KEY)
    assert "what env.SALES_HOOK holds is no address" in refused(Notice("env.SALES_HOOK"))
    (tmp_path / "keys.env").write_text("A=1\nB=2\n")
    assert "it has several entries: A, B" in refused(Notice(f"file.{tmp_path}/keys.env"))


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        (f"hooks.slack.com/services/{KEY}", "Q001", "put https:// in front of it"),
        ("ada@example.org", "Q001", "mailtos://USER:PASSWORD@HOST?to=ada@example.org"),
        ("#sales", "Q001", "make an incoming webhook for it in Slack"),
        ("SLACK_URL", "Q001", "env.SLACK_URL"),
        ("evn.SLACK_URL", "Q001", "Did you mean 'env'?"),
        ("sales channel", "Q001", "env.NAME"),
        (f"slak://{KEY}", "Q002", "Did you mean 'slack'?"),
        (f"slack://{KEY}", "Q003", "write it as slack://TOKEN_A/TOKEN_B/TOKEN_C"),
        (f"https://hooks.slack.com/services/{KEY}", "Q003", "copy all of it: https://hooks.slack.com/services/T…/B…/…"),
        ("https://", "Q003", "https://HOST/PATH"),
        ("https:///", "Q003", "https://HOST/PATH"),
    ],
)
def test_what_is_no_address_is_told_with_what_was_meant(to: str, code: str, said: str) -> None:
    told = refused(Notice(to))
    assert told.startswith(f"NBF-{code}  ")
    assert said in told


def test_a_condition_that_cannot_be_read_is_told_before_anything_runs() -> None:
    told = refused(Notice("json://127.0.0.1/x", regression="rmse >> 1"))
    assert told.startswith("NBF-Q005  'rmse >> 1' is no condition of a regression")


def test_without_apprise_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    known, real = importlib.util.find_spec, builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "apprise":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "apprise" else known(name))
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(MessageError, match=r"pip install 'nbflow\[notify\]'"):
        check(Notice("env.X"), NOWHERE)
    with pytest.raises(MessageError, match=r"pip install 'nbflow\[notify\]'"):
        send(Notice("json://127.0.0.1/x"), MESSAGE)


def test_nothing_that_apprise_says_reaches_the_logs_of_others(hook: Hook) -> None:
    root, heard = logging.getLogger(), io.StringIO()
    handler, before = logging.StreamHandler(heard), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    hook.status = 500
    try:
        refused(Notice(hook.url(KEY)))
        refused(Notice(f"json://nowhere.invalid/{KEY}"))
        logging.getLogger("urllib3.connectionpool").debug("of somebody else")
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    assert KEY not in heard.getvalue()
    assert "of somebody else" in heard.getvalue()


def test_slack_shows_the_text_as_it_is_and_calls_nobody(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    send(Notice(hook.url()), MESSAGE)  # which loads the services
    from apprise.plugins.slack import NotifySlack

    monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{hook.port}/services")
    error = Message("✗ sales/12 failed: *all*", "Step train failed: <!channel> KeyError: 'a_b_c' & **more**", "failure")
    send(Notice("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"), error)
    path, body = hook.got[1]
    assert path == "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    text = json.dumps(body, ensure_ascii=False)
    assert error.title in text
    assert "Step train failed: &lt;!channel&gt; KeyError: 'a_b_c' &amp; **more**" in text
