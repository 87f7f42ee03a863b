"""Functions of `@exit_hook`: called when a run is over, each in a process of its own.

As Metaflow has it: those of `on_success` where the run succeeded, else those of `on_error`, in the order of the decorators; one
that wants the run gets it; one that fails is told, changes nothing, and keeps no other from its turn.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from nbflow.errors import Problem, problem
from nbflow.frozen import frozen
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.model.task import FlowCode
from nbflow.runtime.request import RunRequest
from nbflow.runtime.specs import flow_code
from nbflow.workspace import Workspace

Say = Callable[[str], None]

#: not by PYTHONPATH, which the function's own child processes would inherit
_START = "import sys; sys.path.append(sys.argv[1]); from nbflow.notify.hooked import main; sys.exit(main())"
#: how the process says which exception it was
FAILED = "\x00nbflow "


@frozen
class Hooks:
    """What is to be called when a run of a class is over, and what it is made of."""

    #: names of functions, in their order
    on_success: tuple[str, ...]
    on_error: tuple[str, ...]
    code: FlowCode
    #: the class, as the definitions module names it
    flow_class: str
    configs: Mapping[str, Any] = field(default_factory=dict)
    sys_path: tuple[str, ...] = ()
    cwd: str = "."

    def to_json(self) -> dict[str, Any]:
        return {
            "on_success": list(self.on_success),
            "on_error": list(self.on_error),
            "code": self.code.to_json(),
            "flow_class": self.flow_class,
            "configs": dict(self.configs),
            "sys_path": list(self.sys_path),
            "cwd": self.cwd,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Hooks:
        return cls(
            tuple(raw["on_success"]),
            tuple(raw["on_error"]),
            FlowCode.from_json(raw["code"]),
            raw["flow_class"],
            raw["configs"],
            tuple(raw["sys_path"]),
            raw["cwd"],
        )


def hooks_of(request: RunRequest) -> Hooks | None:
    """Return what a request's class asks for; None: nothing, or it is a notebook's flow."""
    graph = request.about.get("graph") or {}
    uses = [each for each in graph.get("decorators", ()) if each["name"] == "exit_hook"]
    method = next((node.method for node in request.graph.nodes if node.method is not None), None)
    if not uses or method is None:
        return None
    code = flow_code(request.flow, request.graph, request.module, request.module_path)
    success, error = (_names(uses, key) for key in ("on_success", "on_error"))
    return Hooks(success, error, code, method.flow_class, request.configs, request.sys_path, request.cwd)


def _names(uses: Iterable[Mapping[str, Any]], which: str) -> tuple[str, ...]:
    return tuple(str(name) for each in uses for name in each["attributes"].get(which) or ())


def run_hooks(workspace: Workspace, hooks: Hooks, record: RunRecord, say: Say) -> tuple[Problem, ...]:
    """Call what a run's end asks for, and return what failed, as warnings.

    Args:
        workspace: where the run is kept.
        hooks: of `hooks_of`; of a deployed flow by way of its JSON. Where `cwd` or the file of the code is not there any more,
            the definitions are all the same: they are text.
        record: the run, which has ended.
        say: gets each line that a function prints.
    """
    names = hooks.on_success if record.status is RunStatus.SUCCEEDED else hooks.on_error
    which = "on_success" if record.status is RunStatus.SUCCEEDED else "on_error"
    problems: list[Problem] = []
    for number, name in enumerate(names):
        order = {
            **hooks.to_json(),
            "which": which,
            "number": number,
            "root": str(workspace.root),
            "run": f"{record.flow}/{record.id}",
        }
        if why := _call(order, hooks.cwd, say):
            shown = name.rpartition(".")[2]
            run = f"{record.flow}/{record.id}"
            problems.append(
                problem("Q009", hook=shown, run=run, message=why, fix=f"correct {shown}: the next run calls it again")
            )
    return tuple(problems)


def _call(order: Mapping[str, Any], cwd: str, say: Say) -> str:
    """Call one function and say what it prints; return why it failed, empty: it did not."""
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-c", _START, str(Path(__file__).resolve().parents[2])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd if Path(cwd).is_dir() else None,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as refused:
        return refused.strerror or str(refused)
    assert process.stdin is not None
    assert process.stdout is not None
    why = ""
    try:
        with process.stdin as given:
            given.write(json.dumps(order))
        for line in process.stdout:
            if line.startswith(FAILED):
                why = line.removeprefix(FAILED).strip()
            else:
                say(line.rstrip("\n"))
        code = process.wait()
    except BrokenPipeError:
        code = process.wait()
    except BaseException:
        # nobody waits for it any more
        process.kill()
        process.wait()
        raise
    finally:
        process.stdout.close()
    if why or not code:
        return why
    return f"its process ended by signal {-code}" if code < 0 else f"its process ended with exit code {code}"
