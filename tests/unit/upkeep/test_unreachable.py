"""What doctor says where AWS does not answer."""

from __future__ import annotations

import pytest

from nbflow.configuration.settings import Settings
from nbflow.upkeep.aws.credentials import unreachable
from nbflow.upkeep.aws.refusal import Refusal
from nbflow.upkeep.aws.session import Session

NOBODY = Refusal("unreachable", "Could not connect to the endpoint URL", "EndpointConnectionError")


@pytest.mark.parametrize(
    ("region", "said", "fix"),
    [
        ("useast1", "'useast1' is no region", "perhaps it is us-east-1: nbflow configure --region REGION"),
        ("eu-west-1", "AWS does not answer in eu-west-1", "is this machine online"),
    ],
)
def test_a_region_that_can_be_none_is_told_from_a_network_that_is_down(
    monkeypatch: pytest.MonkeyPatch, region: str, said: str, fix: str
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    found = unreachable(Session(Settings(region=region, sources={"region": "NBFLOW_REGION"})), NOBODY)
    assert said in found.said and found.fixes[0].startswith(fix)
    assert found.listed[0] == f"region is {region}, says NBFLOW_REGION"
