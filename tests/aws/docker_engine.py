"""A Docker engine for the tests: the one that is there, or one of their own for as long as they take."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import docker
from aws.room import fast
from docker.errors import DockerException

#: seconds that an engine may take to come up
_PATIENCE = 30
#: it changes nothing of this machine's network: containers share it, or have one without a way out
_ALONE = ("--bridge=none", "--iptables=false", "--ip-masq=false")


class NoEngineError(Exception):
    """No engine can be had here; the text says why, in one line."""


@contextlib.contextmanager
def engine() -> Iterator[str]:
    """Give the address of an engine that works; NoEngineError if none can be had. One that was started is stopped."""
    there = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if _answers(there):
        yield there
        return
    if os.geteuid() != 0:
        raise NoEngineError("no Docker engine runs here, and starting one takes root")
    if shutil.which("dockerd") is None:
        _install()
    with tempfile.TemporaryDirectory(prefix="engine-", dir=fast(), ignore_cleanup_errors=True) as folder:
        yield from _own(Path(folder))


def _answers(address: str) -> bool:
    try:
        client = docker.DockerClient(base_url=address, timeout=5)
    except DockerException:
        return False
    with contextlib.closing(client):
        try:
            return bool(client.ping())
        except (DockerException, OSError):
            return False


def _install() -> None:
    if shutil.which("apt-get") is None:
        raise NoEngineError("dockerd is not installed, and there is no apt-get to install it with")
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment, **quiet)
    done = subprocess.run(
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "docker.io"],
        check=False,
        env=environment,
        **quiet,
    )
    if done.returncode != 0 or shutil.which("dockerd") is None:
        raise NoEngineError(f"apt-get cannot install docker.io: {_last_line(done.stdout)}")


def _own(folder: Path) -> Iterator[str]:
    address = f"unix://{folder}/docker.sock"
    log = folder / "log"
    places = {"--data-root": "root", "--exec-root": "exec", "--pidfile": "pid"}
    command = ["dockerd", "--host", address, *_ALONE]
    for option, name in places.items():
        command += [option, str(folder / name)]
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        until = time.monotonic() + _PATIENCE
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                raise NoEngineError(f"dockerd does not come up: {_last_line(log.read_text())}")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # the engine leaves this mounted
        subprocess.run(["umount", "--lazy", str(folder / "exec/netns/default")], check=False, capture_output=True)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it says nothing"


def main() -> int:
    """Run a command with DOCKER_HOST set to an engine; without one say so, and fail unless that was allowed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--or-skip", action="store_true", help="succeed where no engine can be had")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    # an engine of one's own is stopped then, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with engine() as address:
            environment = {**os.environ, "DOCKER_HOST": address, "NBFLOW_BENCH_RUNNER": "docker"}
            return subprocess.run(asked.command, check=False, env=environment).returncode
    except NoEngineError as error:
        print(f"no containers here: {error}")
        return 0 if asked.or_skip else 1


if __name__ == "__main__":
    sys.exit(main())
