"""Step Functions, put together: moto's port of the interpreter of state machines, and what it lacks."""

from __future__ import annotations

from aws.bench import stepfunctions_api, stepfunctions_engine, stepfunctions_maps, stepfunctions_tasks
from aws.bench.batch_hosts import Hosts
from aws.bench.callers import Callers
from aws.bench.service_clients import Clients
from aws.bench.settings import Settings
from moto.core.config import default_user_config

assert "stepfunctions" in default_user_config, "moto has another way to have state machines run"


def install(url: str, callers: Callers, hosts: Hosts, settings: Settings) -> None:
    """Have moto's server run state machines."""
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    clients = Clients(url, callers, "state-machine")
    stepfunctions_tasks.install(clients, hosts)
    stepfunctions_maps.install(settings)
    stepfunctions_engine.install(settings)
    stepfunctions_api.install(clients)
