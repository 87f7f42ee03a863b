"""Which class makes a card of a type: a package's, the flow's own, or none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nbflow.code.module import LiveDefinitions
from nbflow.model.task import CodeStatement
from nbflow.task.card_types import CardTypes

PACKAGE = """
from nbflow.cards import MetaflowCard

class One(MetaflowCard):
    type = "one"

class Two(MetaflowCard):
    type = "two"
    ALLOW_USER_COMPONENTS = True

CARDS = [One, Two]
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that brings cards, another that is broken."""
    (tmp_path / "their_cards.py").write_text(PACKAGE)
    for name, entry in (
        ("theirs", "their_cards:CARDS"),
        ("broken", "no_such_module:Card"),
        ("odd", "their_cards:PACKAGE"),
    ):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[nbflow.cards]\n{name} = {entry}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "their_cards", raising=False)


@pytest.mark.usefixtures("installed")
def test_packages_bring_types_by_an_entry_point_and_a_broken_one_brings_none() -> None:
    types = CardTypes(None)
    assert types.find("one").__name__ == "One" and types.find("three") is None
    assert (types.editable("one"), types.editable("two")) == (False, True)
    assert types.known[-2:] == ("one", "two")


def test_our_own_types_take_components_or_not_and_an_unknown_one_refuses_none() -> None:
    types = CardTypes(None)
    known = {
        each: types.editable(each) for each in ("default", "blank", "error", "taskspec_card", "default_json", "nope")
    }
    assert known == {
        "default": True,
        "blank": True,
        "error": False,
        "taskspec_card": False,
        "default_json": False,
        "nope": True,
    }


@pytest.mark.usefixtures("installed")
def test_a_class_of_the_flow_stands_above_one_of_a_package() -> None:
    import_ = "from nbflow.cards import MetaflowCard"
    text = "class Mine(MetaflowCard):\n    type = 'one'"
    statements = [
        CodeStatement(("MetaflowCard",), import_, import_, "<a>", 1, "k1", (), (), "import"),
        CodeStatement(("Mine",), text, text, "<b>", 1, "k2", ("MetaflowCard",), (), "class"),
    ]
    live = LiveDefinitions("nbflow_defs.card_types", statements)
    assert CardTypes(live, statements).find("one").__name__ == "Mine"
