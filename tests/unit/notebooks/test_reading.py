"""Notebooks in files and buckets, and copies that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from s3_server import client

from nbflow.errors import NbflowError
from nbflow.notebooks.reading import check_output, read, write

pytest_plugins = ("s3_fixtures",)


def test_a_bucket_is_read_and_written_where_the_settings_lead(s3: str) -> None:
    write("s3://unit/notebooks/é.ipynb", '{"cells": ["ü"]}')
    assert client(s3).get_object(Bucket="unit", Key="notebooks/é.ipynb")["Body"].read().decode() == '{"cells": ["ü"]}'
    assert read("s3://unit/notebooks/é.ipynb") == '{"cells": ["ü"]}'


@pytest.mark.parametrize(
    "url", ["s3://unit/nothing.ipynb", "s3://no-such-bucket/a.ipynb", "https://example.com/a.ipynb"]
)
def test_an_address_without_a_notebook_is_said(s3: str, url: str) -> None:
    with pytest.raises(NbflowError) as caught:
        read(url)
    assert caught.value.code == "NBF-W018" and url in str(caught.value)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("no/folder/out.ipynb", "mkdir -p no/folder"),
        ("out.txt", "no name of a notebook"),
        ("in.ipynb", "the notebook itself"),
        ("folder.ipynb", "it is a folder"),
        ("http://host/out.ipynb", "begins with none of"),
    ],
)
def test_a_copy_that_cannot_be_written_is_said_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.ipynb").write_text("{}")
    Path("folder.ipynb").mkdir()
    with pytest.raises(NbflowError) as caught:
        check_output(output, "in.ipynb")
    assert said in str(caught.value) and caught.value.exit_code == 2
