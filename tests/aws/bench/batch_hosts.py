"""Where jobs run: they wait for their dependencies and for a slot, get attempt after attempt, and can be stopped."""

from __future__ import annotations

import logging
import threading

from aws.bench.batch_attempts import Attempt, Outcome
from aws.bench.batch_container import LONGEST_OVERRIDES, overrides_length
from aws.bench.batch_environment import Environment, of_batch
from aws.bench.batch_fit import misfit, room
from aws.bench.batch_jobs import ACTIVE, DONE, Job, Stop, now
from aws.bench.batch_retry import again
from aws.bench.runners import Runner
from aws.bench.settings import Settings

_log = logging.getLogger("nbflow.bench")


class Hosts:
    """All jobs of all queues, and the threads that run them."""

    def __init__(self, runner: Runner, environment: Environment, settings: Settings) -> None:
        self._runner = runner
        self._environment = environment
        self._settings = settings
        self._jobs: dict[str, Job] = {}
        self._running: dict[Job, threading.Thread] = {}
        self._changed = threading.Condition(threading.RLock())
        threading.Thread(target=self._turns, name="hosts", daemon=True).start()

    def submit(self, job: Job) -> None:
        """Take a job, or an array with its children."""
        with self._changed:
            for each in (job, *job.children):
                self._jobs[each.id] = each
            if job.children:
                job.status = "PENDING"
            self._changed.notify()

    def job(self, name: str) -> Job | None:
        """Return a job by its id or ARN."""
        with self._changed:
            return self._jobs.get(name.rpartition("job/")[2])

    def jobs(self) -> list[Job]:
        """Return all, in the order in which they were submitted."""
        with self._changed:
            return list(self._jobs.values())

    def cancel(self, job: Job, reason: str) -> None:
        """Have a job that has not begun fail; one that has goes on."""
        with self._changed:
            for each in job.children or [job]:
                if each.status not in (*ACTIVE, *DONE):
                    each.cancelled = True
                    each.end("FAILED", reason)
            self._changed.notify()

    def terminate(self, job: Job, reason: str) -> None:
        """Have a job fail, running or not; one that is done stays as it is."""
        with self._changed:
            job.terminated = job.terminated or job.status not in DONE
            for each in job.children or [job]:
                if each.status in DONE:
                    continue
                each.terminated = True
                if each.status in ACTIVE:
                    each.stop = each.stop or Stop("terminate", reason)
                else:
                    each.end("FAILED", reason)
            self._changed.notify()

    def reclaim(self, job: Job) -> bool:
        """Take away the host on which a job runs; false if it runs on none."""
        with self._changed:
            if job.status not in ACTIVE:
                return False
            host = f"Host EC2 (instance i-0{job.id.replace('-', '')[:16]}) terminated."
            job.stop = Stop("reclaim", "Your Spot Task was interrupted." if job.fargate else host)
            return True

    def reset(self) -> None:
        """Stop everything and forget it."""
        with self._changed:
            for job in self._jobs.values():
                job.terminated = True
                if job.status in ACTIVE:
                    job.stop = Stop("terminate", "the bench was reset")
                elif job.status not in DONE:
                    job.end("FAILED", "the bench was reset")
            threads = list(self._running.values())
        for thread in threads:
            thread.join()
        with self._changed:
            self._jobs.clear()

    # ---- the turns of one thread: who goes on --------------------------------------------------------------------------

    def _turns(self) -> None:
        while True:
            with self._changed:
                for job in list(self._jobs.values()):
                    if not job.children and job.status not in (*ACTIVE, *DONE):
                        self._turn(job)
                self._changed.wait(0.2)

    def _turn(self, job: Job) -> None:
        if job.status in ("SUBMITTED", "PENDING"):
            failed, waiting = self._dependencies(job)
            if failed:
                return job.end("FAILED", "Dependent Job failed")
            job.status = "PENDING" if waiting else "RUNNABLE"
            if waiting:
                return None
        job.status_reason = misfit(job)
        if job.status_reason is None and len(self._running) < self._settings.slots and room(job, self._running):
            self._start(job)
        return None

    def _dependencies(self, job: Job) -> tuple[bool, bool]:
        """Tell whether one that the job depends on has failed, and whether one is not done."""
        before: list[Job | None] = []
        for dependency in job.depends_on:
            if dependency.get("type") == "SEQUENTIAL" and job.parent is not None and job.index is not None:
                before += [job.parent.children[job.index - 1]] if job.index else []
                continue
            other = self._jobs.get(dependency.get("jobId", ""))
            if dependency.get("type") == "N_TO_N" and other is not None and job.index is not None:
                other = other.children[job.index]
            before.append(other)
        failed = any(each is None or each.status == "FAILED" for each in before)
        return failed, any(each is not None and each.status != "SUCCEEDED" for each in before)

    # ---- attempts, each in a thread ------------------------------------------------------------------------------------

    def _start(self, job: Job) -> None:
        job.status, job.stop = "STARTING", None
        overrides = job.asked.get("containerOverrides") or {}
        if overrides_length(overrides, of_batch(job, len(job.attempts) + 1)) > LONGEST_OVERRIDES:
            job.end("FAILED", f"Container Overrides length must be at most {LONGEST_OVERRIDES}")
            return
        thread = threading.Thread(target=self._attempt, args=(job,), name=f"job {job.id}", daemon=True)
        self._running[job] = thread
        thread.start()

    def _attempt(self, job: Job) -> None:
        def on_running() -> None:
            with self._changed:
                job.status = "RUNNING"
                job.started = now()

        outcome = None
        try:
            outcome = Attempt(job, self._runner, self._environment, self._settings).run(on_running)
        except Exception:  # noqa: BLE001 - a fault of the bench fails the job, and is read in the bench's log
            _log.exception("job %s", job.id)
        with self._changed:
            self._running.pop(job, None)
            self._after(job, outcome)
            self._changed.notify()

    def _after(self, job: Job, outcome: Outcome | None) -> None:
        if outcome is None:
            return job.end("FAILED", "the bench failed: see its log")
        if outcome.well:
            return job.end("SUCCEEDED", outcome.status_reason)
        facts = (len(job.attempts), outcome.exit_code, outcome.reason, outcome.status_reason)
        if not outcome.final and not job.terminated and again(job.retry_strategy, *facts):
            job.status, job.stop = "RUNNABLE", None
            return None
        # who was terminated while its container came up, or went down by itself, is terminated all the same
        reason = job.stop.status_reason if job.terminated and job.stop else outcome.status_reason
        return job.end("FAILED", reason)
