from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import ParameterError
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.include_file import IncludeFile
from nbflow.flowspec.parsers import yaml_parser
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.values import Value, resolve_parameters


def value_of(file: IncludeFile, **given: object) -> Value:
    prepared = PreparedFlow("Flow", object, parameters={"file": file})
    return resolve_parameters(prepared, given, {}, ParameterContext())["file"]


def refused(file: IncludeFile, **given: object) -> str:
    with pytest.raises(ParameterError) as caught:
        value_of(file, **given)
    return str(caught.value)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_bytes("größe,7\r\nzwei,8\n".encode())
    return path


def test_the_content_is_the_value_and_the_path_is_recorded(rows: Path) -> None:
    found = value_of(IncludeFile("rows", default=str(rows)))
    assert found.value == "größe,7\nzwei,8\n"
    assert (found.json, found.type_name, found.origin) == (str(rows), "IncludeFile", "default")


def test_a_path_that_is_given_beats_the_default(rows: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("x")
    file = IncludeFile("rows", default=str(rows))
    assert value_of(file, rows=str(other)).value == "x"
    assert value_of(file, rows=other).value == "x"


def test_the_content_may_be_bytes(rows: Path) -> None:
    assert value_of(IncludeFile("rows", default=rows, is_text=False)).value == rows.read_bytes()


def test_the_text_may_have_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes("größe".encode("latin-1"))
    assert value_of(IncludeFile("old", default=path, encoding="latin-1")).value == "größe"
    message = refused(IncludeFile("old", default=path))
    assert "is not text in utf-8: byte 2 is 0xf6" in message
    assert "is_text=False for bytes" in message
    assert "there is no such encoding" in refused(IncludeFile("old", default=path, encoding="latin-99"))


def test_the_default_may_be_a_function(rows: Path) -> None:
    def default(ctx: ParameterContext) -> str:
        return str(rows.with_stem(ctx.parameter_name))

    found = value_of(IncludeFile("rows", default=default))
    assert found.value.startswith("größe")
    assert found.json == str(rows)


def test_without_a_default_and_a_path_there_is_nothing() -> None:
    found = value_of(IncludeFile("rows"))
    assert (found.value, found.json, found.type_name) == (None, None, "IncludeFile")


def test_a_file_that_is_required_is_asked_for() -> None:
    message = refused(IncludeFile("rows", required=True))
    assert "parameter 'rows' needs a value" in message
    assert "--rows VALUE" in message


def test_a_path_begins_at_the_working_directory_or_at_home(rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(rows.parent)
    monkeypatch.setenv("HOME", str(rows.parent))
    assert value_of(IncludeFile("rows", default="rows.csv")).value.startswith("größe")
    assert value_of(IncludeFile("rows", default="~/rows.csv")).value.startswith("größe")


def test_a_file_that_is_not_there_is_named_with_where_it_was_looked_for(
    rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(rows.parent)
    message = refused(IncludeFile("rows", default="row.csv"))
    assert "file 'row.csv' could not be read for 'rows': there is no such file" in message
    assert f"it was looked for at {rows.parent}/row.csv. Did you mean 'rows.csv'?" in message


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "it is a folder" in refused(IncludeFile("rows", default=tmp_path))


@pytest.mark.parametrize("given", ["", 3, ["a.csv"]])
def test_what_is_given_must_be_a_path(given: Any) -> None:
    assert "is not the path of a file" in refused(IncludeFile("rows"), rows=given)


def test_a_default_that_is_no_path_is_refused_in_the_class() -> None:
    with pytest.raises(ParameterError, match="rows: 3 is not the path of a file"):
        IncludeFile("rows", default=3)


def test_the_default_need_not_be_there_before_a_run_begins() -> None:
    assert IncludeFile("rows", default="nowhere.csv").default == "nowhere.csv"


def test_a_parser_makes_the_value(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": 1}')
    assert value_of(IncludeFile("a", default=path, parser=json.loads)).value == {"a": 1}
    assert value_of(IncludeFile("a", default=path, parser="json.loads")).value == {"a": 1}
    assert value_of(IncludeFile("a", default=path, parser=yaml_parser)).value == {"a": 1}


def test_a_parser_that_fails_is_named_with_its_line(rows: Path) -> None:
    def halve(text: str) -> int:
        return int(text) // 2

    message = refused(IncludeFile("rows", default=rows, parser=halve))
    assert "IncludeFile 'rows': its parser halve failed: ValueError: invalid literal for int()" in message
    assert "test_include_file.py, line" in message


@pytest.mark.parametrize(
    ("parser", "reason"),
    [
        ("loads", "it does not say the module"),
        ("json.lods", "module json has no lods"),
        ("jsn.loads", "ModuleNotFoundError: No module named 'jsn'"),
        ("json.__name__", "it is no function"),
        (".parsers.x", "TypeError"),
    ],
)
def test_a_parser_that_is_not_there_is_refused(rows: Path, parser: str, reason: str) -> None:
    message = refused(IncludeFile("rows", default=rows, parser=parser))
    assert f"IncludeFile 'rows': the parser '{parser}' cannot be loaded: {reason}" in message
