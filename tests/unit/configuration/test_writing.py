"""One setting is changed; all else that a person wrote stays as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.configuration.writing import change, changed
from nbflow.errors import ConfigurationError

PATH = Path("config.toml")
FILE = """\
# mine
profile = "team"  # unless asked otherwise

# what the team uses
[profiles.team]
root = "s3://team/nbflow" # the bucket
region = 'eu-central-1'

[profiles.team.batch]
queue = "main"

# at home
[profiles.home]
root = "~/runs"
"""


def test_a_value_is_replaced_and_its_comment_stays() -> None:
    said = changed(FILE, ("profiles", "team", "root"), "s3://b/p", PATH)
    assert said == FILE.replace('"s3://team/nbflow" # the', '"s3://b/p" # the')
    assert changed(FILE, ("profile",), "home", PATH) == FILE.replace('"team"  #', '"home"  #')


def test_a_new_value_goes_to_the_others_of_its_table() -> None:
    said = changed(FILE, ("profiles", "team", "user"), "ada", PATH)
    assert said == FILE.replace("'eu-central-1'\n", "'eu-central-1'\nuser = \"ada\"\n")
    assert changed(FILE, ("user",), "ada", PATH) == FILE.replace("otherwise\n", 'otherwise\nuser = "ada"\n')
    assert changed("[batch]\n", ("batch", "queue"), "a", PATH) == '[batch]\nqueue = "a"\n'


def test_a_new_table_goes_behind_those_of_its_profile() -> None:
    said = changed(FILE, ("profiles", "team", "batch", "tags", "cost"), "7", PATH)
    assert said == FILE.replace('"main"\n', '"main"\n\n[profiles.team.batch.tags]\ncost = "7"\n')
    assert changed(FILE, ("profiles", "x y", "user"), "a", PATH) == FILE + '\n[profiles."x y"]\nuser = "a"\n'
    assert changed("", ("profiles", "team", "user"), "a", PATH) == '[profiles.team]\nuser = "a"\n'


def test_a_value_of_the_whole_file_stands_before_its_tables() -> None:
    assert changed("[batch]\n", ("user",), "ada", PATH) == 'user = "ada"\n\n[batch]\n'
    assert changed("", ("user",), "ada", PATH) == 'user = "ada"\n'


def test_a_value_or_a_whole_profile_is_taken_away() -> None:
    assert changed(FILE, ("profiles", "home", "root"), None, PATH) == FILE.replace('root = "~/runs"\n', "")
    gone = changed(FILE, ("profiles", "team"), None, PATH)
    assert "team.batch" not in gone and "s3://" not in gone and "# at home\n[profiles.home]" in gone
    assert changed(FILE, ("profiles", "nobody", "root"), None, PATH) == FILE


@pytest.mark.parametrize(
    "text",
    [
        'batch = { queue = "a", image = "b" }\n',
        'batch.queue = "a"\nbatch.image = "b"\n',
        '"batch" . queue = """\na"""\nbatch.image = "b"\n',
        '[ batch ]\n"queue" = "a # no comment" # one\nimage = "b"\n',
        'user = """\n[batch]\nqueue = "no"\n"""\n[batch]\nqueue = "a"\nimage = "b"\n',
        'odd = [1, 2.5, true, 1979-05-27, {a = "b"}]\n[batch]\nqueue = "a"\nimage = "b"\n',
    ],
)
def test_whatever_form_the_file_has_the_result_says_what_it_should(text: str) -> None:
    set_to = changed(text, ("batch", "queue"), 'n"e\\w\x7f\t', PATH)
    before = tomllib.loads(text)
    assert tomllib.loads(set_to) == {**before, "batch": {"queue": 'n"e\\w\x7f\t', "image": "b"}}
    assert tomllib.loads(changed(text, ("batch", "queue"), None, PATH)) == {**before, "batch": {"image": "b"}}


names = st.sampled_from(["a", "b", "x y", "é", "1"])
tables = st.recursive(st.text(max_size=4), lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(names, tables, max_size=3), st.lists(names, min_size=1, max_size=3), st.text(max_size=5))
def test_setting_and_unsetting_do_no_more_than_that(table: dict[str, Any], key: list[str], value: str) -> None:
    text = ""
    for path, leaf in leaves(table):
        text = changed(text, path, leaf, PATH)
    assert full(tomllib.loads(text)) == full(table)
    set_to = changed(text, tuple(key), value, PATH)
    found: Any = tomllib.loads(set_to)
    for part in key:
        found = found[part]
    assert found == value
    others = {path: leaf for path, leaf in leaves(full(table)) if path[: len(key)] != tuple(key)}
    kept = dict(leaves(tomllib.loads(changed(set_to, tuple(key), None, PATH))))
    # a text in whose place a table had to come is gone
    assert kept == {path: leaf for path, leaf in others.items() if path != tuple(key)[: len(path)]}


def leaves(table: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    found = []
    for name, value in table.items():
        found += leaves(value, (*above, name)) if isinstance(value, dict) else [((*above, name), value)]
    return found


def full(table: dict[str, Any]) -> dict[str, Any]:
    inner = {name: full(value) if isinstance(value, dict) else value for name, value in table.items()}
    return {name: value for name, value in inner.items() if value != {}}


def test_the_file_is_made_kept_beside_and_left_alone_where_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "nbflow" / "config.toml"
    assert change(path, {("user",): "ada"})
    assert path.read_text() == 'user = "ada"\n' and [each.name for each in path.parent.iterdir()] == ["config.toml"]
    path.chmod(0o600)
    assert not change(path, {("user",): "ada", ("root",): None})
    assert change(path, {("user",): "bob"})
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.with_suffix(".toml.bak").read_text() == 'user = "ada"\n'


def test_a_link_to_a_file_elsewhere_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text('user = "ada"\n')
    path = tmp_path / "config.toml"
    path.symlink_to(real)
    change(path, {("user",): "bob"})
    assert path.is_symlink() and real.read_text() == 'user = "bob"\n'


def test_a_file_that_is_no_toml_or_cannot_be_written_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("user = ada\n")
    with pytest.raises(ConfigurationError, match="U001"):
        change(path, {("user",): "bob"})
    assert path.read_text() == "user = ada\n"
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="U008"):
        change(tmp_path / "file" / "config.toml", {("user",): "bob"})
