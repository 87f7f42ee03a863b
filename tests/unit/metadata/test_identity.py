"""Who runs things, as a tag."""

from __future__ import annotations

import pytest

from nbflow.metadata.identity import identity, owner_of, tags_of
from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus


def a_run(*system_tags: str, tags: frozenset[str] = frozenset()) -> RunRecord:
    status = RunStatus.RUNNING
    return RunRecord(
        FlowName("f"), RunId("1"), "run", status, "ada", 1.0, tags=tags, system_tags=frozenset(system_tags)
    )


def test_a_token_comes_before_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBFLOW_USER", "ada")
    monkeypatch.delenv("NBFLOW_PRODUCTION_TOKEN", raising=False)
    assert identity() == "user:ada"
    monkeypatch.setenv("NBFLOW_PRODUCTION_TOKEN", "t")
    assert identity() == "production:t"


def test_a_run_is_owned_by_the_identity_among_its_system_tags() -> None:
    assert owner_of(a_run("user:grace", "runtime:dev")) == "user:grace"
    assert owner_of(a_run("production:t", "runtime:dev")) == "production:t"


def test_a_run_from_before_is_owned_by_its_user() -> None:
    assert owner_of(a_run("nbflow:1")) == "user:ada"
    # what people write is no identity
    assert owner_of(a_run(tags=frozenset({"user:grace"}))) == "user:ada"


def test_a_run_is_found_by_all_its_tags_and_its_owner() -> None:
    assert tags_of(a_run("nbflow:1", tags=frozenset({"good"}))) == {"good", "nbflow:1", "user:ada"}
    assert tags_of(a_run("user:grace")) == {"user:grace"}
