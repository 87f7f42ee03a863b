"""How many tasks the steps of a run will have had, as far as it is known while the run goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbflow.model.record import RunRecord, StepSummary


def expected_tasks(
    run: RunRecord, steps: Sequence[StepSummary], there: Mapping[str, int], listed: Mapping[str, int] | None = None
) -> dict[str, int | None]:
    """Return how many tasks each step will have had; None: its foreach has not listed its items yet.

    Of a run that has ended, and of a task that runs alone, there are those that are there.

    Args:
        run: the run's record.
        steps: its steps.
        there: how many tasks each step has by now; a step that is missing has none.
        listed: how many items each foreach has listed by now, by the step that opens it; for those whose tasks are not
            all there before they begin.
    """
    if run.status.ended or run.kind != "run":
        return {step.name: there.get(step.name, 0) for step in steps}
    # steps of one foreach have as many tasks as the first of them
    widest: dict[tuple[str, ...], int] = {(): 1}
    for step in steps:
        items = (listed or {}).get(step.scope[-1], 0) if step.scope else 0
        widest[step.scope] = max(widest.get(step.scope, 0), there.get(step.name, 0), items)
    return {step.name: max(there.get(step.name, 0), widest[step.scope]) or None for step in steps}
