"""Names and numbers of things: flows, steps, runs, tasks, and the pathspec that spells them in one line."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass
from typing import NewType

from nbflow.errors import raise_for
from nbflow.frozen import frozen

FlowName = NewType("FlowName", str)
StepName = NewType("StepName", str)
#: a foreach is named by the step that opens it
ScopeName = NewType("ScopeName", StepName)
#: `"12"` for a run, `"draft-3"` for a kernel session's draft run, `"spin-2"` for a task run alone, `"sfn-…"` with the name of
#: its execution for a run of a deployed flow; unique within a flow
RunId = NewType("RunId", str)
#: BLAKE3-256 of the content, 64 hexadecimal digits
Digest = NewType("Digest", str)
#: one index per foreach around a task, outermost first
Path = tuple[int, ...]

STEP_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
#: a flow is also a folder, an AWS name and a part of URLs
FLOW_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,127}\Z")
_TASK_ID = re.compile(r"\d+(-\d+)*(~\d+)?\Z")
RUN_ID = re.compile(r"(((draft|spin)-)?\d+|sfn-[A-Za-z0-9_-]{1,80})\Z")


def flow_name_of(file: str) -> FlowName:
    """Return the name of the flow in the notebook `file` (its name without suffix): `My übung 2` is `My_ubung_2`."""
    ascii_only = unicodedata.normalize("NFKD", file).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9_.-]+", "_", ascii_only).strip("_.-")[:100]
    if not word:
        return FlowName(f"notebook_{zlib.crc32(file.encode()):08x}")
    return FlowName(word if word[0].isalpha() else f"flow_{word}")


@dataclass(frozen=True, slots=True, order=True)
class TaskKey:
    """One execution of a step in a run: the step, its foreach indexes, and its round in a self-loop."""

    step: StepName
    path: Path = ()
    iteration: int = 0

    @property
    def id(self) -> str:
        """The task's id in a pathspec: `0` outside a foreach, `3` or `3-1` inside, `~2` for the second repeat."""
        head = "-".join(map(str, self.path)) or "0"
        return f"{head}~{self.iteration}" if self.iteration else head

    @classmethod
    def parse(cls, step: str, text: str, depth: int) -> TaskKey:
        """Return the key of task id `text` of `step`, which stands inside `depth` foreach."""
        head, _, iteration = text.partition("~")
        path = tuple(int(part) for part in head.split("-")) if depth else ()
        return cls(StepName(step), path, int(iteration or 0))

    def __str__(self) -> str:
        where = f"[{', '.join(map(str, self.path))}]" if self.path else ""
        return f"{self.step}{where}" + (f"~{self.iteration}" if self.iteration else "")


@frozen
class Pathspec:
    """`flow/run/step/task/artifact`, from the left as far as known."""

    flow: str
    run: str | None = None
    step: str | None = None
    task: str | None = None
    artifact: str | None = None

    @classmethod
    def parse(cls, text: str) -> Pathspec:
        """Return the parts of `text`. Raises NBF-M006 when it is not a pathspec."""
        parts = text.split("/")
        if not 1 <= len(parts) <= 5 or not all(parts):
            raise_for("M006", pathspec=text, why="it has one to five parts between slashes")
        if not FLOW_NAME.match(parts[0]):
            raise_for("M006", pathspec=text, why=f"'{parts[0]}' is not a flow name")
        if len(parts) > 1 and not RUN_ID.match(parts[1]):
            raise_for("M006", pathspec=text, why=f"'{parts[1]}' is not a run id")
        if len(parts) > 3 and not _TASK_ID.match(parts[3]):
            raise_for("M006", pathspec=text, why=f"'{parts[3]}' is not a task id")
        return cls(*parts)

    def __str__(self) -> str:
        parts = (self.flow, self.run, self.step, self.task, self.artifact)
        return "/".join(part for part in parts if part is not None)
