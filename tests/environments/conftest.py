"""An index behind a password with small wheels and with what a worker needs, and a person with nothing configured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from package_index import Index, installed_wheel, serving, wheel
from packaging.requirements import Requirement

from nbflow.environments import locking
from nbflow.environments.installed import closure
from nbflow.environments.needs import WORKER_NEEDS
from nbflow.environments.target import Target

SUMS = "def total(values):\n    return sum(values) + {}\n"


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of wheels: of what a worker needs as it is installed here, and of some made by hand."""
    folder = tmp_path_factory.mktemp("wheels")
    for name in closure([Requirement(need).name for need in WORKER_NEEDS], Target.here()):
        installed_wheel(folder, name)
    for version, extra in (("1.0", 0), ("1.1", 100)):
        wheel(folder, "tiny-sums", version, {"tiny_sums.py": SUMS.format(extra)})
    wheel(folder, "needy", "1.0", {"needy.py": "import tiny_sums\n"}, ("tiny-sums<1.1",))
    wheel(folder, "win-only", "1.0", {"win_only.py": ""}, tag="cp311-cp311-win_amd64")
    return folder


@pytest.fixture(scope="session")
def index(wheels: Path) -> Iterator[Index]:
    """Return the index that serves them."""
    with serving(wheels) as running:
        yield running


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return uv's cache of wheels, of which a worker needs many."""
    return tmp_path_factory.mktemp("uv")


@pytest.fixture
def no_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, person: Path) -> None:
    """Let a lock have what is asked for only, and uv remember nothing."""
    monkeypatch.setattr(locking, "WORKER_NEEDS", ())
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "made" / "uv"))


@pytest.fixture
def person(tmp_path: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a person for whom no index is configured; all that is made is below `made` beside it."""
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_", "NBFLOW_", "NETRC"))]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    made = tmp_path / "made"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(home / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(made / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(unpacked))
    # a loopback address needs no proxy
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return home
