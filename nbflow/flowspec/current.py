"""`current`: what a body can ask of the run, the step and the task it is in. In cells and in classes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn


class Parallel(NamedTuple):
    """The place of a task among those that run together (`num_parallel`)."""

    main_ip: str
    num_nodes: int
    node_index: int
    control_task_id: str


#: what can be asked for everywhere, and what it is outside a task
_EVERYWHERE: Mapping[str, Any] = {
    "flow_name": None,
    "graph": None,
    "is_parallel": False,
    "is_running_flow": False,
    "namespace": None,
    "origin_run_id": None,
    "parameter_names": None,
    "pathspec": None,
    "retry_count": None,
    "run": None,
    "run_id": None,
    "step_name": None,
    "tags": frozenset(),
    "task": None,
    "task_id": None,
    "tempdir": None,
    "trigger": None,
    "username": None,
}

_PROJECT = "the flow has no @project"
#: what is there in some flows only → why it is not there
_SOMEWHERE: Mapping[str, str] = {
    "branch_name": _PROJECT,
    "card": "cards are made by tasks, and this is none",
    "is_production": _PROJECT,
    "is_user_branch": _PROJECT,
    "parallel": "the step has no @parallel",
    "project_flow_name": _PROJECT,
    "project_name": _PROJECT,
}


class Current:
    """What is going on here: `current.run_id`, `current.step_name`, … Outside a task nearly all of it is None."""

    __slots__ = ("_later", "_members")

    def __init__(self) -> None:
        self._members: dict[str, Any] = {}
        #: what is made when it is first asked for
        self._later: dict[str, Callable[[], Any]] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if make := self._later.get(name):
            self._members[name] = make()
            del self._later[name]
        if name in self._members:
            return self._members[name]
        if name in _EVERYWHERE:
            return _EVERYWHERE[name]
        raise AttributeError(f"'Current' object has no attribute '{name}'{_why(name)}", name=name)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self.__slots__:
            _read_only(name)
        object.__setattr__(self, name, value)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and not name.startswith("_") and getattr(self, name, None) is not None

    def get(self, name: str, default: Any = None) -> Any:
        """Return what `name` is, `default` where there is no such thing."""
        return default if name.startswith("_") else getattr(self, name, default)

    def __dir__(self) -> list[str]:
        return sorted({*_EVERYWHERE, *self._members, *self._later, "get"})

    def __repr__(self) -> str:
        where = self.pathspec or self.flow_name
        return f"<current: {where}>" if where else "<current: no flow runs here>"

    def _fill(self, later: Mapping[str, Callable[[], Any]] | None = None, /, **members: Any) -> None:
        """Be about the task with `members`, and nothing else; those of `later` are made when they are asked for."""
        self._members = members
        self._later = dict(later or {})

    def _for_defaults(self, *, flow_name: str, user: str, project: Mapping[str, Any] | None) -> None:
        """Be about a flow that has no run yet: what the default of a parameter may ask for."""
        shown = {name: value for name, value in (project or {}).items() if name in _SOMEWHERE}
        self._fill(flow_name=flow_name, username=user, **shown)


current = Current()


@contextlib.contextmanager
def in_current(later: Mapping[str, Callable[[], Any]] | None = None, /, **members: Any) -> Iterator[None]:
    """Inside the block `current` has these members; then it is as before."""
    before = current._members, current._later  # noqa: SLF001 - of the object of this module
    current._fill(later, **members)  # noqa: SLF001 - as above
    try:
        yield
    finally:
        current._members, current._later = before  # noqa: SLF001 - as above


def _why(name: str) -> str:
    return f": {_SOMEWHERE[name]}" if name in _SOMEWHERE else ""


def _read_only(name: str) -> NoReturn:
    raise AttributeError(f"current.{name} cannot be set: it tells what is going on, and a step does not change that")
