"""The process in which one function of `@exit_hook` is called: it makes the class of its text, as a worker does."""

from __future__ import annotations

import inspect
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from nbflow.client import Run
from nbflow.code.module import LiveDefinitions
from nbflow.flowspec.prepare import prepare
from nbflow.notify.hooks import FAILED, Hooks
from nbflow.workspace import Workspace


def main() -> int:
    """Do what the order on standard input asks for; return 0, or 1 where the function raised."""
    order = json.loads(sys.stdin.read())
    try:
        hook = _function(order)
        _call(hook, order)
    except BaseException as error:  # noqa: BLE001 - told to whoever asked, whatever it is
        if isinstance(error, SystemExit) and not error.code:
            return 0
        sys.stdout.write("".join(traceback.format_exception(error.with_traceback(_own(error)))))
        text = " ".join(str(error).split())
        sys.stdout.write(f"{FAILED}{type(error).__name__}{f': {text}' if text else ''}\n")
        return 1
    return 0


def _function(order: Mapping[str, Any]) -> Callable[..., Any]:
    hooks = Hooks.from_json(order)
    sys.path[:0] = [each for each in hooks.sys_path if each not in sys.path]
    live = LiveDefinitions(hooks.code.module, hooks.code.statements, hooks.code.path)
    flow_class: type = live.get(hooks.flow_class)
    prepared = prepare(flow_class, config_values=hooks.configs or None)
    uses = [each for each in prepared.decorators if each.name == "exit_hook"]
    found: list[Callable[..., Any]] = [each for use in uses for each in use.attributes[order["which"]]]
    hook: Callable[..., Any] = found[order["number"]]
    return hook


def _call(hook: Callable[..., Any], order: Mapping[str, Any]) -> None:
    """Call it, with the run where it wants one: as `run`, or as its only argument."""
    wanted = inspect.signature(hook).parameters
    run = Run(order["run"], workspace=Workspace.open(order["root"]), namespace=None)
    by_name = "run" in wanted and wanted["run"].kind is not inspect.Parameter.POSITIONAL_ONLY
    if by_name or any(each.kind is inspect.Parameter.VAR_KEYWORD for each in wanted.values()):
        hook(run=run)
        return
    needed = [
        each
        for each in wanted.values()
        if each.default is inspect.Parameter.empty and each.kind is not inspect.Parameter.VAR_POSITIONAL
    ]
    hook(*[run] * min(len(needed), 1))


def _own(error: BaseException) -> Any:
    """Return the traceback from the function on, without the frames that called it."""
    found = error.__traceback__
    while found is not None and found.tb_frame.f_code.co_filename == __file__ and found.tb_next is not None:
        found = found.tb_next
    return found
