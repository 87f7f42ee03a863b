"""`nbflow.S3` against an S3 service, used as Metaflow's is."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from s3_faults import Faults
from s3_server import client

from nbflow import S3
from nbflow.errors import ParameterError, StoreError
from nbflow.exception import (
    MetaflowS3AccessDenied,
    MetaflowS3Exception,
    MetaflowS3InsufficientDiskSpace,
    MetaflowS3InvalidObject,
    MetaflowS3InvalidRange,
    MetaflowS3NotFound,
    MetaflowS3URLException,
)
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.include_file import IncludeFile
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.values import Value, resolve_parameters
from nbflow.s3 import RangeInfo, S3GetObject, S3PutObject
from nbflow.storage import telling
from nbflow.store.files.opened import Place


@pytest.fixture
def root(s3: str) -> str:
    return f"s3://unit/{uuid4().hex}"


@pytest.fixture
def tool(root: str, tmp_path: Path) -> Iterator[S3]:
    with S3(s3root=root, tmproot=str(tmp_path)) as opened:
        yield opened


def test_what_was_put_is_got(tool: S3, root: str) -> None:
    assert tool.put("a/text", "grün") == f"{root}/a/text"
    tool.put("a/bytes", b"\x00\x01")
    tool.put("a/file", io.BytesIO(b"from a file"))
    found = tool.get("a/text")
    assert (found.key, found.url, found.prefix, found.text, found.size) == (
        *("a/text", f"{root}/a/text", root),
        *("grün", 5),
    )
    assert found.exists and found.downloaded and found.path is not None and Path(found.path).read_bytes() == found.blob
    assert tool.get("a/bytes").blob == b"\x00\x01"
    assert tool.get("a/file").text == "from a file"


def test_closing_removes_what_was_got(root: str, tmp_path: Path) -> None:
    with S3(s3root=root, tmproot=str(tmp_path)) as tool:
        tool.put("k", "x")
        tool.get("k")
        assert [*tmp_path.iterdir()]
    assert not [*tmp_path.iterdir()]


def test_urls_are_keys_where_there_is_no_root(root: str, tmp_path: Path) -> None:
    with S3(tmproot=str(tmp_path)) as tool:
        url = tool.put(f"{root}/deep/k", "x")
        assert url == f"{root}/deep/k"
        found = tool.get(url)
        assert (found.key, found.prefix, found.text) == (url, None, "x")
        assert [each.key for each in tool.list_recursive([root])] == ["deep/k"]
        assert [(each.key, each.exists) for each in tool.list_paths([f"{root}/"])] == [("deep", False)]
        for bad in ("k", "s3://unit", "s3://unit/", None, "file:///x"):
            with pytest.raises(MetaflowS3URLException) as caught:
                tool.get(bad)
            assert caught.value.code == "NBF-S020"
        with pytest.raises(MetaflowS3URLException):
            tool.get_all()
    with S3(s3root=root) as tool, pytest.raises(MetaflowS3URLException):
        tool.get(url)
    with pytest.raises(MetaflowS3URLException):
        S3(s3root="/tmp/x")


def test_what_is_missing(tool: S3, root: str) -> None:
    for ask in (tool.get, tool.info, lambda key: tool.get_many([key]), lambda key: tool.info_many([key])):
        with pytest.raises(MetaflowS3NotFound, match=f"no object {root}/no") as caught:
            ask("no")
        assert caught.value.code == "NBF-S021"
        assert isinstance(caught.value, MetaflowS3Exception)
    found = tool.get("no", return_missing=True)
    assert (found.exists, found.downloaded, found.key, found.blob, found.text, found.path, found.size) == (
        *(False, False, "no"),
        *(None, None, None, None),
    )
    tool.put("yes", "1")
    assert [each.exists for each in tool.get_many(["no", "yes"], return_missing=True)] == [False, True]
    assert [each.exists for each in tool.info_many(["no", "yes"], return_missing=True)] == [False, True]


def test_info_has_what_put_was_told(tool: S3, s3: str, root: str) -> None:
    tool.put("k", "12345", content_type="text/csv", metadata={"origin": "Zürich", "n": "1"})
    for found in (tool.info("k"), tool.get("k")):
        assert found.has_info and found.size == 5
        assert found.content_type == "text/csv"
        assert found.metadata == {"origin": "Zürich", "n": "1"}
        assert found.last_modified is not None and found.last_modified > 1_600_000_000
    assert not tool.info("k").downloaded
    # as Metaflow keeps it, so that each reads the other's
    head = client(s3).head_object(Bucket="unit", Key=f"{root.rpartition('/')[2]}/k")
    assert head["Metadata"] == {"metaflow-user-attributes": '{"origin": "Z\\u00fcrich", "n": "1"}'}
    tool.put("k", "plain")
    assert tool.info("k").metadata is None


def test_a_part_is_got(tool: S3) -> None:
    tool.put("k", "0123456789")
    found = tool.get(S3GetObject("k", 2, 3))
    assert (found.text, found.size, found.range_info) == ("234", 3, RangeInfo(10, 2, 3))
    assert [each.text for each in tool.get_many([S3GetObject("k", 8), S3GetObject("k", 0, 1)])] == ["89", "0"]
    assert tool.get("k").range_info is None
    with pytest.raises(MetaflowS3InvalidRange) as caught:
        tool.get(S3GetObject("k", 10))
    assert caught.value.code == "NBF-S023"


def test_many_go_and_come_in_their_order(tool: S3, root: str) -> None:
    keys = [f"many/{number}" for number in range(50)]
    assert tool.put_many((key, key) for key in keys) == [(key, f"{root}/{key}") for key in keys]
    assert [each.text for each in tool.get_many(reversed(keys))] == keys[::-1]
    assert sorted(each.text or "" for each in tool.get_recursive(["many"])) == sorted(keys)
    assert sorted(each.key for each in tool.get_recursive(["many"])) == sorted(str(number) for number in range(50))
    assert sorted(each.key for each in tool.get_all()) == sorted(keys)


def test_nothing_is_overwritten_unless_asked(tool: S3, root: str, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("file")
    tool.put("k", "old")
    assert tool.put("k", "new", overwrite=False) == f"{root}/k"
    assert tool.put_many([("k", "new"), ("l", "new")], overwrite=False) == [("l", f"{root}/l")]
    assert tool.put_files([("k", tmp_path / "f"), ("m", str(tmp_path / "f"))], overwrite=False) == [("m", f"{root}/m")]
    assert [each.text for each in tool.get_many(["k", "l", "m"])] == ["old", "new", "file"]


def test_files_are_put_and_told_where_it_takes_long(
    tool: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_FIRST", 0)
    (tmp_path / "large").write_bytes(bytes(9_000_000))
    (tmp_path / "small").write_text("x")
    tool.put_files(
        [S3PutObject("l", path=str(tmp_path / "large"), content_type="application/x"), ("s", tmp_path / "small")]
    )
    assert tool.info("l").size == 9_000_000
    assert tool.info("l").content_type == "application/x"
    assert "nbflow: 9.0 MB sent in " in capsys.readouterr().err
    assert tool.get("s").text == "x"
    assert "nbflow: 1 B of 1 B fetched after " in capsys.readouterr().err
    with pytest.raises(MetaflowS3NotFound, match="no file is there"):
        tool.put_files([("k", tmp_path / "nothing")])


def test_listings(tool: S3, root: str) -> None:
    for key in ("a/1", "a/b/2", "a/b/3", "ab/4", "top"):
        tool.put(key, key)
    assert [(each.key, each.exists, each.size) for each in tool.list_paths(["a"])] == [
        ("1", True, 3),
        ("b", False, None),
    ]
    assert [each.key for each in tool.list_paths()] == ["a", "ab", "top"]
    assert [each.key for each in tool.list_recursive(["a/b", "ab"])] == ["2", "3", "4"]
    assert [each.url for each in tool.list_recursive()] == [
        f"{root}/{key}" for key in ("a/1", "a/b/2", "a/b/3", "ab/4", "top")
    ]
    assert {each.prefix for each in tool.list_recursive(["a"])} == {f"{root}/a"}
    assert tool.list_paths(["no"]) == tool.list_recursive(["no"]) == []


def test_what_are_no_bytes_are_refused(tool: S3) -> None:
    with pytest.raises(MetaflowS3InvalidObject, match="is a dict") as caught:
        tool.put("k", {"a": 1})  # type: ignore[arg-type]  # the point
    assert caught.value.code == "NBF-S022"


@pytest.mark.parametrize(
    ("ask", "what", "fix"),
    [
        (lambda s3: s3.get_many("abc"), "get_many takes several keys, and this is one text", "get_many(['abc'])"),
        (lambda s3: s3.get_many(5), "get_many takes several, and this is an int", "get_many(['a', 'b'])"),
        (lambda s3: s3.info_many("abc"), "this is one text", "info_many(['abc'])"),
        (lambda s3: s3.get_recursive("abc"), "this is one text", "get_recursive(['abc'])"),
        (lambda s3: s3.list_paths("abc"), "this is one text", "list_paths(['abc'])"),
        (lambda s3: s3.list_recursive(5), "this is an int", "list_recursive(['a', 'b'])"),
        (lambda s3: s3.get_many([5]), "a key is a text, and this is an int", "'folder/name'"),
        (lambda s3: s3.get(S3GetObject(None)), "a key is a text, and this is a NoneType", "'folder/name'"),
        (lambda s3: s3.put(5, "x"), "a key is a text, and this is an int", "'folder/name'"),
        (lambda s3: s3.put_many(["ab"]), "put_many takes pairs, and this is a str", "put_many([('key', what), …])"),
        (lambda s3: s3.put_many([("k", "x", 1)]), "this is a tuple of 3", "put_many([('key', what), …])"),
        (lambda s3: s3.put_many("ab"), "put_many takes pairs, and this is one text", "put_many([('key', what), …])"),
        (lambda s3: s3.put_files(5), "put_files takes several, and this is an int", "put_files([('key', path), …])"),
        (lambda s3: s3.put_files([("k", b"x")]), "takes a path for it, and this is a bytes", "[('key', path), …]"),
    ],
)
def test_what_says_no_keys_is_refused_with_how_to_say_them(
    tool: S3, ask: Callable[[S3], object], what: str, fix: str
) -> None:
    with pytest.raises(MetaflowS3URLException) as caught:
        ask(tool)
    (found,) = caught.value.problems
    assert (found.code, what in found.why, fix in found.fix) == ("S020", True, True), str(caught.value)


def test_a_dict_says_what_goes_where(tool: S3, root: str, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("file")
    assert tool.put_many({"a": "1", "b": b"2"}) == [("a", f"{root}/a"), ("b", f"{root}/b")]
    tool.put_files({"c": tmp_path / "f"})
    assert [each.text for each in tool.get_many(("a", "b", "c"))] == ["1", "2", "file"]


def test_an_include_file_may_be_an_object(tool: S3, root: str) -> None:
    # who runs classes has imported this
    importlib.import_module("nbflow.frontends.classes.opened")

    def taken(given: str) -> Value:
        flow = PreparedFlow("Flow", object, parameters={"rows": IncludeFile("rows", default="none.csv")})
        return resolve_parameters(flow, {"rows": given}, {}, ParameterContext())["rows"]

    tool.put("rows.csv", "größe,7\r\n")
    found = taken(f"{root}/rows.csv")
    assert (found.value, found.json) == ("größe,7\n", f"{root}/rows.csv")
    for url, reason in (
        (f"{root}/no.csv", "there is no such file"),
        ("https://a/b", "of URLs only s3:// is read"),
    ):
        with pytest.raises(ParameterError, match=reason) as caught:
            taken(url)
        assert caught.value.code == "NBF-P022" and f"looked for at {url}" in str(caught.value)
    with pytest.raises(StoreError) as missing:
        taken("s3://no-such-bucket/x")
    assert missing.value.code == "NBF-S008"


def test_a_key_that_obstore_cannot_take_is_said(tool: S3) -> None:
    for key in ("a//b", "a/../b"):
        with pytest.raises(MetaflowS3URLException) as caught:
            tool.put(key, "x")
        assert caught.value.code == "NBF-S020"


def test_what_the_service_denies_is_caught_by_metaflows_names(faults: Faults, tmp_path: Path) -> None:
    faults.add("GET", "/denied/k", times=9, status=403, code="AccessDenied")
    faults.add("PUT", "/denied/k", times=9, status=403, code="AccessDenied")
    faults.add("GET", "list-type", times=9, status=403, code="AccessDenied")
    with S3(s3root="s3://unit/denied", tmproot=str(tmp_path)) as tool:
        for ask in (lambda: tool.get("k"), lambda: tool.put("k", "x"), tool.list_paths, tool.get_all):
            with pytest.raises(MetaflowS3AccessDenied) as caught:
                ask()
            assert caught.value.code == "NBF-S012"
    with S3(s3root="s3://no-such-bucket/x") as tool, pytest.raises(MetaflowS3Exception) as missing:
        tool.get("k")
    assert missing.value.code == "NBF-S008"
    assert isinstance(missing.value, StoreError)


def test_encryption_and_a_role(s3: str, root: str, tmp_path: Path, faults: Faults) -> None:
    role = "arn:aws:iam::123456789012:role/reader"
    with S3(s3root=root, tmproot=str(tmp_path), encryption="AES256", role=role) as tool:
        tool.put("k", "x")
        assert tool.get("k").encryption == "AES256"
    head = client(s3).head_object(Bucket="unit", Key=f"{root.rpartition('/')[2]}/k")
    assert head["ServerSideEncryption"] == "AES256"
    # the keys of the role were asked for once
    assert [each for each in faults.seen if each.startswith("POST")] == ["POST /"]
    given = {"endpoint_url": s3, "region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    count = len(faults.seen)
    with S3(s3root=root, tmproot=str(tmp_path), client_params=given) as tool:
        assert tool.get("k").text == "x"
    assert len(faults.seen) == count


FORKS = """
import os, signal, sys
from nbflow import S3, parallel_map
from nbflow.store.files.keeping import files_kept_in
from nbflow.store.store import Store
root, store = sys.argv[1], Store(sys.argv[2])
def alone(key):
    with S3(s3root=root) as tool:
        return tool.get(key).text + S3(s3root=root).get(key).text
with S3(s3root=root) as tool:
    tool.put_many((str(number), str(number)) for number in range(4))
    print([found.text for found in parallel_map(tool.get, "0123", max_parallel=2)])
    print(tool.get("2").text)
print(parallel_map(alone, "12"), sorted(os.listdir()))
with files_kept_in(store.blobs), S3(s3root=root) as tool:
    print(parallel_map(alone, "1"), tool.get("2").path, sorted(os.listdir()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_children_of_a_fork_leave_nothing_nor_does_a_task_that_is_killed(root: str, s3: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    done = subprocess.run(
        [sys.executable, "-c", FORKS, root, str(store)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.stdout.splitlines()[:3] == ["['0', '1', '2', '3']", "2", "['11', '22'] []"], done.stderr
    assert done.stdout.splitlines()[3].startswith(f"['11'] {store}/opened/")
    assert done.stdout.endswith(" ['store']\n") and [*tmp_path.iterdir()] == [store]
    # the one that was killed was still at it; who comes next removes that
    opened = store / "opened"
    assert [*opened.rglob("nbflow.s3.*/*")] and len([*opened.glob("*.held")]) == 1
    Place(opened).close()
    assert [each.name for each in opened.iterdir()] == ["whole"]


def test_a_folder_that_cannot_be_made_is_no_missing_object(root: str, s3: str, tmp_path: Path) -> None:
    with S3(s3root=root, tmproot=str(tmp_path / "no")) as tool:
        tool.put("k", "x")
        with pytest.raises(MetaflowS3InsufficientDiskSpace) as caught:
            tool.get("k", return_missing=True)
    assert caught.value.code == "NBF-S024"
