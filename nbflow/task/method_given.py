"""What a step of a class is given: artifacts and constants by reference, each loaded when it is read."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping
from typing import Any

from nbflow.errors import Problem, error, problem
from nbflow.model.artifact import ArtifactRef
from nbflow.store.store import Loaded, Store
from nbflow.task import inputs
from nbflow.task.outputs import Warned


class Given:
    """The names that a step may read, and what they stand for.

    Responsibilities: load a value once, when it is asked for; know at the end which values the step left as they were.
    """

    def __init__(
        self,
        store: Store,
        step: str,
        artifacts: Mapping[str, ArtifactRef],
        constants: Mapping[str, ArtifactRef],
        configs: Mapping[str, Any],
    ) -> None:
        #: what the step before left, and what merge_artifacts took over
        self.artifacts = {name: ref for name, ref in artifacts.items() if name not in constants}
        #: parameters, configs and constants of the class
        self.constants = constants
        self._names = ChainMap(self.artifacts, dict(constants))
        self._store = store
        self._step = step
        #: values of constants; those of configs need no loading
        self._values = {name: value for name, value in configs.items() if name in constants}
        self._loaded: dict[str, Loaded] = {}

    @property
    def names(self) -> Collection[str]:
        """What can be read."""
        return self._names

    def value(self, name: str) -> Any:
        """Return what `name` stands for. Raises T016, S007 when it cannot be loaded."""
        if name in self._values:
            return self._values[name]
        loaded = self._loaded[name] = inputs.load_refs(self._store, {name: self._names[name]}, self._step)
        # who reads an artifact has it from now on, and what a step lets go of should be gone
        value = loaded.values.pop(name)
        if name in self.constants:
            self._values[name] = value
        return value

    def drop(self, name: str) -> bool:
        """Hand an artifact on no longer; return whether there was one."""
        return self.artifacts.pop(name, None) is not None

    def untouched(self, name: str, now: object) -> ArtifactRef | None:
        """Return what `name` was loaded from, if `now`, what the step has under this name, still equals it."""
        loaded = self._loaded.get(name)
        return loaded.ref_if_same(name, now) if loaded and name in self.artifacts else None

    def check_constants(self, parameters: Collection[str], *, strict: bool) -> list[Warned]:
        """Return a warning for each parameter or constant that the step may have changed in place.

        Raises:
            TaskError: T019, it certainly changed one; not `strict`: a warning, too.
        """
        changed: list[Problem] = []
        warnings: list[Warned] = []
        for name in self._loaded.keys() & self.constants.keys():
            verdict = self._loaded[name].change(name, self._values[name])
            if verdict == "changed" and strict:
                what = "parameter" if name in parameters else "constant"
                changed.append(problem("T019", step=self._step, name=name, what=what))
            elif verdict != "same":
                warnings.append(("T117", {"step": self._step, "name": name}))
        if changed:
            raise error(changed)
        return warnings
