"""Deploys a notebook as a job of Batch, triggers it, and takes it back."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbflow.backends.batch.requests import definition, submission, wanted
from nbflow.backends.batch.service import BatchService
from nbflow.backends.batch.told import Documents
from nbflow.cells.whole_notebook import WholeNotebook
from nbflow.configuration.settings import settings
from nbflow.deploy import deployment as kept
from nbflow.deploy import keys
from nbflow.deploy.clock import kept as clock
from nbflow.deploy.clock import wanted as clock_wanted
from nbflow.deploy.clock.service import ClockService
from nbflow.deploy.creating import creating, put_bundle
from nbflow.deploy.deployment import MISSING, Deployment
from nbflow.deploy.limits import check_overrides
from nbflow.deploy.notebook_job.contents import Contents
from nbflow.deploy.notebook_job.inside import DUE, GIVEN
from nbflow.deploy.notebook_job.wish import NotebookWish
from nbflow.errors import Problem, did_you_mean, error, problem, raise_for
from nbflow.model.parameter import ParameterDef
from nbflow.plan.parameters import Text, coerce
from nbflow.plan.typeform import UnknownTypeError, parse_type
from nbflow.storage.base import Storage
from nbflow.workspace import Workspace

#: what a deployment is that runs a notebook whole
KIND = "notebook"
_PROGRAM = "nbflow.deploy.notebook_job.inside"
#: the folder in a bundle of what its job is told
_STEP = "notebook"


def deploy_notebook(
    workspace: Workspace, path: Path, wish: NotebookWish | None = None, say: Callable[[str], None] = lambda _: None
) -> Deployment:
    """Deploy a notebook, or what has become of it, and return what is deployed.

    Args:
        workspace: the store.
        path: the notebook's file.
        wish: what else is wanted.
        say: is told what takes time.

    Raises:
        DeploymentError: A001, A003, A007, A012, A013, A015, A060 to A067; nothing was created.
        ParameterError: a value does not fit. NotebookError: W004, it takes none.
        PackageError: its packages cannot be had.
        NbflowError: AWS refused something; what was created is taken back.
    """
    known, wish = settings(), wish or NotebookWish()
    far, store = _far(workspace, path.name)
    contents = Contents.of(path)
    check_language(contents.notebook, wish)
    parameters = parameters_of(contents.notebook, wish.parameters)
    missing = [name for name, (_, _, origin) in parameters.items() if origin == MISSING]
    if missing and wish.schedule is not None:
        raise_for("A015", flow=contents.flow, names=", ".join(missing))
    name = kept.name_of(contents.flow, prefix=known.deploy.name_prefix, name=wish.name)
    before = kept.at(far, contents.flow, name)
    if before is not None and before.kind != KIND:
        raise_for("A068", name=name, flow=contents.flow)
    users = kept.authorized(before, workspace.user, token=wish.authorize, command=wish.command, instead=kept.ANOTHER)
    token = kept.token_of(before, contents.flow, new=wish.new_token)
    batch, service = BatchService(known), ClockService(known)
    clock.check(known, name, wish.schedule, store, service)
    asked = wanted(wish.place, known.batch, step=path.name, fargate=False)
    asked = wanted(wish.place, known.batch, step=path.name, fargate=batch.is_fargate(asked.queue))

    say("packing the notebook and its packages (once for each version of them)")
    documents = Documents(workspace)
    package = workspace.store.put_bytes(contents.package())
    digest = contents.packages(workspace, wish.pypi, say)
    workspace.store.settle()
    about = {"name": name, "user": workspace.user, "token": token, **_asked(contents, wish)}
    told = json.dumps({**documents.program(_PROGRAM, package, digest), "notebook": about})
    bundle = hashlib.sha256(told.encode()).hexdigest()[:32]
    made = definition(asked, Documents.command(asked.python))
    env = {**documents.environment(path.name), **wish.env, "NBFLOW_TOLD": keys.told(bundle, _STEP)}
    job = submission(
        asked, name, made["jobDefinitionName"], (), env, {"nbflow:flow": contents.flow, **dict(asked.tags)}
    )
    check_overrides(path.name, job["containerOverrides"], json.dumps(dict(wish.parameters)))
    deployment = Deployment(
        flow=contents.flow,
        name=name,
        user=workspace.user,
        users=users,
        created_at=time.time(),
        token=token,
        bundle=bundle,
        source=str(path.resolve()),
        parameters=parameters,
        tags=wish.tags,
        kind=KIND,
    )
    due = _with(job, {DUE: clock_wanted.DUE})
    files = {f"{keys.told(bundle, _STEP)}/told.json": told, keys.request(bundle): json.dumps({"job": job})}
    with creating() as created:
        put_bundle(far, bundle, files, created)
        batch.definition(made)
        schedule = clock.put(known, deployment, before, wish.schedule, clock_wanted.job_target(due), store, service)
        deployment = replace(deployment, schedule=schedule)
        if before is None:
            created.also(lambda: clock.delete(deployment, service))
        kept.write(far, deployment)
    return deployment


def _asked(contents: Contents, wish: NotebookWish) -> dict[str, Any]:
    """Return what a job is told of its notebook (see `inside`)."""
    return {
        "file": contents.notebook.name,
        "flow": contents.flow,
        "kernel": wish.kernel,
        "parameters": dict(wish.parameters),
        "tags": list(wish.tags),
    }


def trigger_notebook(workspace: Workspace, deployment: Deployment, given: Mapping[str, str]) -> str:
    """Have a deployed notebook run once, now, and return the id of its job.

    Args:
        workspace: the store.
        deployment: the notebook's.
        given: parameter → text, for this run.

    Raises:
        DeploymentError: A007, it is more than a job can be told; A009, a parameter has no value; A010, there is no such
            parameter.
        ParameterError: P001, P002, a value does not fit.
        NbflowError: AWS refused it.
    """
    far, _ = _far(workspace, deployment.name)
    for name in given:
        if name not in deployment.parameters:
            hint, known = did_you_mean(name, deployment.parameters), ", ".join(deployment.parameters) or "none"
            raise_for("A010", flow=deployment.flow, name=name, hint=hint, known=known)
    for name, text in given.items():
        _fits(name, deployment.parameters[name][0], text)
    late = [key for key, (_, _, origin) in deployment.parameters.items() if origin == MISSING and key not in given]
    if late:
        raise_for("A009", flow=deployment.flow, names=", ".join(late))
    job = json.loads(far.get(keys.request(deployment.bundle)))["job"]
    # by its name a job is found again whose submission was not answered
    job = {**_with(job, {GIVEN: json.dumps(dict(given))}), "jobName": f"{job['jobName'][:100]}-{secrets.token_hex(6)}"}
    check_overrides(deployment.name, job["containerOverrides"])
    return BatchService(settings()).submit(job)


def delete_notebook(workspace: Workspace, deployment: Deployment, *, authorize: str | None = None) -> None:
    """Have a notebook run no more; its runs stay, and one that is under way goes on.

    Raises A003, A012: it is somebody else's.
    """
    far, _ = _far(workspace, deployment.name)
    command = f"nbflow deployed delete {deployment.name}"
    kept.authorized(deployment, workspace.user, token=authorize, command=command)
    clock.delete(deployment, ClockService(settings()))
    kept.forget(far, deployment)


def check_language(notebook: WholeNotebook, wish: NotebookWish) -> None:
    """Raise A067 where a notebook's kernel cannot be in the job."""
    named = wish.place.image or wish.place.more.get("image")
    if not notebook.is_python and not named:
        raise_for("A067", path=notebook.name, language=notebook.language, kernel=notebook.kernel or notebook.language)


def parameters_of(notebook: WholeNotebook, given: Mapping[str, str]) -> dict[str, tuple[str, Any, str]]:
    """Return the parameters of a notebook: type, value as text, and where it comes from.

    Raises:
        NotebookError: W004, it takes none.
        ParameterError: P003, it has none of a name; P001, P002, a value does not fit.
    """
    if given and notebook.parameters_cell is None:
        raise_for("W004", path=notebook.name, names=", ".join(given))
    known = {each.name: each for each in notebook.parameters}
    wrong: list[Problem] = [
        problem("P003", name=name, hint=did_you_mean(name, known), known=", ".join(known) or "none")
        for name in given
        if name not in known
    ]
    if wrong:
        raise error(wrong)
    found: dict[str, tuple[str, Any, str]] = {}
    for name, each in known.items():
        if name in given:
            _fits(name, each.type, given[name])
            found[name] = (each.type, given[name], "given")
        elif each.default is None:
            found[name] = (each.type, None, MISSING)
        else:
            found[name] = (each.type, each.default, "default")
    return found


def _fits(name: str, kind: str, text: str) -> None:
    """Raise P001, P002 where a value does not fit. What a type of the notebook's own takes, the notebook will say."""
    try:
        parse_type(kind, {})
    except UnknownTypeError:
        return
    coerce(ParameterDef(name, kind, None), Text(text), namespace={})


def _with(job: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    """Return a request for a job with more variables."""
    overrides = job["containerOverrides"]
    more = [{"name": name, "value": value} for name, value in env.items()]
    return {**job, "containerOverrides": {**overrides, "environment": [*overrides["environment"], *more]}}


def _far(workspace: Workspace, what: str) -> tuple[Storage, str]:
    """Return the bucket and its address. Raises A001: the store is a folder."""
    url = workspace.shared.url if workspace.shared is not None else ""
    if workspace.far is None or not url.startswith("s3://"):
        raise_for("A001", flow=what, root=url or workspace.root)
    return workspace.far, url
