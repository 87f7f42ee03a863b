"""What a worker is told, and what it says back. Both cross a process border as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, field, fields
from typing import TYPE_CHECKING, Any, Literal

from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef
from nbflow.model.card import CardAsk
from nbflow.model.secret import SecretSource
from nbflow.model.step import Statement

if TYPE_CHECKING:
    from nbflow.model.options import Options


@frozen
class ViewSpec:
    """One element of a join's `inputs`."""

    step: str
    index: int | None
    #: tables (see TaskSpec.tables) in which a name is looked up, nearest first
    layers: tuple[int, ...]
    #: name of the foreach item, readable on the view
    item: str | None = None


@frozen
class InputsSpec:
    """A join's `inputs`."""

    views: tuple[ViewSpec, ...]
    #: branch names in declared order; empty over a foreach
    branches: tuple[str, ...] = ()
    #: name of the joined step over a foreach
    over: str | None = None
    #: indexes of skipped items
    skipped: tuple[int, ...] = ()


@frozen
class Frame:
    """One foreach around a task of a class, for `self.foreach_stack()`."""

    #: the step that listed the items, and the variable that held them
    step: str
    variable: str
    index: int
    #: how many items there are
    total: int
    item: ArtifactRef


@frozen
class Gang:
    """The place of a task among those that run side by side (`num_parallel`)."""

    nodes: int
    index: int
    #: id of the task with index 0
    control_task: str
    main_ip: str = "127.0.0.1"


@frozen
class MethodSpec:
    """What a worker needs beside the rest to run a step of a class."""

    #: the class, as the definitions module names it
    flow_class: str
    #: its self.next, as its text says it (Transition as JSON); None for the last step
    goes_on: Mapping[str, Any] | None
    #: it takes `inputs`
    joins: bool
    #: parameters, constants and configs by name: what the body may read and not set
    constants: Mapping[str, ArtifactRef] = field(default_factory=dict)
    #: outermost first, the task's own foreach last
    frames: tuple[Frame, ...] = ()
    gang: Gang | None = None
    #: most items a foreach that it starts may have
    max_splits: int = 100
    #: name → value of each Config, as JSON
    configs: Mapping[str, Any] = field(default_factory=dict)
    #: decorators given by --with
    with_specs: tuple[str, ...] = ()
    #: seconds after which TimeoutException is raised in the body
    alarm: float | None = None
    #: the task's round in a self-loop
    iteration: int = 0
    #: leave the person's own decorators out
    bare: bool = False

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> MethodSpec:
        known = dict(raw)
        known["constants"] = {name: ArtifactRef.from_json(ref) for name, ref in raw["constants"].items()}
        known["frames"] = tuple(
            Frame(each["step"], each["variable"], each["index"], each["total"], ArtifactRef.from_json(each["item"]))
            for each in raw["frames"]
        )
        known["gang"] = Gang(**raw["gang"]) if raw["gang"] else None
        known["with_specs"] = tuple(raw["with_specs"])
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        raw = {each.name: getattr(self, each.name) for each in fields(self)}
        raw["constants"] = {name: ref.to_json() for name, ref in self.constants.items()}
        raw["frames"] = [
            {**{each.name: getattr(frame, each.name) for each in fields(frame)}, "item": frame.item.to_json()}
            for frame in self.frames
        ]
        raw["gang"] = asdict(self.gang) if self.gang else None
        return raw


@frozen
class Adopted:
    """An attempt of a run that lost its scheduler, at work elsewhere."""

    #: as its record names it: `batch:JOB-ID`
    job: str
    #: `flow/run/step/task`
    task: str
    attempt: int


@frozen
class Place:
    """What a task asks of a machine that is not the run's own."""

    #: the backend: `batch`
    on: str
    #: cores
    cpu: float = 1.0
    gpu: int = 0
    #: bytes; None: the backend's default
    memory: int | None = None
    disk: int | None = None
    shared_memory: int | None = None
    image: str | None = None
    #: seconds after which it has to be stopped there
    timeout: float | None = None
    #: what else is asked of the backend
    more: Mapping[str, Any] = field(default_factory=dict)
    #: blob of the run's code package
    package: str | None = None
    #: an attempt of an earlier run that does the same and goes on: its job is taken over
    adopt: Adopted | None = None

    @classmethod
    def asked(cls, options: Options, on: str) -> Place:
        """Return what a step with these options asks of the backend `on`."""
        resources = options.resources
        return cls(
            on=on,
            cpu=resources.cpu,
            gpu=resources.gpu,
            memory=resources.memory,
            disk=resources.disk,
            shared_memory=resources.shared_memory,
            image=options.image,
            timeout=options.timeout,
            more=dict(options.batch),
        )


@frozen
class TaskSpec:
    """One attempt, whole: a worker needs this, the store and nothing else."""

    #: `body`: run it. `items`: evaluate the --foreach expression and store each item
    kind: Literal["body", "items"]
    #: `flow/run/step/task`
    task: str
    step: str
    attempt: int
    #: root folder of the workspace (its store is in there)
    root: str
    cwd: str
    #: where modules are found; of a task with an `environment` what comes before that
    sys_path: tuple[str, ...]
    #: file with the run's FlowCode as JSON
    code: str
    #: Python of the body, or the expression
    source: str
    #: 1-based line of the cell on which `source` begins
    line: int
    cell: str
    file: str
    #: numbers (in FlowCode.statements) to execute first, in this order
    slice: tuple[int, ...] = ()
    #: names the code takes from the definitions module into its globals
    roots: tuple[str, ...] = ()
    inputs: Mapping[str, ArtifactRef] = field(default_factory=dict)
    #: name → (type source, JSON value)
    parameters: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    #: plain values: `index` of a foreach
    values: Mapping[str, Any] = field(default_factory=dict)
    #: name → source of a literal: --default of names whose givers were all skipped
    defaults: Mapping[str, str] = field(default_factory=dict)
    #: names read whose giver left them unbound → text of the NameError
    unbound: Mapping[str, str] = field(default_factory=dict)
    #: manifests the views of `joined` look into
    tables: tuple[Mapping[str, ArtifactRef], ...] = ()
    joined: InputsSpec | None = None
    #: names to keep when bound at the end
    leaves: tuple[str, ...] = ()
    #: those of `leaves` that must be storable
    required: tuple[str, ...] = ()
    #: those of `leaves` that a step below changes in place: no other name that is read may stand for the same object
    watched: tuple[str, ...] = ()
    #: those of `leaves` that merge_artifacts fills
    merged: tuple[str, ...] = ()
    #: --catch was given; its name, if any
    catches: bool = False
    catch_name: str | None = None
    #: the traceback of what is caught goes to the error stream
    catch_told: bool = True
    env: Mapping[str, str] = field(default_factory=dict)
    #: where the secrets of the body come from
    secrets: tuple[SecretSource, ...] = ()
    #: most items a --foreach may give
    limit: int = 10_000
    #: bytes of private memory the body may take beyond what it is given; None: no limit
    memory: int | None = None
    #: rich displays are wanted (a kernel or a card shows them)
    rich: bool = True
    #: the step is a method of a class
    method: MethodSpec | None = None
    #: what `current` tells of the run: see runtime.request.RunRequest.about
    about: Mapping[str, Any] = field(default_factory=dict)
    #: the cards to make when the body has ended
    cards: tuple[CardAsk, ...] = ()
    #: digest of the packages it runs with (model.environment); None: those of this Python
    environment: str | None = None
    #: in a Python that has imported nothing: --isolation process
    fresh: bool = False
    #: where it runs; None: on the run's own machine
    place: Place | None = None

    def to_json(self) -> dict[str, Any]:
        raw = {each.name: getattr(self, each.name) for each in fields(self)}
        raw["method"] = self.method.to_json() if self.method else None
        raw["inputs"] = {name: ref.to_json() for name, ref in self.inputs.items()}
        raw["tables"] = [{name: ref.to_json() for name, ref in table.items()} for table in self.tables]
        raw["joined"] = asdict(self.joined) if self.joined else None
        raw["cards"] = [card.to_json() for card in self.cards]
        raw["secrets"] = [secret.to_json() for secret in self.secrets]
        # of use before it starts
        del raw["place"]
        return raw

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> TaskSpec:
        known = dict(raw)
        known["method"] = MethodSpec.from_json(raw["method"]) if raw.get("method") else None
        known["inputs"] = {name: ArtifactRef.from_json(ref) for name, ref in raw["inputs"].items()}
        known["tables"] = tuple(
            {name: ArtifactRef.from_json(ref) for name, ref in table.items()} for table in raw["tables"]
        )
        if joined := raw["joined"]:
            views = tuple(
                ViewSpec(each["step"], each["index"], tuple(each["layers"]), each["item"]) for each in joined["views"]
            )
            known["joined"] = InputsSpec(views, tuple(joined["branches"]), joined["over"], tuple(joined["skipped"]))
        known["cards"] = tuple(CardAsk(**card) for card in raw.get("cards", ()))
        known["secrets"] = tuple(map(SecretSource.from_json, raw.get("secrets", ())))
        for name in ("sys_path", "slice", "roots", "leaves", "required", "watched", "merged"):
            known[name] = tuple(raw[name])
        known["parameters"] = {name: (kind, value) for name, (kind, value) in raw["parameters"].items()}
        return cls(**known)


@frozen
class CodeStatement:
    """A definition as a worker executes it."""

    names: tuple[str, ...]
    source: str
    cell: str
    file: str
    line: int
    key: str
    now: tuple[str, ...]
    later: tuple[str, ...]
    kind: str
    #: for "attached": the definition it belongs to
    owner: str | None = None

    @classmethod
    def of(cls, statement: Statement) -> CodeStatement:
        return cls(
            statement.names,
            statement.source,
            statement.cell,
            statement.file,
            statement.line,
            statement.key,
            tuple(sorted(statement.now)),
            tuple(sorted(statement.later)),
            statement.kind,
            statement.owner,
        )

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> CodeStatement:
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()
        }
        return cls(**fields)


@frozen
class SetupCode:
    """A %%setup cell as a worker runs it."""

    source: str
    line: int
    cell: str
    file: str


@frozen
class FlowCode:
    """The definitions of a run, written once and read by each of its workers."""

    #: importable name of the definitions module: `nbflow_defs.<flow>`
    module: str
    statements: tuple[CodeStatement, ...] = ()
    setup: tuple[SetupCode, ...] = ()
    #: the file that is the module, for a flow that is one: its `__file__`
    path: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "module": self.module,
            "path": self.path,
            "statements": [_flat(each) for each in self.statements],
            "setup": [_flat(each) for each in self.setup],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> FlowCode:
        statements = tuple(CodeStatement.from_json(each) for each in raw["statements"])
        return cls(raw["module"], statements, tuple(SetupCode(**each) for each in raw["setup"]), raw.get("path"))


def _flat(value: CodeStatement | SetupCode) -> dict[str, Any]:
    """Return the fields; `asdict` would copy what is in them, and each cell that runs writes all definitions."""
    return {each.name: getattr(value, each.name) for each in fields(value)}
