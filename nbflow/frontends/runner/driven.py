"""What a Runner drives: a file of Python with a flow class, or a notebook."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from nbflow.errors import did_you_mean, raise_for
from nbflow.flowspec.naming import normal
from nbflow.frontends.runner.declared import declared
from nbflow.frontends.runner.words import option_words, parameter_words
from nbflow.frozen import frozen

Verb = Literal["run", "resume", "spin"]

#: keyword arguments of `run` and `resume` that are options; all others are parameters
_OPTIONS = frozenset({
    "decospecs", "max_log_size", "max_num_splits", "max_workers", "namespace", "notify", "run_id_file", "tags", "with_",
})  # fmt: skip
#: and what `nbflow run NOTEBOOK.ipynb` has for them
_OF_NOTEBOOKS = {"max_num_splits": "max_items", "notify": "notify", "tags": "tags", "max_workers": "max_workers"}


@frozen
class About:
    """Which run a process has begun."""

    flow: str
    run: str
    #: folder of its store; None: the nearest
    root: Path | None = None
    step: str | None = None
    task: str | None = None


class Driven(ABC):
    """A file that can be run.

    Responsibilities: make command lines of keyword arguments; read which run came of one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def command(self, verb: Verb, what: str | None, given: Mapping[str, Any], about: Path) -> list[str]:
        """Return the words that do `verb`; the process will say in the file `about` which run it is.

        Args:
            verb: what to do.
            what: of resume and spin: a step or a task.
            given: keyword arguments.
            about: the file.

        Raises:
            NbflowError: they make no sense; nothing is started.
        """

    @abstractmethod
    def read(self, text: str) -> About | None:
        """Return what a process wrote into that file; None: it has not done writing."""


class PythonFile(Driven):
    """`python flow.py`."""

    def __init__(self, path: Path, top: Mapping[str, Any]) -> None:
        super().__init__(path)
        self._top = option_words(top)
        self._declared = declared(path)

    def command(self, verb: Verb, what: str | None, given: Mapping[str, Any], about: Path) -> list[str]:
        words = [str(self.path.resolve()), *self._top, verb, *([what] if what else [])]
        if verb == "run":
            options = {key: value for key, value in given.items() if key in _OPTIONS}
            parameters = {key: value for key, value in given.items() if key not in _OPTIONS}
            self._check(parameters)
            words += [*option_words(options), *parameter_words(parameters, dict(self._declared.separators))]
        else:
            words += option_words(given)
        return [*words, "--runner-attribute-file", str(about)]

    def _check(self, parameters: Mapping[str, Any]) -> None:
        """Refuse names that are certainly no parameters. Raises P012."""
        known = self._declared.names
        same = {normal(name) for name in (*known, *self._declared.attributes)}
        for name in parameters if self._declared.complete else ():
            if normal(name) not in same:
                hint = did_you_mean(normal(name), [*map(normal, known), *map(normal, _OPTIONS)])
                raise_for("P012", name=name, hint=hint, known=", ".join(known) or "none", attribute=name)

    def read(self, text: str) -> About | None:
        try:
            said = json.loads(text)
        except ValueError:
            return None
        root = Path(said["metadata"].partition("@")[2])
        return About(said["flow_name"], said["run_id"], root, said.get("step_name"), said.get("task_id"))


class NotebookFile(Driven):
    """`nbflow run NOTEBOOK.ipynb`."""

    def __init__(self, path: Path, top: Mapping[str, Any]) -> None:
        super().__init__(path)
        for option in top:
            raise_for("R081", path=path, option=option, known=", ".join(sorted(_OF_NOTEBOOKS)))
        from nbflow.frontends.cli.notebook import open_notebook

        opened = open_notebook(str(path))
        self._flow = opened.flow
        self._parameters = tuple(each.name for each in opened.graph.parameters)

    def command(self, verb: Verb, what: str | None, given: Mapping[str, Any], about: Path) -> list[str]:
        if verb == "spin":
            raise_for("R081", path=self.path, option="spin", known="run, resume")
        words = ["nbflow", verb, str(self.path.resolve()), *([what] if what else [])]
        options: dict[str, Any] = {}
        parameters: dict[str, Any] = {}
        for name, value in given.items():
            if name in _OF_NOTEBOOKS and not (name == "notify" and name in self._parameters):
                options[_OF_NOTEBOOKS[name]] = value
            elif name == "origin_run_id":
                options["run"] = value
            elif name in self._parameters or name not in _OPTIONS:
                parameters[self._named(name)] = value
            else:
                raise_for("R081", path=self.path, option=name, known=", ".join(sorted(_OF_NOTEBOOKS)))
        return [*words, *option_words(options), *parameter_words(parameters, {}), "--run-id-file", str(about)]

    def _named(self, name: str) -> str:
        if name not in self._parameters:
            known = self._parameters
            raise_for("P003", name=name, hint=did_you_mean(name, known), known=", ".join(known) or "none")
        return name

    def read(self, text: str) -> About | None:
        return About(self._flow, text.strip()) if text.strip() else None


def driven(flow_file: str, folder: str | None, top: Mapping[str, Any]) -> Driven:
    """Return what `flow_file`, as seen from `folder`, holds. Raises R001 when there is no such file."""
    path = Path(folder or ".") / flow_file
    if not path.is_file() and Path(flow_file).is_file():
        # named as seen from here
        path = Path(flow_file)
    if not path.is_file():
        around = path.parent if path.parent.is_dir() else Path()
        near = did_you_mean(path.name, [each.name for kind in ("*.py", "*.ipynb") for each in around.glob(kind)])
        raise_for("R001", path=flow_file, hint=near)
    return NotebookFile(path, top) if path.suffix == ".ipynb" else PythonFile(path, top)
