"""A store in which everything that can hold a text holds a hostile one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hostile.payloads import Payload

from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.card import CardContent, CardRef
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import AttemptRecord, Failure, ItemList, ItemsRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

#: the start of every run here
START = 1_790_000_000.0
FLOW = FlowName("hostile")
#: steps of each run: one that left everything, one of many tasks, one that failed
LOAD, FAN, BAD = StepName("load"), StepName("fan"), StepName("bad")
ITEMS = 3
#: of so many runs one shows a figure of plotly
FIGURES = 48


def stored_text(text: str) -> str:
    """Return `text` as a database can hold it."""
    return text.encode("utf-8", "replace").decode()


def fill(root: Path, payload: Payload, number: int) -> RunId:
    """Add a run whose every text is hostile, and return its id."""
    return _Run(Workspace.open(root), payload, number).write()


def fill_flow(root: Path, text: str, number: int) -> None:
    """Add a run of a flow whose name is hostile, which left one number. A folder has no such name: it has no logs."""
    workspace, flow = Workspace.open(root), FlowName(text)
    fields: dict[str, Any] = {"created_at": START + number, "started_at": START + number, "finished_at": START + 9}
    steps = (StepSummary(LOAD, (), ()),)
    run = workspace.metadata.create_run(
        RunRecord(flow, RunId(""), "run", RunStatus.RUNNING, flow, steps=steps, **fields)
    )
    left = Manifest({flow: workspace.store.put(number / 3)})
    workspace.metadata.write(flow, run.id, [TaskRecord(LOAD, "0", (), TaskStatus.SUCCEEDED, manifest=left)], [])
    workspace.metadata.update_run(flow, run.id, status=RunStatus.SUCCEEDED, finished_at=START + 9)


class _Run:
    def __init__(self, workspace: Workspace, payload: Payload, number: int) -> None:
        self.workspace, self.raw, self.number = workspace, payload.text, number
        self.text, self.at = stored_text(payload.text), START + 100.0 * number
        # a page that draws them has plotly's whole script
        self.draws = number % FIGURES == 0

    def write(self) -> RunId:
        """Write the run, its tasks and their logs."""
        text, metadata = self.text, self.workspace.metadata
        record = metadata.create_run(
            RunRecord(
                flow=FLOW, id=RunId(""), kind="run", status=RunStatus.RUNNING, user=text, created_at=self.at,
                started_at=self.at, source=text, tags=frozenset({text}), system_tags=frozenset({f"user:{text}"}),
                parameters={text: ("str", f"{text}{self.number}", "given"), "alpha": ("float", self.number / 2, text)},
                steps=(
                    StepSummary(LOAD, (), (), doc=text),
                    StepSummary(FAN, (LOAD,), (FAN,), f"foreach {text} as x", doc=text),
                    StepSummary(BAD, (FAN,), (), f"join {text}"),
                ),
                owner=text, about={"doc": text, "project": {"project_name": text}},
            )
        )  # fmt: skip
        run = record.id
        item = self._put(text)
        tasks = [self._load(), *(self._item(index, item) for index in range(ITEMS)), self._bad()]
        metadata.write(
            FLOW, run, tasks, [self._attempt(run, task) for task in tasks],
            [ItemsRecord(FAN, (), ItemList((item,) * ITEMS, ITEMS))],
        )  # fmt: skip
        metadata.update_run(FLOW, run, status=RunStatus.FAILED, finished_at=self.at + 9, reason=text)
        return run

    def _put(self, value: object) -> ArtifactRef:
        return self.workspace.store.put(value)

    def _load(self) -> TaskRecord:
        text = self.text
        values: dict[str, Any] = {
            "text": text,
            "long": f"{text}\n" * 30,
            "score": 0.5,
            "tree": {text: [text, {"deep": text}], "rows": [text] * 3},
            "frame": pd.DataFrame({text: [text, "b"], "n": [1, 2]}, index=[text, "i"]),
            "series": pd.Series([text, "b"], name=text),
            "kinds": pd.DataFrame({"kind": pd.Categorical([text, "b"])}),
            "array": np.arange(12.0).reshape(3, 4),
            "words": np.array([text.replace("\0", "?"), "b"]),
            "raw": text.encode(),
            "picture": b"\x89PNG\r\n\x1a\n" + text.encode(),
            "model": _Model(),
            text: 1,
            f"{text}#": self.number,
        }
        refs = {name: self._put(value) for name, value in values.items()}
        # of a reference the words are as another machine wrote them
        refs["said"] = ArtifactRef(refs["model"].digest, "pickle", text, 9, summary=text, header=refs["model"].header)
        displays = self.workspace.store.put_bytes(json.dumps(self._displays()).encode())
        return self._task(
            LOAD,
            TaskStatus.SUCCEEDED,
            manifest=Manifest(refs, {text: text}),
            displays=displays,
            notes=(text,),
            reason=text,
        )

    def _item(self, index: int, item: ArtifactRef) -> TaskRecord:
        manifest = Manifest({"score": self._put(index / 7), "label": self._put(self.text)})
        more = {"path": (index,), "item": item, "manifest": manifest, "cards": () if index else self._cards()}
        return self._task(FAN, TaskStatus.SUCCEEDED, **more)

    def _cards(self) -> tuple[CardRef, ...]:
        """Return two cards that a step asked for: one of nbflow's making, and one of a class of its own."""
        cards = [CardContent("blank", self.text, self.text), CardContent(self.text, None, self.text, raw=True)]
        put = self.workspace.store.put_bytes
        return tuple(CardRef(each.type, each.id, put(each.to_bytes()), 9) for each in cards)

    def _bad(self) -> TaskRecord:
        failure = Failure(self.text, self.text, f"line 1\n{self.text}", None, 3)
        return self._task(BAD, TaskStatus.FAILED, failure=failure)

    def _task(self, step: StepName, status: TaskStatus, path: tuple[int, ...] = (), **more: Any) -> TaskRecord:
        began = self.at + 1 + len(step) + sum(path) / 10
        name = "-".join(map(str, path)) or "0"
        return TaskRecord(step, name, path, status, started_at=began, finished_at=began + 1.5, **more)

    def _attempt(self, run: RunId, task: TaskRecord) -> AttemptRecord:
        files = {}
        for stream in ("stdout", "stderr"):
            file = self.workspace.log_path(FLOW, run, task.step, task.id, 0, stream)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(f"{stream} {self.text}\n".encode() * 3)
            files[stream] = str(file.relative_to(self.workspace.root))
        return AttemptRecord(
            task.step, task.id, 0, task.status, task.started_at, task.finished_at, task.failure, task.manifest, **files
        )

    def _displays(self) -> list[dict[str, Any]]:
        raw = self.raw
        figure = {
            "data": [{"type": "bar", "x": [raw], "y": [1], "name": raw, "text": raw, "hovertemplate": raw}],
            "layout": {"title": {"text": raw}, "images": [{"source": raw}], "annotations": [{"text": raw}]},
        }
        return [
            {"data": data, "metadata": {}}
            for data in (
                {"text/html": raw, "text/plain": raw},
                {"text/plain": raw},
                {"text/markdown": raw},
                {"text/latex": raw},
                {"image/svg+xml": raw},
                {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{raw}</svg>"},
                {"image/png": raw},
                {"application/json": {raw: [raw]}},
                {"application/javascript": raw},
                *([{"application/vnd.plotly.v1+json": figure}] if self.draws else []),
                {"application/vnd.vega.v5+json": {"data": {"url": raw}}},
                {raw: raw},
            )
        ]


class _Model:
    """Something that only a pickle can hold."""
