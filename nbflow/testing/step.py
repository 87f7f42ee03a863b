"""One step of a notebook, called like a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, TypeVar

from nbflow.errors import NbflowError, error, problem
from nbflow.model.graph import Node, Use
from nbflow.model.record import Failure
from nbflow.runtime.hints import hinted
from nbflow.testing.attempt import Attempt
from nbflow.testing.ground import Ground
from nbflow.testing.readings import leaves_of, parameter_readings, readings
from nbflow.testing.result import Result

Answer = TypeVar("Answer")


class StepUnderTest:
    """A step whose body, --foreach and --when a test runs, each time anew, in its own process.

    What is given by keyword is what a run would bring: variables of steps above, the item and the `index` of a
    foreach, parameters, and `inputs` for a join. The step gets copies, made by storing and loading them as a run does.
    """

    def __init__(self, ground: Ground, node: Node) -> None:
        self._ground = ground
        self._node = node

    @property
    def name(self) -> str:
        """The step's name."""
        return self._node.name

    @property
    def reads(self) -> Mapping[str, str]:
        """The names its body reads, each with who gives it, as `load`, `item of train` or `parameter`."""
        draft, assigned = self._ground.drafts[self._node.name], dict.fromkeys(self._ground.assigned, "")
        found = readings(self._node, draft, "body")
        found |= parameter_readings(self._ground.graph, self._node, draft, "body", (), assigned)
        return {name: each.giver for name, each in found.items()}

    @property
    def leaves(self) -> tuple[str, ...]:
        """The names it may leave, sorted."""
        return tuple(sorted(leaves_of(self._node)))

    def run(self, /, **given: Any) -> Result:
        """Run the body and return what it left.

        What the body raises arrives as it was raised, its traceback on the lines of the cell. It is tried once,
        whatever --retry says, and --timeout and --memory do not count.

        Args:
            given: what the body reads. `inputs` of a join is a list of dictionaries or results, one an item (None:
                skipped), or `{"step": {…}, …}` for branches. Parameters have their defaults.

        Raises:
            UsageError: R030, something is missing; R031, something is not read; R032, `inputs` does not fit.
            ParameterError: a parameter's value does not fit its type.
            TaskError: what was given, or what the step must leave, cannot be stored, or an input was changed in place.
        """
        __tracebackhide__ = True
        return self._asked("body", given, Attempt.run)

    def items(self, /, **given: Any) -> list[Any]:
        """Return the items that --foreach gives, for what its expression reads."""
        __tracebackhide__ = True
        if self._node.opens is None:
            raise error(problem("R033", step=self.name, option="--foreach"))
        return self._asked("items", given, Attempt.items)

    def condition(self, /, **given: Any) -> bool:
        """Return whether --when holds, for what it reads. Of --else-of it says nothing."""
        __tracebackhide__ = True
        if self._node.when is None or self._node.when.expression is None:
            raise error(problem("R033", step=self.name, option="--when"))
        return self._asked("when", given, Attempt.holds)

    def _asked(self, use: Use, given: Mapping[str, Any], ask: Callable[[Attempt], Answer]) -> Answer:
        __tracebackhide__ = True
        try:
            return ask(Attempt(self._ground, self._node, use, given))
        except BaseException as raised:
            self._hint(raised)
            trace = _from_cell(raised.__traceback__, self._ground.files(self._node))
            # where no cell had a part, an error of ours says all; anything else is a defect, and our frames tell where
            if trace or isinstance(raised, NbflowError):
                raised.__traceback__ = trace
            raise

    def _hint(self, raised: BaseException) -> None:
        """Note how a name could have been read that no analysis sees."""
        plain = Failure(type(raised).__name__, str(raised))
        told = hinted(plain, self._ground.graph, self._node.name)
        if told != plain:
            raised.add_note(told.message.removeprefix(plain.message).lstrip(". "))

    def __repr__(self) -> str:
        reads = ", ".join(self.reads)
        return f"<step {self.name}({reads})>"


def _from_cell(trace: TracebackType | None, files: frozenset[str]) -> TracebackType | None:
    """Return the part of `trace` that begins in a cell of the notebook."""
    while trace is not None and trace.tb_frame.f_code.co_filename not in files:
        trace = trace.tb_next
    return trace
