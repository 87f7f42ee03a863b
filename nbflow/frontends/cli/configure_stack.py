"""`nbflow configure --from-stack NAME`: the settings that a stack of `nbflow deploy --template` has for outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nbflow.configuration.settings import settings
from nbflow.deploy.template.made import OUTPUTS
from nbflow.upkeep.aws.session import Session
from nbflow.upkeep.aws.stack import settings_of


def outputs_of(name: str, said: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that stack `name` says, asked for as `said` and the settings so far say how to reach AWS.

    Raises ConfigurationError (U020 to U023) where they cannot be had; nothing is changed then.
    """
    here = settings()
    way = replace(
        here,
        region=said.get("region", here.region),
        endpoint=said.get("endpoint", here.endpoint),
        aws_profile=said.get("aws_profile", here.aws_profile),
    )
    return settings_of(Session(way), name, OUTPUTS)
