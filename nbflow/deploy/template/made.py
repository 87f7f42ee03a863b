"""The template as a value: bucket, queue and machines, logs, schedules, roles, and the outputs that `configure` reads.

Resource types and their properties: AWS CloudFormation's reference; cfn-lint holds the result to it in the tests.
"""

from __future__ import annotations

from typing import Any

from nbflow.deploy.template import names, network
from nbflow.deploy.template.asked import Asked
from nbflow.deploy.template.names import attribute, ref
from nbflow.deploy.template.roles import roles

#: output → the setting that it is the value of
OUTPUTS = {
    "Root": "root",
    "Region": "region",
    "Queue": "batch.queue",
    "Image": "batch.image",
    "JobRole": "batch.job_role",
    "ExecutionRole": "batch.execution_role",
    "LogGroup": "batch.log_group",
    "StatesRole": "deploy.states_role",
    "SchedulerRole": "deploy.scheduler_role",
    "ScheduleGroup": "deploy.schedule_group",
    "NamePrefix": "deploy.name_prefix",
}
#: cores that run at once, unless told otherwise as the stack is made
_CORES = 64
#: days that what containers printed is kept; nbflow keeps logs of its own in the bucket
_DAYS = 30


def template(asked: Asked) -> dict[str, Any]:
    """Return the template, as JSON has it."""
    machines = "EC2" if asked.ec2 else "Fargate"
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"nbflow: a bucket for runs, a queue of AWS Batch on {machines}, and roles that are allowed what they need",
        "Parameters": {
            "MaxCores": {
                "Type": "Number",
                "Default": _CORES,
                "MinValue": 1,
                "Description": "Cores that run at once, at most",
            },
            "Image": {
                "Type": "String",
                "Default": f"public.ecr.aws/docker/library/python:{asked.python}-slim",
                "Description": "Image of steps that name none; its Python is to have the version of those who run flows",
            },
        },
        "Resources": {
            **(_bucket(asked) if asked.bucket is None else {}),
            **network.network(asked),
            **_machines(asked),
            "LogGroup": {
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Delete",
                "UpdateReplacePolicy": "Delete",
                "Properties": {"LogGroupName": names.log_group(asked), "RetentionInDays": _DAYS},
            },
            "ScheduleGroup": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": asked.prefix}},
            **roles(asked),
        },
        "Outputs": _outputs(asked),
    }


def _bucket(asked: Asked) -> dict[str, Any]:
    """Return the bucket, which stays when the stack goes: runs are in it."""
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    properties = {
        "BucketName": names.joined(f"{asked.prefix}-${{AWS::AccountId}}-${{AWS::Region}}"),
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
        "PublicAccessBlockConfiguration": dict.fromkeys(closed, True),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        # nothing is ever overwritten but on purpose: versions would keep what was deleted
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": "uploads-that-were-given-up",
                    "Status": "Enabled",
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                }
            ]
        },
    }
    unencrypted = {
        "Sid": "RefuseUnencrypted",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [attribute("Bucket"), names.joined("${Bucket.Arn}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": properties,
        },
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": ref("Bucket"),
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [unencrypted]},
            },
        },
    }


def _machines(asked: Asked) -> dict[str, Any]:
    """Return compute environment and queue. Batch acts by its own service-linked role, which it makes when it is missing."""
    resources: dict[str, Any] = {
        "Type": "EC2" if asked.ec2 else "FARGATE",
        "MaxvCpus": ref("MaxCores"),
        "Subnets": network.subnets(asked),
        "SecurityGroupIds": [network.containers()],
    }
    if asked.ec2:
        resources |= {
            "AllocationStrategy": "BEST_FIT_PROGRESSIVE",
            # none waits for work
            "MinvCpus": 0,
            "InstanceTypes": ["optimal"],
            "InstanceRole": attribute("MachineProfile"),
            "UpdateToLatestImageVersion": True,
        }
    environment: dict[str, Any] = {
        "Type": "AWS::Batch::ComputeEnvironment",
        # changed where it is, since a queue holds it
        "Properties": {
            "Type": "MANAGED",
            "State": "ENABLED",
            "ReplaceComputeEnvironment": False,
            "ComputeResources": resources,
        },
    }
    if before := network.depends(asked):
        environment["DependsOn"] = before
    queue = {
        "JobQueueName": asked.prefix,
        "State": "ENABLED",
        "Priority": 1,
        "ComputeEnvironmentOrder": [{"Order": 1, "ComputeEnvironment": ref("Machines")}],
    }
    return {"Machines": environment, "Queue": {"Type": "AWS::Batch::JobQueue", "Properties": queue}}


def _outputs(asked: Asked) -> dict[str, Any]:
    values: dict[str, Any] = {
        "Root": names.root(asked),
        "Region": ref("AWS::Region"),
        "Queue": asked.prefix,
        "Image": ref("Image"),
        "LogGroup": ref("LogGroup"),
        "ScheduleGroup": asked.prefix,
        "NamePrefix": asked.prefix,
        **{role: attribute(role) for role in ("JobRole", "ExecutionRole", "StatesRole", "SchedulerRole")},
    }
    said = {name: {"Description": f"nbflow's setting {key}", "Value": values[name]} for name, key in OUTPUTS.items()}
    people = {"Description": "The policy to attach to people who run and deploy flows", "Value": ref("People")}
    return {**said, "People": people}
