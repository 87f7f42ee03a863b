"""URLs, and what is found for them on a person's machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from s3_faults import Faults

from nbflow.errors import StoreError
from nbflow.storage.local import LocalStorage
from nbflow.storage.urls import Url, is_url, open_storage, parse


@pytest.mark.parametrize(
    ("url", "parts", "text"),
    [
        ("s3://bucket", Url("s3", "bucket", ""), "s3://bucket"),
        ("s3://bucket/a//b/", Url("s3", "bucket", "a/b"), "s3://bucket/a/b"),
        ("s3a://bucket/a", Url("s3", "bucket", "a"), "s3://bucket/a"),
        ("gs://bucket/a", Url("gs", "bucket", "a"), "gs://bucket/a"),
        ("az://container/a", Url("az", "container", "a"), "az://container/a"),
        ("file:///a/b%20c", Url("file", "", "/a/b c"), "file:///a/b c"),
        ("memory:///x", Url("memory", "", "x"), "memory://x"),
    ],
)
def test_a_url_in_its_parts(url: str, parts: Url, text: str) -> None:
    assert is_url(url)
    assert parse(url) == parts
    assert str(parts) == text


@pytest.mark.parametrize(
    "url", ["s3:/x", "s3://", "s3://Bad_Name/x", "s3://ab", "ftp://x/y", "memory://x", "file://x", "s3://abc/x?y", "x"]
)
def test_what_is_no_url_of_a_storage(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_storage(url)
    assert caught.value.code == "NBF-S017"


def test_a_folder_and_memory_by_url(tmp_path: Path) -> None:
    folder = open_storage(f"file://{tmp_path}")
    assert isinstance(folder, LocalStorage) and folder.root == tmp_path
    open_storage("memory:///shared-by-name").put("k", [b"1"])
    assert open_storage("memory:///shared-by-name").get("k") == b"1"
    assert open_storage("memory:///another").size("k") is None


def test_a_profile_says_who_where_and_at_which_endpoint(
    s3: str, here: pytest.MonkeyPatch, tmp_path: Path, faults: Faults
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        here.delenv(name)
    here.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (tmp_path / "config").write_text(
        "[profile direct]\naws_access_key_id = a\naws_secret_access_key = b\nregion = eu-west-1\n"
        f"endpoint_url = {faults.url}\n"
        "[profile by-services]\naws_access_key_id = a\naws_secret_access_key = b\nservices = mine\n"
        f"[services mine]\ns3 =\n  endpoint_url = {faults.url}\n"
    )
    for profile in ("direct", "by-services"):
        open_storage("s3://unit/p", profile=profile).put(profile, [b"1"])
        here.setenv("AWS_PROFILE", profile)
        assert open_storage("s3://unit/p").get(profile) == b"1"
    assert len(faults.seen) == 4


def test_no_credentials_and_no_profile_are_said(here: pytest.MonkeyPatch) -> None:
    here.delenv("AWS_ACCESS_KEY_ID")
    for code, profile in (("NBF-S010", None), ("NBF-S019", "nobody")):
        with pytest.raises(StoreError) as caught:
            open_storage("s3://unit/p", profile=profile).get("k")
        assert caught.value.code == code


def test_keys_in_variables_load_no_boto3(s3: str) -> None:
    script = """
import sys
from nbflow.storage.urls import open_storage
open_storage("file:///nowhere"), open_storage("memory:///x")
assert not {"obstore", "boto3", "botocore"} & set(sys.modules)
storage = open_storage("s3://unit/lazy")
assert not {"boto3", "botocore"} & set(sys.modules)
storage.put("k", [b"1"])
assert "obstore" in sys.modules and not {"boto3", "botocore"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=50)
