"""What a place changes: whose runs are, where a store is made, which region, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.client.namespace import default_namespace
from nbflow.configuration.settings import Settings, settings
from nbflow.frontends.cli.main import main
from nbflow.frontends.fleeting import fleeting
from nbflow.hosted import Host, recognise
from nbflow.hosted.recognise import METADATA
from nbflow.metadata.identity import user_here
from nbflow.upkeep.hosted import host
from nbflow.workspace import Workspace

HUB = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/", "JUPYTERHUB_USER": "ada"}
INSTANCE = '{"ResourceArn": "arn:aws:sagemaker:eu-west-3:1:notebook-instance/nb", "ResourceName": "nb"}'
#: of the modules that ask where this is
ASKING = ("nbflow.workspace.folder", "nbflow.configuration.settings", "nbflow.upkeep.place", "nbflow.upkeep.hosted")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("NBFLOW_ROOT", "NBFLOW_USER", "NBFLOW_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HUB.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A notebook instance: its file is not to be had here, what follows from it is."""
    found = recognise({"HOME": str(tmp_path / "home")}, {METADATA: INSTANCE}.get, ())
    for module in ASKING:
        monkeypatch.setattr(f"{module}.here", lambda *_: found)
    kept = tmp_path / "home" / "SageMaker"
    kept.mkdir()
    return kept


@pytest.mark.usefixtures("hub")
def test_runs_on_a_hub_are_its_users_unless_a_name_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "jovyan")
    assert user_here() == "ada"
    assert default_namespace() == "user:ada"
    monkeypatch.setenv("NBFLOW_USER", "team")
    assert user_here() == "team"


def test_elsewhere_they_are_the_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ben")
    assert user_here() == "ben"


def test_a_store_is_made_in_the_folder_that_stays_and_found_again_from_anywhere(instance: Path, tmp_path: Path) -> None:
    assert Workspace.nearest() is None
    made = Workspace.find()
    assert made.root == instance / ".nbflow"
    assert Workspace.find(tmp_path).root == made.root
    work = instance / "work"
    work.mkdir()
    assert Workspace.find(work).root == made.root
    assert list(Path.cwd().iterdir()) == []


def test_a_store_that_is_there_is_used_wherever_it_is(instance: Path) -> None:
    here = Workspace.open(Path.cwd() / ".nbflow")
    assert Workspace.find().root == here.root
    assert list(instance.iterdir()) == []


@pytest.mark.usefixtures("instance")
def test_the_region_of_the_place_counts_where_nothing_else_says_one(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    found = settings(home)
    assert found.region == "eu-west-3"
    assert found.sources["region"] == "notebook instance nb of SageMaker"
    assert settings({**home, "AWS_DEFAULT_REGION": "us-east-1"}).region == "us-east-1"
    (tmp_path / "home" / ".aws").mkdir()
    (tmp_path / "home" / ".aws" / "config").touch()
    assert settings({**home, "NBFLOW_USER": "x"}).region is None


def test_where_nothing_stays_a_notice_says_so_unless_runs_are_in_a_bucket(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workspace = Workspace.open(tmp_path / ".nbflow")
    assert list(fleeting(workspace)) == []
    monkeypatch.setenv("BINDER_REPO_URL", "https://github.com/example/flows")
    (told,) = fleeting(workspace)
    assert told.code == "N040"
    assert told.what == f"runs are kept in {tmp_path / '.nbflow'}, which is gone when Binder ends this server"
    monkeypatch.setattr(Workspace, "url", "s3://bucket/nbflow")
    assert list(fleeting(workspace)) == []


def test_doctor_says_where_it_thinks_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "jovyan")
    assert host(Settings()).said == "this machine · you are jovyan"
    monkeypatch.setenv("BINDER_REPO_URL", "https://github.com/example/flows")
    found = host(Settings())
    assert found.level == "warning"
    assert found.said == "Binder · you are jovyan, as everybody is here · nothing that is kept here stays"
    assert host(Settings(root="s3://bucket/nbflow")).level == "fine"


@pytest.mark.usefixtures("hub")
def test_doctor_and_configure_say_whose_runs_they_are_and_how_a_port_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "home" / "flows"
    work.mkdir()
    monkeypatch.chdir(work)
    found = host(Settings())
    assert found.said == "JupyterHub · you are ada"
    assert found.listed == (
        "port 8324 is seen at /user/ada/proxy/8324/, with jupyter-server-proxy",
        "notebooks here are seen at /user/ada/lab/tree/flows/NAME.ipynb",
    )
    assert main(["configure", "show"]) == 0
    said = capsys.readouterr().out
    assert "ada" in said
    assert "this is JupyterHub" in said
    assert "user" not in said.partition("not set:")[2].split(",")[0]


def test_a_plain_place_changes_nothing() -> None:
    assert Host() == recognise({"HOME": "/home/ada"}, lambda _: None, {"os"})
