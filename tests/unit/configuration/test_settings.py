"""What is set: a file with profiles, and variables that win over it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from nbflow.configuration.settings import BatchSettings, DeploySettings, Settings, settings
from nbflow.errors import ConfigurationError

FILE = """\
profile = "team"
user = "ada"

[batch]
image = "python:3.12"
tags = { cost = "7", project = "sales" }

[profiles.team]
root = "s3://team/nbflow"   # the bucket of all
region = "eu-central-1"

[profiles.team.batch]
queue = "main"

[profiles.team.batch.tags]
project = "forecast"

[profiles.mine]
root = "~/runs"
user = "ada.l"
"""

Read = Callable[..., Settings]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str | None = FILE, **environ: str) -> Settings:
        path = tmp_path / "nbflow" / "config.toml"
        path.parent.mkdir(exist_ok=True)
        if text is not None:
            path.write_text(text)
        return settings({"XDG_CONFIG_HOME": str(tmp_path), **environ})

    return read


def refused(read: Read, text: str, **environ: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(text, **environ)
    return str(caught.value)


def test_nothing_is_set_where_there_is_no_file(read: Read) -> None:
    assert read(None) == Settings()
    assert read(None).batch == BatchSettings(log_group="/aws/batch/job")


def test_a_profile_stands_above_what_the_file_says_for_all(read: Read) -> None:
    found = read()
    assert (found.profile, found.root, found.user, found.region) == ("team", "s3://team/nbflow", "ada", "eu-central-1")
    assert (found.batch.queue, found.batch.image) == ("main", "python:3.12")
    assert found.batch.tags == {"cost": "7", "project": "forecast"}
    assert read(NBFLOW_PROFILE="mine").user == "ada.l"


def test_variables_win_over_the_file_and_empty_ones_count_as_none(read: Read) -> None:
    found = read(NBFLOW_ROOT="/elsewhere", NBFLOW_BATCH_QUEUE="other", NBFLOW_USER="", NBFLOW_BATCH_JOB_ROLE="r")
    assert (found.root, found.user) == ("/elsewhere", "ada")
    assert (found.batch.queue, found.batch.job_role) == ("other", "r")


def test_what_holds_for_deployed_flows_has_a_table_of_its_own(read: Read) -> None:
    assert read().deploy == DeploySettings(schedule_group="default", name_prefix="nbflow")
    text = f'{FILE}\n[profiles.team.deploy]\nstates_role = "arn:states"\nname_prefix = "team"\n'
    found = read(text, NBFLOW_DEPLOY_SCHEDULE_GROUP="weekly")
    assert found.deploy == DeploySettings("arn:states", None, "weekly", "team")
    assert found.value("deploy.states_role") == "arn:states"
    assert found.value("batch.queue") == "main"
    assert "profile team" in found.sources["deploy.states_role"]
    assert "Did you mean 'deploy.states_role'" in refused(read, 'states_role = "arn:states"')


def test_region_and_endpoint_are_those_of_aws_where_nothing_else_says_them(read: Read) -> None:
    aws = {"AWS_DEFAULT_REGION": "us-east-2", "AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}
    assert read(**aws).region == "eu-central-1"
    found = read(NBFLOW_PROFILE="mine", **aws)
    assert (found.region, found.endpoint) == ("us-east-2", "http://127.0.0.1:5000")
    assert read(NBFLOW_PROFILE="mine", AWS_REGION="us-west-1", **aws).region == "us-west-1"


def test_one_endpoint_does_not_hide_those_that_single_services_have(read: Read) -> None:
    assert read(AWS_ENDPOINT_URL="http://a", AWS_ENDPOINT_URL_S3="http://b").endpoint is None
    assert read(NBFLOW_ENDPOINT="http://c", AWS_ENDPOINT_URL_S3="http://b").endpoint == "http://c"


def test_each_setting_says_where_it_came_from(read: Read, tmp_path: Path) -> None:
    sources = read(NBFLOW_REGION="us-east-1").sources
    file = f"{tmp_path}/nbflow/config.toml"
    assert sources["region"] == "NBFLOW_REGION"
    assert sources["profile"] == f"{file}, line 1"
    assert sources["user"] == f"{file}, line 2"
    assert sources["root"] == f"profile team in {file}, line 9"
    assert sources["batch.queue"] == f"profile team in {file}, line 13"
    assert sources["batch.tags"] == f"profile team and {file}"
    assert "endpoint" not in sources


def test_a_changed_file_is_read_anew_and_an_unchanged_one_is_not(read: Read, tmp_path: Path) -> None:
    first = read()
    assert read(None) is first
    assert read(FILE.replace("ada", "bob")).user == "bob"


def test_a_text_that_is_no_toml_is_shown_with_its_line(read: Read) -> None:
    said = refused(read, 'profile = "team"\nroot = s3://team\n')
    assert said.startswith("NBF-U001") and "config.toml · line 2" in said and "root = s3://team" in said


def test_all_that_is_wrong_is_told_at_once_with_lines_and_what_was_meant(read: Read) -> None:
    text = '[profiles.team]\nrot = "s3://b"\nregion = 3\nqueue = "main"\nroot = "runs"\n[profiles.team.bacth]\nqueue = "a"\n'
    said = refused(read, text)
    assert "'profiles.team.rot'" in said and "Did you mean 'root'?" in said and "line 2" in said
    assert "'profiles.team.region'" in said and "a number" in said and "line 3" in said
    assert "'profiles.team.queue'" in said and "Did you mean 'batch.queue'?" in said and "line 4" in said
    assert "relative folder: runs" in said and "line 5" in said
    assert "'profiles.team.bacth'" in said and "line 6" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profile = true", "'profile' in"),
        ("profiles = 3", "a table for each profile"),
        ("[profiles]\nteam = 3", "'profiles.team' in"),
        ("batch = 'main'", "'batch' in"),
        ("[batch]\ntags = 'a'", "'batch.tags' in"),
        ("[batch.tags]\ncost = 3", "'batch.tags.cost' in"),
        ("root = ''", "is empty"),
        ("user = 1979-05-27", "a date or time"),
        ("user = []", "a list"),
        ("Profile = 'a'", "Did you mean 'profile'?"),
    ],
)
def test_a_value_of_another_kind_is_told(read: Read, text: str, said: str) -> None:
    assert said in refused(read, text)


def test_a_secret_in_the_file_is_refused_and_not_repeated(read: Read) -> None:
    said = refused(read, '[profiles.team]\naws_secret_access_key = "hunter2"\n')
    assert "NBF-U005" in said and "line 2" in said and "hunter2" not in said


def test_a_profile_that_is_not_there_is_told_with_who_asks_for_it(read: Read) -> None:
    said = refused(read, FILE, NBFLOW_PROFILE="taem")
    assert "no profile 'taem', which NBFLOW_PROFILE asks for. Did you mean 'team'?" in said and "team" in said
    assert "config.toml, line 1 asks for" in refused(read, 'profile = "x"\n')


def test_a_file_that_cannot_be_read_is_told(read: Read, tmp_path: Path) -> None:
    read()
    (tmp_path / "nbflow" / "config.toml").unlink()
    (tmp_path / "nbflow" / "config.toml").mkdir()
    with pytest.raises(ConfigurationError, match="U002"):
        settings({"XDG_CONFIG_HOME": str(tmp_path)})


def test_the_file_is_below_home_unless_xdg_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / ".config" / "nbflow").mkdir(parents=True)
    (tmp_path / ".config" / "nbflow" / "config.toml").write_text('user = "ada"')
    assert settings({"HOME": str(tmp_path)}).user == "ada"
    assert settings({"HOME": str(tmp_path), "XDG_CONFIG_HOME": os.curdir}).user == "ada"
    (tmp_path / "other.toml").write_text('user = "bob"')
    assert settings({"HOME": str(tmp_path), "NBFLOW_CONFIG": str(tmp_path / "other.toml")}).user == "bob"
