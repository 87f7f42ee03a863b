"""The template of an account: CloudFormation takes it, it allows no more than it says, and bad wishes are told."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types
from cfnlint import lint  # type: ignore[import-untyped]  # ships no types

from nbflow.catalogue import CATALOGUE
from nbflow.configuration.known import BY_KEY
from nbflow.deploy.template import OUTPUTS, Asked, as_text, asked, template
from nbflow.errors import DeploymentError
from nbflow.frontends.deploying.template import add_options, main, next_steps, refuse_options

VPC: dict[str, Any] = {"vpc": "vpc-0a1b2c3d", "subnets": ("subnet-0a1b2c3d", "subnet-1a1b2c3d")}
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "ec2": {"ec2": True, "prefix": "team"},
    "in a network": VPC,
    "with a bucket": {"bucket": "my-bucket"},
    "all that is there": {"ec2": True, "bucket": "my-bucket", **VPC},
}


def made(**wishes: Any) -> dict[str, Any]:
    return template(asked(**wishes))


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser()
    add_options(options)
    return options


def refused(**wishes: Any) -> str:
    with pytest.raises(DeploymentError) as caught:
        asked(**wishes)
    return str(caught.value)


def statements(resources: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each statement of a policy of the template, with the resource that it belongs to."""
    for name, each in resources.items():
        properties = each["Properties"]
        documents = [part["PolicyDocument"] for part in properties.get("Policies", ())]
        if "PolicyDocument" in properties:
            documents.append(properties["PolicyDocument"])
        for document in documents:
            yield from ((name, statement) for statement in document["Statement"])


@pytest.mark.parametrize("kind", ["plain", "ec2", "all that is there"])
def test_cfn_lint_finds_nothing(kind: str) -> None:
    assert lint(as_text(made(**KINDS[kind]))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_yaml_and_json_say_the_same(kind: str) -> None:
    class Loader(yaml.SafeLoader):  # type: ignore[misc]  # ships no types
        """Reads the short forms of intrinsic functions."""

    def read(loader: Any, tag: str, node: Any) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return {f"Fn::{tag}": loader.construct_sequence(node, deep=True)}
        value = loader.construct_scalar(node)
        if tag == "GetAtt":
            return {"Fn::GetAtt": value.split(".")}
        return {"Ref" if tag == "Ref" else f"Fn::{tag}": value}

    Loader.add_multi_constructor("!", read)
    whole = made(**KINDS[kind])
    assert yaml.load(as_text(whole, "yaml"), Loader) == json.loads(as_text(whole, "json")) == whole


def test_every_statement_has_its_reason_above_it() -> None:
    lines = as_text(made(), "yaml").splitlines()
    places = [number for number, line in enumerate(lines) if "- Sid: " in line]
    assert len(places) == len(list(statements(made()["Resources"])))
    assert all(lines[place - 1].lstrip().startswith("# ") for place in places)


def test_nothing_is_allowed_on_everything_but_what_has_no_resource() -> None:
    everything = {
        action
        for _, statement in statements(made()["Resources"])
        if statement["Effect"] == "Allow" and "*" in statement["Resource"]
        for action in statement["Action"]
    }
    # the Service Authorization Reference gives no resource type for these
    assert everything == {
        "batch:DescribeComputeEnvironments",
        "batch:DescribeJobDefinitions",
        "batch:DescribeJobQueues",
        "batch:DescribeJobs",
        "batch:ListJobs",
        "ecr:GetAuthorizationToken",
        "states:ListStateMachines",
    }
    allowed = [statement for _, statement in statements(made()["Resources"]) if statement["Effect"] == "Allow"]
    assert not any("*" in action for statement in allowed for action in statement["Action"])


def test_names_begin_with_the_prefix() -> None:
    text = as_text(made(prefix="sales"), "json")
    assert "nbflow-people" not in text
    assert "/nbflow/jobs" not in text
    names = re.findall(r'"(?:RoleName|ManagedPolicyName|JobQueueName|LogGroupName|Name)": "([^"]+)"', text)
    assert names
    assert all(name.strip("/").startswith("sales") for name in names if name != "Name")


def test_a_role_is_handed_to_its_service_only() -> None:
    passing = [each for _, each in statements(made()["Resources"]) if "iam:PassRole" in each["Action"]]
    assert len(passing) == 4
    assert all(each["Condition"]["StringEquals"]["iam:PassedToService"].endswith(".amazonaws.com") for each in passing)
    assert all(len(each["Resource"]) == 1 for each in passing)


def test_services_that_act_for_others_act_for_this_account_only() -> None:
    resources = made()["Resources"]
    for role in ("StatesRole", "SchedulerRole"):
        (trust,) = resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_the_policy_of_people_is_not_longer_than_iam_takes() -> None:
    document = made(prefix="a" * 30)["Resources"]["People"]["Properties"]["PolicyDocument"]
    account, region = "123456789012", "ap-northeast-1"
    text = json.dumps(document, separators=(",", ":"))
    text = re.sub(r'\{"Fn::Sub":("[^"]*")\}', r"\1", text)
    text = re.sub(r'\{"Fn::GetAtt":\["\w+","Arn"\]\}', json.dumps(f"arn:aws:iam::{account}:role/{'a' * 40}"), text)
    stack = f"arn:aws:cloudformation:{region}:{account}:stack/{'a' * 68}"
    for variable, value in {"Partition": "aws-cn", "Region": region, "AccountId": account, "StackId": stack}.items():
        text = text.replace(f"${{AWS::{variable}}}", value)
    # white space does not count, says IAM's page of quotas
    assert len(text) < 6144


def test_each_output_is_a_setting() -> None:
    outputs = made()["Outputs"]
    assert set(outputs) == {*OUTPUTS, "People"}
    assert set(OUTPUTS.values()) <= set(BY_KEY)


def test_what_is_there_is_not_made() -> None:
    def kinds(**wishes: Any) -> set[str]:
        return {each["Type"] for each in made(**wishes)["Resources"].values()}

    assert {"AWS::S3::Bucket", "AWS::EC2::VPC", "AWS::EC2::Subnet"} <= kinds()
    assert not {"AWS::S3::Bucket", "AWS::S3::BucketPolicy"} & kinds(bucket="my-bucket")
    network = {kind for kind in kinds(**VPC) if kind.startswith("AWS::EC2::")}
    assert network == {"AWS::EC2::SecurityGroup"}
    assert made(bucket="my-bucket")["Outputs"]["Root"]["Value"] == "s3://my-bucket/nbflow"
    assert "AWS::IAM::InstanceProfile" in kinds(ec2=True) - kinds()


def test_the_bucket_stays_closed_and_outlives_the_stack() -> None:
    bucket = made()["Resources"]["Bucket"]
    assert bucket["DeletionPolicy"] == "Retain"
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert "VersioningConfiguration" not in bucket["Properties"]


@pytest.mark.parametrize(
    ("wishes", "code", "said"),
    [
        ({"prefix": "My_Team"}, "A080", "--prefix my-team"),
        ({"prefix": "x" * 31}, "A080", "3 to 30"),
        ({"prefix": "a--b"}, "A080", "--prefix a-b"),
        ({"prefix": ""}, "A080", "--prefix nbflow-team"),
        ({"vpc": "vpc-0a1b2c3d"}, "A081", "--vpc without --subnets"),
        ({"subnets": ["subnet-0a1b2c3d"]}, "A081", "--subnets without --vpc"),
        ({"vpc": "default", "subnets": ["subnet-0a1b2c3d"]}, "A082", "describe-vpcs"),
        ({"vpc": "vpc-0a1b2c3d", "subnets": ["subnet-0a1b2c3d,eu-central-1a"]}, "A082", "'eu-central-1a'"),
        ({"bucket": "s3://mine/nbflow"}, "A083", "--bucket mine"),
        ({"bucket": "My_Bucket"}, "A083", "--bucket my-bucket"),
    ],
)
def test_what_makes_no_sense_is_told(wishes: dict[str, Any], code: str, said: str) -> None:
    text = refused(**wishes)
    assert f"NBF-{code}" in text
    assert said in text


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = refused(prefix="No", bucket="No", vpc="No")
    assert [line[:8] for line in text.splitlines() if line.startswith("NBF-")] == [
        "NBF-A080",
        "NBF-A081",
        "NBF-A082",
        "NBF-A083",
    ]


def test_subnets_may_stand_in_one_word_or_in_several() -> None:
    one = asked(vpc="vpc-0a1b2c3d", subnets=["subnet-0a1b2c3d,subnet-1a1b2c3d"])
    assert one == asked(**VPC)


def test_the_template_goes_to_one_stream_and_what_to_type_to_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(parser().parse_args(["--template", "--prefix", "sales", "--json"])) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == made(prefix="sales")
    assert "aws cloudformation deploy --stack-name sales --template-file sales.json" in err
    assert "CAPABILITY_NAMED_IAM" in err
    assert "nbflow configure --from-stack sales" in err


def test_what_to_type_names_the_region_where_one_is_set() -> None:
    assert "--region eu-west-1" in next_steps(Asked(), "yaml", "eu-west-1", kept=True)
    assert "put it into nbflow.yaml" in next_steps(Asked(), "yaml", None, kept=False)


@pytest.mark.parametrize("words", [["--ec2"], ["--vpc", "vpc-1"], ["--json"], ["--prefix", "x"]])
def test_options_of_a_template_without_one_are_told(words: list[str]) -> None:
    with pytest.raises(DeploymentError, match=re.escape(f"{words[0]} says something of a template")):
        refuse_options(parser().parse_args(words))
    refuse_options(parser().parse_args([]))


def test_a_template_of_a_flow_is_told() -> None:
    with pytest.raises(DeploymentError, match=r"nbflow deploy sales\.ipynb"):
        main(argparse.Namespace(file="sales.ipynb"))


def test_the_page_names_what_is_made() -> None:
    page = (Path(__file__).parents[3] / "docs" / "aws-setup.md").read_text()
    assert all(f"`{output}`" in page for output in made()["Outputs"])
    assert all(f"--{option}" in page for option in ("prefix", "ec2", "vpc", "subnets", "bucket", "from-stack"))
    assert "A080" in CATALOGUE
