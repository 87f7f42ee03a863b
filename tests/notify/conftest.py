"""Services that take messages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from receivers import Hook, Mailbox, mail_server, web_hook


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_hook() as made:
        yield made


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as made:
        yield made


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Nobody hears of runs unless a test says so."""
    for name in ("NBFLOW_NOTIFY", "NBFLOW_NOTIFY_ON", "NBFLOW_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NBFLOW_CONFIG", f"{tmp_path}/no-such-config.toml")
