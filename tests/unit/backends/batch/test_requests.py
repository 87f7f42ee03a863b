"""From what a task asks for to the requests of AWS Batch, held against the service's own description of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as some

from nbflow.backends.batch.requests import definition, job_name, submission, wanted
from nbflow.backends.batch.sizes import fargate_size
from nbflow.backends.batch.told import MOST, _bootstrap
from nbflow.configuration.settings import LOG_GROUP, BatchSettings
from nbflow.errors import RunError
from nbflow.model.task import Place

SETTINGS = BatchSettings(queue="q", image="python:3.11", job_role="arn:job", execution_role="arn:execution")
GB = 1 << 30
PLAIN = Place("batch")


def valid(action: str, request: dict[str, Any]) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model("batch").operation_model(action)
    report = ParamValidator().validate(request, model.input_shape)
    assert not report.has_errors(), report.generate_report()
    return request


def asked(place: Place = PLAIN, *, fargate: bool = False, settings: BatchSettings = SETTINGS) -> Any:
    return wanted(place, settings, step="train", fargate=fargate)


def sent(place: Place = PLAIN, *, fargate: bool = False, size: int = 1) -> dict[str, Any]:
    found = asked(place, fargate=fargate)
    request = submission(
        found, "name", "definition:1", ["python3", "-c", "pass"], {"A": "b"}, {"nbflow:run": "f/1"}, size
    )
    return valid("SubmitJob", request)


def requirements(request: dict[str, Any]) -> dict[str, str]:
    return {each["type"]: each["value"] for each in request["containerOverrides"]["resourceRequirements"]}


def test_a_task_that_asks_for_nothing_gets_a_core_and_four_gigabytes() -> None:
    assert requirements(sent()) == {"VCPU": "1", "MEMORY": "4096"}


def test_what_a_task_asks_for_is_asked_of_batch() -> None:
    request = sent(Place("batch", cpu=8, gpu=2, memory=30 * GB, timeout=600))
    assert requirements(request) == {"VCPU": "8", "MEMORY": "30720", "GPU": "2"}
    # the step's own limit comes first: this one is for a worker that cannot keep it
    assert request["timeout"] == {"attemptDurationSeconds": 900}


def test_containers_log_to_the_group_that_is_set_unless_a_step_says_where() -> None:
    def logged(place: Place, group: str) -> Any:
        settings = replace(SETTINGS, log_group=group)
        request = valid("RegisterJobDefinition", definition(asked(place, settings=settings)))
        return request["containerProperties"].get("logConfiguration")

    assert logged(PLAIN, LOG_GROUP) is None
    assert logged(PLAIN, "/team/jobs") == {"logDriver": "awslogs", "options": {"awslogs-group": "/team/jobs"}}
    assert logged(Place("batch", more={"log_driver": "splunk"}), "/team/jobs")["logDriver"] == "splunk"


def test_several_tasks_are_one_array() -> None:
    assert sent(size=50)["arrayProperties"] == {"size": 50}
    assert "arrayProperties" not in sent()


def test_a_definition_is_made_anew_only_for_another_content() -> None:
    same = [definition(asked(place)) for place in (Place("batch"), Place("batch", cpu=4, memory=9 * GB, timeout=5))]
    assert same[0] == same[1]
    other = definition(asked(Place("batch", image="me/other")))
    assert other["jobDefinitionName"] != same[0]["jobDefinitionName"]
    for each in (*same, other):
        valid("RegisterJobDefinition", each)


def test_a_lost_machine_is_batchs_matter_and_a_failing_body_is_not() -> None:
    rules = definition(asked())["retryStrategy"]["evaluateOnExit"]
    assert rules == [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]


def test_all_that_the_decorator_takes_is_part_of_the_definition() -> None:
    more = {
        "max_swap": 50,
        "swappiness": 10,
        "use_tmpfs": True,
        "tmpfs_size": 200,
        "trainium": 1,
        "efa": 1,
        "host_volumes": ["/data"],
        "efs_volumes": {"fs-1": "/shared"},
        "log_driver": "awslogs",
        "log_options": ["awslogs-group:mine"],
        "privileged": True,
        "aws_batch_tags": {"team": "sales"},
    }
    place = Place("batch", shared_memory=512 << 20, more=more)
    made = valid("RegisterJobDefinition", definition(asked(place)))["containerProperties"]
    assert made["linuxParameters"]["sharedMemorySize"] == 512
    assert (made["linuxParameters"]["maxSwap"], made["linuxParameters"]["swappiness"]) == (50, 10)
    assert made["linuxParameters"]["tmpfs"] == [{"containerPath": "/nbflow_temp", "size": 200}]
    assert [each["hostPath"] for each in made["linuxParameters"]["devices"]] == [
        "/dev/neuron0",
        "/dev/infiniband/uverbs0",
    ]
    assert [each["containerPath"] for each in made["mountPoints"]] == ["/data", "/shared"]
    assert made["logConfiguration"] == {"logDriver": "awslogs", "options": {"awslogs-group": "mine"}}
    assert made["privileged"] is True
    assert asked(Place("batch", more=more)).tags == (("team", "sales"),)


@pytest.mark.parametrize(
    ("more", "size", "folder"),
    [
        ({"use_tmpfs": True}, 2048, "/nbflow_temp"),
        ({"tmpfs_size": 100, "tmpfs_path": "/fast"}, 100, "/fast"),
        ({"use_tmpfs": True, "tmpfs_tempdir": False}, 2048, None),
        ({"tmpfs_path": "/fast"}, None, None),
    ],
)
def test_temporary_files_go_to_the_tmpfs_where_there_is_one(
    more: dict[str, Any], size: int | None, folder: str | None
) -> None:
    place = Place("batch", more=more)
    (found,) = definition(asked(place))["containerProperties"].get("linuxParameters", {}).get("tmpfs", [{}])
    assert found.get("size") == size
    told = {each["name"]: each["value"] for each in sent(place)["containerOverrides"]["environment"]}
    assert told.get("NBFLOW_TEMPDIR") == folder


@pytest.mark.parametrize(("ask", "gigabytes"), [({"more": {"ephemeral_storage": 40}}, 40), ({"disk": 1 << 30}, 21)])
def test_fargate_gives_the_disk_that_is_asked_for(ask: dict[str, Any], gigabytes: int) -> None:
    made = valid("RegisterJobDefinition", definition(asked(Place("batch", **ask), fargate=True)))
    assert made["containerProperties"]["ephemeralStorage"] == {"sizeInGiB": gigabytes}


def test_the_decorators_queue_image_and_role_win_over_the_settings() -> None:
    found = asked(
        Place("batch", image="mine", more={"queue": "big", "iam_role": "arn:mine", "executable": "/opt/python"})
    )
    assert (found.queue, found.image, found.job_role, found.python) == ("big", "mine", "arn:mine", "/opt/python")


@pytest.mark.parametrize("missing", ["queue", "image"])
def test_a_setting_that_is_missing_is_named(missing: str) -> None:
    settings = BatchSettings(**{"queue": "q", "image": "i", missing: None})
    with pytest.raises(RunError) as caught:
        asked(settings=settings)
    assert caught.value.code == "NBF-R087"
    assert f"--{missing}" in str(caught.value)


def test_what_fargate_cannot_give_is_said_before_anything_is_submitted() -> None:
    too_much = {"a graphics processor": Place("batch", gpu=1), "32 cores with 4.3 GB": Place("batch", cpu=32)}
    too_much |= {
        "1 core with 215 GB": Place("batch", memory=200 * GB),
        "shared memory": Place("batch", shared_memory=1),
    }
    more: dict[str, dict[str, Any]] = {"a tmpfs": {"use_tmpfs": True}, "swap": {"swappiness": 0}}
    more |= {
        "a Neuron processor": {"trainium": 1},
        "privileged": {"privileged": True},
        "its host": {"host_volumes": "/x"},
    }
    for what, place in {**too_much, **{name: Place("batch", more=each) for name, each in more.items()}}.items():
        with pytest.raises(RunError) as caught:
            asked(place, fargate=True)
        assert caught.value.code == "NBF-R088"
        assert what in str(caught.value)


def test_fargate_takes_no_definition_without_a_role_that_starts_containers() -> None:
    bare = replace(SETTINGS, execution_role=None)
    with pytest.raises(RunError) as caught:
        asked(settings=bare, fargate=True)
    assert caught.value.code == "NBF-R087"
    assert "nbflow configure --execution-role ARN" in str(caught.value)
    assert asked(settings=bare).execution_role is None
    assert (
        asked(Place("batch", more={"execution_role": "arn:own"}), settings=bare, fargate=True).execution_role
        == "arn:own"
    )


@given(cpu=some.floats(0.1, 16), megabytes=some.integers(1, 120 * 1024))
def test_fargate_gives_at_least_what_is_asked_for(cpu: float, megabytes: int) -> None:
    found = fargate_size(cpu, megabytes)
    assert found is not None
    assert found[0] >= cpu
    assert found[1] >= megabytes


@given(flow=some.text(min_size=1), step=some.text(min_size=1), prefix=some.text())
def test_the_name_of_a_job_is_one_that_batch_takes(flow: str, step: str, prefix: str) -> None:
    name = job_name(flow, step, prefix)
    assert len(name) <= 128
    assert all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name)


def test_an_attempt_has_one_name_and_another_attempt_another() -> None:
    assert job_name("f", "s", "p/0") == job_name("f", "s", "p/0") != job_name("f", "s", "p/1")


def test_the_first_program_of_a_container_fits_into_its_command_and_is_python() -> None:
    line = _bootstrap()
    compile(line, "<command>", "exec")
    assert len(json.dumps(["python3", "-c", line])) < MOST
