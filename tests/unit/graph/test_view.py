from __future__ import annotations

import pytest

from nbflow.graph.view import unread_name, view_chain
from tests.naive import execute
from tests.unit.graph.notation import graph


def test_a_view_looks_into_the_step_and_all_it_waits_for_nearest_first() -> None:
    found = graph("a: x=1", "other: w=1", "b: y=x", "c: z=y", "d: q=z")
    assert view_chain(found, "c") == ("c", "b", "a")


def test_a_view_looks_outward_from_its_foreach_never_into_another() -> None:
    found = graph(
        "a: x=1", "t[FE]: m=x", "s: k=m", "j[--join s]: mu=len(inputs)", "p: d=m-mu", "e[--join p]: n=len(inputs)"
    )
    assert view_chain(found, "s") == ("s", "t", "a")
    assert view_chain(found, "j") == ("j", "a")
    assert view_chain(found, "p") == ("p", "j", "s", "t", "a")
    assert view_chain(found, "e") == ("e", "j", "a")


def test_a_view_shows_what_a_step_below_in_the_same_item_would_read() -> None:
    found = graph("a: x=5", "t[FE]: m=region", "s: k=m+str(x)", "j[--join s]: w=[(i.k, i.m, i.x) for i in inputs]")
    assert execute(found, {"regions": ["eu", "us"]})["j", ()] == {"w": [("eu5", "eu", 5), ("us5", "us", 5)]}


@pytest.mark.parametrize(
    ("step", "name", "hint"),
    [
        ("b", "thr", " If 'thr' is meant, write --in thr."),
        ("b", "alpha", " If 'alpha' is meant, write --in alpha."),
        ("b", "df", ""),
        ("b", "later", ""),
        ("b", "nowhere", ""),
        ("a", "thr", ""),
    ],
)
def test_a_name_used_where_no_analysis_sees_it_may_be_declared(step: str, name: str, hint: str) -> None:
    found = graph("a: df=[]; thr=1", "b: q=df.query('a > @thr')", "c: later=1")
    assert unread_name(found, step, name) == hint
