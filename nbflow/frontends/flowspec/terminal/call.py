"""One command line of a flow file: its class, its options, and the flow they make."""

from __future__ import annotations

import argparse
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflow.frontends.flowspec.terminal.console import BOLD, Console
from nbflow.frontends.flowspec.terminal.parsing import words_in

if TYPE_CHECKING:
    from nbflow.backends.zygote import Zygote
    from nbflow.flowspec.prepared import PreparedFlow
    from nbflow.frontends.classes.opened import ClassFlow
    from nbflow.workspace import Workspace

#: environment variables with decorators for all steps
_DECOSPECS = ("NBFLOW_DECOSPECS", "METAFLOW_DECOSPECS")


class Call:
    """What a person typed, and what is known of the flow so far. Nothing is read before it is asked for."""

    def __init__(self, flow_class: type, script: str, options: argparse.Namespace, console: Console) -> None:
        self.flow_class = flow_class
        #: as it was typed
        self.script = script
        #: those before the command
        self.options = options
        self.console = console
        #: the command, as in `tag add`
        self.command = ""
        #: a process for tasks that was started ahead
        self.zygote: Zygote | None = None

    @property
    def flow(self) -> str:
        """The flow's name."""
        return self.flow_class.__name__

    @property
    def program(self) -> str:
        """What to type before a command."""
        return f"python {self.script.partition(':')[0]}"

    @cached_property
    def workspace(self) -> Workspace:
        """Where runs are kept."""
        from nbflow.frontends.classes.opened import file_of
        from nbflow.workspace import Workspace

        return Workspace.find(local=[str(file_of(self.flow_class).parent)])

    @cached_property
    def config_values(self) -> dict[str, Any]:
        """What the options, the environment and the class itself say of its configs. Raises ParameterError."""
        from nbflow.frontends.classes.opened import config_values

        return config_values(self.flow_class, files=dict(self.options.config), contents=dict(self.options.config_value))

    @cached_property
    def prepared(self) -> PreparedFlow:
        """The class with its configs, mutators and decorators, its steps not looked at yet."""
        from nbflow.flowspec.prepare import prepare

        return prepare(self.flow_class, config_values=self.config_values, with_specs=self._with_specs())

    def opened(self, *, with_specs: list[str] | None = None, max_splits: int = 100) -> ClassFlow:
        """Return the flow, checked, and say that it is; `with_specs` are decorators given after the command.

        Raises:
            FlowError: it makes no sense; every problem is in it.
        """
        from nbflow.frontends.classes.opened import open_class
        from nbflow.frontends.flowspec.terminal.checking import pylint, say_notices

        self.console.say("Validating your flow...")
        specs = (*self._with_specs(), *(with_specs or ()))
        flow = open_class(self.flow_class, config_values=self.config_values, with_specs=specs, max_splits=max_splits)
        self.console.say("    The graph looks good!")
        if self.options.pylint:
            pylint(flow.source, self.console)
        say_notices(flow.problems, self.console)
        return flow

    def introduce(self) -> None:
        """Say what is about to run, and for whom."""
        import nbflow

        flow = self.console.ink(self.flow, BOLD)
        self.console.say(f"nbflow {nbflow.__version__} executing {flow} for user:{self.workspace.user}")

    def told(self, command: str) -> str:
        """Return how to type another command of this flow."""
        # one of several classes of its file
        return f"nbflow {command} {self.script}" if ":" in self.script else f"{self.program} {command}"

    def goes_before(self, option: str) -> str:
        """Return what is said of an option that belongs before the command; nothing of others."""
        name = option.removeprefix("--").replace("-", "_")
        if not option.startswith("--") or name not in vars(self.options):
            return ""
        return f"{option} goes before the command: {self.program} {option} {self.command}"

    def _with_specs(self) -> tuple[str, ...]:
        return (*words_in(_DECOSPECS), *self.options.decospecs)


def script_name(argument: str) -> str:
    """Return how the flow's file was named, so that it can be typed again."""
    path = Path(argument)
    try:
        near = path.resolve().relative_to(Path.cwd())
    except ValueError:
        return argument
    return str(near) if path.is_absolute() else argument


def written(file: str, text: str) -> None:
    """Write `text` into a file that a program waits for. Raises R004."""
    from nbflow.errors import raise_for

    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as failure:
        message = failure.strerror or str(failure)
        raise_for("R004", option=file, message=message, fix="name a file in a folder that can be written")


def attributes(flow: str, run: str, root: Path, **more: str) -> str:
    """Return what a program that started a command reads of its run, as JSON."""
    return json.dumps({"flow_name": flow, "run_id": run, "metadata": f"local@{root}", **more})
