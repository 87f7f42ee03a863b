"""A root, judged by how it is written."""

from __future__ import annotations

import pytest

from nbflow.configuration.root import wrong_with


@pytest.mark.parametrize(
    "root",
    ["/data/runs", "~/runs", "runs", "s3://bucket", "s3://my.bucket-1/a/b", "s3://b-b/a/", "gs://b/a", "file:///tmp/a"],
)
def test_a_folder_or_a_bucket_is_a_root(root: str) -> None:
    assert wrong_with(root) is None


@pytest.mark.parametrize(
    ("root", "said"),
    [
        ("s4://bucket/a", "write it as s3://bucket/a"),
        ("S3://bucket/a", "write it as s3://bucket/a"),
        ("s3:/bucket/a", "write it as s3://bucket/a"),
        ("s3:///a", "names no bucket"),
        ("s3://", "names no bucket"),
        ("s3://My_Bucket/a", "perhaps it is s3://my-bucket/a"),
        ("s3://ab/a", "correct the bucket's name"),
        ("s3://key:secret@bucket/a", "credentials"),
        ("s3://bucket/a//b", "prefix"),
        ("s3://bucket/a?x=1", "prefix"),
        ("s3://bucket/../a", "prefix"),
        ("arn:aws:s3:::bucket/a", "write it as s3://bucket/a"),
        ("arn:aws-cn:s3:::bucket", "write it as s3://bucket/nbflow"),
        ("https://bucket.s3.amazonaws.com/a/b", "write it as s3://bucket/a/b"),
        ("https://bucket.s3.eu-central-1.amazonaws.com", "write it as s3://bucket/nbflow"),
        ("https://s3.eu-central-1.amazonaws.com/bucket/a", "write it as s3://bucket/a"),
        ("https://eu-west-1.console.aws.amazon.com/s3/buckets/bk1?region=eu&prefix=a/", "write it as s3://bk1/a"),
        ("https://example.org/a", "no kind of storage"),
    ],
)
def test_what_was_meant_is_said(root: str, said: str) -> None:
    wrong = wrong_with(root)
    assert wrong is not None and said in f"{wrong.why} {wrong.fix}"
    assert "secret" not in f"{wrong.why} {wrong.fix}"
