"""The filled-in notebook of a task or a run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflow.cards.html import Html
from nbflow.client.facts import RunFacts
from nbflow.errors import raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.store.files.file import File

if TYPE_CHECKING:
    from nbflow.cards.components.notebook import Notebook

#: name of the artifact, and of what a run's record says beside the rest
NAME = "notebook"
_LEAST, _MOST = 200, 900


class FilledNotebook:
    """A notebook as it was after it ran: whole, or up to the cell that failed.

    In a notebook it shows itself, in a frame where nothing of it runs and nothing is fetched.
    """

    def __init__(self, pathspec: str, file: File) -> None:
        """Take what a task or a run of that pathspec keeps."""
        #: the task or run it is of
        self.pathspec = pathspec
        self._file = file

    @property
    def name(self) -> str:
        """Its file's name."""
        return self._file.name

    @cached_property
    def source(self) -> str:
        """The notebook's own text: JSON, as Jupyter opens it."""
        return self._file.read_text()

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Its cells, as they stand in the file."""
        found: list[dict[str, Any]] = json.loads(self.source)["cells"]
        return found

    @cached_property
    def _component(self) -> Notebook:
        from nbflow.cards.components.notebook import Notebook

        return Notebook(json.loads(self.source))

    @property
    def text(self) -> str:
        """It as text, for a terminal."""
        return self._component.text()

    @property
    def html(self) -> str:
        """It as a page of HTML that runs nothing and fetches nothing."""
        return self._page(whole=True)

    def _page(self, *, whole: bool) -> str:
        from nbflow.cards.document import document
        from nbflow.cards.task_card import blank_body

        return document(blank_body([self._component]), title=self._title, whole=whole)

    @property
    def _title(self) -> str:
        return f"{self.name} · {self.pathspec}"

    def save(self, path: str | Path) -> Path:
        """Write it, as a page where the name ends in .html, else as a notebook; return the file.

        Raises:
            NotebookError: W007, it cannot be written there.
        """
        file = Path(path)
        if file.is_dir():
            file /= self.name
        try:
            file.write_text(self._standing_alone() if _is_page(file) else self.source, encoding="utf-8")
        except OSError as wrong:
            raise_for(
                "W007", path=file, message=wrong.strerror or str(wrong), fix="name a file in a folder that is there"
            )
        return file

    def _standing_alone(self) -> str:
        from nbflow.cards.document import draws, standalone

        page = self._page(whole=False)
        return standalone(page, title=self._title, scripts=draws(page))

    def _repr_html_(self) -> str:
        from nbflow.cards import html as h
        from nbflow.cards.document import draws, framed

        page = self._page(whole=False)
        height = min(_MOST, max(_LEAST, self._component.height()))
        frame = framed(page, height=height, scripts=draws(page), title=self._title)
        folded = h.details(h.faint("as text"), h.preformatted(self.text, height=360))
        caption: Html = h.block(h.faint(self._title), style="font-size:13px;line-height:1.6")
        return str(h.block(caption, frame, folded, style="margin:6px 0"))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's protocol
        printer.text(repr(self) if cycle else f"{self._title}\n\n{self.text}".rstrip())

    def __repr__(self) -> str:
        return f"<FilledNotebook {self.name} of {self.pathspec}>"


def _is_page(file: Path) -> bool:
    return file.suffix.lower() in {".html", ".htm"}


def filled_in(record: RunRecord, tasks: Iterable[TaskRecord]) -> bool:
    """Say whether a run has a filled-in notebook, or a task of it; nothing is read for it."""
    left = (task.manifest.artifacts.get(NAME) for task in tasks if task.manifest)
    return NAME in record.about or any(ref is not None and ref.kind == "file" for ref in left)


def of_task(pathspec: str, record: TaskRecord, facts: RunFacts) -> FilledNotebook | None:
    """Return the filled-in notebook of a task, None where its body was none."""
    ref = record.manifest.artifacts.get(NAME) if record.manifest else None
    return _opened(pathspec, ref, facts) if ref is not None and ref.kind == "file" else None


def of_run(pathspec: str, record: RunRecord, tasks: Iterable[TaskRecord], facts: RunFacts) -> FilledNotebook | None:
    """Return the notebook that made a run, else that of the last of its tasks that has one."""
    if NAME in record.about:
        return _opened(pathspec, ArtifactRef.from_json(record.about[NAME]), facts)
    for task in reversed(tuple(tasks)):
        if found := of_task(f"{pathspec}/{task.step}/{task.id}", task, facts):
            return found
    return None


def _opened(pathspec: str, ref: ArtifactRef, facts: RunFacts) -> FilledNotebook | None:
    value = facts.load(ref, NAME)
    return FilledNotebook(pathspec, value) if isinstance(value, File) and value.name.endswith(".ipynb") else None
