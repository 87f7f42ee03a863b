"""One attempt of a job: its container from start to end, with its time limit, its log and whoever stops it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws.bench.batch_container import command, resource
from aws.bench.batch_environment import Environment
from aws.bench.batch_jobs import Job, Stop, now
from aws.bench.batch_logs import LogStream
from aws.bench.runners import CannotStartError, Container, Ended, Runner, Wanted
from aws.bench.settings import Settings
from moto.logs.models import logs_backends

EXITED = "Essential container in task exited"
NOT_STARTED = "Task failed to start"
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
TIMED_OUT = "Job attempt duration exceeded timeout"
#: seconds between looks at a container
_LOOK = 0.02


@dataclass(frozen=True)
class Outcome:
    """How an attempt came to its end."""

    exit_code: int | None
    reason: str
    status_reason: str
    #: a stop by a person or by the clock is final, whatever the retry strategy says
    final: bool = False

    @property
    def well(self) -> bool:
        return self.exit_code == 0 and not self.final and self.status_reason == EXITED


class Attempt:
    """Runs a job once. Everything that others may see of it is written to the job."""

    def __init__(self, job: Job, runner: Runner, environment: Environment, settings: Settings) -> None:
        self._job = job
        self._runner = runner
        self._environment = environment
        self._settings = settings
        self._number = len(job.attempts) + 1

    def run(self, on_running: Callable[[], None]) -> Outcome:
        """Run it to its end, and note it among the job's attempts."""
        job = self._job
        kind = "fargate" if job.fargate else "ec2"
        task = f"arn:aws:ecs:{job.region}:{job.account}:task/bench-{kind}/{uuid.uuid4().hex}"
        job.latest = {"taskArn": task, "networkInterfaces": []}
        started: int | None = None
        try:
            container = self._runner.start(self._wanted())
        except CannotStartError as error:
            outcome = Outcome(None, str(error)[:255], NOT_STARTED)
        else:
            log = self._log(task.rpartition("/")[2])
            started = now()
            job.latest = {**job.latest, "logStreamName": log.name}
            on_running()
            outcome = self._watched(container, log)
        if outcome.exit_code is not None:
            job.latest = {**job.latest, "exitCode": outcome.exit_code}
        if outcome.reason:
            job.latest = {**job.latest, "reason": outcome.reason}
        told: dict[str, Any] = {
            "container": dict(job.latest),
            "stoppedAt": now(),
            "statusReason": outcome.status_reason,
        }
        job.attempts.append({**told, **({"startedAt": started} if started else {})})
        return outcome

    def _wanted(self) -> Wanted:
        job, properties = self._job, self._job.properties
        volumes = {each["name"]: each.get("host", {}).get("sourcePath") for each in properties.get("volumes", [])}
        mounts = tuple(
            (volumes[each["sourceVolume"]], each["containerPath"], bool(each.get("readOnly")))
            for each in properties.get("mountPoints", [])
        )
        return Wanted(
            name=f"nbflow-bench-{job.id.replace(':', '-')}-{self._number}",
            job=job.id,
            image=properties["image"],
            command=command(properties, job.parameters),
            environment=self._environment.of(job, self._number),
            vcpus=job.vcpus,
            memory=int(resource(properties, "MEMORY", 512)),
            mounts=mounts,
            init=bool(properties.get("linuxParameters", {}).get("initProcessEnabled")),
            enclosed=self._settings.network == "bench",
        )

    def _log(self, task: str) -> LogStream:
        job = self._job
        options = job.properties.get("logConfiguration", {}).get("options", {})
        prefix = options.get("awslogs-stream-prefix", job.definition.name[:200])
        group = options.get("awslogs-group", "/aws/batch/job")
        log = LogStream(logs_backends[job.account][job.region], group, f"{prefix}/default/{task}")
        log.open()
        return log

    def _watched(self, container: Container, log: LogStream) -> Outcome:
        began, killed_at, stop = time.monotonic(), 0.0, None
        try:
            while (ended := container.ended()) is None:
                log.write(container.output())
                if stop is None and (stop := self._stop(began)) is not None:
                    killed_at = self._end(container, stop)
                elif stop is not None and time.monotonic() >= killed_at:
                    container.kill()
                time.sleep(_LOOK)
            log.write(container.output(), last=True)
        finally:
            container.remove()
        return _outcome(ended, stop)

    def _stop(self, began: float) -> Stop | None:
        if self._job.stop is not None:
            return self._job.stop
        limit = (self._job.timeout or {}).get("attemptDurationSeconds")
        if limit and time.monotonic() - began > limit * self._settings.minute / 60:
            return Stop("timeout", TIMED_OUT)
        return None

    def _end(self, container: Container, stop: Stop) -> float:
        """Begin to end it, and return the time at which patience is over."""
        if stop.why == "reclaim":
            container.kill()
        else:
            container.terminate()
        return time.monotonic() + self._settings.grace


def _outcome(ended: Ended, stop: Stop | None) -> Outcome:
    if stop is not None and stop.why == "reclaim":
        # nobody was left on the host to tell an exit code
        return Outcome(None, "", stop.status_reason)
    if stop is not None:
        return Outcome(ended.exit_code, "", stop.status_reason, final=True)
    return Outcome(ended.exit_code, OUT_OF_MEMORY if ended.out_of_memory else "", EXITED)
