"""nbflow and Metaflow side by side: the same flows, in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from benchmarks import doors, flows, timing
from benchmarks.doors import CLASS, METAFLOW, METAFLOW_PYTHON, NOTEBOOK, PYTHON, Door
from benchmarks.flows import Flow
from benchmarks.timing import Figure, Took

#: flows, and how many tries they get beyond those asked for
FULL = ((flows.linear(2), 2), (flows.linear(10), 0), (flows.wide(100), 0), (flows.wide(500), 0))
QUICK = ((flows.linear(2), 2), (flows.linear(10), 0), (flows.wide(100), 0))

Say = Callable[[str], None]


def groups(measured: Sequence[tuple[Flow, int]], tries: int, say: Say, *, metaflow: bool) -> Iterator[list[Figure]]:
    """Measure what is compared, one group after the other: nbflow's doors first, Metaflow's last if there is one."""
    machines = [("nbflow", PYTHON), *([("metaflow", METAFLOW_PYTHON)] if metaflow else [])]
    for name, code in (
        ("starting Python", "pass"),
        ("import", "import {module}"),
        ("import of FlowSpec", "from {module} import FlowSpec, step"),
    ):
        works = [
            (
                Figure(name, "python", "nbflow" if module == "nbflow" else "Metaflow"),
                partial(doors.starting, python, code.format(module=module)),
            )
            for module, python in machines
        ]
        yield _measured(works, 3 * tries, say)
    for flow, more in measured:
        used: list[Door] = [CLASS, NOTEBOOK, *([METAFLOW] if metaflow else [])]
        yield _measured(
            [(Figure(flow.name, each.name, each.machine), partial(each.run, flow)) for each in used], tries + more, say
        )


def _measured(works: Sequence[tuple[Figure, Callable[[], Took]]], tries: int, say: Say) -> list[Figure]:
    timing.in_turn(works, tries, say)
    return [figure for figure, _ in works]
