"""The network that containers are in: two public subnets of a network of its own, unless one is named.

Containers have public addresses and accept nothing from outside. What they say to the bucket stays within AWS.
"""

from __future__ import annotations

from typing import Any

from nbflow.deploy.template.asked import Asked
from nbflow.deploy.template.names import attribute, joined, ref, tagged

_RANGE = "10.91.0.0/16"
_SUBNETS = ("10.91.0.0/18", "10.91.64.0/18")


def subnets(asked: Asked) -> list[Any]:
    """Return the subnets of the compute environment."""
    return list(asked.subnets) or [ref(f"Subnet{number}") for number, _ in enumerate(_SUBNETS, 1)]


def depends(asked: Asked) -> list[str]:
    """Return what must be there before a machine is started: without its route it would reach nothing."""
    return [] if asked.vpc else ["Route", *(f"Routed{number}" for number, _ in enumerate(_SUBNETS, 1))]


def network(asked: Asked) -> dict[str, Any]:
    """Return the resources by their logical ids."""
    vpc: Any = asked.vpc or ref("Network")
    made = {} if asked.vpc else _own(asked)
    group = {
        "GroupDescription": f"Containers of {asked.prefix}: nothing comes in, everything may go out",
        "VpcId": vpc,
        "Tags": tagged(asked, "containers"),
    }
    return {**made, "Containers": {"Type": "AWS::EC2::SecurityGroup", "Properties": group}}


def _own(asked: Asked) -> dict[str, Any]:
    network = ref("Network")
    made: dict[str, Any] = {
        "Network": _resource(
            "VPC",
            CidrBlock=_RANGE,
            EnableDnsSupport=True,
            EnableDnsHostnames=True,
            Tags=tagged(asked, "network"),
        ),
        "Gateway": _resource("InternetGateway", Tags=tagged(asked, "gateway")),
        "Attached": _resource("VPCGatewayAttachment", VpcId=network, InternetGatewayId=ref("Gateway")),
        "Routes": _resource("RouteTable", VpcId=network, Tags=tagged(asked, "routes")),
        "Route": {
            **_resource(
                "Route",
                RouteTableId=ref("Routes"),
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId=ref("Gateway"),
            ),
            "DependsOn": "Attached",
        },
        # costs nothing, and what goes to the bucket does not leave AWS
        "ToBuckets": _resource(
            "VPCEndpoint",
            VpcId=network,
            ServiceName=joined("com.amazonaws.${AWS::Region}.s3"),
            VpcEndpointType="Gateway",
            RouteTableIds=[ref("Routes")],
        ),
    }
    for number, addresses in enumerate(_SUBNETS, 1):
        made[f"Subnet{number}"] = _resource(
            "Subnet",
            VpcId=network,
            CidrBlock=addresses,
            AvailabilityZone={"Fn::Select": [number - 1, {"Fn::GetAZs": ""}]},
            MapPublicIpOnLaunch=True,
            Tags=tagged(asked, f"subnet-{number}"),
        )
        made[f"Routed{number}"] = _resource(
            "SubnetRouteTableAssociation", SubnetId=ref(f"Subnet{number}"), RouteTableId=ref("Routes")
        )
    return made


def containers() -> Any:
    """Return the id of the group that containers are in."""
    return attribute("Containers", "GroupId")


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::EC2::{kind}", "Properties": properties}
