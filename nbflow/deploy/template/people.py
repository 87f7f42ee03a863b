"""What people may do who run flows, deploy them and look at them: one managed policy, to be attached to a group or role."""

from __future__ import annotations

from nbflow.deploy.template.asked import Asked
from nbflow.deploy.template.grants import Grant, of_secrets, of_states, of_store
from nbflow.deploy.template.names import DEFINITIONS, arn, attribute, joined, logs_arn, machines_arn

#: the roles of a template by their logical ids, with the service that each is passed to
PASSED = {
    "JobRole": "ecs-tasks.amazonaws.com",
    "ExecutionRole": "ecs-tasks.amazonaws.com",
    "StatesRole": "states.amazonaws.com",
    "SchedulerRole": "scheduler.amazonaws.com",
}
#: of what is said of Step Functions' own jobs, what holds for people, too
_ALSO = frozenset({"SubmitJobs", "TagJobs", "EndJobs"})


def of_people(asked: Asked) -> tuple[Grant, ...]:
    """Return it, a grant for each purpose."""
    return (
        *of_store(asked),
        *of_secrets(asked),
        Grant(
            "SeeSecrets",
            ("secretsmanager:DescribeSecret",),
            (arn("secretsmanager", f"secret:{asked.prefix}/*"),),
            "nbflow deploy says whether they are there.",
        ),
        *_jobs(asked),
        *_roles(),
        *_flows(asked),
        Grant(
            "ReadOutputs",
            ("cloudformation:DescribeStacks",),
            (joined("${AWS::StackId}"),),
            "nbflow configure --from-stack",
        ),
    )


def _jobs(asked: Asked) -> tuple[Grant, ...]:
    return (
        Grant(
            "SeeJobs",
            (
                "batch:DescribeJobQueues",
                "batch:DescribeComputeEnvironments",
                "batch:DescribeJobDefinitions",
                "batch:DescribeJobs",
                "batch:ListJobs",
            ),
            ("*",),
            "Batch knows no resource for these.",
        ),
        Grant(
            "DefineJobs",
            ("batch:RegisterJobDefinition",),
            (arn("batch", f"job-definition/{DEFINITIONS}"),),
            "One for each kind of container that steps ask for.",
        ),
        *(each for each in of_states(asked) if each.sid in _ALSO),
        Grant(
            "SeeLogs",
            ("logs:GetLogEvents",),
            (logs_arn(asked),),
            "What a container said that could not start.",
        ),
    )


def _roles() -> tuple[Grant, ...]:
    return (
        *(
            Grant(
                f"Pass{role}",
                ("iam:PassRole",),
                (attribute(role),),
                f"Handed to {service}, and to nobody else.",
                {"StringEquals": {"iam:PassedToService": service}},
            )
            for role, service in PASSED.items()
        ),
        Grant(
            "SeeRoles",
            ("iam:GetRole",),
            tuple(attribute(role) for role in PASSED),
            "nbflow doctor and nbflow deploy say whether they are there and trust whom they should.",
        ),
    )


def _flows(asked: Asked) -> tuple[Grant, ...]:
    return (
        Grant(
            "DeployFlows",
            (
                "states:CreateStateMachine",
                "states:UpdateStateMachine",
                "states:DeleteStateMachine",
                "states:TagResource",
                "states:ListTagsForResource",
                "states:StartExecution",
                "states:ListExecutions",
            ),
            (machines_arn(asked),),
            "nbflow deploy, and flows that are started by hand.",
        ),
        Grant(
            "FollowFlows",
            ("states:DescribeExecution", "states:StopExecution"),
            (arn("states", f"execution:{asked.prefix}-*"),),
            "Runs of deployed flows are watched and ended.",
        ),
        Grant(
            "FindFlows",
            ("states:ListStateMachines",),
            ("*",),
            "Step Functions knows no resource for it.",
        ),
        Grant(
            "ScheduleFlows",
            (
                "scheduler:CreateSchedule",
                "scheduler:UpdateSchedule",
                "scheduler:GetSchedule",
                "scheduler:DeleteSchedule",
            ),
            (arn("scheduler", f"schedule/{asked.prefix}/{asked.prefix}-*"),),
            "Schedules of deployed flows, in the group of this stack.",
        ),
        Grant(
            "SeeGroup",
            ("scheduler:GetScheduleGroup",),
            (arn("scheduler", f"schedule-group/{asked.prefix}"),),
            "Whether the group is there.",
        ),
    )
