"""What a message tells of a run, read from its records and from those of the last run that succeeded."""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property
from urllib.parse import quote

from nbflow.client import Run
from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.rows import Metric
from nbflow.client.comparing.runs import Ground, baseline_of
from nbflow.client.comparing.verdict import Verdict
from nbflow.client.comparing.wording import number_text, percent_of
from nbflow.errors import NbflowError, Problem, problem
from nbflow.metadata.identity import tags_of
from nbflow.model.record import Failure, RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.notify.message import Told
from nbflow.workspace import Workspace

#: the code of an error by which a comparison stops a run
_WORSE = "V010"


class Look:
    """One run that has ended, and what may be asked about it."""

    def __init__(self, workspace: Workspace, record: RunRecord, *, links: str | None = None) -> None:
        """Look at the run of a record; `links`: the setting, which makes an address."""
        self._workspace = workspace
        self._links = links
        self.record = record
        self.name = f"{record.flow}/{record.id}"
        self._verdicts: dict[str, Verdict | Problem] = {}

    @property
    def ends(self) -> frozenset[str]:
        """What it came to, as `on` has it; a run that somebody cancelled, to none."""
        if self.record.status is RunStatus.SUCCEEDED:
            return frozenset({"success"})
        if self.record.status not in {RunStatus.FAILED, RunStatus.LOST}:
            return frozenset()
        return frozenset({"failure", "regression"} if self._stopped_by else {"failure"})

    def judged(self, condition: str | None) -> Verdict | Problem | None:
        """Return what a condition says of a run that succeeded; a problem where it says nothing."""
        if condition is None or self.record.status is not RunStatus.SUCCEEDED:
            return None
        if condition not in self._verdicts:
            self._verdicts[condition] = self._verdict(condition)
        return self._verdicts[condition]

    def told(self, verdict: Verdict | None = None) -> Told:
        """Return what is to be told; `verdict`: by which it has become worse."""
        record, failed = self.record, self._failed
        first = failed[0] if failed else None
        worse, condition = (verdict.told, verdict.condition) if verdict else self._worse_by_failure()
        began = record.started_at or record.created_at
        return Told(
            self.name,
            record.status.value,
            record.user,
            record.finished_at - began if record.finished_at else None,
            step=str(first.key) if first else "",
            error=_told_of(first.failure) if first else record.reason,
            more_failed=max(len(failed) - 1, 0),
            worse=worse,
            condition=condition,
            baseline=self.baseline.pathspec if self.baseline else None,
            changes=tuple(map(self._change, self._changed)),
            compared=len(self._shared),
            link=link_to(record.flow, record.id, self._links),
        )

    @cached_property
    def baseline(self) -> Run | None:
        """The last run before it that succeeded, of whoever it is of: of production with production."""
        tags = [tag for tag in sorted(tags_of(self.record)) if tag.startswith(("production:", "user:"))]
        return baseline_of(
            self._run, "latest_successful", Ground(self._workspace, self.record.flow, next(iter(tags), None))
        )

    # ---- what is compared

    @cached_property
    def _run(self) -> Run:
        return Run(self.name, workspace=self._workspace, namespace=None)

    @cached_property
    def _comparison(self) -> Comparison:
        return Comparison([self._run], baseline=self.baseline, sought="latest_successful")

    @cached_property
    def _shared(self) -> list[Metric]:
        """The numbers that both runs have."""
        if self.baseline is None:
            return []
        both = [row for row in self._comparison.metrics if None not in row.values[:2]]
        # the mean of a foreach says little where a join has left a number of that name
        whole = {row.name for row in both if not row.items}
        return [row for row in both if not row.items or row.name not in whole]

    @property
    def _changed(self) -> list[Metric]:
        changed = [row for row in self._shared if row.values[0] != row.values[1]]
        return sorted(changed, key=lambda row: -abs(row.share(1) or math.inf))

    def _change(self, row: Metric) -> str:
        names = Counter(each.name for each in self._shared)
        old, new, share = row.values[0], row.values[1], row.share(1)
        assert old is not None, "both have it"
        assert new is not None, "both have it"
        percent = "" if share is None else f" ({percent_of(share)})"
        return f"{row.label if names[row.name] > 1 else row.name} {number_text(old)} → {number_text(new)}{percent}"

    def _verdict(self, condition: str) -> Verdict | Problem:
        try:
            self._comparison.judge(condition)
        except NbflowError as wrong:
            said = wrong.problems[0]
            return problem("Q012", run=self.name, condition=condition, message=said.what, fix=said.why or said.fix)
        return self._comparison.verdicts[-1]

    # ---- what failed

    @cached_property
    def _failed(self) -> list[TaskRecord]:
        tasks = self._workspace.metadata.tasks(self.record.flow, self.record.id)
        failed = [each for each in tasks if each.status is TaskStatus.FAILED]
        return sorted(failed, key=lambda each: each.finished_at or math.inf)

    @property
    def _stopped_by(self) -> Failure | None:
        """The failure of a comparison that found it worse."""
        failures = (each.failure for each in self._failed)
        return next((each for each in failures if each and _WORSE in {each.code, _code_of(each.type)}), None)

    def _worse_by_failure(self) -> tuple[str, str]:
        failure = self._stopped_by
        if failure is None:
            return "", ""
        head, *rest = failure.message.splitlines() or [""]
        # as the catalogue has it: `run sales/12 is worse than sales/11: CONDITION`, and below it what was read
        condition = head.partition(": ")[2]
        return (rest[0].removeprefix("why").strip() if rest else condition), condition


def link_to(flow: str, run: str, links: str | None) -> str:
    """Return the address of a run's page, as the setting `links` makes it; empty where there is none."""
    if links is None:
        return ""
    return links.format(flow=quote(flow, safe=""), run=quote(run, safe=""))


def wrong_with_links(links: str) -> str:
    """Return what is wrong with the setting `links`, empty: nothing."""
    try:
        links.format(flow="flow", run="run")
    except KeyError as unknown:
        return f"it knows {{flow}} and {{run}}, and no {{{unknown.args[0]}}}"
    except (ValueError, IndexError, AttributeError) as broken:
        return str(broken)
    return "" if "://" in links else "it has no :// in it"


def _code_of(kind: str) -> str:
    return _WORSE if kind == "RegressionError" else ""


def _told_of(failure: Failure | None) -> str:
    return failure.told.splitlines()[0] if failure else ""
