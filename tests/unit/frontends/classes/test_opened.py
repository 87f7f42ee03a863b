"""A flow file, opened: which class of it is meant, and what is said of it before it runs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from nbflow.errors import UsageError
from nbflow.frontends.classes.opened import load_flow_file, open_class

FLOW = """
from nbflow import FlowSpec, step

class {name}({base}):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass
"""


def opened(folder: Path, text: str) -> list[str]:
    path = folder / "flow.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(f"case_{folder.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return [each.code for each in open_class(module.F).problems]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("    F()", False),
        ("    flow = F()", False),
        ("    F(use_cli=True)", False),
        ("    import logging\n    logging.basicConfig()\n    F()", True),
        ("    MODE = 'fast'\n    F()", True),
        ("    pass", False),
    ],
)
def test_what_a_file_does_as_a_program_is_said_not_to_reach_tasks(tmp_path: Path, block: str, said: bool) -> None:
    text = FLOW.format(name="F", base="FlowSpec") + f'\nif __name__ == "__main__":\n{block}\n'
    assert ("N016" in opened(tmp_path, text)) is said


def test_the_one_flow_of_a_file_is_found_and_its_bases_are_none(tmp_path: Path) -> None:
    path = tmp_path / "flow.py"
    path.write_text(FLOW.format(name="Base", base="FlowSpec") + FLOW.format(name="F", base="Base"))
    assert load_flow_file(str(path)).__name__ == "F"
    assert load_flow_file(str(path), "Base").__name__ == "Base"


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("x = 1", None, "R051"),
        (FLOW.format(name="F", base="FlowSpec"), "G", "R051"),
        (FLOW.format(name="F", base="FlowSpec") + FLOW.format(name="G", base="FlowSpec"), None, "R052"),
    ],
)
def test_a_file_without_the_flow_that_is_meant_says_so(tmp_path: Path, text: str, name: str | None, code: str) -> None:
    path = tmp_path / "flow.py"
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        load_flow_file(str(path), name)
    assert raised.value.code == f"NBF-{code}"


def test_a_file_that_is_not_there_names_a_similar_one(tmp_path: Path) -> None:
    (tmp_path / "sales.py").touch()
    with pytest.raises(UsageError, match=r"sales\.py"):
        load_flow_file(str(tmp_path / "sale.py"))


def test_a_class_that_stands_in_no_file_says_so() -> None:
    made = type("F", (), {"__module__": "nowhere"})
    with pytest.raises(UsageError) as raised:
        open_class(made)
    assert raised.value.code == "NBF-R050"
