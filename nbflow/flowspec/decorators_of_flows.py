"""The decorators of flows: the table, with every attribute, its default, and what it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nbflow.flowspec.attributes import REQUIRED, Attribute, functions, mapping, packages, text, truth, version
from nbflow.flowspec.cron import cron, zone
from nbflow.flowspec.decorators import Check, Decorator, Finding, Kind
from nbflow.flowspec.hearers import addresses, ends
from nbflow.flowspec.project import project_word
from nbflow.flowspec.sources import event, events, flow, flows
from nbflow.model.notice import ENDS

_BY_HAND = "no event starts a flow on this machine"


def _one_rhythm(use: Decorator) -> Iterator[Finding]:
    if len(said := [name for name in ("cron", "weekly", "daily", "hourly") if use.given.get(name)]) > 1:
        yield "D016", {"said": f"{', '.join(said[:-1])} and {said[-1]}", "example": f"@schedule({said[0]}=…)"}


def _one_of(single: str, several: str, example: str) -> Check:
    def check(use: Decorator) -> Iterator[Finding]:
        said = [name for name in (single, several) if use.given.get(name)]
        if len(said) != 1:
            yield "D020", {"single": single, "several": several, "example": example}

    return check


def _some_hook(use: Decorator) -> Iterator[Finding]:
    if not use.attributes["on_success"] and not use.attributes["on_error"]:
        yield "D021", {}


project = Kind(
    "project",
    "flow",
    Attribute("name", REQUIRED, project_word),
    Attribute("branch", None, project_word),
    Attribute("production", False, truth),
    doc="""Put the flow's runs in a project: @project(name="forecasts").

    They are of branch user.<name>; test.<branch> with --branch, prod with --production.
    """,
)

schedule = Kind(
    "schedule",
    "flow",
    Attribute("cron", None, cron),
    Attribute("weekly", False, truth),
    Attribute("daily", True, truth),
    Attribute("hourly", False, truth),
    Attribute("timezone", None, zone),
    check=_one_rhythm,
    doc="""Run the flow by the clock: @schedule(hourly=True), or @schedule(cron="0 10 * * ? *").

    nbflow schedule add flow.py  has it run so on this machine.
    """,
)

trigger = Kind(
    "trigger",
    "flow",
    Attribute("event", None, event),
    Attribute("events", [], events),
    Attribute("options", {}, mapping),
    check=_one_of("event", "events", "data_ready"),
    idle=_BY_HAND,
    doc="""Run the flow when an event has happened: @trigger(event="data_ready").""",
)

trigger_on_finish = Kind(
    "trigger_on_finish",
    "flow",
    Attribute("flow", None, flow),
    Attribute("flows", [], flows),
    Attribute("options", {}, mapping),
    check=_one_of("flow", "flows", "LoadFlow"),
    doc="""Run the flow when another one has finished: @trigger_on_finish(flow="LoadFlow").

    nbflow schedule add flow.py  has it run so on this machine.
    """,
)

exit_hook = Kind(
    "exit_hook",
    "flow",
    Attribute("on_success", [], functions),
    Attribute("on_error", [], functions),
    Attribute("options", {}, mapping),
    check=_some_hook,
    repeatable=True,
    doc="""Call functions when a run is over: @exit_hook(on_error=[tell]). A function may take the run.

    Those of on_success are called where it succeeded, else those of on_error: each in a process of its own, after the run.
    """,
)

notify = Kind(
    "notify",
    "flow",
    Attribute("to", REQUIRED, addresses),
    Attribute("on", list(ENDS), ends),
    Attribute("regression", None, text),
    first="to",
    repeatable=True,
    doc="""Send a message when a run is over: @notify("env.SLACK_URL", on="failure"). It needs nbflow[notify].

    `to` is an address, or the secret that holds it; `on` any of success, failure and regression. A run that succeeds and for
    which `regression` holds, as in "rmse > 1.05 * baseline.rmse", has become worse than the last one that succeeded.
    """,
)

conda_base = Kind(
    "conda_base",
    "flow",
    Attribute("packages", {}, packages),
    Attribute("libraries", {}, packages),
    Attribute("python", None, version),
    Attribute("disabled", None, truth),
    doc="""Run all steps with these packages of conda.""",
)

pypi_base = Kind(
    "pypi_base",
    "flow",
    Attribute("packages", {}, packages),
    Attribute("python", None, version),
    Attribute("disabled", None, truth),
    doc="""Run all steps with these packages of PyPI.""",
)

FLOW_KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (project, schedule, trigger, trigger_on_finish, exit_hook, notify, conda_base, pypi_base)
}
