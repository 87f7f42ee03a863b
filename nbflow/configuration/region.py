"""Whether a region can be one of AWS, judged by how it is written, and which was meant."""

from __future__ import annotations

import re
from difflib import get_close_matches

from nbflow.configuration.root import Wrong

#: what is known, for likeness: AWS adds to these
_KNOWN = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1", "ca-central-1", "ca-west-1",
    "mx-central-1", "sa-east-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1",
    "eu-west-2", "eu-west-3", "eusc-de-east-1", "af-south-1", "il-central-1", "me-central-1", "me-south-1", "ap-east-1",
    "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1",
    "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
    "cn-north-1", "cn-northwest-1",
)  # fmt: skip
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", re.ASCII)
_ZONE = re.compile(r"(?P<region>[a-z]{2,4}(-[a-z]+)+-\d{1,2})[a-z]", re.ASCII)


def wrong_region(region: str, endpoint: str | None) -> Wrong | None:
    """Return what is wrong with a region; None: nothing. A server at an `endpoint` of its own names its as it likes."""
    if endpoint or _REGION.fullmatch(region):
        return None
    if zone := _ZONE.fullmatch(region):
        return Wrong("that is a zone of it", f"write it as {zone['region']}")
    # people leave dashes out
    plain = {each.replace("-", ""): each for each in _KNOWN}
    squeezed = re.sub(r"[\s_-]", "", region.lower())
    near = get_close_matches(region.lower(), _KNOWN, n=1)
    meant = plain.get(squeezed) or (near[0] if near else "")
    return Wrong("regions of AWS are written as eu-central-1", f"perhaps it is {meant}" if meant else "correct it")
