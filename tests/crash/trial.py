"""One kill: a run of some shape, a victim, a moment, and what must be true afterwards. All of it follows from a seed."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from crash import verdict
from crash.hosts import (
    DRAFT,
    PATIENCE,
    RUN,
    CellsHost,
    Command,
    DetachedHost,
    Host,
    KernelHost,
    command,
    write_notebook,
)
from crash.moment import Moment, moment
from crash.processes import Process, freeze, has_ended, kill, left_after, processes, thaw, workers, zygotes
from crash.shapes import Shape

from nbflow.model.record import TaskRecord
from nbflow.workspace import Workspace

#: victim → its share of the kills: a worker; what workers are forked from; the command, a detached process or a kernel
#: that runs a flow; a kernel that runs its cells; all processes of a run at once
VICTIMS = {"worker": 8, "zygote": 4, "host": 5, "detached": 2, "kernel": 3, "cells": 2, "whole": 2}
#: seconds after which no process of a run may be left
GONE = 5.0
#: a run may take longer than the one that was timed: moments after its end are drawn again
_LONGER = 1.2
#: share of the kills that come while the host starts, before there is a run
_EARLY = 0.08


@dataclass(frozen=True)
class Reference:
    """An unbroken run of a shape."""

    left: verdict.Left
    #: seconds of the run, and of its host's start before it
    run: float
    start: float


@dataclass
class Trial:
    """What came of one kill."""

    seed: int
    shape: str
    victim: str
    #: seconds after the beginning of the run, negative: of its host, at which it was killed
    at: float
    #: what was hit; "" when the run had ended before
    phase: str = ""
    problems: list[str] = field(default_factory=list)
    #: temporary files that were left in the store
    halves: int = 0
    #: how it went on, in a few words
    story: str = ""

    def __str__(self) -> str:
        what = self.phase or "missed: it had ended"
        line = f"seed {self.seed:<6} {self.victim:<8} {self.shape:<22} at {self.at:5.2f} s  {what:<7} {self.story}"
        return "\n".join([line, *(f"    WRONG  {each}" for each in self.problems)])


def reference(folder: Path, shape: Shape) -> Reference:
    """Run a shape unbroken, and return what it left and how long it took."""
    folder.mkdir(parents=True)
    write_notebook(folder, shape)
    began = time.monotonic()
    code, told = command(folder, ["run", "nb.ipynb"])
    took = time.monotonic() - began
    assert code == 0, told
    workspace = _workspace(folder)
    record = workspace.metadata.run(verdict.FLOW, RUN)
    assert record is not None and record.finished_at is not None and record.started_at is not None
    run = record.finished_at - record.started_at
    return Reference(verdict.left_by(workspace, RUN), run, took - run)


def drawn(chance: Random) -> str:
    """Return a victim."""
    return chance.choices([*VICTIMS], [*VICTIMS.values()])[0]


class Killing:
    """One trial on its way."""

    def __init__(self, seed: int, folder: Path, shape: Shape, victim: str, unbroken: Reference) -> None:
        self._chance = Random(f"{seed}.{shape.name}.{victim}")
        self._folder = folder
        self._shape = shape
        self._unbroken = unbroken
        # uniform over the run
        at = self._chance.uniform(0, unbroken.run * _LONGER)
        if victim == "host" and self._chance.random() < _EARLY:
            at = -self._chance.uniform(0, unbroken.start)
        self.trial = Trial(seed, shape.name, victim, at)
        self._moment = Moment([])
        #: the worker that was killed
        self._hit: Process | None = None

    def run(self) -> Trial:
        """Do it all."""
        self._folder.mkdir(parents=True)
        write_notebook(self._folder, self._shape)
        try:
            host = self._host()
            try:
                self._kill(host)
                if self.trial.phase:
                    self._afterwards(host)
            except TimeoutError as stuck:
                self._wrong(f"stuck: {stuck}; {_named(processes(host.word))}")
            finally:
                thaw(processes(host.word))
                host.close()
                for each in processes(host.word):
                    kill(each.pid)
        except Exception:  # noqa: BLE001 - the other trials go on
            self._wrong(traceback.format_exc())
        return self.trial

    # ---- the kill

    def _host(self) -> Host:
        if self.trial.victim in {"kernel", "cells"}:
            host = {"kernel": KernelHost, "cells": CellsHost}[self.trial.victim](self._folder, self._shape)
            host.begin()
            return host
        if self.trial.victim == "detached":
            return DetachedHost(self._folder)
        return Command(self._folder, "run", "nb.ipynb")

    def _kill(self, host: Host) -> None:
        began = time.monotonic()
        while self.trial.at >= 0 and not host.begun() and not host.over():
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError("the run does not begin")
            time.sleep(0.001)
        due = abs(self.trial.at) + (began if self.trial.at < 0 else time.monotonic())
        while time.monotonic() < due and not host.over():
            time.sleep(min(0.005, max(0.0, due - time.monotonic())))
        frozen = freeze(host.word)
        self._moment = moment(self._folder, frozen, host.run)
        if not frozen or self._moment.over or host.over():
            thaw(frozen)
            return
        victim = self._choose(host, frozen)
        self._hit = next((each for each in workers(frozen) if each.pid == victim), None)
        if self._hit is not None:
            self.trial.phase = self._moment.phase_of(self._hit, self._shape.joins)
        else:
            self.trial.phase = self._moment.phase(self._shape.joins, self._chance)
        for each in frozen:
            if each.pid == victim or self.trial.victim == "whole":
                kill(each.pid)
        thaw(frozen)

    def _choose(self, host: Host, frozen: list[Process]) -> int:
        """Return who is killed: without a worker the zygote, without a zygote the host."""
        candidates = [each.pid for each in workers(frozen)] if self.trial.victim == "worker" else []
        if not candidates and self.trial.victim in {"worker", "zygote"}:
            candidates = [each.pid for each in zygotes(frozen)]
            self.trial.victim = "zygote"
        if not candidates:
            if self.trial.victim == "zygote":
                self.trial.victim = "host"
            return host.pid
        return self._chance.choice(candidates)

    # ---- afterwards

    def _afterwards(self, host: Host) -> None:
        survives = self.trial.victim in {"worker", "zygote"}
        # a person may come back at once, or when all is over
        at_once = self._chance.random() < 0.5
        if survives:
            self._ends(host)
        if survives or not at_once:
            self._nothing_left(host)
        if survives or not _waits(host):
            workspace = _workspace(self._folder)
            self._look(workspace, host, survives=survives)
            self._go_on(workspace, host)
        self._nothing_left(host)
        self._note(verdict.whole(_workspace(self._folder)))
        self.trial.halves = verdict.halves(_workspace(self._folder))

    def _ends(self, host: Host) -> None:
        """Its run ends by itself, and tells whom it lost."""
        code = host.wait()
        if code not in {0, 1}:
            self._wrong(f"the command ended with {code}: {host.told()}")
        if code == 1 and "NBF-T003" not in host.told():
            self._wrong(f"the run failed and does not say that a process was killed: {host.told()}")
        self.trial.story = "failed, " if code else "ended well, "

    def _nothing_left(self, host: Host) -> None:
        if left := left_after(host.word, GONE):
            self._wrong(f"left {GONE:g} s after the kill: {_named(left)}")

    def _look(self, workspace: Workspace, host: Host, *, survives: bool) -> None:
        checks: list[Callable[[], Iterator[str]]] = [
            partial(verdict.kept, workspace, host.run, self._moment),
            partial(verdict.opened, workspace, host.run),
            partial(verdict.settled, workspace, host.run),
            partial(verdict.not_again, self._folder, self._moment, host.run),
            # before a run that goes on could mend it
            partial(verdict.whole, workspace),
        ]
        if not survives:
            checks.append(partial(verdict.lost, workspace, host.run))
        if self._hit is not None and self._hit.task is not None:
            checks.append(partial(verdict.told, workspace, host.run, self._hit))
        for check in checks:
            self._note(check())

    def _go_on(self, workspace: Workspace, host: Host) -> None:
        """Go on from where it was: the result is that of an unbroken run, and nothing was done twice."""
        before: dict[tuple[str, str], TaskRecord] = {}
        if workspace.metadata.run(verdict.FLOW, host.run) is not None:
            before = {(task.step, task.id): task for task in workspace.metadata.tasks(verdict.FLOW, host.run)}
        verb, run = self._resume(workspace, known=bool(before) or host.run == DRAFT)
        committed = {
            key: task
            for key, task in before.items()
            # a run that takes over from any run takes nothing that saw a sample or a failure
            if task.status.has_result and (host.run == RUN or not (task.sampled or task.caught))
        }
        self.trial.story += f"{len(committed)} of {len(self._unbroken.left)} tasks taken over by {verb}"
        self._note(verdict.resumed(self._folder, workspace, run, committed))
        self._note(verdict.equal(workspace, run, self._unbroken.left))
        self._note(verdict.opened(workspace, run))
        self._note(verdict.settled(workspace, run))

    def _resume(self, workspace: Workspace, *, known: bool) -> tuple[str, str]:
        """Return how it was gone on, and the run that it made."""
        before = len(workspace.metadata.runs(verdict.FLOW))
        if self.trial.victim == "kernel" and before and self._chance.random() < 0.5:
            verb = "%flow resume"
            kernel = KernelHost(self._folder, self._shape)
            try:
                kernel.resume()
                code, told = kernel.wait(), kernel.told()
            finally:
                kernel.close()
            self._nothing_left(kernel)
        else:
            words = ["resume", "nb.ipynb"] if before else ["run", "nb.ipynb", "--reuse"]
            verb = " ".join(["nbflow", *words])
            code, told = command(self._folder, words)
        if code != 0:
            self._wrong(f"{verb} failed: {told}")
        return verb, str(before + 1)

    def _note(self, problems: Iterator[str]) -> None:
        self.trial.problems += problems

    def _wrong(self, problem: str) -> None:
        self.trial.problems.append(problem)


def _waits(host: Host) -> bool:
    """Whether the killed host is still there; the kernel may take a moment to end it."""
    deadline = time.monotonic() + GONE
    while not has_ended(host.pid):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.002)
    return False


def _workspace(folder: Path) -> Workspace:
    return Workspace.open(folder / ".nbflow")


def _named(found: list[Process]) -> str:
    return ", ".join(f"{each.name} ({each.pid}, child of {each.parent}) {each.log}" for each in found) or "nobody"
