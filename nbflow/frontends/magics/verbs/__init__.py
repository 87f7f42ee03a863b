"""The verbs of `%flow`, one a file: each has `line(face, text)`, which carries out the rest of its line.

A verb's module is imported when it is first used. The Python twin calls the functions behind the lines.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after %flow."""

    usage: str
    help: str
    #: under which title of `%flow?` it stands
    group: str
    examples: tuple[str, ...] = ()
    #: further sentences for its own help
    more: str = ""


_RUN, _LOOK, _BACK, _FLOW = "run", "look", "come back", "arrange"

VERBS: dict[str, Verb] = {
    "run": Verb(
        "run [--NAME VALUE …] [options]",
        "run the whole flow, in parallel",
        _RUN,
        ("%flow run", "run = %flow run --alpha 0.5 --tag first"),
        "Takes over what this kernel has computed where code, inputs and parameters are the same. An interrupt cancels "
        "the run; a second one kills it.",
    ),
    "resume": Verb(
        "resume [STEP] [RUN] [--NAME VALUE …] [options]",
        "go on from the latest run, or from RUN; STEP and all below it run in any case",
        _RUN,
        ("%flow resume", "%flow resume train 12 --alpha 0.5"),
        "What that run finished and still holds is taken over; its parameters and tags count unless others are given.",
    ),
    "attach": Verb(
        "attach [RUN]",
        "show a run again until it ends; an interrupt only stops the looking",
        _RUN,
        ("%flow attach", "%flow attach 12"),
        "Without RUN: the latest one under way, else the latest.",
    ),
    "cancel": Verb(
        "cancel [RUN]",
        "end a run, whatever process runs it",
        _RUN,
        ("%flow cancel", "%flow cancel 12"),
        "Without RUN: the one under way. It returns when no process of the run is left.",
    ),
    "check": Verb("check", "find every problem without running anything", _LOOK, ("%flow check",)),
    "show": Verb("show", "draw the graph", _LOOK, ("%flow show",)),
    "history": Verb(
        "history [FLOW] [N] [options]",
        "list the runs of this flow, or of another one: to filter, sort, compare, tag, resume",
        _LOOK,
        (
            "%flow history",
            "%flow history sales 20 --status failed --since 7d",
            "%flow history --where 'alpha>0.1' --sort -rmse",
        ),
        "N: how many on a page, 10 unless told otherwise. Whoever made them: --user me finds your own.",
    ),
    "compare": Verb(
        "compare [RUN …] [--baseline RUN] [--fail-if CONDITION] [--chart METRIC]",
        "show what differs between runs: parameters, metrics, artifacts, code, times",
        _LOOK,
        ("%flow compare 3 5", "%flow compare 5 --baseline latest_successful --fail-if 'rmse > 1.05 * baseline.rmse'"),
        "Without RUN: the two latest. With --fail-if the cell fails where the condition holds.",
    ),
    "artifacts": Verb(
        "artifacts [PLACE]",
        "look through what a run, a step or a task left, without loading it",
        _LOOK,
        ("%flow artifacts", "%flow artifacts train", "%flow artifacts 12/train/3"),
        "Without PLACE: the latest run.",
    ),
    "timeline": Verb(
        "timeline [RUN]",
        "show when each task of a run ran",
        _LOOK,
        ("%flow timeline", "%flow timeline 12"),
    ),
    "view": Verb(
        "view [PLACE]",
        "show a task: its logs with a search, its tries, what it left, its cards; or a run or a step",
        _LOOK,
        ("%flow view train", "%flow view train[3]", "%flow view 12/train/3"),
        "Without PLACE: the latest run.",
    ),
    "cards": Verb(
        "cards [PLACE]",
        "show the cards of a run, a step or a task",
        _LOOK,
        ("%flow cards report", "%flow cards 12/train/3"),
    ),
    "why": Verb(
        "why STEP",
        "say what changed since the step's latest result, with the diff; STEP[3] is one task",
        _LOOK,
        ("%flow why train", "%flow why train[3]"),
    ),
    "debug": Verb(
        "debug [TASK] [RUN] [--back]",
        "look into a task, as the one that failed last: its inputs, code and traceback here",
        _LOOK,
        ("%flow debug", "%flow debug train[3]", "%flow debug sales/12/train/3"),
    ),
    "source": Verb(
        "source STEP [RUN]",
        "print a step as Python that runs on its own",
        _LOOK,
        ("%flow source train", "%flow source train[3] 12"),
    ),
    "deploy": Verb(
        "deploy [options]",
        "have AWS run this notebook's flow by itself, by the clock or when it is triggered",
        _RUN,
        ('%flow deploy --cron "0 7 * * 1" -p alpha=0.2', "%flow deploy --only-json"),
        "As the notebook's file is saved. In a terminal  nbflow deployed  lists, triggers and deletes what is deployed.",
    ),
    "schedule": Verb(
        "schedule add|list|next|pause|resume|remove|run-now|logs [options]",
        "run this notebook, or another flow, by the clock on this machine",
        _RUN,
        (
            '%flow schedule add --cron "0 7 * * 1" -p alpha=0.2',
            "%flow schedule list",
            "%flow schedule logs sales",
        ),
        "In a terminal  nbflow schedule serve  starts what is due.",
    ),
    "restore": Verb(
        "restore [RUN]",
        "bring back what an earlier kernel, or RUN, left: results, variables, definitions",
        _BACK,
        ("%flow restore", "%flow restore 12"),
        "Nothing is loaded before a cell names it.",
    ),
    "name": Verb("name [NAME]", "name the flow, or say its name", _FLOW, ("%flow name sales",)),
    "notify": Verb(
        "notify [ADDRESS …] [--on ENDS] [--regression CONDITION]",
        "send messages when runs of this notebook are over, or say who gets them",
        _FLOW,
        ("%flow notify env.SLACK_URL", "%flow notify env.SLACK_URL --on failure,regression"),
        "An address as https://hooks.slack.com/…, or better the secret that holds it: env.NAME. %flow notify nobody  takes it back.",
    ),
    "drop": Verb("drop STEP …", "leave steps out of the flow", _FLOW, ("%flow drop old_step",)),
    "order": Verb(
        "order [STEP …]",
        "say the order of steps where the notebook is not saved",
        _FLOW,
        ("%flow order", "%flow order load train report"),
    ),
    "config": Verb(
        "config [run_cells=true|false]",
        "settings of this kernel",
        _FLOW,
        ("%flow config run_cells=false",),
        "run_cells=false: a step cell defines its step and runs nothing; %flow run runs them all.",
    ),
}

#: verbs that take the flow's parameters as options
PARAMETERISED = frozenset({"run", "resume"})


def carry_out(face: Face, verb: str, text: str) -> Any:
    """Carry out `%flow VERB text` and return what it gives."""
    return importlib.import_module(f"{__name__}.{verb}").line(face, text)
