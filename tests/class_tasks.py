"""Steps of a class as tasks in real workers: what a scheduler would tell them, without one."""

from __future__ import annotations

import ast
import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbflow.flowspec.next_calls import next_calls
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.task import CodeStatement, FlowCode, Frame, InputsSpec, MethodSpec, SetupCode, TaskSpec, ViewSpec

HEAD = """
from nbflow.flowspec.flow import FlowBody as FlowSpec, TimeoutException
from nbflow.flowspec.step import step
from nbflow.flowspec.current import current
"""


class ClassTasks:
    """One flow file, whose steps are run one by one, each in a worker of its own."""

    def __init__(self, driver: Any, folder: Path, text: str, flow_class: str = "F") -> None:
        self._driver = driver
        self._folder = folder
        self._flow_class = flow_class
        self.file = folder / "flow.py"
        self.file.write_text(HEAD.lstrip() + textwrap.dedent(text))
        self.source = self.file.read_text()
        self._tree = ast.parse(self.source)
        self._code = folder / "code.json"
        names = tuple(dict.fromkeys(_bound(self._tree)))
        statement = CodeStatement(names, self.source, self.source, str(self.file), 1, "key", (), (), "file")
        self._statements = (statement,)
        self.set_up()

    def set_up(self, *sources: str) -> None:
        """Have these %%setup cells beside the file."""
        cells = tuple(SetupCode(source, 1, source, "<setup>") for source in sources)
        code = FlowCode("nbflow_defs.F", self._statements, cells, str(self.file))
        self._code.write_text(json.dumps(code.to_json()))

    def line(self, text: str) -> int:
        """Return the number of the first line that has `text`."""
        return 1 + next(number for number, line in enumerate(self.source.splitlines()) if text in line)

    def spec(
        self,
        step: str = "start",
        *,
        after: Any = None,
        joined: Sequence[Any] | Mapping[str, Any] | None = None,
        constants: Mapping[str, Any] | None = None,
        frames: Sequence[tuple[int, int, Any]] = (),
        how: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> TaskSpec:
        """Return the spec of a step.

        Args:
            step: its name.
            after: the end of the task before it.
            joined: ends of the joined tasks: a list of a foreach, or branch → end.
            constants: parameters and constants.
            frames: the foreach around it: place, number and item of each.
            how: fields of the MethodSpec.
            fields: fields of the TaskSpec.
        """
        store = self._driver.store
        function = self._function(step)
        transitions = next_calls(function).transitions
        method = MethodSpec(
            self._flow_class,
            goes_on=transitions[-1].to_json() if transitions else None,
            joins=joined is not None,
            constants={name: store.put(value) for name, value in (constants or {}).items()},
            frames=tuple(Frame("start", "items", index, total, store.put(item)) for index, total, item in frames),
            **(how or {}),
        )
        known: dict[str, Any] = {
            "leaves": (),
            "cell": self.source,
            "file": str(self.file),
            "code": str(self._code),
            "cwd": str(self._folder),
            "slice": (),
            "roots": (self._flow_class,),
            "step": step,
            "task": f"F/1/{step}/0",
            "inputs": manifest_of(after).artifacts if after else {},
            "about": {"script": "flow.py"},
            **self._joined(joined),
        }
        source = ast.get_source_segment(self.source, function) or ""
        spec: TaskSpec = self._driver.spec(source, **{**known, "line": function.lineno, "method": method, **fields})
        return spec

    def run(self, step: str = "start", **how: Any) -> Any:
        """Run a step in a worker and return how it went."""
        return self._driver.wait(self._driver.start(self.spec(step, **how)))

    def _function(self, name: str) -> ast.FunctionDef:
        classes = [each for each in self._tree.body if isinstance(each, ast.ClassDef)]
        found = [
            each for cls in classes for each in cls.body if isinstance(each, ast.FunctionDef) and each.name == name
        ]
        return found[-1]

    def _joined(self, joined: Sequence[Any] | Mapping[str, Any] | None) -> dict[str, Any]:
        if joined is None:
            return {}
        if isinstance(joined, Mapping):
            tables = tuple(manifest_of(each).artifacts for each in joined.values())
            views = tuple(ViewSpec(step, None, (number,)) for number, step in enumerate(joined))
            return {"tables": tables, "joined": InputsSpec(views, branches=tuple(joined))}
        tables = tuple(manifest_of(each).artifacts for each in joined)
        items = tuple({"input": self._driver.store.put(f"item {number}")} for number in range(len(joined)))
        views = tuple(
            ViewSpec("work", number, (number, number + len(joined)), "input") for number in range(len(joined))
        )
        return {"tables": (*tables, *items), "joined": InputsSpec(views, over="work")}


def manifest_of(ended: Any) -> Manifest:
    """Return what a task left; of plain references a manifest of them."""
    return Manifest(ended) if isinstance(ended, Mapping) else ended.manifest


def way_on(ended: Any) -> tuple[str | None, str | None, list[Any]]:
    """Return the choice of a switch, the target of a foreach, and its items."""
    items = ended.done["items"] or {"step": None, "refs": []}
    refs = map(ArtifactRef.from_json, items["refs"])
    return ended.done["chose"], items["step"], [ended.workspace.store.get(ref) for ref in refs]


def _bound(tree: ast.Module) -> list[str]:
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names += [each.asname or each.name for each in node.names]
        elif isinstance(node, ast.Assign):
            names += [each.id for each in node.targets if isinstance(each, ast.Name)]
    return names
