"""The bench put together, and served."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

# moto makes a list of 500 machine images at the first request to EC2 otherwise
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

from atomic_moto import Atomic
from aws.bench import batch_api, events_rules, scheduler_api, stepfunctions
from aws.bench.batch_environment import Environment
from aws.bench.batch_hosts import Hosts
from aws.bench.callers import Callers
from aws.bench.clock import Clock
from aws.bench.control import Control
from aws.bench.faults import Faults
from aws.bench.front import App, Front
from aws.bench.record import Record
from aws.bench.runners import Runner
from aws.bench.scheduler_firing import Schedules
from aws.bench.secrets import Secrets
from aws.bench.service_clients import Clients
from aws.bench.settings import Settings
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server


def serve(runner_name: str, port: int, folder: Path, settings: Settings) -> None:
    """Serve on loopback until SIGTERM; then stop all jobs."""
    with socket.create_server(("127.0.0.1", port), backlog=512) as listening:
        port = listening.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        os.environ["MOTO_PORT"] = str(port)
        runner = _runner(runner_name, folder)
        callers, faults, record = Callers(), Faults(), Record()
        hosts = Hosts(runner, Environment(url, callers, Secrets(url), settings), settings)
        batch_api.install(hosts)
        stepfunctions.install(url, callers, hosts, settings)
        schedules = Schedules(Clock(), Clients(url, callers, "scheduler"))
        scheduler_api.install(schedules)
        events_rules.install(Clients(url, callers, "events"), schedules)
        moto: App = Atomic(DomainDispatcherApplication(create_backend_app))
        doors = Doors(port)
        control = Control(callers, faults, record, settings, hosts, schedules, lambda: runner.enclose(doors.open))
        doors.app = Front(moto, control, callers, faults, record)
        server = doors.on(listening)

        def stop(signum: int, frame: FrameType | None) -> None:
            # shutdown waits for the loop that this handler has interrupted
            threading.Thread(target=server.shutdown, daemon=True).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        sys.stdout.write(json.dumps({"url": url}) + "\n")
        sys.stdout.flush()
        try:
            server.serve_forever(poll_interval=0.1)
        finally:
            hosts.reset()
            runner.close()


class Doors:
    """The sockets on which the bench is served."""

    app: App

    def __init__(self, port: int) -> None:
        self._port = port

    def on(self, listening: socket.socket) -> BaseWSGIServer:
        host, port = listening.getsockname()
        return make_server(
            host, port, self.app, threaded=True, request_handler=MotoRequestHandler, fd=listening.fileno()
        )

    def open(self, host: str, port: int | None) -> None:
        """Listen in the network of the calling thread, and serve there from a thread of this one."""
        listening = socket.create_server((host, port or self._port), backlog=512)
        server = self.on(listening)
        threading.Thread(target=server.serve_forever, name=f"{host}:{port}", daemon=True).start()


def _runner(name: str, folder: Path) -> Runner:
    if name == "docker":
        from aws.bench.runners.docker import DockerRunner

        return DockerRunner(folder)
    from aws.bench.runners.process import ProcessRunner

    return ProcessRunner(folder)
