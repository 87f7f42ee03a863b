"""What is to be scheduled: a file that was read and checked as `nbflow run` does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from nbflow.errors import Problem, did_you_mean, error, problem, raise_for
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.frontends.cli.notebook import check_file, given_parameters, open_notebook, say, text_of
from nbflow.frozen import frozen
from nbflow.metadata.identity import identity, user_here
from nbflow.schedules.clock import zone_here
from nbflow.schedules.schedule import Upstream
from nbflow.schedules.timetable import RHYTHMS, Rhythm, Timetable

_CLASS_FILE = re.compile(r"(?P<file>.+\.py)(:(?P<name>\w+))?")


@frozen
class Target:
    """A flow's file that makes sense."""

    #: absolute
    file: str
    flow: str
    is_notebook: bool = False
    #: what its class says: the timetable of @schedule, the flows of @trigger_on_finish
    declared: Timetable | None = None
    upstreams: tuple[Upstream, ...] = ()
    #: decorators of its class by which it would start
    starters: tuple[str, ...] = ()
    #: what a run of it must have to be of the same project and branch, or the same person
    tags: tuple[str, ...] = ()
    #: raises what is wrong with parameters, as `NAME=VALUE`
    check: Callable[[Sequence[str]], None] = field(default=lambda _: None)


def target_of(name: str, *, fill: bool, branch: str | None = None, production: bool = False) -> Target:
    """Return what the file `name` holds.

    Args:
        name: a .ipynb file, or a .py file with a flow class, perhaps with `:ClassName`.
        fill: a notebook is run whole, and needs no steps.
        branch: branch of the project of a class.
        production: it is a production run of that project.

    Raises:
        UsageError: R001, R002, R003, R051, R052, there is no such flow.
        FlowError: it makes no sense; every problem is in it.
        ScheduleError: L011, it is of neither kind; L012, a notebook has no branch; L015, a flow that it follows cannot be.
    """
    if name.endswith(".ipynb"):
        if option := "--branch" if branch else "--production" if production else "":
            raise_for("L012", option=option, what="classes with @project", file=name, kind="a notebook")
        return _notebook(name, fill=fill)
    if found := _CLASS_FILE.fullmatch(name):
        return _class(found["file"], found["name"], branch=branch, production=production)
    return raise_for("L011", file=name, why=_why_neither(name))


def _why_neither(name: str) -> str:
    path = Path(name)
    for suffix in (".ipynb", ".py"):
        if path.with_name(f"{path.name}{suffix}").is_file():
            return f"There is {path.name}{suffix}."
    if path.is_dir():
        known = sorted(each.name for each in path.iterdir() if each.suffix in {".ipynb", ".py"})
        return f"It is a folder{f', with {known[0]}' if known else ''}."
    if path.is_file():
        return "Its name says neither."
    folder = path.parent if path.parent.is_dir() else Path()
    near = did_you_mean(path.name, [each.name for each in folder.iterdir() if each.suffix in {".ipynb", ".py"}])
    return f"There is no such file.{near}"


# ---- notebooks


def _notebook(name: str, *, fill: bool) -> Target:
    path = Path(name)
    check_file(path)
    if fill:
        from nbflow.cells.whole_notebook import whole_notebook

        whole = whole_notebook(text_of(path), path.name)
        if not whole.is_python or not _has_steps(path):
            return _whole(path, whole)
    opened = open_notebook(name)
    say(opened.problems)

    def check(parameters: Sequence[str]) -> None:
        from nbflow.frontends.prepare import DefinitionNames, parameters_of
        from nbflow.plan.parameters import Assigned

        names = DefinitionNames.of_file(opened.flow, opened.text.draft.definitions)
        cells = {name: Assigned(each.source, each.place) for name, each in opened.text.assignments.items()}
        parameters_of(opened.graph.parameters, given_parameters(list(parameters)), cells, names)

    return Target(str(path.resolve()), opened.flow, is_notebook=True, tags=(identity(),), check=check)


def _has_steps(path: Path) -> bool:
    from nbflow.cells.header import cell_kind
    from nbflow.cells.notebook import parse_notebook

    return any(cell_kind(cell.source) == "step" for cell in parse_notebook(text_of(path), str(path)).code)


def _whole(path: Path, whole: Any) -> Target:
    """Return a notebook without steps, which papermill runs from top to bottom."""
    from nbflow.model.ids import flow_name_of

    def check(parameters: Sequence[str]) -> None:
        from nbflow.plan.parameters import coerce
        from nbflow.plan.typeform import UnknownTypeError

        known = {each.name: each for each in whole.parameters}
        wrong: list[Problem] = []
        for each, value in given_parameters(list(parameters)).items():
            if each not in known:
                hint = did_you_mean(each, known)
                wrong.append(problem("P003", name=each, hint=hint, known=", ".join(known) or "none"))
                continue
            try:
                coerce(known[each], value, namespace={})
            except UnknownTypeError:
                # a class of the notebook's own: its cells will say
                continue
        if wrong:
            raise error(wrong)

    return Target(str(path.resolve()), flow_name_of(path.stem), is_notebook=True, tags=(identity(),), check=check)


# ---- classes


def _class(file: str, name: str | None, *, branch: str | None, production: bool) -> Target:
    from nbflow.flowspec.project import project_of
    from nbflow.frontends.classes.asking import resolved
    from nbflow.frontends.classes.opened import config_values, load_flow_file, open_class

    flow_class = load_flow_file(file, name)
    opened = open_class(flow_class, config_values=config_values(flow_class))
    prepared = opened.prepared
    project = project_of(prepared, user=user_here(), branch=branch, production=production)
    tags = tuple(project["tags"]) if project else (identity(),)

    def check(parameters: Sequence[str]) -> None:
        from nbflow.flowspec.values import FromText

        given = given_parameters(list(parameters))
        resolved(prepared, user_here(), {each: FromText(str(value)) for each, value in given.items()}, project)

    path = str(Path(file).resolve())
    said = {each.name: each.attributes for each in prepared.decorators}
    return Target(
        f"{path}:{name}" if name else path,
        prepared.name,
        declared=_timetable(prepared),
        upstreams=_upstreams(prepared.name, said.get("trigger_on_finish", {}), tags),
        starters=tuple(each for each in ("schedule", "trigger", "trigger_on_finish") if each in said),
        tags=tags,
        check=check,
    )


def _timetable(prepared: PreparedFlow) -> Timetable | None:
    """Return what @schedule says; in this machine's zone where it names none."""
    use = next((each for each in prepared.decorators if each.name == "schedule"), None)
    if use is None:
        return None
    said = use.attributes
    zone = said["timezone"] or zone_here()
    if said["cron"]:
        return Timetable.read(said["cron"], zone)
    rhythm: Rhythm = next((each for each in RHYTHMS if use.given.get(each)), "daily")
    return Timetable.every(rhythm, zone)


def _upstreams(flow: str, said: Mapping[str, Any], tags: tuple[str, ...]) -> tuple[Upstream, ...]:
    named = [said["flow"]] if said.get("flow") else said.get("flows") or []
    if callable(named):
        named = [named]
    return tuple(dict.fromkeys(_upstream(flow, each, tags) for each in named))


def _upstream(flow: str, named: Any, tags: tuple[str, ...]) -> Upstream:
    """Return a flow that another one follows. One without a project is of the same project and branch, or person."""
    if callable(named):
        raise_for("L015", flow=flow, named="a function", why="what it gives is known where a flow is deployed")
    project = branch = None
    if isinstance(named, str):
        project, *branches, name = ["", *named.split(".")] if "." not in named else named.split(".")
        branch = ".".join(branches)
        if project and not branch:
            raise_for("L015", flow=flow, named=named, why="a project's flow is named by project.branch.Flow")
    else:
        name, project, branch = named["name"], named.get("project"), named.get("project_branch")
    if project or branch:
        own = dict(each.partition(":")[::2] for each in tags)
        project, branch = project or own.get("project"), branch or own.get("project_branch")
        found = {"project": project, "project_branch": branch}
        tags = tuple(f"{key}:{value}" for key, value in found.items() if value)
    if name == flow:
        raise_for("L015", flow=flow, named=name, why="it would start itself, again and again")
    return Upstream(name, tags)


def upstream_named(flow: str, word: str, tags: tuple[str, ...]) -> Upstream:
    """Return the flow that `--after WORD` names; a notebook's file stands for its flow. Raises L015."""
    from nbflow.frontends.cli.named import of_its_flow

    return _upstream(flow, of_its_flow(word), tags)
