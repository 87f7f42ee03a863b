"""The namespace: what the client sees."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from nbflow.client import DataArtifact, Flow, Metaflow, Run, Step, Task
from nbflow.client.namespace import default_namespace, get_namespace, identity, namespace
from nbflow.errors import NamespaceError
from tests.unit.client.conftest import Bench


@pytest.fixture
def shared(bench: Bench) -> Bench:
    """A store with two runs of ada, one of grace, one of a deployed flow, and a flow that is grace's alone."""
    bench.whole_run()
    bench.run(user="grace", system_tags=frozenset({"user:grace", "runtime:dev"}))
    bench.run(user="grace", system_tags=frozenset({"production:t0k", "runtime:dev"}))
    bench.run(system_tags=frozenset({"user:ada"}), tags=frozenset({"paper"}))
    bench.run(flow="other", user="grace")
    return bench


# ---- who works here


def test_the_identity_is_the_user_unless_a_production_token_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_PRODUCTION_TOKEN", raising=False)
    monkeypatch.setenv("NBFLOW_USER", "grace")
    assert identity() == "user:grace"
    monkeypatch.setenv("NBFLOW_PRODUCTION_TOKEN", "t0k")
    assert identity() == "production:t0k"


def test_root_is_a_user_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    monkeypatch.delenv("NBFLOW_PRODUCTION_TOKEN", raising=False)
    monkeypatch.delenv("NBFLOW_USER", raising=False)
    assert identity() == "user:root"


def test_the_namespace_is_the_identity_until_one_is_chosen(bench: Bench) -> None:
    assert get_namespace() == "user:ada"
    assert namespace("user:grace") == "user:grace" == get_namespace()
    assert namespace(None) is None
    assert get_namespace() is None
    assert default_namespace() == "user:ada" == get_namespace()


def test_an_empty_namespace_is_all_runs(shared: Bench) -> None:
    assert namespace("") is None
    assert Run("quick/2").user == "grace"


# ---- what is looked up


@pytest.mark.parametrize(
    "look",
    [
        lambda: Run("quick/2"),
        lambda: Step("quick/2/load"),
        lambda: Task("quick/2/load/0"),
        lambda: DataArtifact("quick/2/load/0/x"),
        lambda: Flow("other"),
        lambda: Flow("quick")["2"],
        lambda: Metaflow()["other"],
    ],
)
def test_what_is_outside_cannot_be_looked_up(shared: Bench, look: Callable[[], Any]) -> None:
    with pytest.raises(NamespaceError, match="NBF-M012  Object not in namespace 'user:ada'") as caught:
        look()
    assert "namespace('user:grace')" in str(caught.value)


def test_a_run_that_does_not_exist_is_missed_before_the_namespace_is(shared: Bench) -> None:
    with pytest.raises(KeyError, match="M002"):
        Flow("quick")["9"]


def test_without_a_namespace_everything_is_seen(shared: Bench) -> None:
    namespace(None)
    assert [run.id for run in Flow("quick")] == ["4", "3", "2", "1"]
    assert [flow.id for flow in Metaflow()] == ["other", "quick"]
    assert Run("quick/3").is_in_namespace()


def test_a_production_run_is_in_the_namespace_of_its_token_and_not_of_its_user(shared: Bench) -> None:
    namespace("production:t0k")
    assert [run.id for run in Flow("quick")] == ["3"]
    namespace("user:grace")
    assert [run.id for run in Flow("quick")] == ["2"]


def test_any_tag_is_a_namespace_also_one_that_people_gave(shared: Bench) -> None:
    namespace("paper")
    assert [run.id for run in Flow("quick")] == ["4"]
    assert Run("quick/4").user == "ada"
    namespace("runtime:dev")
    assert [run.id for run in Flow("quick")] == ["3", "2"]


def test_a_run_from_before_there_were_identities_is_its_users(bench: Bench) -> None:
    run = Run(f"quick/{bench.run(user='ada')}")
    assert run.is_in_namespace()
    assert run.system_tags == frozenset()
    assert [each.id for each in Flow("quick").runs("user:ada")] == ["1"]


# ---- what is listed


def test_iteration_leaves_out_what_is_outside_and_says_nothing(shared: Bench) -> None:
    flow = Flow("quick")
    assert [run.id for run in flow] == [run.id for run in flow.runs()] == flow._ipython_key_completions_() == ["4", "1"]
    assert [each.id for each in Metaflow()] == ["quick"]
    assert [run.id for run in flow.runs("paper")] == ["4"]


def test_the_latest_run_is_the_latest_in_the_namespace(shared: Bench) -> None:
    namespace("user:grace")
    flow = Flow("quick")
    assert flow.latest_run == flow.latest_successful_run == Run("quick/2")


def test_a_flow_is_in_the_namespace_when_one_of_its_runs_is(shared: Bench) -> None:
    assert Flow("quick").is_in_namespace()
    with pytest.raises(NamespaceError, match="none of its runs has this tag; the latest is of user:grace"):
        Flow("other")
    shared.run("running", flow="other", kind="draft")
    assert Flow("other").latest_run is None


def test_drafts_and_spins_are_in_a_namespace_as_runs_are(shared: Bench) -> None:
    shared.run("running", kind="draft", user="grace")
    shared.run(kind="spin", user="grace")
    assert [run.id for run in Flow("quick").runs(drafts=True)] == ["4", "1"]
    for name in ("draft-1", "spin-1"):
        with pytest.raises(NamespaceError):
            Run(f"quick/{name}")


def test_in_says_whether_it_exists_wherever_it_is(shared: Bench) -> None:
    assert "2" in Flow("quick")
    assert "other" in Metaflow()
    assert "nothing" not in Metaflow()


# ---- what is passed on


def test_children_keep_the_namespace_they_were_reached_in(shared: Bench) -> None:
    flow = Flow("quick")
    task = Run("quick/1")["load"].task
    namespace("user:grace")
    assert not task.is_in_namespace()
    assert task["rows"].data == 3
    assert task.parent.parent.parent == flow
    assert [run.id for run in task["rows"].parent.parent.parent.parent] == ["4", "1"]
    assert [run.id for run in flow] == ["4", "1"]
    assert flow["4"].user == "ada"
    with pytest.raises(NamespaceError):
        flow["2"]


def test_what_was_reached_from_everywhere_leads_everywhere(shared: Bench) -> None:
    namespace(None)
    flow = Flow("quick")
    default_namespace()
    assert flow["2"].user == "grace"
    assert len(list(flow)) == 4


def test_a_pickle_remembers_the_namespace_it_was_found_in(shared: Bench) -> None:
    namespace("user:grace")
    texts = [pickle.dumps(each) for each in (Flow("quick"), Run("quick/2"))]
    namespace(None)
    everywhere = pickle.dumps(Flow("quick"))
    default_namespace()
    flow, run = map(pickle.loads, texts)
    assert run.user == "grace"
    assert [each.id for each in flow] == ["2"]
    assert len(list(pickle.loads(everywhere))) == 4


def test_who_names_a_store_or_a_namespace_is_not_bound_by_the_one_in_force(shared: Bench) -> None:
    assert len(list(Flow("quick", workspace=shared.workspace))) == 4
    assert Run("quick/2", namespace=None).user == "grace"
    assert [run.id for run in Flow("quick", namespace="user:grace")] == ["2"]
    with pytest.raises(NamespaceError):
        Run("quick/1", workspace=shared.workspace, namespace="user:grace")
