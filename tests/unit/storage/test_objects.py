"""A bucket whose service refuses, is slow, loses replies; and one whose person logs in again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from s3_faults import Faults
from s3_server import free_port

from nbflow.errors import StoreError
from nbflow.storage import objects, openers
from nbflow.storage.base import Storage
from nbflow.storage.failures import Reply, Where
from nbflow.storage.native import obstore
from nbflow.storage.objects import ObjectStorage
from nbflow.storage.urls import open_storage


def fresh(**more: str) -> Storage:
    return open_storage(f"s3://unit/{uuid4().hex}", **more)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openers, "_RETRIES", 2)
    monkeypatch.setattr(objects, "_WAITS", (0.01, 0.02))


def test_what_passes_is_tried_again(faults: Faults, tmp_path: Path) -> None:
    storage = fresh()
    faults.add("PUT", "/unit/", times=2)
    storage.put("a", [b"1"])
    faults.add("GET", "/unit/", times=1, status=500, code="InternalError")
    faults.add("GET", "/unit/", times=1, kind="cut")
    assert storage.get("a") == b"1"
    faults.add("GET", "list-type", times=2)
    assert list(storage.list()) == ["a"]
    faults.add("PUT", "partNumber=2", times=2, status=500, code="InternalError")
    data = os.urandom(20_000_000)
    (tmp_path / "f").write_bytes(data)
    storage.put_file("large", tmp_path / "f")
    faults.add("GET", "large", times=3)
    storage.get_file("large", tmp_path / "g")
    assert (tmp_path / "g").read_bytes() == data
    assert all(each.times == 0 for each in faults.faults)


@pytest.mark.parametrize("kind", ["lost", "refuse"])
def test_a_create_whose_reply_got_lost_is_ours(faults: Faults, kind: str) -> None:
    storage = fresh()
    faults.add("PUT", "/unit/", times=1, kind=kind)
    assert storage.put_new("k", [b"mine"]) is True
    assert storage.put_new("k", [b"mine"]) is False
    assert storage.get("k") == b"mine"


def test_a_create_whose_reply_got_lost_is_not_ours_when_somebody_was_first(faults: Faults) -> None:
    storage = fresh()
    storage.put("k", [b"theirs"])
    faults.add("PUT", "/unit/", times=1, kind="lost")
    assert storage.put_new("k", [b"mine"]) is False
    assert storage.get("k") == b"theirs"


def test_of_many_that_create_beside_lost_replies_one_wins(faults: Faults) -> None:
    storage = fresh()
    faults.add("PUT", "/unit/", times=6, kind="lost")
    faults.add("PUT", "/unit/", times=3)
    won: list[int] = []

    def race(number: int) -> None:
        if storage.put_new("k", [b"%d" % number]):
            won.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [b"%d" % number for number in won] == [storage.get("k")]


def test_a_listing_goes_on_where_credentials_expired(faults: Faults) -> None:
    storage = fresh()
    storage.put("k", [b"."])
    faults.add("GET", "list-type", status=400, code="ExpiredToken")
    assert list(storage.list()) == ["k"]


def test_a_listing_that_breaks_off_between_pages_is_opened_again_behind_what_it_gave() -> None:
    class Breaking:
        """A store whose first listing ends as one of S3 does whose credentials expire."""

        def __init__(self) -> None:
            self.asked: list[str | None] = []

        def list(self, folder: str, offset: str | None, chunk_size: int) -> Iterator[list[dict[str, str]]]:
            self.asked.append(offset)
            if offset != "k/1":
                yield [{"path": "k/0"}, {"path": "k/1"}]
                raise obstore().exceptions.GenericError("status code: 400 <Code>ExpiredToken</Code>")
            yield [{"path": "k/2"}]

    class Opener:
        def __init__(self) -> None:
            self.opened: list[Breaking] = []

        def where(self) -> Where:
            return Where("s3://unit/x")

        def open(self, *, repeat: bool) -> Breaking:
            self.opened.append(Breaking())
            return self.opened[-1]

        def learn(self, reply: Reply) -> bool:
            return reply.is_expired

    opener = Opener()
    assert list(ObjectStorage(opener).list("k/")) == ["k/0", "k/1", "k/2"]
    assert [each.asked for each in opener.opened] == [[None], ["k/1"]]


def test_a_download_starts_again_when_the_object_is_replaced(
    faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbflow.storage import transfer

    monkeypatch.setattr(transfer, "_FETCHED", 1000)
    monkeypatch.setattr(transfer, "_AT_ONCE", 1)
    storage = fresh()
    old, new = os.urandom(5000), os.urandom(4000)
    storage.put("k", [old])
    told: list[int] = []

    def replace(done: int, total: int) -> None:
        if not told:
            storage.put("k", [new])
        told.append(done)

    storage.get_file("k", tmp_path / "f", replace)
    assert (tmp_path / "f").read_bytes() == new
    assert told[-1] == 4000


def test_a_child_of_a_fork_goes_on_by_itself_and_its_parent_too(s3: str) -> None:
    # in a process of its own, as what goes wrong here hangs
    script = """
import os, sys
from nbflow.storage.urls import open_storage
storage = open_storage(sys.argv[1])
storage.put("a", [b"1"])
for _ in range(2):
    child = os.fork()
    if child == 0:
        assert storage.get("a") == b"1"
        storage.put("b", [b"2"])
        grandchild = os.fork()
        if grandchild == 0:
            assert open_storage(sys.argv[1]).get("b") == b"2"
            os._exit(0)
        os._exit(1 if os.waitpid(grandchild, 0)[1] else 0)
    assert os.waitpid(child, 0)[1] == 0
    assert storage.get("b") == b"2"
    try:
        storage.get("no")
    except FileNotFoundError:
        print("fine")
"""
    done = subprocess.run(
        [sys.executable, "-c", script, f"s3://unit/{uuid4().hex}"],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("fine\nfine\n", 0), done.stderr


REFUSALS = [
    (404, "NoSuchBucket", "", "S008", "no bucket 'unit'"),
    (400, "ExpiredToken", "", "S011", "expired"),
    (403, "AccessDenied", "", "S012", "s3:GetObject is denied for s3://unit/"),
    (503, "SlowDown", "", "S014", "too busy"),
    (403, "InvalidAccessKeyId", "", "S015", "not valid (the keys in AWS_ACCESS_KEY_ID)"),
    (403, "SignatureDoesNotMatch", "", "S015", "not valid"),
    (403, "RequestTimeTooSkewed", "", "S018", "clock"),
    (400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>", "S009", "not in region us-east-1 but in eu-w"),
    (418, "Teapot", "", "S016", "said so"),
]


@pytest.mark.parametrize(("status", "code", "more", "ours", "words"), REFUSALS)
@pytest.mark.usefixtures("impatient")
def test_a_refusal_is_said_in_plain_words(
    faults: Faults, status: int, code: str, more: str, ours: str, words: str
) -> None:
    storage = fresh(region="us-east-1")
    for ask in (lambda: storage.get("k"), lambda: storage.size("k")):
        for method in ("GET", "HEAD"):
            faults.add(method, "/k", times=4, status=status, code=code, message="said so", more=more)
        with pytest.raises(StoreError) as caught:
            ask()
        assert caught.value.code == f"NBF-{ours}"
        assert isinstance(caught.value, OSError)
        assert words in str(caught.value)
        # what may pass is not asked a second time, and the reply to HEAD has no body
        assert "said so" in str(caught.value) or ours == "S008" or "503 Service Unavailable" in str(caught.value)
        faults.faults.clear()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("where", ["http://127.0.0.1:{port}", "http://no-such-host.invalid"])
def test_a_service_that_does_not_answer(here: pytest.MonkeyPatch, where: str) -> None:
    here.setenv("AWS_ENDPOINT_URL", where.format(port=free_port()))
    storage = fresh()
    for ask in (
        lambda: storage.get("k"),
        lambda: storage.size("k"),
        lambda: storage.put("k", [b"1"]),
        lambda: storage.put_new("k", [b"1"]),
        lambda: list(storage.list()),
        lambda: storage.delete("k"),
    ):
        with pytest.raises(StoreError, match="cannot be reached") as caught:
            ask()
        assert caught.value.code == "NBF-S013"


@pytest.mark.usefixtures("impatient")
def test_a_reply_that_takes_too_long(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openers, "_TIMEOUT", timedelta(milliseconds=1))
    with pytest.raises(StoreError) as caught:
        fresh().get("k")
    assert caught.value.code == "NBF-S013"


def test_a_missing_bucket_is_not_a_missing_key(s3: str) -> None:
    for ask in (
        lambda storage: storage.size("k"),
        lambda storage: storage.get("k"),
        lambda storage: storage.put("k", [b""]),
        lambda storage: storage.put_new("k", [b""]),
        lambda storage: list(storage.list("k")),
        lambda storage: storage.delete("k"),
    ):
        with pytest.raises(StoreError, match="no bucket 'no-such-bucket'") as caught:
            ask(open_storage("s3://no-such-bucket/x"))
        assert caught.value.code == "NBF-S008"


def test_the_region_of_the_bucket_is_found_where_none_was_said(faults: Faults) -> None:
    storage = fresh()
    faults.add("GET", "/k", status=400, code="AuthorizationHeaderMalformed", more="<Region>eu-west-1</Region>")
    with pytest.raises(FileNotFoundError):
        storage.get("k")
    assert [each.rpartition("/")[2] for each in faults.seen] == ["k", "k"]


def test_new_credentials_are_taken_when_the_old_ones_expired(
    faults: Faults, here: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        here.delenv(name)
    here.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    here.setenv("AWS_PROFILE", "work")
    keys = "[work]\naws_access_key_id = {}\naws_secret_access_key = s\naws_session_token = t\n"
    (tmp_path / "credentials").write_text(keys.format("old"))
    storage = fresh()
    storage.put("k", [b"1"])
    (tmp_path / "credentials").write_text(keys.format("new"))
    faults.add("GET", "/k", status=400, code="ExpiredToken")
    assert storage.get("k") == b"1"
    faults.add("GET", "/k", times=2, status=400, code="ExpiredToken")
    with pytest.raises(StoreError, match="profile 'work'") as caught:
        storage.get("k")
    assert caught.value.code == "NBF-S011"
