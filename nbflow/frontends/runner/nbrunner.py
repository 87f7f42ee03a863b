"""NBRunner: a flow class run from Python, whether it stands in a cell of a notebook or in a file."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.client import Run
from nbflow.errors import raise_for
from nbflow.flowspec.flow import FlowBody
from nbflow.frontends.classes.opened import file_of
from nbflow.frontends.holding import held_interrupts
from nbflow.frontends.runner.celled import file_with, stands_in_cell
from nbflow.frontends.runner.executing import TICK, ExecutingRun
from nbflow.frontends.runner.kernel_run import KernelRun
from nbflow.frontends.runner.runner import Runner

#: keyword arguments of `run` that are options → what `run_class` calls them
_OPTIONS = {
    "configs": "configs",
    "decospecs": "with_specs",
    "max_num_splits": "max_splits",
    "max_workers": "max_workers",
    "namespace": "namespace",
    "notify": "notify",
    "origin_run_id": "origin",
    "tags": "tags",
    "with_": "with_specs",
}
#: options before the command that change nothing in a notebook
_IDLE = frozenset({"pylint", "quiet"})


class NBRunner:
    """Runs a flow class, as in `run = NBRunner(MyFlow).nbrun(alpha=0.6)`.

    The class may stand in any cell, and use imports and functions of other cells.

    Args:
        flow: the class.
        show_output: show how it goes.
        profile: name of the configuration the run is to use.
        env: environment variables for the run, beside those of this process.
        base_dir: its working directory.
        file_read_timeout: seconds it may take until the run exists, where it gets a process of its own.
        **top_level_options: `decospecs=["retry"]` and the like.
    """

    def __init__(
        self,
        flow: type,
        show_output: bool = True,  # noqa: FBT001, FBT002 - Metaflow's order
        profile: str | None = None,
        env: Mapping[str, str] | None = None,
        base_dir: str | os.PathLike[str] | None = None,
        file_read_timeout: float = 3600,
        **top_level_options: Any,
    ) -> None:
        _require_flow(flow)
        self.flow = flow
        self.show_output = show_output
        self._top = top_level_options
        self._folder: Path | None = None
        #: runs it in a process of its own, from a file; None: it can run in this kernel only
        self._runner: Runner | None = None
        #: it must have a process of its own
        self._apart = bool(profile or env or base_dir)
        if self._apart or not stands_in_cell(flow):
            path, around = self._file()
            self._runner = Runner(
                path, show_output, profile, {**around, **(env or {})}, base_dir, file_read_timeout, **top_level_options
            )

    # ---- until it is over

    def nbrun(self, **options: Any) -> Run:
        """Run the flow and return its run when it has ended. See `Runner.run`.

        Raises:
            NbflowError: the flow makes no sense, or a step failed.
            KeyboardInterrupt: it was interrupted, and no process of the run is left.
        """
        return self._whole(options)

    def nbresume(self, step: str | None = None, **options: Any) -> Run:
        """Go on from an earlier run and return the new one when it has ended. See `Runner.resume`."""
        return self._whole(options, resume=True, step=options.pop("step_to_rerun", None) or step)

    def run(self, **options: Any) -> ExecutingRun:
        """Run the flow and return when it has ended, well or not."""
        if self._runner:
            return self._runner.run(**options)
        return self._ended(options)

    def resume(self, step: str | None = None, **options: Any) -> ExecutingRun:
        """Go on from an earlier run and return when the new one has ended, well or not."""
        if self._runner:
            return self._runner.resume(step, **options)
        return self._ended(options, resume=True, step=options.pop("step_to_rerun", None) or step)

    # ---- in the background

    async def async_run(self, **options: Any) -> ExecutingRun:
        """Start the flow and return as soon as its run exists; it goes on beside other cells."""
        if self._runner:
            return await self._runner.async_run(**options)
        return self._beside(options)

    async def async_resume(self, step: str | None = None, **options: Any) -> ExecutingRun:
        """Go on from an earlier run and return as soon as the new one exists."""
        if self._runner:
            return await self._runner.async_resume(step, **options)
        return self._beside(options, resume=True, step=options.pop("step_to_rerun", None) or step)

    def cleanup(self) -> None:
        """Delete all temporary files."""
        if self._runner:
            self._runner.cleanup()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    # ---- how

    def _whole(self, options: dict[str, Any], **how: Any) -> Run:
        """Run the class in this process, or, with an environment of its own, in another one."""
        if self._apart and self._runner:
            made = self._runner.resume(how["step"], **options) if "step" in how else self._runner.run(**options)
            self._runner.cleanup()
            if made.status != "successful":
                raise_for("R083", run=made.run.pathspec, why=made.run.reason or made.run.status)
            return made.run
        with contextlib.nullcontext() if self.show_output else _silence():
            return self._run_class(options, **how)

    def _beside(self, options: dict[str, Any], **how: Any) -> ExecutingRun:
        """Start the class of a cell beside other cells."""
        with contextlib.nullcontext() if self.show_output else _silence():
            run = self._run_class(options, background=True, **how)
        return ExecutingRun(self, KernelRun(run), run)

    def _ended(self, options: dict[str, Any], **how: Any) -> ExecutingRun:
        """Run the class of a cell and wait for its end; an interrupt ends it."""
        with held_interrupts() as interrupted:
            running = self._beside(options, **how)
        if interrupted:
            running.run.cancel(wait=True)
            raise KeyboardInterrupt
        try:
            while running.returncode is None:
                time.sleep(TICK)
        except KeyboardInterrupt:
            running.run.cancel(wait=True)
            raise
        return running

    def _run_class(self, options: Mapping[str, Any], **how: Any) -> Run:
        from nbflow.frontends.classes.cell import run_class

        settings = dict(how)
        for name, value in {**self._top, **options}.items():
            if name in _OPTIONS:
                settings[_OPTIONS[name]] = value
        for name in self._top:
            if name not in {*_OPTIONS, *_IDLE}:
                raise_for("R081", path=self.flow.__name__, option=name, known=", ".join(sorted(_OPTIONS)))
        parameters = {name: value for name, value in options.items() if name not in _OPTIONS}
        return run_class(self.flow, parameters, **settings)

    def _file(self) -> tuple[Path, dict[str, str]]:
        """Return a file with the class, and the environment it needs."""
        if not stands_in_cell(self.flow):
            return file_of(self.flow), {}
        self._folder = Path(tempfile.mkdtemp(prefix="nbflow-cells-"))
        return file_with(self.flow, self._folder)


def _require_flow(flow: object) -> None:
    """Do nothing if `flow` is a flow class. Raises R085."""
    if isinstance(flow, type) and issubclass(flow, FlowBody):
        return
    given = flow.__name__ if isinstance(flow, type) else one_line(repr(flow), 60)
    file = isinstance(flow, str | os.PathLike)
    fix = f"Runner({given}) runs the flow of a file" if file else "class MyFlow(FlowSpec): …, and NBRunner(MyFlow)"
    raise_for("R085", door="NBRunner", wanted="a flow class", given=given, fix=fix)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Show nothing of what the block shows."""
    if "IPython" in sys.modules:
        from IPython.utils.capture import capture_output

        with capture_output():
            yield
        return
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield
