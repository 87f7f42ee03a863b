"""`FlowSpec`, the class that flows written in Python inherit from: all that a body runs in, a terminal, and `run`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflow.flowspec.flow import FlowBody
from nbflow.frontends.flowspec.uncaught import show_plainly
from nbflow.task.kin import MARK

if TYPE_CHECKING:
    from nbflow.client import Run

__all__ = ["FlowSpec"]

show_plainly()

#: modules that are executed to get at a class, not to start it: by `nbflow run flow.py`
_READ = "nbflow_flow_"


class FlowSpec(FlowBody):
    """A flow: a class whose methods under `@step` are its steps.

    At the end of its file `MyFlow()`, under `if __name__ == "__main__":`, makes the file a command:
    `python flow.py run`. In a notebook, `MyFlow.run(alpha=0.6)` runs it.
    """

    def __init__(self, use_cli: bool = True) -> None:  # noqa: FBT001, FBT002 - as Metaflow has it
        """Do what the command line asks for and exit; nothing at all without `use_cli`, or where a class is only read."""
        flow_class = type(self)
        module = flow_class.__module__
        # a worker executes the file, too; without the usual guard it comes by here
        in_worker = module.startswith("nbflow_defs.") and MARK in os.environ
        if not use_cli or module.startswith(_READ) or in_worker:
            return
        if not _started_as_a_file():
            # what is in sys.argv is not meant for the flow
            from nbflow.errors import raise_for

            raise_for("R055", name=flow_class.__name__)
        try:
            from nbflow.frontends.flowspec.terminal.main import main
        except KeyboardInterrupt:
            # nothing has begun
            sys.exit(1)
        sys.exit(main(flow_class, sys.argv[1:], sys.argv[0]))

    @classmethod
    def run(
        cls,
        *,
        tags: Sequence[str] = (),
        namespace: str | None = None,
        max_workers: int | None = None,
        max_num_splits: int = 100,
        decospecs: Sequence[str] = (),
        configs: Mapping[str, Any] | None = None,
        background: bool = False,
        notify: Any = (),
        **parameters: Any,
    ) -> Run:
        """Run the flow from a notebook or a program and return its run when it is over: `MyFlow.run(alpha=0.6)`.

        Args:
            tags: labels of the run.
            namespace: what the client sees in its tasks; None: the user's own.
            max_workers: most tasks at once; None is the number of cores.
            max_num_splits: most tasks that one foreach may have.
            decospecs: decorators for all steps, as `--with` takes them: `["retry:times=2"]`.
            configs: config → value, in the place of what each Config finds.
            background: return at once; the run goes on beside other cells.
            notify: addresses that hear of its end, or secrets that hold them, as `env.SLACK_URL`: a text or several. A
                parameter of that name is given by it instead.
            **parameters: parameters of the flow by name.

        Raises:
            FlowError: the class makes no sense; nothing ran.
            TaskError: a step failed.
            KeyboardInterrupt: it was interrupted, and no worker is left.
        """
        from nbflow.frontends.classes.cell import run_class

        return run_class(
            cls,
            parameters,
            tags=tags,
            namespace=namespace,
            max_workers=max_workers,
            max_splits=max_num_splits,
            with_specs=decospecs,
            configs=configs,
            background=background,
            notify=notify,
        )

    @classmethod
    def resume(
        cls,
        step: str | None = None,
        *,
        origin_run_id: str | None = None,
        tags: Sequence[str] = (),
        max_workers: int | None = None,
        max_num_splits: int = 100,
        decospecs: Sequence[str] = (),
        background: bool = False,
        notify: str | Sequence[str] = (),
    ) -> Run:
        """Go on from an earlier run, with its parameters and tags, and return the new run when it is over.

        Args:
            step: it runs again, with every step that follows it; None: only what was not finished.
            origin_run_id: the run to go on from; None: the latest.
            tags: labels beside those of the earlier run.
            max_workers: most tasks at once; None is the number of cores.
            max_num_splits: most tasks that one foreach may have.
            decospecs: decorators for all steps, as `--with` takes them.
            background: return at once; the run goes on beside other cells.
            notify: addresses that hear of its end, or secrets that hold them.

        Raises:
            NotFoundError: there is no such run.
            RunError: it is still under way, or there is no such step.
            TaskError: a step failed.
        """
        from nbflow.frontends.classes.cell import run_class

        return run_class(
            cls,
            {},
            tags=tags,
            max_workers=max_workers,
            max_splits=max_num_splits,
            with_specs=decospecs,
            background=background,
            notify=notify,
            resume=True,
            step=step,
            origin=origin_run_id,
        )


def _started_as_a_file() -> bool:
    """Whether this process runs a file of Python: no notebook and no prompt."""
    return Path(getattr(sys.modules.get("__main__"), "__file__", None) or "").is_file()
