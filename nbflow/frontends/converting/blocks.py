"""The forms in which a class can say in which order steps run."""

from __future__ import annotations

from nbflow.frozen import frozen
from nbflow.graph.resolved import ResolvedStep


@frozen
class Alone:
    """One step after what stands before it."""

    step: ResolvedStep


@frozen
class Loop:
    """A foreach: the steps that run once per item, and the step that joins them, if the notebook has one."""

    opens: ResolvedStep
    inside: Blocks
    joins: ResolvedStep | None = None


@frozen
class Fork:
    """Branches side by side, and the step that joins them, if the notebook has one."""

    branches: tuple[Blocks, ...]
    joins: ResolvedStep | None = None


@frozen
class Choice:
    """At most one of several ways: the first step of each may be skipped, those that follow it run if it did."""

    ways: tuple[tuple[ResolvedStep, ...], ...]


Block = Alone | Loop | Fork | Choice
Blocks = tuple[Block, ...]
