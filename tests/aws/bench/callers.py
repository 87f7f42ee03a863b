"""Who asks: a person's client, a job under its role, what ECS does on a job's behalf, a state machine, a schedule.

Told by the access key.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aws.bench.refusals import ACCOUNT

#: the key of what fetches secrets for jobs, under their execution role
EXECUTION_KEY = "ASIAEXECUTIONROLE000"


@dataclass(frozen=True)
class Credentials:
    """What a job's container is given, as long as its attempt lasts."""

    access_key: str
    secret_key: str
    token: str
    role: str
    job: str

    def to_json(self) -> dict[str, str]:
        """Return what the credentials endpoint of ECS answers."""
        until = datetime.now(UTC) + timedelta(hours=6)
        return {
            "RoleArn": self.role,
            "AccessKeyId": self.access_key,
            "SecretAccessKey": self.secret_key,
            "Token": self.token,
            "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


class Callers:
    """Access keys of jobs, and whose they are."""

    def __init__(self) -> None:
        self._jobs: dict[str, Credentials] = {}
        #: access keys of services that ask under a role: the kind of caller, and the role
        self._services: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()

    def issue(self, job: str, role: str) -> Credentials:
        """Make the credentials of a job under `role`."""
        with self._lock:
            access_key = f"ASIA{len(self._jobs):016d}"
            made = Credentials(access_key, f"secret-of-{access_key}", f"token-of-{access_key}", role, job)
            self._jobs[access_key] = made
            return made

    def assumed(self, caller: str, role: str) -> str:
        """Return the access key of a service of the bench, "state-machine" or another `caller`, under `role`."""
        with self._lock:
            access_key = f"ASIASERVICE{len(self._services):09d}"
            self._services[access_key] = (caller, role)
            return access_key

    def by_token(self, access_key: str) -> Credentials | None:
        with self._lock:
            return self._jobs.get(access_key)

    def who(self, access_key: str | None) -> tuple[str, str | None, str]:
        """Return the kind of caller, the job it is, and its ARN."""
        if access_key == EXECUTION_KEY:
            return "execution-role", None, f"arn:aws:sts::{ACCOUNT}:assumed-role/execution/ecs"
        with self._lock:
            found = self._jobs.get(access_key or "")
            service = self._services.get(access_key or "")
        if service is not None:
            caller, role = service
            return caller, None, f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/{caller}"
        if found is None:
            return "client", None, f"arn:aws:iam::{ACCOUNT}:user/bench"
        role = found.role.rpartition("/")[2]
        return "job", found.job, f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{found.job.replace(':', '-')}"
