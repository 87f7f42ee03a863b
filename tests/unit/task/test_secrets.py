"""Secrets of this machine: read, put in the environment, and out of every text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbflow.errors import StoreError, TaskError
from nbflow.model.record import Failure
from nbflow.model.secret import SecretSource, asked_in_header
from nbflow.storage.memory import MemoryStorage
from nbflow.store.store import Store
from nbflow.task.secret_sources import read
from nbflow.task.secrets import Secrets


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def got(text: str) -> dict[str, str]:
    return read(asked_in_header(text), {}, "train")


def refused(text: str) -> TaskError:
    with pytest.raises(TaskError) as caught:
        got(text)
    return caught.value


def test_a_variable_is_given_under_its_name_or_another() -> None:
    os.environ["TOKEN"] = "hunter2"
    assert got("TOKEN") == {"TOKEN": "hunter2"} and got("KEY=env.TOKEN") == {"KEY": "hunter2"}
    found = refused("OTHER")
    assert found.code == "NBF-T044" and "export OTHER=" in str(found)


def test_lines_of_a_file_are_variables(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# mine\nexport A=1 # one\nB='two # 2'\n\nC=\"a\\nb\"\nD=\n E = x=y \n")
    assert got(f"file.{path}") == {"A": "1", "B": "two # 2", "C": "a\nb", "D": "", "E": "x=y"}
    assert got(f"KEY=file.{path}#B") == {"KEY": "two # 2"} and got(f"file.{path}#B") == {"B": "two # 2"}
    assert refused(f"KEY=file.{path}").code == "NBF-T047"
    missing = str(refused(f"file.{path}#Z"))
    assert "its entries are A, B, C, D, E" in missing and "two" not in missing


def test_a_json_object_of_a_file_is_variables_too(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text('{"db-password": "p", "2nd": 5, "more": {"a": 1}}')
    assert got(f"file.{path}") == {"db_password": "p", "_2nd": "5", "more": '{"a": 1}'}
    assert got(f"KEY=file.{path}#db-password") == {"KEY": "p"}


def test_files_that_cannot_be_read_are_told_without_what_is_in_them(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    assert refused(f"file.{path}").code == "NBF-T044"
    path.write_text("A=1\nhunter2\n")
    found = refused(f"file.{path}")
    assert found.code == "NBF-T047" and "line 2" in str(found) and "hunter2" not in str(found)
    path.write_bytes(b"\xff\xfe")
    assert refused(f"file.{path}").code == "NBF-T047"


def test_managers_that_come_later_say_so() -> None:
    assert "Google Cloud are not supported yet" in str(refused("gcp-secret-manager.x"))
    assert "Azure are not supported yet" in str(refused("az-key-vault.x"))


def test_a_secret_replaces_no_other_variable_unless_it_may() -> None:
    os.environ.update(TOKEN="hunter2", HOME_OF="elsewhere", SAME="hunter2")
    secrets = Secrets()
    secrets.give([SecretSource("env", "TOKEN", variable="SAME")], "train")
    with pytest.raises(TaskError, match="T048") as caught:
        secrets.give([SecretSource("env", "TOKEN", variable="HOME_OF")], "train")
    assert "elsewhere" not in str(caught.value) and "hunter2" not in str(caught.value)
    secrets.give([SecretSource("env", "TOKEN", variable="HOME_OF", override=True)], "train")
    assert os.environ["HOME_OF"] == "hunter2"
    with pytest.raises(TaskError, match="another secret"):
        secrets.give([SecretSource("inline", "HOME_OF")], "train", {"HOME_OF": "third"})


def test_what_is_given_for_a_while_is_taken_back() -> None:
    os.environ.update(TOKEN="hunter2", OTHER="before")
    source = SecretSource("env", "TOKEN", variable="OTHER", override=True)
    with Secrets().given_here([source, SecretSource("env", "TOKEN", variable="NEW")], "train"):
        assert (os.environ["OTHER"], os.environ["NEW"]) == ("hunter2", "hunter2")
    assert os.environ["OTHER"] == "before" and "NEW" not in os.environ and os.environ["TOKEN"] == "hunter2"


def test_texts_are_masked_in_every_form_they_are_written_in() -> None:
    secrets = Secrets()
    secrets.values = {"A": 'hun"ter\n2é', "B": "hunter", "C": "abc"}
    assert secrets.masked(f"{secrets.values['A']} {secrets.values['A']!r} hunter abc") == "*** '***' *** abc"
    failure = secrets.masked_failure(Failure("ValueError", "bad hunter", "line\nbad hunter"))
    assert (failure.message, failure.traceback) == ("bad ***", "line\nbad ***")


class Client:
    """Holds what it logs in with."""

    def __init__(self, key: str) -> None:
        self.key = key


@pytest.mark.parametrize("wrap", [str, lambda key: [1, {"a": key}], lambda key: f"Bearer {key}", Client])
def test_no_value_with_a_secret_in_it_is_stored(wrap: object) -> None:
    assert callable(wrap)
    storage = MemoryStorage()
    store = Store(storage)
    store.withheld = {"TOKEN": "hunter2"}
    with pytest.raises(StoreError, match="holds the secret TOKEN") as caught:
        store.put(wrap("hunter2"))
    assert caught.value.code == "NBF-S033" and "hunter2" not in str(caught.value)
    assert store.get(store.put(["hunter", 2])) == ["hunter", 2]
    assert not any(b"hunter2" in storage.get(key) for key in storage.list())
