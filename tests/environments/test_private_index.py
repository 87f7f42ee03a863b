"""Packages of an index behind a password: whichever way the login is known, it is used, and is in nothing that is made."""

from __future__ import annotations

import gzip
import os
import stat
from pathlib import Path

import pytest
from package_index import PASSWORD, USER, Index

from nbflow.environments import locking
from nbflow.environments.indexes import indexes
from nbflow.environments.kept import Kept
from nbflow.environments.local import environment
from nbflow.environments.lock import Lock
from nbflow.environments.packs import pack
from nbflow.environments.target import Target
from nbflow.environments.wanted import asked_by
from nbflow.errors import PackageError
from nbflow.model.options import Options
from nbflow.storage.local import LocalStorage


class Packages:
    """Locks, installs and packs for one person, in a folder of theirs."""

    def __init__(self, tmp_path: Path) -> None:
        self.made = tmp_path / "made"
        self.folder = tmp_path / "flow"
        self.folder.mkdir(exist_ok=True)
        self.said: list[str] = []

    def lock(self, *packages: str, elsewhere: bool = True, anew: bool = False, **asked: str) -> Lock:
        wanted = asked_by(Options(pypi=packages), "step train")
        assert wanted is not None
        return locking.lock(
            wanted,
            Target.here(**asked),
            folder=self.folder,
            indexes=indexes(self.folder, os.environ),
            kept=Kept(self.made),
            who="step train",
            elsewhere=elsewhere,
            anew=anew,
        )

    def install(self, lock: Lock) -> Path:
        found = indexes(self.folder, os.environ)
        return environment(lock, place=self.folder, indexes=found, who="step train", say=self.said.append)

    def pack(self, lock: Lock, to: str = "store") -> bytes:
        storage = LocalStorage(self.made / to)
        found = indexes(self.folder, os.environ)
        made = pack(lock, storage, place=self.folder, indexes=found, who="step train", say=self.said.append)
        return storage.get(made.key)

    def refused(self, *packages: str, **asked: str) -> str:
        with pytest.raises(PackageError) as wrong:
            self.lock(*packages, **asked)
        return str(wrong.value)


@pytest.fixture
def packages(tmp_path: Path, no_needs: None) -> Packages:
    return Packages(tmp_path)


def by_url(index: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url_with_password)


def by_named_index(index: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"ours={index.url}")
    monkeypatch.setenv("UV_INDEX_OURS_USERNAME", USER)
    monkeypatch.setenv("UV_INDEX_OURS_PASSWORD", PASSWORD)


def by_netrc(index: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".netrc").write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    (home / ".netrc").chmod(0o600)
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)


def by_keyring(index: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = home / "bin" / "keyring"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$1" = get ] && echo {PASSWORD}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url.replace("//", f"//{USER}@"))


def by_pip(index: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text(f"[global]\nindex-url = {index.url_with_password}\n")


def by_uv_file(index: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home / ".config" / "uv" / "uv.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'[[index]]\nname = "ours"\nurl = "{index.url_with_password}"\ndefault = true\n')


@pytest.mark.parametrize("way", [by_url, by_named_index, by_netrc, by_keyring, by_pip, by_uv_file])
def test_a_login_is_used_and_is_in_nothing_that_is_made(
    way: object, packages: Packages, index: Index, person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(way)
    way(index, person, monkeypatch)
    lock = packages.lock("needy")
    assert lock.packages == ("needy==1.0", "tiny-sums==1.0")
    assert packages.install(lock).exists()
    archive = gzip.decompress(packages.pack(lock))
    secret = PASSWORD.encode()
    files = [path for path in packages.made.rglob("*") if path.is_file()]
    assert {"needy.py", "tiny_sums.py", f"{lock.digest}.json"} <= {path.name for path in files}
    assert not [path for path in files if secret in path.read_bytes()]
    assert secret not in archive
    assert PASSWORD not in lock.text + str(packages.said)
    assert f"127.0.0.1:{index.port}" not in lock.text, "where it came from is no part of what it is"


def test_a_login_in_the_address_of_a_file_is_used_and_not_kept(
    packages: Packages, index: Index, person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_netrc(index, person, monkeypatch)
    file = f"http://{USER}:{PASSWORD}@127.0.0.1:{index.port}/tiny_sums-1.0-py3-none-any.whl"
    lock = packages.lock(f"tiny-sums @ {file}")
    assert lock.packages == (f"tiny-sums @ http://127.0.0.1:{index.port}/tiny_sums-1.0-py3-none-any.whl",)
    assert packages.install(lock).exists()
    assert PASSWORD not in packages.refused(f"tiny-sums @ {file.replace('1.0', '7.0')}")


def test_without_a_login_it_is_said_which_index_wants_one(
    packages: Packages, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
    text = packages.refused("tiny-sums")
    assert text.startswith(f"NBF-E005  the package index {index.url} wants a login (401")
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url.replace("//", "//ann:wr0ng-word@"))
    text = packages.refused("tiny-sums")
    assert text.startswith("NBF-E005")
    assert "wr0ng-word" not in text


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("tiny-sum",), "E002", "no package index has 'tiny-sum', which step train needs"),
        (("tiny-sums==3",), "E003", "there is no tiny-sums==3"),
        (("tiny-sums>=2",), "E003", "there is no tiny-sums>=2"),
        (("win-only",), "E004", "win-only==1.0 has no wheel"),
        (("needy", "tiny-sums==1.1"), "E001", "needy"),
    ],
)
def test_what_cannot_be_resolved_is_told_in_few_words(
    packages: Packages, index: Index, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], code: str, said: str
) -> None:
    by_url(index, Path(), monkeypatch)
    text = packages.refused(*asked)
    assert text.startswith(f"NBF-{code}") and said in text


def test_an_index_that_is_not_there_is_told(packages: Packages, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    assert packages.refused("tiny-sums").startswith(
        "NBF-E006  the package index cannot be reached: http://127.0.0.1:9/"
    )
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert packages.refused("tiny-sums").startswith("NBF-E006")


def test_a_python_that_is_not_there_is_told(packages: Packages, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    by_url(index, Path(), monkeypatch)
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    monkeypatch.setenv("PATH", "/nowhere")
    lock = Lock(packages.lock("tiny-sums").text, Target("3.12" if Target.here().python != "3.12" else "3.13", "x86_64"))
    with pytest.raises(PackageError, match=f"NBF-E008  there is no Python {lock.target.python} for step train"):
        packages.install(lock)


def test_what_was_locked_is_not_asked_for_again(
    packages: Packages, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_url(index, Path(), monkeypatch)
    lock = packages.lock("tiny-sums")
    asked = len(index.asked)
    assert packages.lock("tiny_sums") == lock
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url_with_password.replace(PASSWORD, "another"))
    assert packages.lock("tiny-sums") == lock, "another login is no other index"
    assert len(index.asked) == asked
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(PackageError, match="E006"):
        packages.lock("tiny-sums")


def test_other_bytes_under_the_same_name_are_refused(
    packages: Packages, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_url(index, Path(), monkeypatch)
    lock = packages.lock("tiny-sums==1.0")
    start = lock.text.index("tiny-sums==1.0")
    hashed = lock.text.index("sha256:", start) + len("sha256:")
    forged = Lock(lock.text[:hashed] + "0" * 64 + lock.text[hashed + 64 :], lock.target)
    for make in (packages.install, packages.pack):
        with pytest.raises(PackageError, match="NBF-E014"):
            make(forged)
    assert not list((packages.made / "cache" / "nbflow" / "environments").glob("[!.]*"))


def test_a_package_is_packed_once_and_in_the_same_bytes_by_anyone(
    packages: Packages, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_url(index, Path(), monkeypatch)
    lock = packages.lock("tiny-sums")
    first = packages.pack(lock)
    assert packages.said[0].startswith("packing 1 package for step train (first time)")
    packages.said.clear()
    assert packages.pack(lock) == first
    assert not packages.said
    assert packages.pack(lock, "another store") == first
