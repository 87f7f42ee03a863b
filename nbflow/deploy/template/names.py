"""How things are called in a template, and ARNs of things that are not made yet."""

from __future__ import annotations

from typing import Any

from nbflow.deploy.template.asked import Asked

#: below which nbflow keeps everything in its bucket
FOLDER = "nbflow"
#: job definitions are named so whatever the prefix is: by it and a digest of what they say
DEFINITIONS = "nbflow-*"

Value = dict[str, Any]


def ref(name: str) -> Value:
    """Return what CloudFormation takes for the name of a resource, or the value of a parameter."""
    return {"Ref": name}


def attribute(name: str, which: str = "Arn") -> Value:
    """Return what becomes known of a resource once it is made."""
    return {"Fn::GetAtt": [name, which]}


def joined(text: str) -> Value:
    """Return a text in which `${…}` stands for what the stack knows."""
    return {"Fn::Sub": text}


def arn(service: str, what: str, *, region: bool = True) -> Value:
    """Return the ARN of a thing of this account."""
    where = "${AWS::Region}" if region else ""
    return joined(f"arn:${{AWS::Partition}}:{service}:{where}:${{AWS::AccountId}}:{what}")


def bucket_arn(asked: Asked) -> Value:
    """Return the ARN of the bucket, made or there."""
    return attribute("Bucket") if asked.bucket is None else joined(f"arn:${{AWS::Partition}}:s3:::{asked.bucket}")


def objects_arn(asked: Asked) -> Value:
    """Return the ARN of all objects that are nbflow's."""
    if asked.bucket is None:
        return joined(f"${{Bucket.Arn}}/{FOLDER}/*")
    return joined(f"arn:${{AWS::Partition}}:s3:::{asked.bucket}/{FOLDER}/*")


def root(asked: Asked) -> Value | str:
    """Return the URL of the store."""
    return joined(f"s3://${{Bucket}}/{FOLDER}") if asked.bucket is None else f"s3://{asked.bucket}/{FOLDER}"


def log_group(asked: Asked) -> str:
    """Return the group that containers log to."""
    return f"/{asked.prefix}/jobs"


def logs_arn(asked: Asked) -> Value:
    """Return the ARN of all streams of that group."""
    return arn("logs", f"log-group:{log_group(asked)}:*")


def queue_arn(asked: Asked) -> Value:
    """Return the ARN of the queue."""
    return arn("batch", f"job-queue/{asked.prefix}")


def machines_arn(asked: Asked) -> Value:
    """Return the ARN of all state machines that are nbflow's."""
    return arn("states", f"stateMachine:{asked.prefix}-*")


def tagged(asked: Asked, name: str) -> list[Value]:
    """Return the tags of a thing of a network, which has no other name."""
    return [{"Key": "Name", "Value": f"{asked.prefix}-{name}"}]
