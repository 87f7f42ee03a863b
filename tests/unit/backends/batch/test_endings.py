"""What a job died of, in words for people."""

from __future__ import annotations

from typing import Any

import pytest

from nbflow.backends.batch import inside
from nbflow.backends.batch.endings import death
from nbflow.backends.batch.refusals import refused
from nbflow.configuration.settings import Settings
from nbflow.errors import raise_for


def ended(reason: str = "", status_reason: str = "", **container: Any) -> dict[str, Any]:
    return {"status": "FAILED", "statusReason": status_reason, "container": {"reason": reason, **container}}


@pytest.mark.parametrize(
    ("job", "status", "said"),
    [
        (ended("OutOfMemoryError: Container killed due to memory usage", exitCode=137), -9, "--memory"),
        (ended('CannotStartContainerError: exec: "python3": executable file not found in $PATH', image="busybox"), 127, "image busybox has no python3\nname one"),
        (ended("CannotPullContainerError: pull access denied for x", image="x"), 125, "image x cannot be pulled"),
        (ended(status_reason="Host EC2 (instance i-1) terminated."), -9, "taken away"),
        (ended(status_reason="nbflow: killed by nbflow batch kill"), -15, "killed by nbflow batch kill"),
        (ended(status_reason="Job attempt duration exceeded timeout", exitCode=137), -9, "longer than"),
        (ended(status_reason="Essential container in task exited", exitCode=78), 78, "Essential container"),
    ],
)  # fmt: skip
def test_each_kind_of_death_is_told(job: dict[str, Any], status: int, said: str) -> None:
    found, why = death(job, lambda _: "")
    assert found == status
    assert said in why


def test_the_end_of_the_log_is_told_where_batch_knows_little() -> None:
    job = ended(status_reason="Essential container in task exited", exitCode=78, logStreamName="s")
    assert death(job, lambda _: "a line\nanother") == (78, "Essential container in task exited\na line\nanother")


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("nbflow: this image has Python 3.8", "this image has Python 3.8"),
        ("nbflow: first\nprinted\nNBF-S011 expired\n  fix  log in", "NBF-S011 expired\n  fix  log in"),
    ],
)
def test_what_nbflow_said_last_in_a_container_comes_first(log: str, said: str) -> None:
    job = ended(status_reason="Essential container in task exited", exitCode=78, logStreamName="s")
    assert death(job, lambda _: log) == (78, said)


def test_a_job_that_nbflow_cannot_do_ends_with_what_is_wrong_and_no_frames(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> int:
        raise_for("S011", url="s3://b", identity="keys", reason="expired")

    monkeypatch.setattr(inside, "main", main)
    assert inside.told_main() == 78
    said = capsys.readouterr().err
    assert said.startswith("NBF-S011") and "Traceback" not in said


class RefusalError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code, "Message": "as AWS says it"}}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RefusalError("ExpiredTokenException"), "have expired"),
        (RefusalError("AccessDeniedException"), "batch:SubmitJob"),
        (RefusalError("UnrecognizedClientException"), "not known"),
        (type("NoRegionError", (Exception,), {})(), "--region"),
        (type("NoCredentialsError", (Exception,), {})(), "no credentials"),
        (type("EndpointConnectionError", (Exception,), {})(), "does not answer"),
    ],
)
def test_each_refusal_says_what_to_do(error: Exception, said: str) -> None:
    told = refused("SubmitJob", error, Settings())
    assert told.code == "NBF-R091"
    assert said in str(told)
