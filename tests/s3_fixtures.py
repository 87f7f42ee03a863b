"""An S3 service, a client's surroundings, and what may go wrong between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from s3_faults import Faults, faults_before
from s3_server import ENVIRONMENT, FOREIGN, client, s3_server


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with s3_server() as url:
        client(url).create_bucket(Bucket="unit")
        yield url


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let there be one pair of keys, and nothing else of the person who runs the tests."""
    for name in (*FOREIGN, "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def s3(server: str, here: pytest.MonkeyPatch) -> str:
    """Let the environment lead to the server, and give its URL."""
    here.setenv("AWS_ENDPOINT_URL", server)
    return server


@pytest.fixture
def faults(s3: str, here: pytest.MonkeyPatch) -> Iterator[Faults]:
    """Let the environment lead to the server through a proxy that does what it is told."""
    with faults_before(s3) as proxy:
        here.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy
