"""Where packages come from: uv's configuration, else pip's, and never with a login in anything that is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.environments.indexes import indexes, without_login

URL = "https://ann:s3cret@pkgs.example.org/simple"
PLAIN = "https://pkgs.example.org/simple"


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return an environment in which nothing is configured."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("sys.prefix", str(tmp_path / "prefix"))
    return {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_CONFIG_DIRS": str(tmp_path / "system")}


def pip_says(environ: dict[str, str], text: str) -> None:
    file = Path(environ["XDG_CONFIG_HOME"], "pip", "pip.conf")
    file.parent.mkdir(parents=True)
    file.write_text(text)


def test_where_nothing_is_said_uv_is_told_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    assert dict(indexes(tmp_path, environ).variables) == {}


def test_indexes_of_pip_are_told_to_uv_which_then_chooses_as_pip_does(tmp_path: Path, environ: dict[str, str]) -> None:
    pip_says(environ, f"[global]\nindex-url = {URL}\nextra-index-url =\n    https://a.org/s\n    https://b.org/s\n")
    found = indexes(tmp_path, environ)
    assert found.variables["UV_DEFAULT_INDEX"] == URL
    assert found.variables["UV_INDEX"] == "https://a.org/s https://b.org/s"
    assert found.variables["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert found.named == ("https://a.org/s", "https://b.org/s", PLAIN)


def test_variables_of_pip_stand_before_its_files(tmp_path: Path, environ: dict[str, str]) -> None:
    pip_says(environ, "[global]\nindex-url = https://old.org/simple\n[install]\nfind-links = /a /b\n")
    found = indexes(tmp_path, {**environ, "PIP_INDEX_URL": "https://new.org/simple", "PIP_NO_INDEX": "1"})
    assert dict(found.variables) == {
        "UV_DEFAULT_INDEX": "https://new.org/simple",
        "UV_FIND_LINKS": "/a,/b",
        "UV_NO_INDEX": "1",
    }


@pytest.mark.parametrize(
    "uv",
    [
        {"UV_INDEX_URL": PLAIN},
        {"UV_DEFAULT_INDEX": PLAIN},
        {"uv.toml": f'index-url = "{PLAIN}"\n'},
        {"pyproject.toml": f'[project]\nname = "a"\n[[tool.uv.index]]\nname = "a"\nurl = "{PLAIN}"\n'},
    ],
    ids=["variable", "new variable", "uv.toml", "pyproject.toml"],
)
def test_who_has_set_uv_up_is_not_told_what_pip_says(
    tmp_path: Path, environ: dict[str, str], uv: dict[str, str]
) -> None:
    pip_says(environ, "[global]\nindex-url = https://other.org/simple\n")
    for name, text in uv.items():
        if name.endswith(".toml"):
            (tmp_path / name).write_text(text)
        else:
            environ[name] = text
    assert dict(indexes(tmp_path, environ).variables) == {}


def test_a_project_that_names_no_index_leaves_it_to_pip(tmp_path: Path, environ: dict[str, str]) -> None:
    pip_says(environ, f"[global]\nindex-url = {URL}\n")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.other]\nindex-url = "x"\n[tool.uv]\nindex-strategy = "first-index"\n'
    )
    assert indexes(tmp_path, environ).variables["UV_DEFAULT_INDEX"] == URL


def test_a_requirements_file_adds_to_what_is_configured(tmp_path: Path, environ: dict[str, str]) -> None:
    found = indexes(
        tmp_path,
        {**environ, "UV_INDEX": "https://a.org/s"},
        [("--index-url", URL), ("--extra-index-url", "https://b.org/s"), ("--extra-index-url", "https://c.org/s")],
    )
    assert found.variables["UV_DEFAULT_INDEX"] == URL
    assert found.variables["UV_INDEX"] == "https://a.org/s https://b.org/s https://c.org/s"


def test_the_digest_tells_indexes_apart_and_logins_not(tmp_path: Path, environ: dict[str, str]) -> None:
    of = {name: indexes(tmp_path, {**environ, "UV_INDEX": url}).digest for name, url in {
        "ann": URL, "bob": URL.replace("ann:s3cret", "bob:pw"), "nobody": PLAIN, "other": "https://other.org/simple",
    }.items()}  # fmt: skip
    assert of["ann"] == of["bob"] == of["nobody"] != of["other"]


def test_a_login_is_cut_out_of_any_url_in_a_text() -> None:
    text = f"looked at {URL} and name={URL}, 'http://tok@b.org/x' and http://c.org/@scope/d"
    assert without_login(text) == f"looked at {PLAIN} and name={PLAIN}, 'http://b.org/x' and http://c.org/@scope/d"


def test_a_keyring_that_pip_asks_is_asked_by_uv(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_KEYRING_PROVIDER", raising=False)
    pip_says(environ, "[global]\nkeyring-provider = subprocess\n")
    assert indexes(tmp_path, environ).variables == {"UV_KEYRING_PROVIDER": "subprocess"}


def test_pips_files_are_left_alone_when_it_is_told_so(tmp_path: Path, environ: dict[str, str]) -> None:
    pip_says(environ, f"[global]\nindex-url = {URL}\n")
    assert dict(indexes(tmp_path, {**environ, "PIP_CONFIG_FILE": "/dev/null"}).variables) == {}
