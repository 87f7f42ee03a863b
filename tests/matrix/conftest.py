"""Which combinations of shape, behaviour and door a test run takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from matrix_doors import DOORS
from matrix_shapes import SHAPES

#: `whole`: each behaviour of each shape by each door; else half of them, each by one door, which alternates
TAKEN = os.environ.get("NBFLOW_MATRIX", "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    mine = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in mine:
        # one worker makes the place of a shape and a door, and no other
        item.add_marker(pytest.mark.xdist_group(f"matrix {item.callspec.id}"))
    if TAKEN != "whole":
        dropped = {item for item in mine if not is_its_turn(item)}
        config.hook.pytest_deselected(items=list(dropped))
        items[:] = [item for item in items if item not in dropped]


def is_its_turn(item: Any) -> bool:
    """Whether the behaviour of the shape is tested at all, and at this door."""
    shape, door = item.callspec.params["place"]
    behaviours = [name for name in vars(item.module) if name.startswith("test_")]
    turn = SHAPES.index(shape) + behaviours.index(item.originalname)
    return turn % 2 == 0 and list(DOORS)[turn // 2 % len(DOORS)] == door
