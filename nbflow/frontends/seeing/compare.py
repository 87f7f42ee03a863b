"""`nbflow.compare`: what differs between runs, and whether one is worse than its baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.over import MetricTable, metrics_over
from nbflow.client.comparing.runs import MOST, WORDS, Ground, baseline_of, latest_two, picked
from nbflow.client.comparing.verdict import Verdict
from nbflow.errors import raise_for
from nbflow.frontends.seeing.history import History
from nbflow.frontends.seeing.place import face_here
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.compare import charts
from nbflow.views.compare.view import CompareView

if TYPE_CHECKING:
    from nbflow.client import Flow, Run

__all__ = ["RunComparison", "chart_over", "compare"]

#: runs of a chart unless told otherwise
_LIMIT = 100


class RunComparison(Shown, Comparison):
    """Runs side by side: shows itself in a notebook, and tells by its attributes what differs.

    `parameters`, `metrics`, `artifacts`, `code`, `durations` and `environment` are read from records; `diff("train.model")`
    opens one artifact. `baseline`, `passed` and `verdicts` say how a condition came out.
    """

    def __init__(
        self,
        runs: Sequence[Run],
        *,
        baseline: Run | None = None,
        sought: str = "",
        condition: str | None = None,
        values: Mapping[str, Any] | None = None,
        verdicts: tuple[Verdict, ...] | None = None,
    ) -> None:
        """Compare `runs`; `verdicts` are those of `condition` where it was judged before."""
        Comparison.__init__(self, runs, baseline=baseline, sought=sought)
        self._condition = condition
        self._values = values
        if condition is not None and verdicts is None:
            self.judge(condition, values)
        self.verdicts = self.verdicts if verdicts is None else verdicts
        Shown.__init__(self, CompareView(self, self._again))

    def __reduce__(self) -> tuple[Any, ...]:
        # a step that binds it leaves the runs' names and the verdicts, not what was read of them
        facts = (self.runs, self.baseline, self.sought, self._condition, self._values, self.verdicts)
        return _as_it_was, facts

    def chart(self, metric: str) -> Any:
        """Return a plotly figure of one metric across the runs: `chart("rmse")`, `chart("train.rmse")`."""
        return charts.across(self._table, metric)

    def items(self, step: str, metric: str) -> Any:
        """Return a plotly figure of a metric of a foreach by item, a line a run: `items("train", "rmse")`."""
        return charts.by_item(self._table, f"{step}.{metric}")

    def parallel(self) -> Any:
        """Return parallel coordinates as a plotly figure: an axis for each parameter and metric that differs."""
        return charts.parallel(self._table)

    @property
    def _table(self) -> MetricTable:
        return metrics_over(self.runs)

    def _again(self, base: str | None) -> RunComparison:
        """Return it as the runs stand now, against the run of that pathspec where one is given."""
        baseline, runs = self.baseline, list(self.runs)
        if base is not None:
            first = [run for run in runs if run.pathspec == base]
            runs = first + [run for run in runs if run.pathspec != base]
            # the first one is what the others are compared with, whether it was looked for as a baseline or not
            baseline = first[0] if first and baseline is not None else baseline
        sought = self.sought if baseline is self.baseline else ""
        return RunComparison(runs, baseline=baseline, sought=sought, condition=self._condition, values=self._values)


def _as_it_was(
    runs: Sequence[Run],
    baseline: Run | None,
    sought: str,
    condition: str | None,
    values: Mapping[str, Any] | None,
    verdicts: tuple[Verdict, ...],
) -> RunComparison:
    return RunComparison(runs, baseline=baseline, sought=sought, condition=condition, values=values, verdicts=verdicts)


def compare(
    *runs: Any,
    baseline: Any = None,
    fail_if: str | None = None,
    flow: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> RunComparison:
    """Return what differs between runs: `compare(3, 5)`, `compare("sales/3", "sales/5")`, `compare(run, other)`.

    With `fail_if` it is a regression check, in a step, too:

        compare(current.run, baseline="latest_successful", fail_if="rmse > 1.05 * baseline.rmse")

    Nothing of what the runs left is loaded.

    Args:
        runs: Run objects, pathspecs, ids of runs of `flow`, "latest", "latest_successful", "previous", or lists of
            these; 50 at most. A `history()` stands for its runs, the oldest first. One run is compared with the one
            before it, none stands for the two latest.
        baseline: what the runs are compared with. "latest_successful" is the latest run of the flow that succeeded and
            began before the run itself; "previous" the one before it, however it ended. Drafts are left out, and runs
            outside the namespace. While there is none the comparison's `baseline` is None, and it passes.
        fail_if: a condition that holds where a run is worse. It names metrics (`rmse`, `train.rmse`), those of the
            baseline (`baseline.rmse`), durations (`seconds`, `train.seconds`) and parameters; of a foreach a metric is
            a list (`mean(train.rmse)`). Without `baseline` the first run is the baseline.
        flow: the flow of runs that are given as ids or words; in a notebook its own.
        values: values of the run by name, which beat what it left: a step's own are kept only when it is done.

    Raises:
        RegressionError: V010, `fail_if` holds; its `comparison` is what would have been returned.
        ViewError: V011 to V015, the runs or the condition make no sense.
        NotFoundError: M001, M002, there is no such flow or run.
    """
    face = face_here()
    workspace = None
    if face is not None and flow is None:
        flow = face.flow if face.flow in face.workspace.metadata.flows() else None
        workspace = face.workspace
    made = compared(runs, Ground(workspace, flow), baseline=baseline, fail_if=fail_if, values=values)
    made.require()
    return made


def compared(
    runs: Sequence[Any],
    ground: Ground,
    *,
    baseline: Any = None,
    fail_if: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> RunComparison:
    """Return the comparison; whether it passed is for the caller to look at. See `compare`."""
    if fail_if is not None and not isinstance(fail_if, str):
        raise_for("V014", condition=repr(fail_if)[:80], message="it is no text", why="")
    found: list[Run] = picked([*map(_oldest_first, runs)], ground) if runs else latest_two(ground)
    if not runs and baseline is not None:
        found = found[-1:]
    sought = baseline if isinstance(baseline, str) and baseline in WORDS else ""
    if baseline is None and len(found) == 1:
        # one alone says nothing
        baseline = sought = "previous"
    base = baseline_of(found[-1], baseline, ground) if baseline is not None else None
    return RunComparison(found, baseline=base, sought=sought, condition=fail_if, values=values)


def _oldest_first(given: Any) -> Any:
    """Return the runs of a history by when they were made, as it compares those that are ticked; what is none as it is."""
    if not isinstance(given, History) or len(given) > MOST:
        return given
    return sorted(given, key=lambda run: run._facts.record.created_at)  # noqa: SLF001 - the client's own


def chart_over(flow: str | Flow, metric: str, *, limit: int = _LIMIT) -> Any:
    """Return a plotly figure of a metric over a flow's latest runs, by when they started. Nothing is loaded."""
    from itertools import islice

    from nbflow.client import Flow

    named = flow if isinstance(flow, Flow) else Flow(flow)
    runs = list(islice(named.runs(), limit))
    return charts.over_time(metrics_over(reversed(runs)), metric)
