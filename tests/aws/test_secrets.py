"""Secrets of AWS Secrets Manager: read, refused in plain words, and given to steps here and on Batch."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from aws.bench.started import Bench
from aws.team import Person
from on_disk import contents

from nbflow.errors import TaskError
from nbflow.model.secret import asked_in_class, asked_in_header
from nbflow.task.secret_sources import read

VALUE = "hunter2-and-more"
FILES = ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


@pytest.fixture
def aws(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Let this process's AWS be the bench."""
    for name, value in bench.environment.items():
        monkeypatch.setenv(name, value)
    for name in FILES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return monkeypatch


def stored(bench: Bench, value: str | bytes, *, region: str = "us-east-1") -> tuple[str, str]:
    """Store a secret and return its name and ARN."""
    name = f"prod/{uuid.uuid4().hex[:8]}"
    what = {"SecretString": value} if isinstance(value, str) else {"SecretBinary": value}
    return name, bench.client("secretsmanager", region=region).create_secret(Name=name, **what)["ARN"]


def got(text: str) -> dict[str, str]:
    return read(asked_in_header(text), {}, "train")


def refused(text: str) -> TaskError:
    with pytest.raises(TaskError) as caught:
        got(text)
    return caught.value


@pytest.mark.usefixtures("aws")
def test_an_object_is_several_variables_and_other_text_one(bench: Bench) -> None:
    name, _ = stored(bench, json.dumps({"user": "me", "pass-word": VALUE, "port": 5432}))
    assert got(f"aws-secrets-manager.{name}") == {"user": "me", "pass_word": VALUE, "port": "5432"}
    assert got(f"DB={name}#pass-word") == {"DB": VALUE}
    assert json.loads(got(f"DB={name}")["DB"])["user"] == "me", "the whole of it"
    plain, arn = stored(bench, VALUE)
    assert got(f"aws-secrets-manager.{plain}") == {plain.replace("/", "_"): VALUE}
    assert got(f"aws-secrets-manager.{arn}") == {plain.replace("/", "_"): VALUE}
    (source,) = asked_in_class(
        [{"type": "aws-secrets-manager", "id": name, "options": {"json": False}}], None, override=False
    )
    assert list(read(source, {}, "train")) == [name.replace("/", "_")]


@pytest.mark.usefixtures("aws")
def test_an_arn_says_its_region_and_a_role_is_assumed(bench: Bench) -> None:
    _, arn = stored(bench, VALUE, region="eu-west-1")
    bench.clear_requests()
    (source,) = asked_in_class([{"type": "aws-secrets-manager", "id": arn}], bench.account.job_role, override=False)
    assert list(read(source, {}, "train").values()) == [VALUE]
    assert [each["action"] for each in bench.requests()] == ["AssumeRole", "GetSecretValue"]


def test_what_goes_wrong_is_told_in_plain_words_without_the_value(bench: Bench, aws: pytest.MonkeyPatch) -> None:
    name, _ = stored(bench, VALUE)
    missing = refused("KEY=prod/nothing")
    assert missing.code == "NBF-T044" and "aws secretsmanager create-secret --name prod/nothing" in str(missing)
    binary, _ = stored(bench, b"\x00\x01")
    assert refused(f"KEY={binary}").code == "NBF-T047"
    assert refused(f"KEY={name}#a").code == "NBF-T047"
    for kind, code, fix in (("deny", "T045", "secretsmanager:GetSecretValue"), ("expire", "T046", "aws sso login")):
        bench.fault(kind, action="GetSecretValue")
        found = refused(f"KEY={name}")
        assert found.code == f"NBF-{code}" and fix in str(found) and VALUE not in str(found)
        bench.clear_faults()
    bench.client("secretsmanager").delete_secret(SecretId=name)
    assert "restore-secret" in str(refused(f"KEY={name}"))
    aws.delenv("AWS_ACCESS_KEY_ID")
    aws.delenv("AWS_SECRET_ACCESS_KEY")
    aws.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert refused(f"KEY={name}").code == "NBF-T046"


def everything(person: Person) -> bytes:
    """Return every byte of the bucket and of the person's machine."""
    client = person.bench.client("s3")
    bucket = person.bench.account.bucket
    keys = [
        each["Key"]
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=person.prefix)
        for each in page.get("Contents", ())
    ]
    bodies = [client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
    return b"".join([*bodies, *contents(person.home).values()])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("place", ["local", "batch"])
def test_a_step_has_its_secret_and_neither_bucket_nor_job_have(bench: Bench, tmp_path: Path, place: str) -> None:
    name, _ = stored(bench, VALUE)
    person = Person(bench, tmp_path / "ada")
    person.notebook(
        "import os",
        f"%%step start --on {place} --secret KEY={name} --catch problem\n"
        "length = len(os.environ['KEY'])\nraise ValueError(os.environ['KEY'])",
        "%%step last --after start\nprint(problem)",
    )
    done = person.run("run", "sales.ipynb")
    assert done.returncode == 0, done.stdout + done.stderr
    assert person.ask("print(nbflow.Run('sales/1')['start'].task['length'].data)") == len(VALUE)
    assert "***" in person.ok("logs", "sales/1/last")
    assert VALUE.encode() not in everything(person) and VALUE not in done.stdout + done.stderr
    assert VALUE not in json.dumps(bench.jobs(), default=str)


def test_secrets_of_this_machine_do_not_go_to_batch(bench: Bench, tmp_path: Path) -> None:
    person = Person(bench, tmp_path / "ada", API_KEY=VALUE)
    person.notebook("%%step start --on batch --secret API_KEY\nx = 1")
    before = len(bench.jobs())
    done = person.run("run", "sales.ipynb")
    assert done.returncode != 0 and "NBF-G025" in done.stderr and len(bench.jobs()) == before
    assert VALUE not in done.stderr
