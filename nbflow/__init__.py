"""Turn a notebook into a versioned, parallel workflow.

In a notebook: `%load_ext nbflow`. The names below are loaded when first used, so `import nbflow` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbflow import cards
    from nbflow.client import DataArtifact, Flow, Metaflow, Run, Step, Task
    from nbflow.client.cards import get_cards
    from nbflow.client.chosen import default_metadata, get_metadata, inspect_spin, metadata
    from nbflow.client.namespace import default_namespace, get_namespace, namespace
    from nbflow.errors import (
        CardError,
        CellError,
        ConfigurationError,
        DecoratorError,
        FlowError,
        GraphError,
        InvalidNextError,
        LintError,
        MergeConflictError,
        MergeError,
        MergeMissingError,
        MessageError,
        MetadataError,
        NamespaceError,
        NbflowError,
        NotebookError,
        NotFoundError,
        PackageError,
        ParameterError,
        PathspecError,
        RegressionError,
        RunError,
        ScheduleError,
        StoreError,
        TagError,
        TaskError,
        UsageError,
        ViewError,
    )
    from nbflow.flowspec.config import Config, config_expr
    from nbflow.flowspec.config_value import ConfigValue
    from nbflow.flowspec.current import current
    from nbflow.flowspec.decorators_of_flows import (
        conda_base,
        exit_hook,
        notify,
        project,
        pypi_base,
        schedule,
        trigger,
        trigger_on_finish,
    )
    from nbflow.flowspec.decorators_of_steps import (
        batch,
        card,
        catch,
        conda,
        environment,
        kubernetes,
        parallel,
        pypi,
        resources,
        retry,
        secrets,
        timeout,
    )
    from nbflow.flowspec.include_file import IncludeFile
    from nbflow.flowspec.mutators import FlowMutator, StepMutator
    from nbflow.flowspec.parameter import JSONType, Parameter
    from nbflow.flowspec.parsers import (
        conda_environment_yml_parser,
        pyproject_toml_parser,
        requirements_txt_parser,
        yaml_parser,
    )
    from nbflow.flowspec.step import step
    from nbflow.flowspec.wrappers import USER_SKIP_STEP, UserStepDecorator, user_step_decorator
    from nbflow.frontends.deploying.deployer import DeployedFlow, Deployer, NBDeployer
    from nbflow.frontends.flowspec import FlowSpec
    from nbflow.frontends.magics import flow
    from nbflow.frontends.runner import NBRunner, Runner, parallel_imap_unordered, parallel_map, profile
    from nbflow.frontends.seeing.artifacts import artifacts
    from nbflow.frontends.seeing.compare import compare
    from nbflow.frontends.seeing.dashboard import dashboard
    from nbflow.frontends.seeing.history import history
    from nbflow.frontends.seeing.timeline import timeline
    from nbflow.frontends.seeing.view import view
    from nbflow.notebooks.decorator import notebook
    from nbflow.notebooks.handing import given, result
    from nbflow.store.files.directory import Directory
    from nbflow.store.files.file import File

__version__ = "0.1.0"

__all__ = [  # noqa: RUF022 - in the order of sorted(), which a test holds it to
    "CardError",
    "CellError",
    "Config",
    "ConfigValue",
    "ConfigurationError",
    "DataArtifact",
    "DecoratorError",
    "DeployedFlow",
    "Deployer",
    "DeploymentError",
    "Directory",
    "File",
    "Flow",
    "FlowError",
    "FlowMutator",
    "FlowSpec",
    "GraphError",
    "IncludeFile",
    "InvalidNextError",
    "JSONType",
    "LintError",
    "MergeConflictError",
    "MergeError",
    "MergeMissingError",
    "MessageError",
    "MetadataError",
    "Metaflow",
    "NBDeployer",
    "NBRunner",
    "NamespaceError",
    "NbflowError",
    "NotFoundError",
    "NotebookError",
    "PackageError",
    "Parameter",
    "ParameterError",
    "PathspecError",
    "RegressionError",
    "Run",
    "RunError",
    "Runner",
    "S3",
    "ScheduleError",
    "Step",
    "StepMutator",
    "StoreError",
    "TagError",
    "Task",
    "TaskError",
    "USER_SKIP_STEP",
    "UsageError",
    "UserStepDecorator",
    "ViewError",
    "__version__",
    "artifacts",
    "batch",
    "card",
    "cards",
    "catch",
    "compare",
    "conda",
    "conda_base",
    "conda_environment_yml_parser",
    "config_expr",
    "current",
    "dashboard",
    "default_metadata",
    "default_namespace",
    "environment",
    "exit_hook",
    "flow",
    "get_cards",
    "get_metadata",
    "get_namespace",
    "given",
    "history",
    "inspect_spin",
    "kubernetes",
    "load_ipython_extension",
    "metadata",
    "namespace",
    "notebook",
    "notify",
    "parallel",
    "parallel_imap_unordered",
    "parallel_map",
    "profile",
    "project",
    "pypi",
    "pypi_base",
    "pyproject_toml_parser",
    "requirements_txt_parser",
    "resources",
    "result",
    "retry",
    "schedule",
    "secrets",
    "step",
    "timeline",
    "timeout",
    "trigger",
    "trigger_on_finish",
    "unload_ipython_extension",
    "user_step_decorator",
    "view",
    "yaml_parser",
]

#: where the lazy names live
_PLACES: dict[str, tuple[str, ...]] = {
    "nbflow.client": (
        "DataArtifact",
        "Flow",
        "Metaflow",
        "Run",
        "Step",
        "Task",
    ),
    # the module itself, which can be called, too
    "nbflow.cards": ("cards",),
    "nbflow.client.cards": ("get_cards",),
    "nbflow.client.namespace": (
        "default_namespace",
        "get_namespace",
        "namespace",
    ),
    "nbflow.client.chosen": (
        "default_metadata",
        "get_metadata",
        "inspect_spin",
        "metadata",
    ),
    "nbflow.notebooks.decorator": ("notebook",),
    "nbflow.notebooks.handing": (
        "given",
        "result",
    ),
    "nbflow.flowspec.config": (
        "Config",
        "config_expr",
    ),
    "nbflow.flowspec.config_value": ("ConfigValue",),
    "nbflow.flowspec.current": ("current",),
    "nbflow.flowspec.decorators_of_flows": (
        "conda_base",
        "exit_hook",
        "project",
        "pypi_base",
        "schedule",
        "trigger",
        "trigger_on_finish",
    ),
    "nbflow.flowspec.decorators_of_steps": (
        "batch",
        "card",
        "catch",
        "conda",
        "environment",
        "kubernetes",
        "parallel",
        "pypi",
        "resources",
        "retry",
        "secrets",
        "timeout",
    ),
    "nbflow.flowspec.include_file": ("IncludeFile",),
    "nbflow.flowspec.mutators": (
        "FlowMutator",
        "StepMutator",
    ),
    "nbflow.flowspec.parameter": (
        "JSONType",
        "Parameter",
    ),
    "nbflow.flowspec.parsers": (
        "conda_environment_yml_parser",
        "pyproject_toml_parser",
        "requirements_txt_parser",
        "yaml_parser",
    ),
    "nbflow.flowspec.step": ("step",),
    "nbflow.flowspec.wrappers": (
        "USER_SKIP_STEP",
        "UserStepDecorator",
        "user_step_decorator",
    ),
    # the module itself, which is the decorator, too
    "nbflow.notify": ("notify",),
    "nbflow.frontends.flowspec": ("FlowSpec",),
    "nbflow.frontends.magics": ("flow",),
    "nbflow.frontends.seeing.artifacts": ("artifacts",),
    "nbflow.frontends.seeing.compare": ("compare",),
    "nbflow.frontends.seeing.dashboard": ("dashboard",),
    "nbflow.frontends.seeing.history": ("history",),
    "nbflow.frontends.seeing.timeline": ("timeline",),
    "nbflow.frontends.seeing.view": ("view",),
    "nbflow.store.files.directory": ("Directory",),
    "nbflow.store.files.file": ("File",),
    "nbflow.s3": ("S3",),
    "nbflow.frontends.deploying.deployer": ("DeployedFlow", "Deployer", "NBDeployer"),
    "nbflow.frontends.runner": (
        "NBRunner",
        "Runner",
        "parallel_imap_unordered",
        "parallel_map",
        "profile",
    ),
}
_HOMES = {name: home for home, names in _PLACES.items() for name in names}
_HOMES |= dict.fromkeys((name for name in __all__ if name.endswith("Error")), "nbflow.errors")


def __getattr__(name: str) -> Any:
    """Return the public name, loaded from its module and kept here for the next time."""
    home = _HOMES.get(name)
    if home is None:
        from nbflow.misnamed import refuse

        refuse(__name__, name, __all__)
    value = globals()[name] = getattr(importlib.import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Make `shell` understand `%%step`, `%%card`, `%%parameters`, `%%setup` and `%flow`."""
    importlib.import_module("nbflow.frontends.magics").load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take back what `load_ipython_extension` did to `shell`."""
    importlib.import_module("nbflow.frontends.magics").unload(shell)
