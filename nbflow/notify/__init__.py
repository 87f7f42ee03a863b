"""The end of a run: whoever is to hear of it does, and functions that are to be called are.

It is also the decorator that says so of a class:

    from nbflow import notify

    @notify("env.SLACK_URL", on="failure,regression", regression="rmse > 1.05 * baseline.rmse")
    class SalesFlow(FlowSpec): ...

`ended` is what every process that sees a run through calls; `hooks` has the functions of `@exit_hook`. It is light until then.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING

from nbflow.flowspec.decorators_of_flows import notify as _decorator

if TYPE_CHECKING:
    from nbflow.errors import Problem
    from nbflow.model.notice import Notice
    from nbflow.workspace import Workspace

__all__ = ["ended", "notify"]


def ended(workspace: Workspace, flow: str, run: str, *, notices: Iterable[Notice] = ()) -> tuple[Problem, ...]:
    """Tell everybody who is to hear of a run's end, once; see `nbflow.notify.ending.ended`."""
    from nbflow.notify.ending import ended

    return ended(workspace, flow, run, notices=notices)


class _Module(ModuleType):
    """This module, which can be called: `from nbflow import notify` gives one thing, whatever was imported before."""

    # of the decorator itself: it looks where its caller stands
    __call__ = staticmethod(_decorator.__call__)


sys.modules[__name__].__class__ = _Module
notify = sys.modules[__name__]
