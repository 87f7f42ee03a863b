"""The decorators of steps: the table, with every attribute, its default, and what it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.flowspec.attributes import (
    Attribute,
    anything,
    identifier,
    mapping,
    number,
    packages,
    text,
    truth,
    variables,
    version,
    whole,
    word,
)
from nbflow.flowspec.decorators import Decorator, Finding, Kind
from nbflow.flowspec.sources import sources

#: further attempts after the first
MOST_RETRIES = 4

_HERE = "the step runs on this machine"

_CPU = number(above=0)
_MEGABYTES = number(above=0, example=16000)


def _few_enough(use: Decorator) -> Iterator[Finding]:
    if (times := use.attributes["times"]) > MOST_RETRIES:
        yield "D014", {"times": times, "most": MOST_RETRIES}


def _some_time(use: Decorator) -> Iterator[Finding]:
    if not any(use.attributes.values()):
        yield "D015", {}


def _optional(*names: str) -> tuple[Attribute, ...]:
    """Return attributes that only another machine understands."""
    return tuple(Attribute(name, None, anything) for name in names)


def _size(name: str, default: int | None = None) -> Attribute:
    return Attribute(name, default, _MEGABYTES)


retry = Kind(
    "retry",
    "step",
    Attribute("times", 3, whole()),
    Attribute("minutes_between_retries", 2, number(least=0)),
    check=_few_enough,
    doc="""Try the step again when it fails: `times` more, with so many minutes in between.

    @retry(times=0) keeps --with retry off a step that must not run twice.
    """,
)

catch = Kind(
    "catch",
    "step",
    Attribute("var", None, identifier),
    Attribute("print_exception", True, truth),
    doc="""Let the flow go on when the step has failed for good; the artifact `var` holds the exception, else None.""",
)

timeout = Kind(
    "timeout",
    "step",
    *(Attribute(name, 0, number(least=0, example=30)) for name in ("seconds", "minutes", "hours")),
    check=_some_time,
    doc="""Let an attempt fail that takes longer than all three together.""",
)

environment = Kind(
    "environment",
    "step",
    Attribute("vars", {}, variables),
    doc="""Give the step environment variables: @environment(vars={"MODE": "fast"}).""",
)

secrets = Kind(
    "secrets",
    "step",
    Attribute("sources", [], sources),
    Attribute("role", None, text),
    Attribute("allow_override", False, truth),
    doc="""Give the step secrets as environment variables, just before its body runs.

    A source is the name of a secret, `manager.name`, `manager.name#key`, or a dict with type, id, options and role.
    Managers are aws-secrets-manager; env and file, which are this machine's and no other's; inline, whose variables
    stand in the code; gcp-secret-manager and az-key-vault, which cannot be read yet. A JSON object becomes a variable
    per entry, other text one: that which `env_var_name` in the options says, else one named like the secret.
    `allow_override` lets a secret replace a variable that is there.
    """,
)

resources = Kind(
    "resources",
    "step",
    Attribute("cpu", 1, _CPU),
    Attribute("gpu", None, whole()),
    _size("disk"),
    _size("memory", 4096),
    _size("shared_memory"),
    doc="""Ask for cores, graphics processors, and megabytes of memory and disk, wherever the step runs.""",
)

batch = Kind(
    "batch",
    "step",
    Attribute("cpu", 1, _CPU),
    Attribute("gpu", 0, whole()),
    _size("memory", 4096),
    *_optional("image", "queue", "iam_role", "execution_role"),
    _size("shared_memory"),
    Attribute("max_swap", None, number(least=0)),
    Attribute("swappiness", None, number(least=0)),
    Attribute("inferentia", 0, whole()),
    Attribute("trainium", None, whole()),
    Attribute("efa", 0, whole()),
    *_optional("host_volumes", "efs_volumes"),
    Attribute("use_tmpfs", False, truth),
    Attribute("aws_batch_tags", None, mapping),
    Attribute("tmpfs_tempdir", True, truth),
    _size("tmpfs_size"),
    Attribute("tmpfs_path", None, text),
    Attribute("ephemeral_storage", None, number(above=0)),
    *_optional("log_driver", "log_options", "executable"),
    Attribute("privileged", False, truth),
    doc="""Run the step as a job of AWS Batch: @batch(cpu=4, memory=16000).

    Memory is in megabytes. What is not given is what is set: queue, image, roles (nbflow configure).
    """,
)

kubernetes = Kind(
    "kubernetes",
    "step",
    Attribute("cpu", 1, _CPU),
    _size("memory", 4096),
    _size("disk", 10240),
    *_optional("image", "image_pull_policy", "image_pull_secrets", "service_account", "secrets", "node_selector", "namespace"),
    Attribute("gpu", None, whole()),
    *_optional("gpu_vendor", "tolerations", "labels", "annotations"),
    Attribute("use_tmpfs", False, truth),
    Attribute("tmpfs_tempdir", True, truth),
    _size("tmpfs_size"),
    Attribute("tmpfs_path", "/metaflow_temp", text),
    Attribute("persistent_volume_claims", None, mapping),
    _size("shared_memory"),
    Attribute("port", None, whole(example=8000)),
    *_optional("compute_pool", "executable"),
    Attribute("hostname_resolution_timeout", 600, number(above=0)),
    Attribute("qos", "Burstable", text),
    Attribute("extended_resources", None, mapping),
    Attribute("security_context", None, mapping),
    idle=_HERE,
    doc="""Run the step on Kubernetes.""",
)  # fmt: skip

conda = Kind(
    "conda",
    "step",
    Attribute("packages", {}, packages),
    Attribute("libraries", {}, packages),
    Attribute("python", None, version),
    Attribute("disabled", None, truth),
    doc="""Run the step with these packages of conda: @conda(packages={"pandas": "2.2"}, python="3.12").

    They are taken from PyPI, under the names that they have there.
    """,
)

pypi = Kind(
    "pypi",
    "step",
    Attribute("packages", {}, packages),
    Attribute("python", None, version),
    Attribute("disabled", None, truth),
    doc="""Run the step with these packages of PyPI: @pypi(packages={"pandas": "2.2"}, python="3.12").""",
)

card = Kind(
    "card",
    "step",
    Attribute("type", "default", text),
    Attribute("id", None, word),
    Attribute("options", {}, mapping),
    Attribute("timeout", 45, number(above=0)),
    Attribute("save_errors", True, truth),
    Attribute("customize", False, truth),
    Attribute("refresh_interval", 5, number(least=0)),
    *_optional("scope", "rank"),
    repeatable=True,
    doc="""Make a report of each of the step's tasks, of what it shows and of what it adds: current.card.append(…).

    Several cards have ids: @card(id="quality"), and current.card["quality"].append(…). Types are default, blank, error,
    taskspec_card, and those of other packages.
    """,
)

parallel = Kind(
    "parallel", "step", doc="""Run the step as a gang: it is called by self.next(self.x, num_parallel=n)."""
)

STEP_KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        *(retry, catch, timeout, environment, secrets, resources, batch, kubernetes),
        *(conda, pypi, card, parallel),
    )
}


def asked_of(uses: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return what a step asks for in numbers: of `resources` and where it is to run, per key the most that is given.

    Args:
        uses: of each decorator, by name, the attributes that were given.
    """
    found: dict[str, float] = {}
    for name in ("resources", "batch", "kubernetes"):
        for key in ("cpu", "gpu", "memory", "disk", "shared_memory"):
            value = uses.get(name, {}).get(key)
            if value is not None:
                found[key] = max(value, found.get(key, value))
    return found
