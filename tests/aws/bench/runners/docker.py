"""Attempts as containers of a Docker engine."""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from pathlib import Path
from typing import Any

import docker
from aws.bench import image_files, images
from aws.bench.runners import CannotStartError, Ended, Serve, Wanted
from aws.bench.runners.network import Enclosure
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.types import Mount

_LABEL = "nbflow-bench"
#: seconds; a job may run as long as its test
_LONGEST = 3600


class DockerRunner:
    """Starts jobs on the engine that DOCKER_HOST names."""

    def __init__(self, folder: Path) -> None:
        self._client = docker.from_env(timeout=_LONGEST)
        self._session = uuid.uuid4().hex[:12]
        self._folder = folder
        self._lock = threading.Lock()
        self._images: dict[str, str] = {}
        self._pause: Any = None
        self._enclosure: Enclosure | None = None
        # no job waits for them
        for kind in ("bare", "python"):
            self._images[kind] = self._made(kind)

    def start(self, wanted: Wanted) -> DockerContainer:
        network = f"container:{self._pause.id}" if wanted.enclosed and self._pause is not None else "host"
        try:
            made = self._client.containers.create(
                self._image(wanted.image),
                wanted.command,
                name=f"{wanted.name}-{self._session}",
                environment=wanted.environment,
                network_mode=network,
                mem_limit=f"{wanted.memory}m",
                # no swap beside it
                memswap_limit=f"{wanted.memory}m",
                nano_cpus=int(min(wanted.vcpus, os.cpu_count() or 1) * 1e9),
                mounts=[Mount(there, here, type="bind", read_only=fixed) for here, there, fixed in wanted.mounts],
                init=wanted.init,
                labels={_LABEL: self._session},
            )
        except ImageNotFound:
            raise CannotStartError(images.unknown(wanted.image)) from None
        except APIError as error:
            raise CannotStartError(f"CannotCreateContainerError: {_said(error)}") from None
        try:
            made.start()
        except APIError as error:
            made.remove(force=True)
            raise CannotStartError(f"CannotStartContainerError: {_said(error)}") from None
        return DockerContainer(made)

    def enclose(self, serve: Serve) -> None:
        with self._lock:
            if self._enclosure is not None:
                return
            # holds the network that the jobs' containers join
            self._pause = self._client.containers.run(
                self._images["bare"],
                ["sleep", "infinity"],
                network_mode="none",
                detach=True,
                init=True,
                labels={_LABEL: self._session},
            )
            self._pause.reload()
            self._enclosure = Enclosure.of(self._pause.attrs["State"]["Pid"], serve)

    def close(self) -> None:
        if self._enclosure is not None:
            self._enclosure.close()
        for each in self._client.containers.list(all=True, filters={"label": f"{_LABEL}={self._session}"}):
            with contextlib.suppress(DockerException):
                each.remove(force=True)
        for image in self._images.values():
            with contextlib.suppress(DockerException):
                self._client.images.remove(image, force=True)
        self._client.close()

    def _image(self, name: str) -> str:
        kind = images.known(name)
        return self._images[kind] if kind is not None else name

    def _made(self, kind: str) -> str:
        archive = self._folder / f"{kind}.tar"
        image_files.write(archive, kind)
        name = f"nbflow-bench-{kind}"
        path = ["ENV PATH=/usr/local/bin:/usr/bin:/bin"]
        self._client.api.import_image(str(archive), repository=name, tag=self._session, changes=path)
        archive.unlink()
        return f"{name}:{self._session}"


class DockerContainer:
    """A container, with one thread that reads its output and one that waits for its end."""

    def __init__(self, made: Any) -> None:
        self._made = made
        self._lock = threading.Lock()
        self._output = bytearray()
        self._read = 0
        self._ended: Ended | None = None
        self._reader = threading.Thread(target=self._follow, daemon=True)
        self._reader.start()
        threading.Thread(target=self._wait, daemon=True).start()

    def ended(self) -> Ended | None:
        return self._ended

    def output(self) -> bytes:
        with self._lock:
            found = bytes(self._output)
            self._output.clear()
        return found

    def terminate(self) -> None:
        with contextlib.suppress(NotFound, APIError):
            self._made.kill("SIGTERM")

    def kill(self) -> None:
        # one that is at its end already cannot be killed
        with contextlib.suppress(NotFound, APIError):
            self._made.kill()

    def remove(self) -> None:
        with contextlib.suppress(NotFound):
            self._made.remove(force=True)

    def _follow(self) -> None:
        with contextlib.suppress(DockerException, OSError):
            for chunk in self._made.logs(stream=True, follow=True):
                self._take(chunk)

    def _take(self, chunk: bytes) -> None:
        with self._lock:
            self._output += chunk
            self._read += len(chunk)

    def _wait(self) -> None:
        code = self._made.wait(timeout=_LONGEST)["StatusCode"]
        self._made.reload()
        # an engine may close the stream before the last words, which stand in the log all the same
        self._reader.join(5)
        self._take(self._made.logs()[self._read :])
        self._ended = Ended(code, bool(self._made.attrs["State"]["OOMKilled"]))


def _said(error: APIError) -> str:
    return f"Error response from daemon: {error.explanation}"
