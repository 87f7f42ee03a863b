"""What each principal may do, and why. A grant is a statement of a policy with its reason; all of them allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbflow.deploy.template.asked import Asked
from nbflow.deploy.template.names import (
    DEFINITIONS,
    arn,
    bucket_arn,
    logs_arn,
    machines_arn,
    objects_arn,
    queue_arn,
)
from nbflow.frozen import frozen


@frozen
class Grant:
    """Actions that are allowed on resources."""

    #: its name in the policy, a word
    sid: str
    actions: tuple[str, ...]
    resources: tuple[Any, ...]
    #: in a line: what it is for, and why it is not narrower
    why: str
    condition: dict[str, Any] | None = None

    def statement(self) -> dict[str, Any]:
        """Return it as IAM has it."""
        made = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        return made if self.condition is None else {**made, "Condition": self.condition}


def policy(grants: Sequence[Grant]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": [each.statement() for each in grants]}


def of_store(asked: Asked) -> tuple[Grant, ...]:
    """Return what it takes to use the store."""
    return (
        Grant(
            "FindRuns",
            ("s3:ListBucket",),
            (bucket_arn(asked),),
            "Runs are found by listing. Narrowed to a prefix, S3 would answer 403 in place of 404 for what is not there yet.",
        ),
        Grant(
            "KeepRuns",
            ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
            (objects_arn(asked),),
            "Artifacts, logs and facts about runs; uploads that fail are aborted.",
        ),
    )


def of_secrets(asked: Asked) -> tuple[Grant, ...]:
    """Return what it takes to read the secrets that steps name."""
    return (
        Grant(
            "ReadSecrets",
            ("secretsmanager:GetSecretValue",),
            (arn("secretsmanager", f"secret:{asked.prefix}/*"),),
            f"Secrets of steps (--secret, @secrets), of those only that are named {asked.prefix}/…",
        ),
    )


def of_jobs(asked: Asked) -> tuple[Grant, ...]:
    """Return what steps may do while they run."""
    return (*of_store(asked), *of_secrets(asked))


def of_starting(asked: Asked) -> tuple[Grant, ...]:
    """Return what it takes to start a container."""
    return (
        Grant(
            "EnterRegistry",
            ("ecr:GetAuthorizationToken",),
            ("*",),
            "The login at the registry has no resource.",
        ),
        Grant(
            "PullImages",
            ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"),
            (arn("ecr", "repository/*"),),
            "Images of this account's registry; public ones need nothing.",
        ),
        Grant(
            "WriteLogs",
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            (logs_arn(asked),),
            "What containers print.",
        ),
    )


def of_states(asked: Asked) -> tuple[Grant, ...]:
    """Return what Step Functions may do for deployed flows."""
    return (
        *_submitting(asked),
        Grant(
            "FollowJobs",
            ("batch:DescribeJobs",),
            ("*",),
            "Batch knows no resource for it.",
        ),
        Grant(
            "EndJobs",
            ("batch:TerminateJob",),
            (arn("batch", "job/*"),),
            "An execution that is stopped ends its jobs; a job has an id and no name.",
        ),
        Grant(
            "HearOfJobs",
            ("events:PutTargets", "events:PutRule", "events:DescribeRule"),
            (arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule"),),
            "Step Functions waits for jobs (.sync) by this rule, which it makes itself.",
        ),
        Grant(
            "ReadItems",
            ("s3:GetObject",),
            (objects_arn(asked),),
            "What a foreach goes over, and whether a step goes, is read from the bucket.",
        ),
        Grant(
            "RunItems",
            ("states:StartExecution",),
            (machines_arn(asked),),
            "The items of a large foreach (Distributed Map) are executions of the same machine.",
        ),
        Grant(
            "FollowItems",
            ("states:DescribeExecution", "states:StopExecution"),
            (arn("states", f"execution:{asked.prefix}-*"),),
            "Those executions are watched, and ended with their parent.",
        ),
    )


def of_scheduler(asked: Asked) -> tuple[Grant, ...]:
    """Return what schedules may start."""
    return (
        Grant("StartFlows", ("states:StartExecution",), (machines_arn(asked),), "A deployed flow on a schedule."),
        *_submitting(asked),
    )


def _submitting(asked: Asked) -> tuple[Grant, ...]:
    return (
        Grant(
            "SubmitJobs",
            ("batch:SubmitJob",),
            (queue_arn(asked), arn("batch", f"job-definition/{DEFINITIONS}")),
            "Job definitions are named by nbflow- and a digest, whatever the prefix is.",
        ),
        Grant(
            "TagJobs",
            ("batch:TagResource",),
            (arn("batch", "job/*"), arn("batch", f"job-definition/{DEFINITIONS}")),
            "A job is tagged as it is submitted, with its flow and run.",
        ),
    )
