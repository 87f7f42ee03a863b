"""Where no engine can be had, one line says why."""

from __future__ import annotations

import os
import shutil
import sys

import pytest
from aws import docker_engine


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")


def test_a_person_without_rights_is_told_what_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "argv", ["docker_engine", "false"])
    assert docker_engine.main() == 1
    assert capsys.readouterr().out == "no containers here: no Docker engine runs here, and starting one takes root\n"


def test_to_go_without_is_no_failure_where_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["docker_engine", "--or-skip", "false"])
    assert docker_engine.main() == 0
    assert capsys.readouterr().out == (
        "no containers here: dockerd is not installed, and there is no apt-get to install it with\n"
    )
