"""A package index of one's own on loopback, behind a password, and wheels made by hand to fill it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import threading
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path

USER, PASSWORD = "ann", "s3cret-Pa55word"
_EPOCH = (2020, 1, 1, 0, 0, 0)


def wheel(
    folder: Path,
    name: str,
    version: str,
    modules: Mapping[str, str],
    requires: tuple[str, ...] = (),
    tag: str = "py3-none-any",
) -> Path:
    """Write the wheel of a package with these modules (path → text) into `folder`."""
    stem = f"{name.replace('-', '_')}-{version}"
    about = [
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}",
        *(f"Requires-Dist: {each}" for each in requires),
    ]
    files = {
        **modules,
        f"{stem}.dist-info/METADATA": "\n".join(about) + "\n",
        f"{stem}.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    return _zipped(
        folder / f"{stem}-{tag}.whl", f"{stem}.dist-info", {path: text.encode() for path, text in files.items()}
    )


def installed_wheel(folder: Path, name: str) -> Path:
    """Write a wheel of a distribution that is installed here, from its files."""
    found = metadata.distribution(name)
    info = next(each.parts[0] for each in found.files or () if each.parts[0].endswith(".dist-info"))
    kept = [
        each
        for each in found.files or ()
        if each.parts[0] != ".."
        and "__pycache__" not in each.parts
        and each.name not in {"RECORD", "INSTALLER", "direct_url.json"}
    ]
    about = found.read_text("WHEEL") or ""
    tags = [line.partition(": ")[2] for line in about.splitlines() if line.startswith("Tag: ")]
    python, abi, _ = tags[0].split("-")
    platforms = ".".join(dict.fromkeys(tag.split("-")[2] for tag in tags))
    pythons = ".".join(dict.fromkeys(tag.split("-")[0] for tag in tags))
    stem = info.removesuffix(".dist-info")
    files = {each.as_posix(): Path(str(found.locate_file(each))).read_bytes() for each in kept}
    return _zipped(folder / f"{stem}-{pythons or python}-{abi}-{platforms}.whl", info, files)


def _zipped(path: Path, info: str, files: Mapping[str, bytes]) -> Path:
    record = "".join(f"{name},sha256={_hash(data)},{len(data)}\n" for name, data in files.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data)
    return path


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        server.asked.append(self.path)
        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if server.locked and self.headers.get("Authorization") != wanted:
            self._answer(401, b"who are you?", "WWW-Authenticate")
            return
        parts = self.path.strip("/").split("/")
        if parts[0] == "simple" and len(parts) == 2:
            self._page(parts[1])
            return
        super().do_GET()

    def _page(self, name: str) -> None:
        files = [
            each for each in sorted(Path(self.directory).glob("*.whl")) if _normal(each.name.partition("-")[0]) == name
        ]
        if not files:
            self._answer(404, b"no such package")
            return
        links = (
            f'<a href="/{each.name}#sha256={hashlib.sha256(each.read_bytes()).hexdigest()}">{each.name}</a>'
            for each in files
        )
        self._answer(200, f"<!doctype html><html><body>{''.join(links)}</body></html>".encode())

    def _answer(self, status: int, body: bytes, header: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        if header:
            self.send_header(header, 'Basic realm="packages"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    locked = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.asked: list[str] = []

    def handle_error(self, *_: object) -> None:
        """Say nothing of who has hung up: uv reads of a wheel what it needs."""


def _normal(name: str) -> str:
    return name.replace("_", "-").replace(".", "-").lower()


class Index:
    """The running index."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self.port = server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/simple"

    @property
    def url_with_password(self) -> str:
        return f"http://{USER}:{PASSWORD}@127.0.0.1:{self.port}/simple"

    @property
    def asked(self) -> list[str]:
        """Paths that were asked for."""
        return self._server.asked

    def unlock(self) -> None:
        """Ask for no password any more."""
        self._server.locked = False


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Index]:
    """Serve the wheels in `folder` until the block ends."""
    server = _Server(folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Index(server)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
