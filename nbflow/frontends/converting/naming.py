"""What steps and artifacts are called in the class, where names must not get in each other's way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from nbflow.flowspec.flow import FlowBody
from nbflow.frontends.converting.original import Original
from nbflow.model.ids import StepName

#: attributes that a flow has beside those of its class
_OF_FLOWS = frozenset({"run", "trigger", *(name for name in dir(FlowBody) if not name.startswith("_"))}) - {"name"}


@dataclass(slots=True)
class Names:
    """The names of the class.

    Responsibilities: hand out each name once; know under which attribute an artifact is kept.
    """

    #: step → method
    methods: dict[StepName, str] = field(default_factory=dict)
    #: (step, artifact) → attribute that keeps what this step left, when another step overwrites it before it is read
    kept: dict[tuple[StepName, str], str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, original: Original, ends: Collection[StepName]) -> Names:
        """Return the names for `original`; steps of `ends` may be called start and end, since they are."""
        names = cls()
        artifacts = {attribute(name) for step in original.flow.steps for name in step.leaves}
        parameters = original.parameters
        names._taken |= {*artifacts, *parameters, *(f"{each}_given" for each in parameters), *_OF_FLOWS}
        steps = [step.name for step in original.flow.steps]
        free = [name for name in steps if name not in names._taken and (name not in {"start", "end"} or name in ends)]
        # who can keep its name does
        names._taken.update(free)
        names.methods = {name: name if name in free else names.new(f"{name}_step") for name in steps}
        return names

    def copy(self) -> Names:
        """Return names that know what is taken and take more without telling; what is kept they share."""
        return Names(self.methods, self.kept, set(self._taken))

    def new(self, wanted: str) -> str:
        """Return `wanted`, or a name like it that is free, and take it."""
        number, name = 2, wanted
        while name in self._taken:
            number, name = number + 1, f"{wanted}_{number}"
        self._taken.add(name)
        return name

    def keep(self, step: StepName, artifact: str) -> None:
        """Let `step` keep its `artifact` under a name of its own, too."""
        if (step, artifact) not in self.kept:
            self.kept[step, artifact] = self.new(f"{artifact}_of_{step}")

    def kept_by(self, step: StepName) -> dict[str, str]:
        """Return what `step` keeps under a name of its own: artifact → attribute."""
        return {artifact: name for (who, artifact), name in self.kept.items() if who == step}


def attribute(artifact: str) -> str:
    """Return the attribute of the class under which `artifact` is kept: its own name, unless flows have one so called."""
    return f"{artifact}_" if artifact in _OF_FLOWS else artifact


def renamed(artifacts: Iterable[str]) -> Collection[str]:
    """Return those of `artifacts` that are called otherwise in the class."""
    return sorted({each for each in artifacts if attribute(each) != each})
