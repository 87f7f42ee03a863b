"""Step Functions, as these settings reach it. Nothing else of a deployment talks to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from nbflow.backends.batch.refusals import refused
from nbflow.configuration.settings import Settings
from nbflow.deploy.acting import STATES, explain
from nbflow.errors import raise_for

#: tag of a state machine: the store that it was deployed from
STORE = "nbflow:store"


class StatesService:
    """Creates state machines, starts and ends executions."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def region(self) -> str:
        """Where it is."""
        return str(self._client.meta.region_name)

    def find(self, name: str) -> str | None:
        """Return the ARN of the state machine of this name."""
        for page in self._pages("list_state_machines", "ListStateMachines", "stateMachines"):
            if page["name"] == name:
                return str(page["stateMachineArn"])
        return None

    def put(self, name: str, definition: str, role: str, tags: Mapping[str, str], *, history: str | None = None) -> str:
        """Create or replace a state machine and return its ARN.

        Args:
            name: its name.
            definition: in the States Language.
            role: ARN of the role that it acts by.
            tags: of the state machine; that of the store says whose it is.
            history: ARN of the log group that the history of its executions goes to.

        Raises:
            DeploymentError: A006, one of this name is there and is not this store's; A064, A065, it cannot act by the role.
        """
        more: dict[str, Any] = {"definition": definition, "roleArn": role}
        if history:
            where = [{"cloudWatchLogsLogGroup": {"logGroupArn": f"{history.removesuffix(':*')}:*"}}]
            more["loggingConfiguration"] = {"level": "ALL", "includeExecutionData": False, "destinations": where}
        listed = [{"key": key, "value": value} for key, value in tags.items()]
        arn = self.find(name)
        if arn is None:
            made = self._ask(
                "CreateStateMachine",
                lambda: self._client.create_state_machine(name=name, type="STANDARD", tags=listed, **more),
                role,
            )
            return str(made["stateMachineArn"])
        self._check_owner(arn, name, tags)
        self._ask("UpdateStateMachine", lambda: self._client.update_state_machine(stateMachineArn=arn, **more), role)
        self._ask("TagResource", lambda: self._client.tag_resource(resourceArn=arn, tags=listed))
        return arn

    def check(self, name: str, tags: Mapping[str, str]) -> None:
        """Raise A006 where a state machine of this name is there that is not this store's."""
        if arn := self.find(name):
            self._check_owner(arn, name, tags)

    def _check_owner(self, arn: str, name: str, tags: Mapping[str, str]) -> None:
        answer = self._ask("ListTagsForResource", lambda: self._client.list_tags_for_resource(resourceArn=arn))
        found = {each["key"]: each["value"] for each in answer["tags"]}
        if found.get(STORE) != tags[STORE]:
            theirs = found.get(STORE)
            why = f"it belongs to the store {theirs}" if theirs else "it may be somebody else's work"
            raise_for("A006", name=name, why=why)

    def start(self, arn: str, name: str, given: Mapping[str, Any]) -> str:
        """Start an execution and return its ARN; one of this name that runs with this input is not started twice."""
        answer = self._ask(
            "StartExecution",
            lambda: self._client.start_execution(stateMachineArn=arn, name=name, input=json.dumps(given)),
        )
        return str(answer["executionArn"])

    def executions(self, arn: str, status: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield executions, newest first; only those of a `status`, as Step Functions calls it: RUNNING, TIMED_OUT."""
        more = {"statusFilter": status} if status else {}
        yield from self._pages("list_executions", "ListExecutions", "executions", stateMachineArn=arn, **more)

    def stop(self, arn: str, cause: str) -> None:
        """End an execution; its jobs are ended with it."""
        self._ask("StopExecution", lambda: self._client.stop_execution(executionArn=arn, cause=cause))

    def describe(self, arn: str) -> dict[str, Any]:
        """Return what is known of an execution."""
        found: dict[str, Any] = self._ask(
            "DescribeExecution", lambda: self._client.describe_execution(executionArn=arn)
        )
        return found

    def delete(self, arn: str) -> None:
        """Delete a state machine; executions under way go on to their end."""
        self._ask("DeleteStateMachine", lambda: self._client.delete_state_machine(stateMachineArn=arn))

    def _pages(self, method: str, action: str, key: str, **more: Any) -> Iterator[dict[str, Any]]:
        asked = dict(more)
        while True:
            page = self._ask(action, partial(getattr(self._client, method), **asked))
            yield from page[key]
            if not page.get("nextToken"):
                return
            asked["nextToken"] = page["nextToken"]

    def _ask(self, action: str, call: Callable[[], Any], role: str | None = None) -> Any:
        try:
            return call()
        except Exception as error:
            if role is not None:
                explain(error, role, STATES)
            raise refused(action, error, self.settings, service="states", named="Step Functions") from error

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(retries={"total_max_attempts": 5, "mode": "standard"}, connect_timeout=10, read_timeout=60)
        try:
            session = boto3.Session(profile_name=self.settings.aws_profile, region_name=self.settings.region)
            return session.client("stepfunctions", endpoint_url=self.settings.endpoint, config=config)
        except Exception as error:
            raise refused("connect", error, self.settings, service="states", named="Step Functions") from error
