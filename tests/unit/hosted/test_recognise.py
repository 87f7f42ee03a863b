"""Which place a notebook is in: a table of recorded environments, of which each file says what is known and from where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbflow.hosted import Host, here, recognise
from nbflow.hosted.recognise import METADATA

RECORDED = sorted((Path(__file__).parent / "environments").glob("*.json"))
PORT = 8324


def recorded(path: Path) -> tuple[Host, dict[str, Any]]:
    said = json.loads(path.read_text())
    return recognise(said["environ"], said["files"].get, said["modules"]), said["expected"]


@pytest.mark.parametrize("path", RECORDED, ids=[path.stem for path in RECORDED])
def test_each_place_is_recognised_with_what_it_means(path: Path) -> None:
    host, expected = recorded(path)
    for name in ("kind", "name", "user", "keeps"):
        assert getattr(host, name) == expected[name], name
    assert host.folder == expected.get("folder")
    assert host.region == expected.get("region")
    assert host.role == expected.get("role")
    assert host.port_url(PORT) == expected.get("port")
    if "notebook" in expected:
        assert host.notebook_url(expected["notebook"][0]) == expected["notebook"][1]


def test_every_kind_is_recorded_and_every_fact_has_its_source() -> None:
    from typing import get_args

    from nbflow.hosted.host import Kind

    assert {recorded(path)[0].kind for path in RECORDED} == set(get_args(Kind))
    for path in RECORDED:
        said = json.loads(path.read_text())
        assert said["confirmed_by_public_code"] or said["from_documentation"], path


@pytest.mark.parametrize("text", ["", "not JSON", "[1]", '{"ResourceArn": 3}', '{"ResourceArn": "arn"}'])
def test_a_file_that_is_not_what_it_was_is_no_sign(text: str) -> None:
    assert recognise({}, {METADATA: text}.get, ()) == Host()


def test_a_store_goes_where_files_stay_unless_work_is_there_already() -> None:
    instance, _ = recorded(RECORDED[[path.stem for path in RECORDED].index("notebook_instance")])
    assert instance.store("/home/ec2-user/SageMaker/sales") is None
    assert instance.store("/home/ec2-user/SageMaker") is None
    assert instance.store("/home/ec2-user/SageMakerOther") == "/home/ec2-user/SageMaker"
    assert instance.store("/tmp") == "/home/ec2-user/SageMaker"
    assert Host().store("/tmp") is None


def test_a_file_outside_of_what_the_browser_shows_has_no_address() -> None:
    hub, _ = recorded(RECORDED[[path.stem for path in RECORDED].index("jupyterhub")])
    assert hub.notebook_url("/etc/passwd") is None
    assert Host().notebook_url("/home/ada/sales.ipynb") is None


def test_this_process_is_in_the_place_that_its_variables_say() -> None:
    assert here({"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/", "JUPYTERHUB_USER": "ada"}).kind == "jupyterhub"
    assert here({"VSCODE_PID": "1"}) is here({"VSCODE_PID": "1", "EDITOR": "vi"})
