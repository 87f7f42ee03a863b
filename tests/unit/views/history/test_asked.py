"""Which runs somebody asked for: what is wrong is said, with what was probably meant."""

from __future__ import annotations

from typing import Any

import pytest

from nbflow.errors import ViewError
from nbflow.metadata.query import Condition, Sort
from nbflow.model.status import RunStatus
from nbflow.views.history.asked import Asked, asked_for


@pytest.fixture
def store(runs: Any) -> Any:
    runs.add(tags={"weekly"}, parameters={"alpha": 0.1}, metrics={"rmse": 0.5, "alpha": 1.0})
    runs.add(user="grace", flow="prices", parameters={"region": "eu"}, system_tags=frozenset({"runtime:dev"}))
    return runs


def ask(store: Any, flows: tuple[str, ...] = (), **given: Any) -> Asked:
    return asked_for(store.metadata, flows, now=store.now, **given)


def ids(store: Any, flows: tuple[str, ...] = (), **given: Any) -> list[str]:
    return [f"{run.flow}/{run.id}" for run in store.metadata.find(ask(store, flows, **given).query(store.now))]


def refused(store: Any, **given: Any) -> str:
    with pytest.raises(ViewError) as caught:
        ask(store, **given)
    return str(caught.value)


def test_filters_narrow_the_runs(store: Any) -> None:
    assert ids(store) == ["prices/1", "sales/1"]
    assert ids(store, ("sales",)) == ["sales/1"]
    assert ids(store, tag="weekly") == ["sales/1"]
    assert ids(store, tag="runtime:dev") == ["prices/1"]
    assert ids(store, user="grace") == ["prices/1"]
    assert ids(store, user=["grace", "ada"], status=["Failed", "succeeded"]) == ["prices/1", "sales/1"]
    assert ids(store, status="failed") == []
    assert ids(store, where={"region": "eu"}) == ["prices/1"]
    assert ids(store, where="alpha<0.2") == ["sales/1"]
    assert ids(store, since="1h") == ["prices/1", "sales/1"]
    assert ids(store, until="1h") == []
    # the whole of the day
    assert ids(store, until="today", tag="weekly") == ["sales/1"]
    assert ids(store, text="PRICES eu") == ["prices/1"]


def test_me_is_whoever_asks(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBFLOW_USER", "grace")
    assert ids(store, user="me") == ["prices/1"]
    monkeypatch.setenv("NBFLOW_USER", "nobody.yet")
    assert ids(store, user="me") == []


@pytest.mark.parametrize(
    ("given", "code", "meant"),
    [
        ({"status": "faild"}, "V001", "Did you mean 'failed'?"),
        ({"user": "grase"}, "V002", "Did you mean 'grace'?"),
        ({"tag": "weakly"}, "V003", "Did you mean 'weekly'?"),
        ({"where": "alpa>1"}, "V004", "Did you mean 'alpha'?"),
        ({"where": {"regio": 1}}, "V004", "Did you mean 'region'?"),
        ({"where": "alpha"}, "V005", "alpha>0.1, region=eu"),
        ({"since": "soonish"}, "V006", "yesterday"),
        ({"until": "soonish"}, "V006", "yesterday"),
        ({"sort": "rmsee"}, "V007", "Did you mean 'rmse'?"),
        ({"sort": "-best.rmse"}, "V007", "Did you mean '-rmse'? A run has one, that of the last step which left it."),
        ({"sort": "metric:region"}, "V007", "Did you mean 'region'?"),
        ({"sort": "zzz"}, "V007", "started, took, status, flow, user, alpha, region, rmse"),
    ],
)
def test_what_no_run_has_is_said(store: Any, given: dict[str, Any], code: str, meant: str) -> None:
    said = refused(store, **given)
    assert f"NBF-{code}" in said and meant in said


def test_what_only_another_flow_has_is_said(store: Any) -> None:
    with pytest.raises(ViewError, match="V004"):
        ask(store, ("prices",), where="alpha>1")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("took", Sort("field", "took")),
        ("-took", Sort("field", "took", descending=True)),
        ("took desc", Sort("field", "took", descending=True)),
        ("took asc", Sort("field", "took")),
        ("-rmse", Sort("metric", "rmse", descending=True)),
        ("alpha", Sort("parameter", "alpha")),
        ("metric:alpha", Sort("metric", "alpha")),
        ("-metric:alpha", Sort("metric", "alpha", descending=True)),
        ("parameter:region", Sort("parameter", "region")),
        ("newest", None),
        ("-oldest", None),
        ("oldest", Sort("field", "started")),
        (None, None),
    ],
)
def test_an_order_is_understood(store: Any, sort: str | None, expected: Sort | None) -> None:
    assert ask(store, sort=sort).sort == expected


def test_what_is_asked_for_is_said_in_words() -> None:
    asked = Asked(
        flows=("sales",),
        statuses=(RunStatus.FAILED, RunStatus.LOST),
        tags=("a", "b"),
        users=("ada",),
        since="7d",
        until="yesterday",
        where=(Condition("alpha", ">", "0.1"),),
        text=" north ",
        sort=Sort("metric", "rmse", descending=True),
    )
    assert " · ".join(asked.said()) == (
        "failed or lost · tagged a · tagged b · by ada · since 7d ago · until yesterday · alpha > 0.1 · with “north”"
    )
    assert asked.narrowed and asked.ordered() == "by rmse, high first"
    assert not Asked(flows=("sales",), sort=asked.sort).narrowed
