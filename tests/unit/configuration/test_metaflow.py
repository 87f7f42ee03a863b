"""An existing configuration of Metaflow, as settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbflow.configuration.known import BY_KEY
from nbflow.configuration.metaflow import Read, read
from nbflow.errors import ConfigurationError

TEAM = {
    "METAFLOW_BATCH_CONTAINER_IMAGE": "science:3",
    "METAFLOW_BATCH_CONTAINER_REGISTRY": "123.dkr.ecr.eu-central-1.amazonaws.com",
    "METAFLOW_BATCH_JOB_QUEUE": "arn:aws:batch:eu-central-1:123:job-queue/main",
    "METAFLOW_DATASTORE_SYSROOT_S3": "s3://team-metaflow/prod/metaflow",
    "METAFLOW_DATATOOLS_S3ROOT": "s3://team-metaflow/prod/data",
    "METAFLOW_DEFAULT_DATASTORE": "s3",
    "METAFLOW_DEFAULT_METADATA": "service",
    "METAFLOW_ECS_S3_ACCESS_IAM_ROLE": "arn:aws:iam::123:role/jobs",
    "METAFLOW_ECS_FARGATE_EXECUTION_ROLE": "arn:aws:iam::123:role/pull",
    "METAFLOW_SERVICE_URL": "https://metadata.internal/",
    "METAFLOW_SERVICE_AUTH_KEY": "hunter2",
    "METAFLOW_SFN_IAM_ROLE": "arn:aws:iam::123:role/sfn",
    "METAFLOW_SFN_DYNAMO_DB_TABLE": "foreach",
    "METAFLOW_WHATEVER": "7",
}


def write(home: Path, name: str, said: Any) -> Path:
    path = home / name
    path.write_text(said if isinstance(said, str) else json.dumps(said))
    return path


def values(found: Read) -> dict[str, str]:
    return {each.key: each.value for each in found.taken}


def test_what_has_a_counterpart_is_taken_and_the_store_goes_beside_metaflows(tmp_path: Path) -> None:
    write(tmp_path, "config.json", TEAM)
    found = read(None, {"METAFLOW_HOME": str(tmp_path)})
    assert values(found) == {
        "root": "s3://team-metaflow/prod/nbflow",
        "region": "eu-central-1",
        "batch.queue": "arn:aws:batch:eu-central-1:123:job-queue/main",
        "batch.image": "123.dkr.ecr.eu-central-1.amazonaws.com/science:3",
        "batch.job_role": "arn:aws:iam::123:role/jobs",
        "batch.execution_role": "arn:aws:iam::123:role/pull",
        "deploy.states_role": "arn:aws:iam::123:role/sfn",
    }
    assert all(each.key in BY_KEY for each in found.taken)


def test_what_is_left_is_said_with_why_and_without_its_value(tmp_path: Path) -> None:
    write(tmp_path, "config.json", TEAM)
    found = read(None, {"METAFLOW_HOME": str(tmp_path)})
    why = dict(found.left)
    assert "no service is needed" in why["METAFLOW_SERVICE_URL"]
    assert "no table is needed" in why["METAFLOW_SFN_DYNAMO_DB_TABLE"]
    assert "no such setting" in why["METAFLOW_WHATEVER"]
    names = {each.name for each in found.taken} | set(why) | {"METAFLOW_BATCH_CONTAINER_REGISTRY"}
    assert names == set(TEAM)
    assert "hunter2" not in str(found)


def test_a_profile_is_a_file_and_variables_win_over_it(tmp_path: Path) -> None:
    write(tmp_path, "config.json", TEAM)
    write(tmp_path, "config_lab.json", {"METAFLOW_BATCH_JOB_QUEUE": "lab", "METAFLOW_USER": "ada"})
    home = {"METAFLOW_HOME": str(tmp_path)}
    assert values(read(None, {**home, "METAFLOW_PROFILE": "lab"})) == {"batch.queue": "lab", "user": "ada"}
    found = read("lab", {**home, "METAFLOW_BATCH_JOB_QUEUE": "other", "METAFLOW_RUN_ALPHA": "3"})
    assert values(found) == {"batch.queue": "other", "user": "ada"}
    assert found.left == () and found.source == f"{tmp_path}/config_lab.json and variables METAFLOW_…"


def test_a_file_that_is_named_counts_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "theirs.json", {"METAFLOW_BATCH_JOB_QUEUE": "lab"})
    assert values(read(str(path), {"METAFLOW_USER": "ada"})) == {"batch.queue": "lab"}


def test_variables_are_enough(tmp_path: Path) -> None:
    environ = {"METAFLOW_HOME": str(tmp_path / "none"), "METAFLOW_DATASTORE_SYSROOT_S3": "s3://bucket"}
    assert values(read(None, environ)) == {"root": "s3://bucket/nbflow"}


@pytest.mark.parametrize(
    ("said", "root"),
    [
        ({"METAFLOW_DATASTORE_SYSROOT_S3": "s3://b/metaflow/"}, "s3://b/nbflow"),
        ({"METAFLOW_DATASTORE_SYSROOT_GS": "gs://b/a/c"}, "gs://b/a/nbflow"),
        ({"METAFLOW_DATASTORE_SYSROOT_AZURE": "container/metaflow"}, "az://container/nbflow"),
    ],
)
def test_each_kind_of_store_is_known(tmp_path: Path, said: dict[str, str], root: str) -> None:
    assert values(read(str(write(tmp_path, "c.json", said)), {}))["root"] == root


@pytest.mark.parametrize(
    ("image", "registry", "whole"),
    [
        ("python:3.12", "", "python:3.12"),
        ("python:3.12", "r.io/", "r.io/python:3.12"),
        ("team/python", "r.io", "r.io/team/python"),
        ("ghcr.io/team/python", "r.io", "ghcr.io/team/python"),
        ("localhost/python", "r.io", "localhost/python"),
    ],
)
def test_an_image_gets_the_registry_that_it_does_not_name(
    tmp_path: Path, image: str, registry: str, whole: str
) -> None:
    said = {"METAFLOW_DEFAULT_CONTAINER_IMAGE": image, "METAFLOW_DEFAULT_CONTAINER_REGISTRY": registry}
    assert values(read(str(write(tmp_path, "c.json", said)), {}))["batch.image"] == whole


def test_tags_of_jobs_are_taken_one_by_one(tmp_path: Path) -> None:
    said = {"METAFLOW_BATCH_DEFAULT_TAGS": {"cost": "7", "team": "sales"}}
    assert values(read(str(write(tmp_path, "c.json", said)), {})) == {
        "batch.tags.cost": "7",
        "batch.tags.team": "sales",
    }


def test_where_there_is_none_it_is_said_what_there_is(tmp_path: Path) -> None:
    home = {"METAFLOW_HOME": str(tmp_path)}
    with pytest.raises(ConfigurationError, match="U010"):
        read(None, home)
    write(tmp_path, "config_team.json", {})
    with pytest.raises(ConfigurationError, match="Did you mean 'team'"):
        read("taem", home)
    with pytest.raises(ConfigurationError, match=r"config_team\.json"):
        read(str(tmp_path / "config.json"), {})


@pytest.mark.parametrize("text", ["{", "[1]", "\udcff"])
def test_what_is_no_configuration_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigurationError, match="U011"):
        read(str(path), {})
