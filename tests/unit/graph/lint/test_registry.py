from __future__ import annotations

import re

import pytest

from nbflow.catalogue import CATALOGUE
from nbflow.graph.lint import RULES, Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_begins_with_its_codes(rule: Rule) -> None:
    found = re.match(r"([A-Z]\d{3}(?:, [A-Z]\d{3})*): \S", rule.__doc__ or "")
    assert found
    assert set(found[1].split(", ")) <= CATALOGUE.keys()


def test_a_rule_is_registered_once() -> None:
    assert len(RULES) == len(set(RULES)) > 20
