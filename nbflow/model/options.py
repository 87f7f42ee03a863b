"""What a step asks for, beside its place in the graph. Decorators and header options both end here."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal

from nbflow.frozen import frozen
from nbflow.model.card import CardAsk
from nbflow.model.places import THIS_MACHINE
from nbflow.model.secret import SecretSource

Isolation = Literal["fork", "process"]


@frozen
class Retry:
    """How often and how soon a failed attempt is tried again."""

    #: further attempts after the first, 0 to 100
    times: int = 0
    #: seconds between the end of an attempt and the start of the next
    wait: float = 0.0


@frozen
class Resources:
    """What one task asks of the machine it runs on. None: the backend's default."""

    #: cores, may be a fraction
    cpu: float = 1.0
    gpu: int = 0
    #: bytes
    memory: int | None = None
    #: bytes
    disk: int | None = None
    #: bytes of /dev/shm; heeded on AWS Batch
    shared_memory: int | None = None


@frozen
class Catch:
    """A failed body counts as success; `name`, when given, holds the error."""

    name: str | None = None
    #: its traceback goes to the task's error stream
    told: bool = True


@frozen
class Options:
    """Everything a step's header says that is not wiring."""

    resources: Resources = field(default_factory=Resources)
    retry: Retry = field(default_factory=Retry)
    #: seconds one attempt may take
    timeout: float | None = None
    catch: Catch | None = None
    backend: str | None = None
    cache: bool = False
    #: cards to make of each task
    cards: tuple[CardAsk, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    #: where they come from; they themselves are never in here
    secrets: tuple[SecretSource, ...] = ()
    #: packages of PyPI as requirements: `pandas>=2.2`
    pypi: tuple[str, ...] = ()
    #: packages of conda, as conda writes them: `conda-forge::pandas=2.2`
    conda: tuple[str, ...] = ()
    #: version of Python to run with, `3.12`; None: that of this process
    python: str | None = None
    #: the packages that are installed here, whatever the run says (`disabled=True`)
    installed: bool = False
    image: str | None = None
    #: what else is asked of AWS Batch, as in `("queue", "gpu-spot")`: see flowspec.decorators_of_steps.batch
    batch: tuple[tuple[str, Any], ...] = ()
    isolation: Isolation = "fork"
    #: the notebook that is its body, as the header names it, and the kernel that runs it; None: as the notebook says
    notebook: str | None = None
    kernel: str | None = None
    #: the cell defines the step and runs nothing
    define: bool = False
    #: the cell runs the body in the kernel
    here: bool = False
    #: items of a foreach that its cell runs; None is all
    sample: int | None = 1
    #: the header said how many
    sample_given: bool = False

    @property
    def elsewhere(self) -> bool:
        """The step runs on another machine."""
        return self.backend not in THIS_MACHINE
