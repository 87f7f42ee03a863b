"""Names, tokens and who may replace what is deployed; what a deployment is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.deploy import deployment as kept
from nbflow.deploy import keys
from nbflow.deploy.deployment import Deployment
from nbflow.errors import DeploymentError
from nbflow.frontends.deploying import deeds
from nbflow.frontends.deploying.making import owned
from nbflow.frontends.deploying.wish import pairs, seconds, secrets_of, variables
from nbflow.model.graph import Graph
from nbflow.model.ids import FlowName
from nbflow.runtime.request import RunRequest
from nbflow.storage.memory import MemoryStorage
from nbflow.workspace import Workspace


def deployed(
    name: str = "nbflow-sales", flow: str = "sales", user: str = "ada", token: str = "sales-0-ab12"
) -> Deployment:
    return Deployment(flow, name, user, (user,), 1.5, token, parameters={"alpha": ("float", 0.1, "default")})


def refused(call: object, *arguments: object, **named: object) -> str:
    assert callable(call)
    with pytest.raises(DeploymentError) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_it_comes_back_as_it_was_kept_by_its_name_or_its_flows() -> None:
    far = MemoryStorage()
    one, other = deployed(), deployed("weekly", "report")
    for each in (one, other):
        kept.write(far, each)
    assert kept.every(far) == (one, other)
    assert kept.find(far, "nbflow-sales") == one
    assert kept.find(far, "report") == other
    assert refused(kept.find, far, "sale") == "NBF-A011"
    kept.forget(far, one)
    assert kept.at(far, "sales", "nbflow-sales") is None


@given(flow=st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,100}", fullmatch=True), project=st.text("abc._-ü ", max_size=90))
def test_a_name_is_one_that_aws_takes(flow: str, project: str) -> None:
    name = kept.name_of(flow, prefix="nbflow", project=project)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)


def test_long_names_that_begin_alike_stay_apart() -> None:
    names = {kept.name_of("f" * 90 + end, prefix="nbflow") for end in "ab"}
    assert len(names) == 2


def test_a_project_and_its_branch_are_in_the_name() -> None:
    assert (
        kept.name_of("Sales", prefix="nbflow", project="forecasts.test.new.Sales") == "nbflow-forecasts-test-new-Sales"
    )


def test_a_name_that_was_typed_is_taken_as_it_is_or_refused() -> None:
    assert kept.name_of("sales", prefix="nbflow", name="weekly_1") == "weekly_1"
    assert refused(kept.name_of, "sales", prefix="nbflow", name="every week") == "NBF-A013"


def test_others_say_the_token_once() -> None:
    assert kept.authorized(None, "bob", token=None, command="") == ("bob",)
    assert refused(kept.authorized, deployed(), "bob", token=None, command="nbflow deploy") == "NBF-A003"
    assert refused(kept.authorized, deployed(), "bob", token="sales-1-ab12", command="") == "NBF-A012"
    assert kept.authorized(deployed(), "bob", token="production:sales-0-ab12", command="") == ("ada", "bob")


@pytest.mark.parametrize(
    "deed",
    [partial(deeds.stop, run="sfn-1"), partial(deeds.pause, paused=True), deeds.delete],
    ids=["stop", "pause", "delete"],
)
def test_nobody_stops_pauses_or_deletes_what_is_somebody_elses(
    deed: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBFLOW_USER", "bob")
    workspace = Workspace.find(tmp_path)
    assert refused(deed, workspace, deployed()) == "NBF-A003"
    assert refused(deed, workspace, deployed(), authorize="sales-1-ab12") == "NBF-A012"


def test_a_token_stays_unless_a_new_one_is_asked_for() -> None:
    first = kept.token_of(None, "Sales")
    assert re.fullmatch(r"sales-0-[0-9a-f]{4}", first)
    assert kept.token_of(deployed(), "sales") == "sales-0-ab12"
    assert kept.token_of(deployed(), "sales", anew=True).startswith("sales-1-")
    assert kept.token_of(deployed(), "sales", new="production:mine") == "mine"


@given(path=st.lists(st.integers(0, 10**6), max_size=4).map(tuple))
def test_a_path_is_carried_as_text(path: tuple[int, ...]) -> None:
    assert keys.path_of(keys.path_text(path)) == path


def test_variables_and_secrets_are_for_all_steps_or_for_one() -> None:
    assert variables(["A=1", "train:B=x=y:z", "train:A="]) == {"": {"A": "1"}, "train": {"B": "x=y:z", "A": ""}}
    assert variables(["URL=http://host:80/a"]) == {"": {"URL": "http://host:80/a"}}
    found = secrets_of(["train:DB=aws-secrets-manager.db"])
    assert [(step, each.manager, each.id, each.variable) for step, (each,) in found.items()] == [
        ("train", "aws-secrets-manager", "db", "DB")
    ]


@pytest.mark.parametrize(("text", "expected"), [("90", 90), ("90s", 90), ("2 m", 120), ("12h", 43_200), ("1d", 86_400)])
def test_times_are_read(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "-1h", "0", "1w", "1.5h"])
def test_what_is_no_time_is_refused(text: str) -> None:
    assert refused(seconds, text) == "NBF-A014"


@pytest.mark.parametrize("word", ["A", "=1", "1A=2", "train:=1", "NBFLOW_X=1"])
def test_what_is_no_variable_is_refused(word: str) -> None:
    assert refused(variables, [word]) == "NBF-A014"


def test_tags_are_pairs() -> None:
    assert pairs("--aws-batch-tag", ["team=a=b"]) == {"team": "a=b"}
    assert refused(pairs, "--aws-batch-tag", ["team"]) == "NBF-A014"


def test_a_deployed_run_is_of_its_token_and_sees_what_it_is_told_to() -> None:
    request = RunRequest(
        FlowName("sales"), Graph(()), system_tags=frozenset({"user:ada", "runtime:dev", "python_version:3.11"})
    )
    made = owned(request, "nbflow-sales", "sales-0-ab12")
    assert made.system_tags == {"production:sales-0-ab12", "runtime:step-functions", "python_version:3.11"}
    assert made.about["namespace"] == "production:sales-0-ab12"
    assert owned(request, "nbflow-sales", "sales-0-ab12", "user:bob").about["namespace"] == "user:bob"
