"""A run of a flow file in this process: told as it goes, cancelled by Ctrl-C, and summed up at its end."""

from __future__ import annotations

import argparse
import gc
import queue
import signal
import threading
from types import FrameType
from typing import Any, Self

from nbflow.cards.figures import several
from nbflow.frontends.classes.opened import ClassFlow
from nbflow.frontends.classes.running import host, start
from nbflow.frontends.ending.over import over
from nbflow.frontends.flowspec.terminal.call import Call, attributes, written
from nbflow.frontends.flowspec.terminal.console import BOLD, RED
from nbflow.frontends.flowspec.terminal.story import Story
from nbflow.frontends.writable import check_writable
from nbflow.model.event import Event, RunEnded
from nbflow.model.status import RunStatus
from nbflow.runtime.handle import RunHandle
from nbflow.runtime.request import RunRequest

#: seconds between looks at the logs
_TICK = 0.05
#: what asks a run to end
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(call: Call, flow: ClassFlow, request: RunRequest, arguments: argparse.Namespace) -> int:
    """Run it, telling how it goes; return 0 when it succeeded, 1 when it did not."""
    check_writable("--run-id-file", arguments.run_id_file)
    check_writable("--runner-attribute-file", arguments.runner_attribute_file)
    if project := request.about.get("project"):
        call.console.say(f"Project: {project['project_name']}, Branch: {project['branch_name']}")
    gc.freeze()
    gc.enable()
    with host(call.workspace, call.zygote) as engine:
        handle = start(engine, flow, request)
        with _Signals(handle) as signals:
            _write_files(call, handle, request, arguments)
            story = Story(handle.run, flow.graph, call.console, arguments.max_log_size * 1_000_000)
            story.begin()
            _watch(handle, story, signals)
            code = _end(call, handle, story)
            call.console.flush()
            over(call.workspace, request, handle.run, call.console.say)
            return code


class _Signals:
    """While a run is on its way, Ctrl-C asks it to end; a second time kills."""

    def __init__(self, handle: RunHandle) -> None:
        self._handle = handle
        self._count = self._told = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            # what is ignored, as by nohup, stays so
            wanted = [each for each in _SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
            self._before = {each: signal.signal(each, self._asked) for each in wanted}
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _asked(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's signature
        self._count += 1
        self._handle.cancel(kill=self._count > 1)

    def tell(self, story: Story) -> None:
        """Say what was asked for and not told yet: a handler itself had better not write."""
        if self._count > self._told:
            story.interrupted(again=self._told > 0)
            self._told = self._count


def _next(handle: RunHandle) -> Event | None:
    try:
        return handle.events.get(timeout=_TICK)
    except queue.Empty:
        return None


def _watch(handle: RunHandle, story: Story, signals: _Signals) -> None:
    """Tell what happens until no process of the run is left."""
    while True:
        event = _next(handle)
        signals.tell(story)
        if isinstance(event, RunEnded):
            break
        if event is not None:
            story.see(event)
        if handle.events.empty():
            story.tick()
    handle.done.wait()


def _end(call: Call, handle: RunHandle, story: Story) -> int:
    """Say how it ended and what to type next."""
    outcome = handle.outcome()
    story.end(outcome)
    say, name = call.console.say, f"{outcome.flow}/{outcome.run}"
    if outcome.status is RunStatus.SUCCEEDED:
        story.event("Done!", good=True)
        call.console.flush()
        say(f"look at it:  nbflow show {name}")
        return 0
    if outcome.status is RunStatus.CANCELLED:
        left = f"{several(len(handle.left), 'job')} may still run" if handle.left else "no process of it is left"
        story.event(f"Run {name} was cancelled; {left}.", bad=True)
        call.console.flush()
        say(f"go on with:  {call.told('resume')} --origin-run-id {outcome.run}")
        return 1
    for text in ("Workflow failed.", "Terminating 0 active tasks...", "Flushing logs..."):
        story.event(text, bad=True)
    call.console.flush()
    failed = story.failed
    call.console.complain(
        call.console.ink(f"    {'Step failure' if len(failed) == 1 else 'Step failures'}:", BOLD, RED)
    )
    for key in failed[:10]:
        call.console.complain(f"    Step {key.step} (task-id {key.id}) failed.")
    if len(failed) > 10:
        call.console.complain(f"    and {several(len(failed) - 10, 'more task')}.")
    for key in failed[:1]:
        say(f"its log:     nbflow logs {name}/{key.step}/{key.id}")
    say(f"after a fix: {call.told('resume')}")
    return 1


def _write_files(call: Call, handle: RunHandle, request: RunRequest, arguments: argparse.Namespace) -> None:
    """Write the files by which another program learns which run this is."""
    if arguments.run_id_file:
        written(arguments.run_id_file, handle.run)
    if arguments.runner_attribute_file:
        only = request.only
        more = {"step_name": str(only.step), "task_id": only.id} if only else {}
        text = attributes(handle.flow, handle.run, call.workspace.root, **more)
        written(arguments.runner_attribute_file, text)
