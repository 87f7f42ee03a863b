"""From a run request to a deployment: everything is checked first, then it is created."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from nbflow.backends.batch.requests import definition, submission, wanted
from nbflow.backends.batch.service import BatchService
from nbflow.backends.batch.told import Documents
from nbflow.configuration.settings import Settings, settings
from nbflow.deploy import deployment as kept
from nbflow.deploy import keys
from nbflow.deploy.acting import STATES, check_role
from nbflow.deploy.creating import creating, put_bundle
from nbflow.deploy.deployment import MISSING, Deployment
from nbflow.deploy.jobs import step_job
from nbflow.deploy.limits import check_overrides, definition_text, undeployable
from nbflow.deploy.secrets_named import check_secrets
from nbflow.deploy.service import STORE, StatesService
from nbflow.deploy.shape import roots, shape
from nbflow.deploy.states import Plan, StepJob, machine
from nbflow.errors import error, raise_for
from nbflow.frontends.deploying.clock import check_schedule, delete_schedule, put_schedule
from nbflow.frontends.deploying.wish import Wish
from nbflow.frontends.handover import to_text
from nbflow.frozen import frozen
from nbflow.model.graph import Node
from nbflow.model.ids import StepName
from nbflow.model.notice import Notice
from nbflow.model.secret import SecretSource
from nbflow.model.task import Place
from nbflow.notify.ending import ABOUT
from nbflow.runtime.request import RunRequest
from nbflow.storage.base import Storage
from nbflow.workspace import Workspace

_PROGRAM = "nbflow.frontends.deployed"
#: where nothing is set and AWS is not asked
_BUCKET, _QUEUE, _IMAGE = "s3://BUCKET/nbflow", "QUEUE", "IMAGE"


@frozen
class Made:
    """A state machine, ready to be created."""

    definition: dict[str, Any]
    #: as it is sent
    text: str
    #: requests of the job definitions that it names
    job_definitions: tuple[Mapping[str, Any], ...]


def deploy(request: RunRequest, workspace: Workspace, wish: Wish, say: Callable[[str], None]) -> Deployment:
    """Deploy a flow, or what has become of it, and return what is deployed.

    Args:
        request: its run, every step on Batch (see `wish.everywhere`).
        workspace: the store.
        wish: what else is wanted.
        say: is told what takes time.

    Raises:
        DeploymentError: A001 to A015, A024, A025, A060 to A064; nothing was created.
        NbflowError: AWS refused something. What was created is taken back; a state machine that was there before is replaced,
            and its record says so, where only its schedule was refused.
    """
    known = settings()
    far, role = _check(request, workspace, known, wish)
    name = name_for(request, known, wish)
    before = kept.at(far, request.flow, name)
    users = kept.authorized(before, workspace.user, token=wish.authorize, command=wish.command, instead=kept.ANOTHER)
    token = kept.token_of(before, request.flow, new=wish.new_token, anew=wish.new)
    request = owned(request, name, token, wish.namespace)
    service, batch = StatesService(known), BatchService(known)
    tags = {STORE: _url(workspace), "nbflow:flow": request.flow}
    service.check(name, tags)
    check_role(known, role, STATES)
    check_schedule(known, name, wish.schedule, _url(workspace))
    check_secrets(known, _secrets(request))

    say("packing code and packages (once for each version of them)")
    documents = Documents(workspace)
    workspace.store.settle()
    told = {
        node.name: documents.program(_PROGRAM, request.code, _packages(request, node.name))
        for node in request.graph.nodes
    }
    text = to_text(request)
    digest = hashlib.sha256("\n".join([text, json.dumps(told, sort_keys=True)]).encode()).hexdigest()[:32]
    made = compiled(request, known, wish, _url(workspace), digest, batch.is_fargate, documents.environment)
    of_steps = {
        f"{keys.told(digest, step)}/told.json": json.dumps({**each, "bundle": digest, "step": step})
        for step, each in told.items()
    }
    deployment = Deployment(
        flow=request.flow,
        name=name,
        user=workspace.user,
        users=users,
        created_at=time.time(),
        token=token,
        bundle=digest,
        source=request.source,
        parameters=request.parameters,
        schedule=before.schedule if before else None,
        tags=tuple(sorted(request.tags)),
        since=before.since if before else time.time(),
    )
    with creating() as created:
        put_bundle(far, digest, {**of_steps, keys.request(digest): text}, created)
        # these are by what is in them, and may be any flow's: they stay where the rest fails. Another may have found one
        # meanwhile, whose jobs would fail without it; one that nobody uses costs nothing
        for each in made.job_definitions:
            batch.definition(each)
        is_new = service.find(name) is None
        say(f"creating the state machine {name}")
        deployment = replace(deployment, arn=service.put(name, made.text, role, tags, history=wish.history))
        if is_new:
            created.also(lambda: service.delete(deployment.arn))
        else:
            # it is replaced now, whatever becomes of its schedule
            kept.write(far, deployment)
            created.keep()
        schedule = put_schedule(known, deployment, before, wish.schedule, _url(workspace))
        deployment = replace(deployment, schedule=schedule)
        if is_new and schedule:
            created.also(lambda: delete_schedule(known, deployment))
        kept.write(far, deployment)
    return deployment


def only_json(request: RunRequest, workspace: Workspace, wish: Wish) -> str:
    """Return the state machine's definition, without asking AWS. What is not set stands in capitals."""
    known = settings()
    _check_flow(request, wish)
    queue, image = known.batch.queue or _QUEUE, known.batch.image or _IMAGE
    known = replace(known, batch=replace(known.batch, queue=queue, image=image))
    url = workspace.shared.url if workspace.shared is not None else _BUCKET
    request = owned(request, name_for(request, known, wish), wish.new_token or "TOKEN", wish.namespace)
    env = {"NBFLOW_STORE": url, "NBFLOW_REGION": known.region or "REGION"}
    digest = hashlib.sha256(to_text(request).encode()).hexdigest()[:32]
    made = compiled(request, known, wish, url, digest, lambda _queue: False, lambda _step: env)
    return json.dumps(made.definition, indent=2)


def compiled(
    request: RunRequest,
    known: Settings,
    wish: Wish,
    url: str,
    digest: str,
    is_fargate: Callable[[str], bool],
    environment: Callable[[str], Mapping[str, str]],
) -> Made:
    """Return the state machine of a flow.

    Raises:
        DeploymentError: A004, A007, it is larger than AWS takes.
        RunError: a step asks for what its queue does not have.
    """
    jobs: dict[StepName, StepJob] = {}
    definitions: dict[str, Mapping[str, Any]] = {}
    for node in request.graph.nodes:
        request_of_job, made = _job(node, request, known, digest, is_fargate, environment(node.name))
        definitions[made["jobDefinitionName"]] = made
        check_overrides(node.name, request_of_job["containerOverrides"])
        retry = node.options.retry
        jobs[node.name] = step_job(request_of_job, times=retry.times, wait=retry.wait)
    block = shape(request.graph)
    bucket, _, prefix = url.partition("://")[2].partition("/")
    last = request.graph.nodes[-1].name
    plan = Plan(
        flow=request.flow,
        block=block,
        first=roots(request.graph),
        jobs=jobs,
        failed=replace(jobs[last], times=1, wait=5.0),
        bucket=bucket,
        prefix=f"{prefix}/" if prefix else "",
        max_workers=wish.max_workers,
        timeout=wish.timeout,
        comment=f"{request.flow}, deployed by nbflow from {url}",
    )
    document = machine(plan)
    return Made(document, definition_text(request.flow, document, block), tuple(definitions.values()))


def _job(
    node: Node,
    request: RunRequest,
    known: Settings,
    digest: str,
    is_fargate: Callable[[str], bool],
    environment: Mapping[str, str],
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return the SubmitJob request of a step and its job definition."""
    place = Place.asked(node.options, "batch")
    asked = wanted(place, known.batch, step=node.name, fargate=False)
    asked = wanted(place, known.batch, step=node.name, fargate=is_fargate(asked.queue))
    made = definition(asked, Documents.command(asked.python))
    tags = {"nbflow:flow": request.flow, "nbflow:step": node.name, **dict(asked.tags)}
    env = {**environment, "NBFLOW_TOLD": keys.told(digest, node.name)}
    name = kept.name_of(f"nbflow-{request.flow}-{node.name}", prefix="")
    submitted = submission(asked, name, made["jobDefinitionName"], (), env, tags)
    # which run it is, is known when it runs
    submitted["tags"]["nbflow:run.$"] = f"States.Format('{request.flow}/{{}}', $.run)"
    return submitted, made


def owned(request: RunRequest, name: str, token: str, namespace: str | None = None) -> RunRequest:
    """Return the request of what runs by itself: whose its runs are, what they see, and what they were deployed as."""
    others = {tag for tag in request.system_tags if not tag.startswith(("user:", "production:", "runtime:"))}
    sees = f"production:{token}" if namespace is None else namespace
    about = {**request.about, "namespace": sees, "deployed": {"name": name, "by": request.user}}
    tags = frozenset({*others, f"production:{token}", "runtime:step-functions"})
    return replace(request, system_tags=tags, about=about)


def name_for(request: RunRequest, known: Settings, wish: Wish) -> str:
    """Return the name of the deployment. Raises A013."""
    project = (request.about.get("project") or {}).get("project_flow_name", "")
    return kept.name_of(request.flow, prefix=known.deploy.name_prefix, project=project, name=wish.name)


def _check(request: RunRequest, workspace: Workspace, known: Settings, wish: Wish) -> tuple[Storage, str]:
    """Return the bucket, and the role of the state machine. Raises A001, A002, A005, A015."""
    if workspace.far is None or not _url(workspace).startswith("s3://"):
        raise_for("A001", flow=request.flow, root=_url(workspace) or workspace.root)
    _check_flow(request, wish)
    if not known.deploy.states_role:
        raise_for("A002")
    return workspace.far, known.deploy.states_role


def _check_flow(request: RunRequest, wish: Wish) -> None:
    """Raise A005, A015 where it cannot run by itself, whatever AWS says."""
    problems = list(undeployable(request.graph))
    if problems:
        raise error(problems)
    missing = [name for name, (_, _, origin) in request.parameters.items() if origin == MISSING]
    if missing and wish.schedule is not None:
        raise_for("A015", flow=request.flow, names=", ".join(missing))


def _secrets(request: RunRequest) -> Iterator[SecretSource]:
    """Yield the secrets of steps, and those that hold addresses of who is to hear of runs."""
    for node in request.graph.nodes:
        yield from node.options.secrets
    for raw in request.about.get(ABOUT) or ():
        if source := Notice.from_json(raw).source:
            yield source


def _packages(request: RunRequest, step: StepName) -> str | None:
    environment = request.environments.get(step)
    return environment.digest if environment is not None else None


def _url(workspace: Workspace) -> str:
    return workspace.shared.url if workspace.shared is not None else ""
