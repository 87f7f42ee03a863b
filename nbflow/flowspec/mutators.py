"""Decorators of a person that change other decorators, and parameters, before anything runs."""

from __future__ import annotations

from nbflow.flowspec.mutable import MutableFlow, MutableStep
from nbflow.flowspec.personal import PersonalDecorator, Role

__all__ = ["FlowMutator", "MutableFlow", "MutableStep", "StepMutator"]


class StepMutator(PersonalDecorator):
    """Base of decorators that change the step they stand on.

    class robust(StepMutator):
        def init(self, times=2):
            self.times = times

        def mutate(self, mutable_step):
            mutable_step.add_decorator("retry", deco_kwargs={"times": self.times})
    """

    nbflow_role = Role("mutators")

    def pre_mutate(self, mutable_step: MutableStep) -> None:
        """Act as soon as configs are known, before --with adds decorators."""

    def mutate(self, mutable_step: MutableStep) -> None:
        """Act when all decorators are there, those of --with as well."""


class FlowMutator(PersonalDecorator):
    """Base of decorators that change the flow they stand on.

    class robust(FlowMutator):
        def mutate(self, mutable_flow):
            for name, step in mutable_flow.steps:
                step.add_decorator("retry", duplicates=step.IGNORE)
    """

    nbflow_role = Role("mutators", on_flows=True)

    def pre_mutate(self, mutable_flow: MutableFlow) -> None:
        """Act as soon as configs are known: parameters and decorators of the flow are changed here, and only here."""

    def mutate(self, mutable_flow: MutableFlow) -> None:
        """Act when all decorators are there, those of --with as well: decorators of steps can be changed."""
