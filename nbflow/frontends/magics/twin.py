"""`nbflow.flow`: every magic as a Python call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn

from nbflow.cards.printable import one_line
from nbflow.errors import UsageError, did_you_mean, error, problem
from nbflow.frontends.magics.flowline import HISTORY, RunOptions

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face
    from nbflow.frontends.magics.restored import Restored
    from nbflow.frontends.magics.verbs.show import Drawing
    from nbflow.frontends.seeing.history import History
    from nbflow.views.changes import Explained
    from nbflow.views.debugged import Debugged
    from nbflow.views.source import Source


class UnknownVerbError(UsageError, AttributeError):
    """`flow` has no verb of that name; an AttributeError, so that `hasattr` works."""

    __str__ = Exception.__str__


class FlowTwin:
    """The notebook's flow. `flow.run(alpha=0.2)` is `%flow run --alpha 0.2`, and so on."""

    def __init__(self, face: Callable[[], Face]) -> None:
        self._face = face

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("_"):
                raise AttributeError(name)
            known = [each for each in dir(type(self)) if not each.startswith("_")]
            hint = did_you_mean(name, known, "flow.{}")
            fix = f"flow has {', '.join(known)}; %flow? explains them"
            raise UnknownVerbError(problem("R006", verb="verb", name=name, hint=hint, fix=fix))

    def run(
        self,
        *,
        fresh: bool = False,
        reuse: bool = False,
        dry: bool = False,
        background: bool = False,
        detach: bool = False,
        max_workers: int | None = None,
        max_items: int | None = None,
        tags: tuple[str, ...] | list[str] = (),
        decospecs: tuple[str, ...] | list[str] = (),
        environment: str | None = None,
        notify: str | tuple[str, ...] | list[str] = (),
        **parameters: Any,
    ) -> Run | None:
        """Run the whole flow and return the run.

        Args:
            fresh: reuse no result, not even for steps with --cache.
            reuse: reuse results of any stored run of the flow.
            dry: run nothing and return None: say what would run or be reused, and how long it took last time.
            background: return at once; the run goes on in this kernel, beside other cells.
            detach: return at once; the run goes on in a process of its own, which outlives the kernel.
            max_workers: most tasks at once; the number of cores by default.
            max_items: most items a foreach may have, 10 000 by default.
            tags: labels of the run.
            decospecs: what every step gets that does not say it itself, as in `["batch:memory=16000", "retry"]`.
            environment: packages: `local`, what is installed here; `pypi`, what steps ask for, as by default; `uv`, the
                project's for all others.
            notify: addresses that hear of its end, or secrets that hold them, as `env.SLACK_URL`.
            parameters: values that beat all others.

        Raises:
            FlowError: the flow does not make sense; nothing ran.
            TaskFailed: a step failed.
            KeyboardInterrupt: it was interrupted, and no worker is left.
        """
        from nbflow.frontends.magics.verbs.run import run_flow

        face = self._face()
        _refuse_unknown(face, parameters)
        options = RunOptions(
            fresh=fresh,
            reuse=reuse,
            dry=dry,
            background=background,
            detach=detach,
            max_workers=max_workers,
            max_items=max_items,
            tags=tuple(tags),
            with_specs=tuple(decospecs),
            environment=environment,
            notify=(notify,) if isinstance(notify, str) else tuple(notify),
        )
        return run_flow(face, options, parameters)

    def resume(
        self,
        *words: str,
        dry: bool = False,
        background: bool = False,
        detach: bool = False,
        max_workers: int | None = None,
        max_items: int | None = None,
        tags: tuple[str, ...] | list[str] = (),
        decospecs: tuple[str, ...] | list[str] = (),
        environment: str | None = None,
        notify: str | tuple[str, ...] | list[str] = (),
        **parameters: Any,
    ) -> Run | None:
        """Go on from an earlier run and return the new one: `flow.resume()`, `flow.resume("train", "12")`.

        Args:
            words: a step, which runs again with all below it, and a run to go on from; the latest by default.
            dry: run nothing: say what would run.
            background: return at once; the run goes on in this kernel, beside other cells.
            detach: return at once; the run goes on in a process of its own, which outlives the kernel.
            max_workers: most tasks at once; the number of cores by default.
            max_items: most items a foreach may have, 10 000 by default.
            tags: labels of the run, beside those of the origin.
            decospecs: what every step gets that does not say it itself, as in `["batch:memory=16000", "retry"]`.
            environment: packages: `local`, what is installed here; `pypi`, what steps ask for, as by default; `uv`, the
                project's for all others.
            notify: addresses that hear of its end, or secrets that hold them, as `env.SLACK_URL`.
            parameters: values that beat those of the origin.

        Raises:
            MetadataError: there is no such run.
            RunError: it is still under way.
        """
        from nbflow.frontends.magics.verbs.resume import resume_flow

        options = RunOptions(
            dry=dry,
            background=background,
            detach=detach,
            max_workers=max_workers,
            max_items=max_items,
            tags=tuple(tags),
            with_specs=tuple(decospecs),
            environment=environment,
            notify=(notify,) if isinstance(notify, str) else tuple(notify),
        )
        return resume_flow(self._face(), words, options, parameters)

    def restore(self, run: str | int | None = None) -> Restored:
        """Bring back what the kernel before this one left, or what `run` left, and say what came.

        Names load when a cell first names them. What this kernel has run itself stays, but for a `run` that is named.
        """
        from nbflow.frontends.magics.verbs.restore import restore_flow

        return restore_flow(self._face(), None if run is None else str(run))

    def attach(self, run: str | int | None = None) -> Run:
        """Show a run, the latest one under way by default, until it ends, and return it.

        Raises:
            KeyboardInterrupt: the person stopped looking; the run goes on.
        """
        from nbflow.frontends.magics.verbs.attach import attach

        return attach(self._face(), None if run is None else str(run))

    def cancel(self, run: str | int | None = None) -> None:
        """Cancel a run, or the one under way, and return when no process of it is left."""
        from nbflow.frontends.magics.verbs.cancel import cancel_run

        cancel_run(self._face(), None if run is None else str(run))

    def history(self, count: int = 10, *, flow: str | None = None, drafts: bool = False, **filters: Any) -> History:
        """Return the latest runs of this flow, or of `flow`, as a list that shows itself, `count` runs on a page.

        Args:
            count: how many are in the list.
            flow: another flow.
            drafts: with what cells computed in kernel sessions.
            filters: `status`, `tag`, `user`, `since`, `until`, `where` and `sort`, as `nbflow.history` takes them.
        """
        from nbflow.frontends.magics.verbs.history import history

        face = self._face()
        _refuse_filters(face, filters)
        return history(face, count, flow=flow, drafts=drafts, **filters)

    def compare(self, *runs: Any, baseline: Any = None, fail_if: str | None = None) -> Any:
        """Return what differs between `runs`, shown side by side; see `nbflow.compare`."""
        from nbflow.frontends.magics.verbs.compare import compare_runs

        return compare_runs(self._face(), runs, baseline=baseline, fail_if=fail_if)

    def artifacts(self, place: str | None = None) -> Any:
        """Return a view of what a run, a step or a task left: `"train"`, `"12/train/3"`; the latest run by default."""
        from nbflow.frontends.magics.verbs.artifacts import artifacts_at

        return artifacts_at(self._face(), place)

    def timeline(self, run: str | int | None = None) -> Any:
        """Return a view of when each task of a run ran; the latest run by default."""
        from nbflow.frontends.magics.verbs.timeline import timeline_of

        return timeline_of(self._face(), None if run is None else str(run))

    def view(self, place: str | None = None) -> Any:
        """Return the page of a task, a step or a run: `"train[3]"`, `"12/train/3"`; the latest run by default."""
        from nbflow.frontends.magics.verbs.view import view_at

        return view_at(self._face(), place)

    def cards(self, place: str | None = None) -> Any:
        """Return the cards of a run, a step or a task; of the latest run by default."""
        from nbflow.frontends.magics.verbs.cards import cards_at

        return cards_at(self._face(), place)

    def why(self, step: str) -> Explained:
        """Return what changed since the latest result of a step, or of one task (`"train[3]"`), with the diff."""
        from nbflow.frontends.magics.verbs.why import why

        return why(self._face(), [step])

    def debug(self, task: str | None = None, run: str | int | None = None, *, back: bool = False) -> Debugged | None:
        """Put a task's inputs, definitions and code into the notebook, and return how it ended.

        Args:
            task: as `"train"`, `"train[3]"` or `"sales/12/train/3"`; without one the task that failed last.
            run: the run it is of; without one the latest in which it failed, else in which it ran.
            back: put back the names that an earlier call replaced, and do no more.
        """
        from nbflow.frontends.magics.verbs.debug import debug, put_back

        if back:
            put_back(self._face())
            return None
        return debug(self._face(), [str(each) for each in (task, run) if each is not None])

    def source(self, step: str, run: str | int | None = None) -> Source:
        """Return a step as Python that runs on its own: as `run` had it, else as it ran last."""
        from nbflow.frontends.magics.verbs.source import source

        return source(self._face(), [str(each) for each in (step, run) if each is not None])

    def check(self) -> None:
        """Check the flow and say so when all is well. Raises FlowError with every problem."""
        from nbflow.frontends.magics.verbs.check import check_flow

        check_flow(self._face())

    def show(self) -> Drawing:
        """Return the graph as a picture."""
        from nbflow.frontends.magics.verbs.show import show_flow

        return show_flow(self._face())

    def schedule(self, line: str = "list") -> None:
        """Run the notebook by the clock: `flow.schedule("add --daily")` is `%flow schedule add --daily`."""
        from nbflow.frontends.magics.verbs.schedule import schedule

        schedule(self._face(), line)

    def name(self, name: str | None = None) -> str:
        """Give the flow a name, or return the one it has."""
        from nbflow.frontends.magics.verbs.name import name_flow

        return name_flow(self._face(), name)

    def notify(
        self, *addresses: str, on: str | Sequence[str] | None = None, regression: str | None = None
    ) -> tuple[str, ...]:
        """Let addresses, or secrets that hold them, hear of this notebook's runs; return who does, as may be seen.

        `on` names ends of runs: success, failure, regression; without it all. Where `regression` holds of a run that
        succeeded, as in `rmse > 1.05 * baseline.rmse`, it has become worse.
        """
        from nbflow.frontends.magics.verbs.notify import notify_all

        return notify_all(self._face(), addresses, on, regression)

    def drop(self, *steps: str) -> None:
        """Leave steps out of the flow."""
        from nbflow.frontends.magics.verbs.drop import drop_steps

        drop_steps(self._face(), steps)

    def order(self, *steps: str) -> tuple[str, ...]:
        """Set the order of the steps, or return the one they have."""
        from nbflow.frontends.magics.verbs.order import order_steps

        return order_steps(self._face(), steps)

    def step(self, header: str, body: str) -> None:
        """Run a step cell: `flow.step("load --retry 3", "df = read()")`."""
        self._face().cell(f"%%step {header}\n{body}")

    def parameters(self, declarations: str) -> None:
        """Run a %%parameters cell."""
        self._face().cell(f"%%parameters\n{declarations}")


def _refuse_unknown(face: Face, given: Iterable[str]) -> None:
    """Name what was meant by keywords that are no parameters: one of those, or an option. Raises P003."""
    declared = [each.name for each in face.session.parameters.parameters]
    known = ", ".join(declared) or "none"
    options = [each.name for each in fields(RunOptions)]
    unknown = [name for name in given if name.replace("-", "_") not in declared]
    if unknown:
        found = ((name, did_you_mean(name, [*declared, *options])) for name in unknown)
        raise error(problem("P003", name=one_line(name, 60), hint=hint, known=known) for name, hint in found)


def _refuse_filters(face: Face, given: Mapping[str, Any]) -> None:
    """Name what was meant by a keyword that is no filter of a history. Raises V008."""
    known = ["count", "flow", *(option.key for option in HISTORY)]
    for name, value in given.items():
        if name not in known:
            from nbflow.frontends.seeing.history import say_unknown

            say_unknown(name, value, face.workspace.metadata.known("parameter"), known, "flow.history")
