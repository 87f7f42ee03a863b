"""The card server: what it lists, whom it answers, and how cards are fenced in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import CardError, NamespaceError, NotFoundError
from nbflow.frontends.carding.server import address_of, opened
from nbflow.frontends.carding.server_data import Served
from nbflow.model.artifact import Manifest
from nbflow.model.card import CardContent, CardRef
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

STEPS = tuple(StepSummary(StepName(name), (), ()) for name in ("load", "report"))
HOSTILE = '<img src=x onerror="alert(1)"></script><script>alert(2)</script>'


class Kept:
    """A store with runs whose tasks have cards."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.open(root)

    def run(self, flow: str, *cards: CardContent, at: float = 1.0, kind: Any = "run") -> str:
        metadata, store = self.workspace.metadata, self.workspace.store
        fields: dict[str, Any] = {"created_at": at, "heartbeat_at": 2e9, "user": "ann", "steps": STEPS}
        run = metadata.create_run(RunRecord(FlowName(flow), RunId(""), kind, RunStatus.RUNNING, **fields))
        refs = tuple(CardRef(each.type, each.id, store.put_bytes(each.to_bytes()), 9) for each in cards)
        made = {"manifest": Manifest({}), "started_at": at, "finished_at": at + 1}
        tasks = [
            TaskRecord(StepName("load"), "0", (), TaskStatus.SUCCEEDED, **made),
            TaskRecord(StepName("report"), "0", (), TaskStatus.SUCCEEDED, cards=refs, **made),
        ]
        metadata.write(flow, run.id, tasks, [])
        return run.id


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "store")


def places(served: Served) -> list[str]:
    return [card["place"] for run in served.listed() for task in run["tasks"] for card in task["cards"]]


ONE, TWO = CardContent("blank", "one", "<p>1</p>"), CardContent("mine", None, HOSTILE, raw=True)


def test_the_newest_runs_come_first_and_the_list_has_an_end(kept: Kept) -> None:
    kept.run("old", ONE, at=1.0)
    kept.run("new", ONE, TWO, at=5.0)
    assert places(Served(kept.workspace)) == ["new/1/report/0/0", "new/1/report/0/1", "old/1/report/0/0"]
    assert places(Served(kept.workspace, most=1)) == ["new/1/report/0/0", "new/1/report/0/1"]
    assert places(Served(kept.workspace, "old")) == ["old/1/report/0/0"]


def test_a_run_is_named_and_a_run_without_cards_has_those_that_every_task_has(kept: Kept) -> None:
    kept.run("flow", ONE, at=1.0)
    kept.run("flow", at=5.0)
    assert places(Served(kept.workspace, "flow", "1")) == ["flow/1/report/0/0"]
    assert places(Served(kept.workspace, "flow", "2")) == ["flow/2/report/0/0", "flow/2/load/0/0"]
    with pytest.raises(NotFoundError, match="M002"):
        Served(kept.workspace, "flow", "9").listed()


def test_a_namespace_leaves_out_the_runs_of_others(kept: Kept) -> None:
    kept.run("flow", ONE)
    assert places(Served(kept.workspace, namespace="user:ann")) == ["flow/1/report/0/0"]
    assert places(Served(kept.workspace, namespace="user:bob")) == []
    with pytest.raises(NamespaceError):
        Served(kept.workspace, "flow", namespace="user:bob").listed()


class Browser:
    """Asks a server."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, method: str = "GET", host: str = "", **more: str) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers={"Host": host or f"127.0.0.1:{self.port}", **more})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text


@pytest.fixture
def browser(kept: Kept) -> Iterator[Browser]:
    kept.run("flow", ONE, TWO)
    server = opened(Served(kept.workspace), 0, 5.0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Browser(server.server_port)
    server.shutdown()
    server.server_close()


def test_it_serves_a_page_that_asks_nobody_else(browser: Browser) -> None:
    answer, text = browser.ask("/")
    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert answer.status == 200 and f'<script nonce="{nonce}">' in text and text.count("<script") == 1
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "http://" not in text and "https://" not in text
    assert browser.ask("/")[0].headers["Content-Security-Policy"] != policy


def test_it_lists_cards_and_gives_each_in_a_sandbox_of_its_own(browser: Browser) -> None:
    answer, text = browser.ask("/data")
    (run,) = json.loads(text)
    (task,) = run["tasks"]
    assert answer.headers["Content-Type"] == "application/json" and run["run"] == "flow/1"
    for card in task["cards"]:
        answer, page = browser.ask(f"/card/{card['place']}?{card['hash']}")
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status == 200 and policy.startswith("sandbox ") and "allow-same-origin" not in policy
        assert "allow-scripts" not in policy and "alert" not in page and "onerror" not in page
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost:1"])
def test_who_asks_by_another_name_is_refused(browser: Browser, host: str) -> None:
    for path in ("/", "/data", "/card/flow/1/report/0/0"):
        answer, text = browser.ask(path, host=host)
        assert answer.status == 403 and "report" not in text


HUB = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/", "JUPYTERHUB_USER": "ada"}


@pytest.mark.parametrize(
    ("place", "said", "known", "strange"),
    [
        (
            {**HUB, "JUPYTERHUB_PUBLIC_URL": "https://hub.example.org/user/ada/"},
            "https://hub.example.org/user/ada/proxy/{port}/, which needs jupyter-server-proxy",
            {"host": "hub.example.org"},
            {"host": "evil.example"},
        ),
        (
            HUB,
            "/user/ada/proxy/{port}/ behind the address of this page, which needs jupyter-server-proxy",
            {"host": "hub.example.org", "X-Forwarded-Context": "/user/ada/proxy/{port}"},
            {"host": "hub.example.org"},
        ),
        (
            {"SAGEMAKER_APP_TYPE": "CodeEditor"},
            "/codeeditor/default/ports/{port}/ behind the address of this page",
            {"host": "abc.studio.eu-west-1.sagemaker.aws"},
            {"host": "evil.example", "X-Forwarded-Context": "/codeeditor/default/ports/{port}"},
        ),
    ],
)
def test_behind_the_proxy_of_a_hub_it_answers_to_the_name_that_the_proxy_has(
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    place: dict[str, str],
    said: str,
    known: dict[str, str],
    strange: dict[str, str],
) -> None:
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    assert address_of(browser.port) == said.format(port=browser.port)
    known, strange = (
        {name: value.format(port=browser.port) for name, value in each.items()} for each in (known, strange)
    )
    assert browser.ask("/data", **known)[0].status == 200
    assert browser.ask("/data", **strange)[0].status == 403
    assert browser.ask("/data")[0].status == 200


def test_the_page_asks_for_what_is_below_it_since_a_proxy_puts_a_path_before_all(browser: Browser) -> None:
    text = browser.ask("/")[1]
    assert 'fetch("data"' in text
    assert '"/data' not in text
    assert "`/card/" not in text


def test_this_machine_has_two_names(browser: Browser) -> None:
    assert browser.ask("/data", host=f"localhost:{browser.port}")[0].status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_only_reads(browser: Browser, method: str) -> None:
    assert browser.ask("/data", method)[0].status == 501


@pytest.mark.parametrize(
    "path", ["/nope", "/card/", "/card/flow/1/report/0/9", "/card/flow/1/report/0/-1", "/card/../../etc/passwd/0", "/card/flow/1/report/%2e%2e/0"]
)  # fmt: skip
def test_what_is_not_there_is_not_found(browser: Browser, path: str) -> None:
    answer, _ = browser.ask(path)
    assert answer.status == 404


def test_a_port_that_is_taken_is_said(browser: Browser, kept: Kept) -> None:
    with pytest.raises(CardError, match="K033"):
        opened(Served(kept.workspace), browser.port, 5.0)
    with pytest.raises(CardError, match="K033"):
        opened(Served(kept.workspace), 70_000, 5.0)
