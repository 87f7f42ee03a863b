"""The notebook's face: takes cells from IPython, keeps the session, runs step cells and verbs.

One per kernel. `nbflow.frontends.magics.load` makes it and registers its hooks.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from nbflow.backends.routed import RoutedBackend
from nbflow.cells.header import cell_kind, misspelt_magic
from nbflow.code.module import LiveDefinitions
from nbflow.errors import NOWHERE, NbflowError, Place, raise_for
from nbflow.frontends.fleeting import fleeting
from nbflow.frontends.magics.document import NotebookFile
from nbflow.frontends.magics.intake import declare, set_up, take
from nbflow.frontends.magics.looking import Greeting, warm_widgets
from nbflow.frontends.magics.midcell import adopt_made
from nbflow.frontends.magics.namespace import Namespace
from nbflow.frontends.magics.session import UNNAMED, Session
from nbflow.frontends.magics.show import Notices, say
from nbflow.frontends.magics.stepcell import as_saved, run_needed, run_step_cell
from nbflow.frontends.prepare import DefinitionNames, parameters_of
from nbflow.graph.build import build
from nbflow.graph.built import Built
from nbflow.model.artifact import ArtifactRef
from nbflow.model.event import Displayed
from nbflow.model.graph import Node
from nbflow.model.ids import StepName
from nbflow.model.step import Computed, FlowDraft
from nbflow.model.task import CodeStatement
from nbflow.notebooks.errand import on_errand
from nbflow.plan.parameters import Resolved
from nbflow.runtime.engine import Engine
from nbflow.runtime.specs import module_name
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

    from nbflow.frontends.magics.background import Background
    from nbflow.frontends.magics.loan import Loan

#: constants that can be compared by their text
_PLAIN = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)


class Face:
    """One kernel's way in.

    Responsibilities: dispatch of cells; the engine and workspace, made when first needed; definitions in step with
    plain cells; parameters in step with assignment cells. Running a step cell is `stepcell`'s, verbs are `verbs`'.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.session = Session()
        self.file = NotebookFile.of_kernel(shell.user_ns, os.environ)
        self.folder = self.file.folder or Path.cwd()
        self.sys_path = tuple(sys.path)
        self.run_cells = True
        #: some cell came from a front end for people
        self.met_a_person = False
        self.notices = Notices()
        #: what was wrong with the last assignment cell, until another one is right
        self.trouble: NbflowError | None = None
        #: plain cells that ran, as they were typed, and when (seconds since the epoch)
        self.plain: dict[str, float] = {}
        #: when a %%parameters cell or an assignment to parameters ran, and when a %%setup cell did
        self.parameters_ran_at = self.setup_ran_at = 0.0
        self._workspace: Workspace | None = None
        self._engine: Engine | None = None
        self._namespace: Namespace | None = None
        #: the running plain cell, as it was typed, and as IPython executes it
        self.running = self.source_of_running = ""
        #: the flow of which an earlier draft was looked for
        self._mentioned = ""
        self.live = LiveDefinitions(module_name(self.flow))
        self._background: Background | None = None
        #: whether the front end draws widgets
        self.greeting = Greeting()
        #: what %flow debug lends to the notebook
        self.loan: Loan | None = None
        #: step → name → value that --capture took
        self.captured: dict[StepName, dict[str, ArtifactRef]] = {}

    # ---- what a cell run needs, made when first needed

    @property
    def flow(self) -> str:
        """The flow's name: given by %flow name, else the notebook's, else `untitled`."""
        return self.session.flow or self.file.name or UNNAMED

    @property
    def workspace(self) -> Workspace:
        """Where runs are kept: `.nbflow/` found upward from the notebook's folder, or made there."""
        if self._workspace is None:
            self._workspace = Workspace.find(self.folder, local=[str(self.folder)])
            self.notices.show(fleeting(self._workspace))
        return self._workspace

    @property
    def engine(self) -> Engine:
        """The scheduler of this kernel."""
        if self._engine is None or not self._engine.alive:
            self._engine = Engine(self.workspace, RoutedBackend(self.workspace))
            self._engine.preload([*self._modules()], rich=True)
        return self._engine

    @property
    def namespace(self) -> Namespace:
        """The notebook's variables."""
        if self._namespace is None:
            self._namespace = Namespace(
                self.shell.user_ns, lambda ref, name: self.workspace.store.get(ref, name=name), say
            )
        return self._namespace

    @property
    def background(self) -> Background:
        """The runs that go on beside the cells."""
        if self._background is None:
            # most notebooks have none
            from nbflow.frontends.magics.background import Background

            self._background = Background(self)
        return self._background

    @property
    def attended(self) -> bool:
        """A person is at the keyboard: front ends for people send the id of the cell they run."""
        return bool(self.cell_id)

    @property
    def cell_id(self) -> str:
        """The front end's id of the running cell, or an empty string."""
        metadata = self._request().get("metadata") or {}
        return str(metadata.get("cellId") or "")

    @property
    def own_cell_id(self) -> str:
        """The front end's id of the running cell, if that is one of ours: a plain cell may make many by `flow.step`."""
        return "" if self.running else self.cell_id

    @property
    def asked_at(self) -> float | None:
        """When the front end asked for the running cell, in seconds since the epoch; None: it does not say."""
        sent = (self._request().get("header") or {}).get("date")
        return sent.timestamp() if isinstance(sent, datetime) else None

    def _request(self) -> dict[str, Any]:
        """Return the message that asked for the running cell."""
        kernel = getattr(self.shell, "kernel", None)
        parent = kernel.get_parent("shell") if kernel is not None else getattr(self.shell, "parent_header", None)
        return parent if isinstance(parent, dict) else {}

    def document(self) -> tuple[str, ...]:
        """Step names in the saved notebook's order, else as %flow order said; empty when neither is known."""
        ran = self.session.cells_of_steps(since=self.file.saved_at() or 0.0)
        # of some steps only the ids may be there: what a person said of all of them counts more
        said = () if self.file.steps() else self.session.order
        return said or self.file.order(ran)

    def draft(self) -> FlowDraft:
        """Return the flow as it stands, names included that only this kernel can explain."""
        draft = self.session.draft(self.document(), self.gone())
        known = {name for statement in draft.definitions.statements for name in statement.names}
        known |= {name for cell in draft.setup for name in cell.body.names.bindings}
        known |= {
            *draft.definitions.computed,
            *self.session.taken_over,
            *(parameter.name for parameter in draft.parameters),
        }
        hidden = self.shell.user_ns_hidden
        only_here = [
            name
            for name in self.shell.user_ns
            if name not in known
            and name not in hidden
            and not name.startswith("_")
            and not self.namespace.from_step(name)
        ]
        computed = {
            name: Computed(name, NOWHERE, "only this kernel holds it; no cell says how it is made")
            for name in only_here
        }
        definitions = replace(draft.definitions, computed={**computed, **draft.definitions.computed})
        # a notebook that is a body may have been saved again
        steps = tuple(as_saved(step, self.folder) for step in draft.steps)
        return replace(draft, steps=steps, definitions=definitions)

    def build(self) -> Built:
        """Return its graph with its problems."""
        return build(self.draft())

    def texts(self) -> list[str]:
        """Return the cells of the flow as the person wrote them, for the code package."""
        return [*self.session.cells, *(draft.body.cell for draft in self.draft().steps)]

    def gone(self) -> frozenset[str]:
        """Steps whose header is gone from a notebook saved after they last ran: left out of the flow."""
        saved, present = self.file.saved_at(), {step.name for step in self.file.steps()}
        if saved is None or not present:
            return frozenset()
        slots = self.session.slots.items()
        return frozenset(name for name, slot in slots if name not in present and slot.ran_at < saved)

    @property
    def count(self) -> int:
        """The running cell's number, as its prompt shows it.

        By the history: whether `execution_count` is already the next cell's differs between versions of IPython.
        """
        cells = getattr(self.shell.history_manager, "input_hist_raw", ())
        return len(cells) - 1 if len(cells) > 1 else self.shell.execution_count

    def place(self, step: str | None = None, number: int | None = None) -> Place:
        """Return where the running cell is, or the earlier one with that number."""
        name = self.file.path.name if self.file.path else None
        slot = self.session.slots.get(StepName(step)) if step else None
        percent = slot is not None and slot.draft.place.percent
        return Place(notebook=name, cell=f"In [{number or self.count}]", step=step, percent=percent)

    # ---- cells

    def cell(self, text: str) -> Any:
        """Run one of our cells; the transformer turns it into this call."""
        self.met_a_person = self.met_a_person or self.attended
        if wrong := misspelt_magic(text):
            raise_for("C015", self.place(), written=wrong[0], meant=wrong[1])
        kind = cell_kind(text)
        if kind == "step":
            return run_step_cell(self, text)
        if kind == "parameters":
            return declare(self, text)
        return set_up(self, text)

    def file_name(self, number: int | None = None) -> str:
        """Return the file under which tracebacks show the running cell, or the earlier one with that number."""
        where = self.place(number=number)
        return f"<{' · '.join(part for part in (where.notebook, where.cell) if part)}>"

    def resolve(self, given: dict[str, object]) -> Resolved:
        """Return the parameters' values with `given` on top. Raises ParameterError."""
        return parameters_of(self.session.parameters.parameters, given, self.session.overrides, self.definition_names())

    def definition_names(self) -> DefinitionNames:
        """Return the definitions by name."""
        return DefinitionNames(self.live)

    # ---- plain cells

    def before_cell(self, info: ExecutionInfo) -> None:
        """Run steps that were only defined and load large pickles, where the coming cell names what they left.

        What runs left that ended meanwhile is taken over first.
        """
        self.greeting.before_cell(self.asked_at)
        if self._background is not None and info.store_history:
            self._background.settle()
        self.running = ""
        if not info.raw_cell or cell_kind(info.raw_cell) is not None:
            return
        self.run_plain(info.raw_cell)
        run_needed(self, self.source_of_running)
        if self._namespace is not None:
            self._namespace.before_cell(self.source_of_running)

    def run_plain(self, raw: str) -> None:
        """Note the plain cell that is running from now on."""
        self.running, self.source_of_running = raw, self.shell.transform_cell(raw)

    def offer_waiting(self) -> None:
        """Load what the running cell names further down, and let completion know what waits."""
        self.namespace.before_cell(self.source_of_running)
        matchers = self.shell.Completer.custom_matchers
        if self.namespace.matches not in matchers:
            matchers.append(self.namespace.matches)

    def after_cell(self, result: ExecutionResult) -> None:
        """Take a plain cell that ran well as definitions, or as values of parameters."""
        self._mention_past()
        self.greeting.after_cell(time.time())
        raw = result.info.raw_cell if result.info is not None else None
        if not result.success or not raw or cell_kind(raw) is not None:
            return
        take(self, raw)
        adopt_made(self)

    def _mention_past(self) -> None:
        """Once the flow has a name, say whose else it is; else, in a kernel that has just begun, what the last one left."""
        if self.flow in {self._mentioned, UNNAMED} or not self.attended:
            return
        self._mentioned = self.flow
        if Workspace.nearest(self.folder) is None:
            return
        from nbflow.frontends.magics.mention import shared_with
        from nbflow.frontends.magics.recall import left_behind

        with contextlib.suppress(NbflowError):
            if shared := shared_with(self.workspace, self.flow, self.source):
                self.notices.show([shared])
            elif not (self.session.slots or self.session.draft_run) and (
                told := left_behind(self.workspace, self.flow)
            ):
                say(told)

    # ---- definitions

    def renew_definitions(self) -> None:
        """Give the definitions module the statements of the moment; unchanged ones keep their objects."""
        draft = self.session.draft()
        in_steps = (statement for step in draft.steps for statement in step.statements)
        self.live.update([CodeStatement.of(each) for each in (*draft.definitions.statements, *in_steps)])

    def adopt(self, key: str) -> Callable[[type], type]:
        """Return the decorator that makes a notebook class the definitions module's own."""

        def decorate(cls: type) -> type:
            self._own(cls.__name__, key)
            return self.live.adopt(cls.__name__, key, cls)

        return decorate

    def _own(self, name: str, key: str) -> None:
        """A class that the module itself made, after a restore, is the notebook's: the same statement makes no other."""
        made = self.live.module.__dict__.get(name)
        if isinstance(made, type) and name not in self.live.adopted:
            statement = self.session.table.freeze().of(name)
            if statement is not None and statement.key == key:
                self.live.adopt(name, key, made)

    def rename(self, name: str) -> None:
        """Give the flow another name: definitions move to the module of that name."""
        self.session.flow = name
        self.session.draft_run = None
        old, self.live = self.live, LiveDefinitions(module_name(name))
        self.renew_definitions()
        for class_name, (key, cls) in old.adopted.items():
            self.live.adopt(class_name, key, cls)

    def changed(self, name: str) -> bool:
        """Whether a constant's value in the kernel differs from what its statement makes."""
        try:
            made, held = self.live.get(name), self.shell.user_ns[name]
        except Exception:  # noqa: BLE001 - a definition that cannot be executed is told when the step needs it
            return False
        if isinstance(made, FunctionType) and isinstance(held, FunctionType):
            # a default keeps the value its name had when the function was made
            made, held = made.__defaults__ or (), held.__defaults__ or ()
            return any(isinstance(each, _PLAIN) for each in made) and repr(made) != repr(held)
        return isinstance(made, _PLAIN) and (type(made) is not type(held) or repr(made) != repr(held))

    # ---- what a run brings and shows

    @property
    def source(self) -> str:
        """The notebook, for run records."""
        return str(self.file.path) if self.file.path else ""

    def warm(self) -> None:
        """Start the engine in the background; what keeps it from starting is the first step cell's to tell."""
        with contextlib.suppress(NbflowError):
            _ = self.engine
        warm_widgets(self)

    def preload(self) -> None:
        """Import in the zygote what steps and definitions import, while the person reads."""
        self.engine.preload(self._modules(), rich=True)

    def bring(self, node: Node, artifacts: Mapping[str, ArtifactRef]) -> None:
        """Bind what a step left, and the functions it defines, in the notebook."""
        self.namespace.push(artifacts)
        for statement in self.session.slots[node.name].draft.statements:
            for name in statement.names:
                # a module of the step's own packages is not here
                with contextlib.suppress(AttributeError, ImportError):
                    self.shell.user_ns[name] = self.live.get(name)

    def show_value(self, value: object) -> None:
        """Show the value of a last expression."""
        from IPython.display import display

        display(value)

    def show_display(self, shown: Displayed) -> None:
        """Show under the cell what a body displayed."""
        from IPython.display import display

        known = shown.transient.get("display_id")
        extra = {"display_id": known, "update": shown.update} if known else {}
        display(dict(shown.data), metadata=dict(shown.metadata), raw=True, **extra)

    def _modules(self) -> Sequence[str]:
        """Installed modules that definitions and step bodies import: worth importing ahead."""
        from nbflow.code.local import installed

        found: dict[str, None] = {}
        for statement in self.session.draft().definitions.statements:
            found.update(dict.fromkeys(statement.modules))
        for slot in self.session.slots.values():
            found.update(dict.fromkeys(slot.draft.body.modules))
        return installed(tuple(found), self.folder)

    def close(self) -> None:
        """End the engine; nothing of it stays behind. Where nobody was at the keyboard, say what a notebook left."""
        if self.session.draft_run and not (self.session.ran or self.met_a_person or on_errand()):
            # the kernel's own stream goes to front ends, which are gone by now
            stream = sys.__stderr__ or sys.stderr
            stream.write(f"nbflow: {self.flow} left only a draft; a last cell  %flow run  makes it a run\n")
        if self._namespace is not None:
            with contextlib.suppress(ValueError):
                self.shell.Completer.custom_matchers.remove(self._namespace.matches)
        if self._engine is not None:
            self._engine.close()
