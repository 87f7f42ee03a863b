"""Deployments from Python, by Metaflow's names: `Deployer("flow.py").step_functions().create()`."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from nbflow.client import Run
from nbflow.configuration.settings import settings
from nbflow.deploy.deployment import Deployment, find
from nbflow.deploy.service import StatesService
from nbflow.deploy.states import MAX_WORKERS
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.classes.opened import load_flow_file, open_class
from nbflow.frontends.cli.notebook import open_notebook
from nbflow.frontends.deploying import deeds
from nbflow.frontends.deploying.asking import of_class, of_notebook
from nbflow.frontends.deploying.deeds import Execution
from nbflow.frontends.deploying.making import deploy
from nbflow.frontends.deploying.rhythm import schedule_of
from nbflow.frontends.deploying.wish import Wish
from nbflow.workspace import Workspace

#: seconds between looks at a run
_LOOK = 1.0
#: where Metaflow deploys to, beside
_ELSEWHERE = frozenset({"airflow", "argo_workflows"})
#: what `create` takes by the names of a wish
_WISHES = frozenset(each.name for each in fields(Wish)) - {"name", "timeout", "new", "command", "only_json"}


class Deployer:
    """Has AWS run the flow of a file by itself.

    Args:
        flow_file: a notebook with steps, or a file of Python with a flow class.
        show_output: say what takes time.
        env: environment variables that count while it is deployed.
        decospecs: what every step gets, as in `["retry:times=2"]`.
        branch: branch of the project (@project).
        production: the production branch of the project.
    """

    def __init__(
        self,
        flow_file: str | os.PathLike[str],
        *,
        show_output: bool = True,
        env: Mapping[str, str] | None = None,
        decospecs: Sequence[str] = (),
        branch: str | None = None,
        production: bool = False,
    ) -> None:
        self.flow_file = str(flow_file)
        self._show_output = show_output
        self._env = dict(env or {})
        self._decospecs = tuple(decospecs)
        self._branch = branch
        self._production = production

    def step_functions(self, name: str | None = None) -> StepFunctions:
        """Return what deploys it to Step Functions, under `name` or one that is made of the flow's."""
        return StepFunctions(self, name)

    def __getattr__(self, name: str) -> Any:
        if name in _ELSEWHERE:
            option, message = f"Deployer.{name}()", "nbflow deploys to AWS Step Functions, and nowhere else"
            raise_for(
                "A014", option=option, given="", message=message, fix=f"Deployer({self.flow_file!r}).step_functions()"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _create(self, wish: Wish, given: Mapping[str, Any]) -> tuple[Workspace, Deployment]:
        with _environment(self._env):
            workspace = Workspace.find(local=[str(Path(self.flow_file).resolve().parent)])
            if self.flow_file.endswith(".ipynb"):
                request = of_notebook(open_notebook(self.flow_file), workspace, given, wish, self._decospecs)
            else:
                file, _, name = self.flow_file.partition(":")
                flow = open_class(load_flow_file(file, name or None), with_specs=self._decospecs)
                wish = schedule_of(flow.prepared, wish)
                request = of_class(flow, workspace, given, wish, branch=self._branch, production=self._production)
            return workspace, deploy(request, workspace, wish, self._say)

    def _say(self, line: str) -> None:
        if self._show_output:
            sys.stderr.write(f"{line}\n")


class NBDeployer(Deployer):
    """The same for a flow class that stands in a cell of this notebook, or in a file."""

    def __init__(self, flow: type, **options: Any) -> None:
        from nbflow.frontends.classes.opened import file_of
        from nbflow.frontends.runner.celled import file_with, stands_in_cell

        if stands_in_cell(flow):
            self._folder = tempfile.TemporaryDirectory(prefix="nbflow-deployer-")
            path, env = file_with(flow, Path(self._folder.name))
            options["env"] = {**env, **dict(options.get("env") or {})}
        else:
            path = file_of(flow)
        super().__init__(f"{path}:{flow.__name__}", **options)

    def cleanup(self) -> None:
        """Delete the file that the class was written into."""
        if folder := getattr(self, "_folder", None):
            folder.cleanup()


class StepFunctions:
    """A flow that is to be deployed to Step Functions."""

    def __init__(self, deployer: Deployer, name: str | None) -> None:
        self._deployer = deployer
        self._name = name

    def create(
        self,
        *,
        parameters: Mapping[str, Any] | None = None,
        tags: Sequence[str] = (),
        authorize: str | None = None,
        new_token: str | None = None,
        generate_new_token: bool = False,
        max_workers: int = MAX_WORKERS,
        workflow_timeout: int | None = None,
        **more: Any,
    ) -> DeployedFlow:
        """Deploy it and return what is deployed.

        Args:
            parameters: parameter → value that it has unless a trigger says another.
            tags: of its runs.
            authorize: token of what somebody else deployed.
            new_token: a token to give it.
            generate_new_token: give it a new one.
            max_workers: most jobs of one foreach at once.
            workflow_timeout: seconds that a run may take.
            **more: other fields of `nbflow.frontends.deploying.wish.Wish`, as `schedule`, `env` and `secrets`.

        Raises:
            DeploymentError: A014, there is no such option; it cannot be deployed, and nothing was created.
        """
        if unknown := next((each for each in more if each not in _WISHES), None):
            known = sorted({*_WISHES, "parameters", "generate_new_token", "workflow_timeout"})
            message = f"create() takes no such thing.{did_you_mean(unknown, known)}"
            raise_for("A014", option=unknown, given="", message=message, fix=f"it takes {', '.join(known)}")
        wish = Wish(
            name=self._name,
            tags=tuple(tags),
            authorize=authorize,
            new_token=new_token,
            new=generate_new_token,
            timeout=workflow_timeout,
            command=f"nbflow deploy {self._deployer.flow_file}",
            max_workers=max_workers,
            **more,
        )
        # parameters are the person's own names, and must not be mistaken for ours
        workspace, deployment = self._deployer._create(wish, parameters or {})  # noqa: SLF001 - made by it
        return DeployedFlow(workspace, deployment)


class DeployedFlow:
    """What is deployed."""

    def __init__(self, workspace: Workspace, deployment: Deployment) -> None:
        self._workspace = workspace
        self.deployment = deployment

    @classmethod
    def from_deployment(cls, identifier: str) -> DeployedFlow:
        """Return what is deployed under a name, or of a flow. Raises A011: nothing is."""
        workspace = Workspace.find()
        return cls(workspace, find(deeds.far_of(workspace), identifier))

    @property
    def name(self) -> str:
        """Of its state machine."""
        return self.deployment.name

    @property
    def flow_name(self) -> str:
        """The flow's."""
        return self.deployment.flow

    @property
    def production_token(self) -> str:
        """Its runs are in the namespace `production:TOKEN`."""
        return self.deployment.token

    def trigger(self, **parameters: Any) -> TriggeredRun:
        """Start a run with these parameters. Raises ParameterError, DeploymentError: a value is missing or does not fit."""
        return TriggeredRun(
            self._workspace, self.deployment, deeds.trigger(self._workspace, self.deployment, parameters)
        )

    def list_runs(self, states: Sequence[str] | None = None) -> Iterator[TriggeredRun]:
        """Yield its runs, newest first; only those in `states`, such as `["RUNNING"]`. Raises A014: there is no such state."""
        wanted = [each.upper().replace("-", "_") for each in states or ()]
        if unknown := next((each for each in wanted if each not in deeds.STATES), None):
            raise_for(
                "A014",
                option="list_runs",
                given=unknown,
                message=f"the states are {', '.join(deeds.STATES)}",
                fix=f"list_runs(['{deeds.STATES[0]}'])",
            )
        for each in deeds.executions(self._workspace, self.deployment):
            if not wanted or each.status in wanted:
                yield TriggeredRun(self._workspace, self.deployment, each)

    def delete(self, authorize: str | None = None) -> bool:
        """Delete schedule and state machine; its runs stay. Raises A003, A012: it is somebody else's."""
        deeds.delete(self._workspace, self.deployment, authorize=authorize)
        return True

    def __repr__(self) -> str:
        return f"DeployedFlow({self.name!r})"


class TriggeredRun:
    """A run of what is deployed."""

    def __init__(self, workspace: Workspace, deployment: Deployment, execution: Execution) -> None:
        self._workspace = workspace
        self._deployment = deployment
        self._execution = execution

    @property
    def name(self) -> str:
        """The run's id."""
        return self._execution.run

    @property
    def pathspec(self) -> str:
        """The run as a person names it."""
        return f"{self._deployment.flow}/{self._execution.run}"

    @property
    def run(self) -> Run | None:
        """The run, once its first job has begun it."""
        if self._workspace.metadata.run(self._deployment.flow, self.name) is None:
            return None
        return Run(self.pathspec, workspace=self._workspace)

    @property
    def status(self) -> str:
        """As Step Functions calls it: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED."""
        return str(StatesService(settings()).describe(self._execution.arn)["status"])

    @property
    def is_running(self) -> bool:
        """It is on its way."""
        return self.status == "RUNNING"

    def wait_for_run(self, timeout: float | None = None) -> Run:
        """Wait until its first job has begun the run, and return it. Raises TimeoutError after `timeout` seconds."""
        found: Run = self._wait(lambda: self.run, timeout)
        return found

    def wait_for_completion(self, timeout: float | None = None) -> None:
        """Wait until it has ended, and see to it that its record says so. Raises TimeoutError after `timeout` seconds."""
        self._wait(lambda: deeds.awaited(self._workspace, self._deployment, self._execution), timeout)

    def terminate(self, authorize: str | None = None) -> bool:
        """End it and its jobs; `authorize`: the token of what somebody else deployed. Raises A016: it is not under way."""
        deeds.stop(self._workspace, self._deployment, self.name, authorize=authorize)
        return True

    def _wait(self, look: Any, timeout: float | None) -> Any:
        end = None if timeout is None else time.monotonic() + timeout
        while not (found := look()):
            if end is not None and time.monotonic() >= end:
                raise TimeoutError(f"{self.pathspec} is {self.status.lower()} after {timeout:g} seconds")
            time.sleep(_LOOK)
        return found

    def __repr__(self) -> str:
        return f"TriggeredRun({self.pathspec!r})"


@contextlib.contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
