"""Runner: the flow of a file, run from Python in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from nbflow.cards.printable import one_line
from nbflow.client import Run, Task
from nbflow.errors import NotFoundError, raise_for
from nbflow.frontends.holding import held_interrupts
from nbflow.frontends.runner.child import Child
from nbflow.frontends.runner.driven import About, Verb, driven
from nbflow.frontends.runner.executing import TICK, Echo, ExecutingRun, ExecutingTask
from nbflow.frontends.runner.leash import RUNNING
from nbflow.workspace import Workspace

#: lines of what a process said that are told when it starts no run
_TAIL = 30


class Runner:
    """Runs the flow of a file.

        with Runner("flow.py", show_output=False) as runner:
            running = runner.run(alpha=0.6, tags=["try"])
            print(running.status, running.run.data.score)

    Args:
        flow_file: a file with a flow class, or a notebook.
        show_output: `run`, `resume` and `spin` print what the run writes, line by line.
        profile: name of the configuration the run is to use.
        env: environment variables for the run, beside those of this process.
        cwd: its working directory; None: this one.
        file_read_timeout: seconds it may take until the run exists.
        **top_level_options: what stands before the command in a terminal: `decospecs=["retry"]`, `pylint=False`.
    """

    def __init__(
        self,
        flow_file: str | os.PathLike[str],
        show_output: bool = True,  # noqa: FBT001, FBT002 - Metaflow's order
        profile: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        file_read_timeout: float = 3600,
        **top_level_options: Any,
    ) -> None:
        _require_file(flow_file)
        self.flow_file = os.fspath(flow_file)
        self.show_output = show_output
        self._cwd = None if cwd is None else os.fspath(cwd)
        self._env = {**({"NBFLOW_PROFILE": profile} if profile else {}), **(env or {})}
        self._patience = file_read_timeout
        self._driven = driven(self.flow_file, self._cwd, top_level_options)
        self._children: list[Child] = []
        # for those that never call it
        weakref.finalize(self, _clean_up, self._children)
        _refuse_itself(self._driven.path)

    # ---- until it is over

    def run(self, **options: Any) -> ExecutingRun:
        """Run the flow and return when it has ended, well or not.

        Args:
            **options: parameters of the flow, and what stands behind `run` in a terminal: tags, max_workers,
                max_num_splits, max_log_size, namespace, decospecs (or with_).

        Raises:
            NbflowError: the flow did not start; what was wrong is said.
            KeyboardInterrupt: it was interrupted, and no process of the run is left.
        """
        return self._run(self._finished("run", None, options))

    def resume(self, step: str | None = None, **options: Any) -> ExecutingRun:
        """Go on from an earlier run and return when the new one has ended.

        Args:
            step: it runs again, with all that follow it.
            **options: origin_run_id, and what `run` takes except parameters.
        """
        return self._run(self._finished("resume", _step(step, options), options))

    def spin(self, pathspec: str, **options: Any) -> ExecutingTask:
        """Run one task of an earlier run again, by itself, and return when it has ended.

        Args:
            pathspec: a step, or RUN/STEP or RUN/STEP/TASK.
            **options: artifacts_module, skip_decorators.
        """
        return self._task(self._finished("spin", pathspec, options))

    # ---- in the background

    async def async_run(self, **options: Any) -> ExecutingRun:
        """Start the flow and return as soon as its run exists. See `run`."""
        return self._run(await self._begun("run", None, options))

    async def async_resume(self, step: str | None = None, **options: Any) -> ExecutingRun:
        """Go on from an earlier run and return as soon as the new one exists. See `resume`."""
        return self._run(await self._begun("resume", _step(step, options), options))

    async def async_spin(self, pathspec: str, **options: Any) -> ExecutingTask:
        """Start one task again and return as soon as it exists. See `spin`."""
        return self._task(await self._begun("spin", pathspec, options))

    # ---- files

    def cleanup(self) -> None:
        """Delete all temporary files. A run that is under way goes on, with nobody to read what it writes."""
        _clean_up(self._children)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cleanup()

    # ---- how

    def _started(self, verb: Verb, what: str | None, options: Mapping[str, Any]) -> Child:
        child = Child()
        self._children.append(child)
        command = self._driven.command(verb, what, options, child.about)
        child.start(command, env=self._env, cwd=self._cwd)
        return child

    def _finished(self, verb: Verb, what: str | None, options: Mapping[str, Any]) -> tuple[Child, About]:
        """Do `verb`, printing what it writes, until it is over."""
        with held_interrupts() as caught:
            child = self._started(verb, what, options)
        echo = Echo(child) if self.show_output else None
        if interrupted := bool(caught):
            child.interrupt()
        waiting = self._until_begun(child)
        about: About | None = None
        while True:
            try:
                about = about or next(waiting, None)
                ended = child.returncode is not None
                if echo:
                    echo.tick(last=ended)
                if ended:
                    break
                time.sleep(TICK)
            except KeyboardInterrupt:
                interrupted = True
                child.interrupt()
        if interrupted:
            raise KeyboardInterrupt
        if about is None:
            self._fail(child)
        return child, about

    async def _begun(self, verb: Verb, what: str | None, options: Mapping[str, Any]) -> tuple[Child, About]:
        """Do `verb` and return as soon as its run exists."""
        child = self._started(verb, what, options)
        try:
            for about in self._until_begun(child):
                if about is not None:
                    return child, about
                await asyncio.sleep(TICK)
        except asyncio.CancelledError:
            child.interrupt()
            raise
        return self._fail(child)

    def _until_begun(self, child: Child) -> Iterator[About | None]:
        """Yield None until the process has said which run it is, then that. Ends when it does. Raises R080."""
        deadline = time.monotonic() + self._patience
        while True:
            ended = child.returncode is not None
            about = self._driven.read(child.about.read_text(encoding="utf-8")) if child.about.exists() else None
            if about is not None and (ended or self._is_there(about)):
                yield about
                return
            if ended:
                return
            if time.monotonic() > deadline:
                child.end()
                raise_for("R080", path=self.flow_file, why=f"it took more than {self._patience:g} s")
            yield None

    def _is_there(self, about: About) -> bool:
        """Whether the run's one task, if it has one only, is recorded by now."""
        if about.step is None:
            return True
        try:
            Task(f"{about.flow}/{about.run}/{about.step}/{about.task}", workspace=self._workspace(about))
        except NotFoundError:
            return False
        return True

    def _fail(self, child: Child) -> NoReturn:
        """Raise R080 with what the process said."""
        said = child.written("stderr").decode("utf-8", "replace") or child.written("stdout").decode("utf-8", "replace")
        # an error of ours says all; before it stands how far it came
        start = max(said.find("\nNBF-") + 1, 0)
        lines = said[start:].strip().splitlines()[-_TAIL:] or [f"it ended with exit code {child.returncode}"]
        raise_for("R080", path=self.flow_file, why="\n".join(lines))

    def _run(self, begun: tuple[Child, About]) -> ExecutingRun:
        child, about = begun
        return ExecutingRun(self, child, Run(f"{about.flow}/{about.run}", workspace=self._workspace(about)))

    def _task(self, begun: tuple[Child, About]) -> ExecutingTask:
        child, about = begun
        pathspec = f"{about.flow}/{about.run}/{about.step}/{about.task}"
        return ExecutingTask(self, child, Task(pathspec, workspace=self._workspace(about)))

    def _workspace(self, about: About) -> Workspace:
        root = about.root
        if root is None:
            named = self._env.get("NBFLOW_ROOT")
            root = Path(self._cwd or ".") / Path(named).expanduser() if named else Workspace.nearest(self._cwd)
        assert root is not None, "a run has made its store"
        return Workspace.open(root)


def _require_file(given: object) -> None:
    """Do nothing if `given` may name a file. Raises R085."""
    if not isinstance(given, str | os.PathLike):
        fix = "NBRunner(MyFlow) runs a class" if isinstance(given, type) else "Runner('flow.py')"
        raise_for("R085", door="Runner", wanted="the name of a file", given=one_line(repr(given), 60), fix=fix)


def _clean_up(children: Iterable[Child]) -> None:
    for child in children:
        child.clean_up()


def _refuse_itself(path: Path) -> None:
    """Find out that this process is not the run of `path` that begins another one. Raises R084."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if main and os.environ.get(RUNNING) == str(path.resolve()) == str(Path(main).resolve()):
        raise_for("R084", path=path)


def _step(step: str | None, options: dict[str, Any]) -> str | None:
    """Return the step to resume from, taken out of the options if it stands there under Metaflow's name."""
    return options.pop("step_to_rerun", None) or step
