"""The page of the documentation says what there is."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from nbflow.configuration.file import parse
from nbflow.configuration.known import SETTINGS, option_of
from nbflow.configuration.settings import Settings, effective
from nbflow.upkeep.access import _S3
from nbflow.upkeep.aws.jobs import _asked
from nbflow.upkeep.aws.session import Session

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_setting_has_its_row() -> None:
    for each in SETTINGS:
        assert f"| `{each.key}` | `{each.variable}` | `--{option_of(each.key)}` |" in PAGE
        assert all(name in PAGE for name in each.fallbacks)


def test_the_file_that_is_shown_is_one() -> None:
    (text,) = blocks("toml")
    assert tomllib.loads(text)["profile"] == "team"
    path = Path("config.toml")
    assert effective(parse(text, path), path, {}).batch.tags == {"project": "sales"}


def test_the_policies_that_are_shown_allow_what_doctor_tries() -> None:
    actions: set[str] = set()
    for policy in map(json.loads, blocks("json")):
        for statement in policy["Statement"]:
            listed = statement["Action"]
            actions |= {listed} if isinstance(listed, str) else set(listed)
    nobody = cast("Session", SimpleNamespace(client=lambda name: None, settings=Settings()))
    tried: dict[str, Any] = _asked(nobody)
    assert {*tried, *_S3.values(), "iam:PassRole", "sts:AssumeRole"} <= actions
