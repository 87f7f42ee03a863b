"""`python -m benchmarks.storage`: how fast objects go to a bucket and come back, by four clients on one server.

The server is nginx where there is one (`apt-get install nginx-light`), which takes PUT and GET and is faster than any
client; it knows no multipart uploads, so the large object goes up to moto's server. Without nginx moto takes all, and the
figures of small objects are the server's rather than the clients'.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from benchmarks.doors import METAFLOW_PYTHON, PYTHON, ROOT
from benchmarks.storage_clients import CLIENTS

sys.path.insert(0, str(ROOT / "tests"))

from s3_server import ENVIRONMENT, client, free_port, s3_server

#: any service takes a PUT's word for its checksum; without this boto3 sends bodies that nginx would keep as they are
_PLAIN = {"AWS_REQUEST_CHECKSUM_CALCULATION": "when_required", "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required"}

_NGINX = """
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {folder}/bodies; keepalive_requests 1000000;
  map $request_method $etag_of_put {{ PUT '"0"'; default ""; }}
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www; dav_methods PUT DELETE; create_full_put_path on;
    add_header ETag $etag_of_put always;
  }}
}}
"""


def main() -> None:
    """Measure, and print a table."""
    asked = _asked()
    machines = [(name, METAFLOW_PYTHON if name == "Metaflow's S3" else PYTHON) for name in CLIENTS]
    machines = [(name, python) for name, python in machines if python.exists()]
    with ExitStack() as stack:
        moto = stack.enter_context(s3_server())
        client(moto).create_bucket(Bucket="bench")
        fast = stack.enter_context(_nginx()) if shutil.which("nginx") else moto
        measured: dict[str, dict[str, list[float]]] = {name: {} for name, _ in machines}
        for number in range(asked.tries + 1):
            for name, python in machines if number % 2 else reversed(machines):
                for work, (seconds, cpu) in _run(name, python, fast, moto, asked).items():
                    # the first is to warm up
                    if number:
                        measured[name].setdefault(work, []).append(seconds)
                        measured[name].setdefault(f"{work}: CPU", []).append(cpu)
    _show(measured, asked, "nginx" if fast != moto else "moto")


def _run(name: str, python: Path, fast: str, moto: str, asked: argparse.Namespace) -> dict[str, tuple[float, float]]:
    with tempfile.TemporaryDirectory() as folder:
        told = [name, fast, moto, str(asked.objects), str(asked.megabytes)]
        environment = {**os.environ, **ENVIRONMENT, **_PLAIN, "HOME": folder, "METAFLOW_USER": "bench"}
        done = subprocess.run(
            [python, ROOT / "benchmarks" / "storage_clients.py", *told],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    found: dict[str, tuple[float, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _show(measured: dict[str, dict[str, list[float]]], asked: argparse.Namespace, server: str) -> None:
    print(
        f"{asked.objects} objects of 10 KB, one of {asked.megabytes} MB; load {os.getloadavg()[0]:.1f}, small ones on {server}"
    )
    print("medians in seconds, and how many times nbflow's storage is faster")
    names = [*measured]
    ours = measured[names[0]]
    print("{:<28}".format("") + "".join(f"{name:>22}" for name in names))
    for work in ours:
        base = median(ours[work])
        cells = [
            f"{median(measured[name][work]):.2f} ({median(measured[name][work]) / max(base, 1e-3):.1f}×)"
            for name in names
        ]
        print(f"{work:<28}" + "".join(f"{cell:>22}" for cell in cells))


@contextmanager
def _nginx() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), free_port()
        (folder / "www" / "bench").mkdir(parents=True)
        for each in (folder, folder / "www", folder / "www" / "bench"):
            # its workers are another user when root starts it
            each.chmod(0o777)
        (folder / "conf").write_text(_NGINX.format(folder=folder, port=port))
        with subprocess.Popen(["nginx", "-p", folder, "-c", folder / "conf", "-e", folder / "errors"]) as server:
            try:
                _wait(f"http://127.0.0.1:{port}")
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            with urlopen(f"{url}/", timeout=1):
                return
        except OSError as error:
            # it answers, if only that there is no page
            if getattr(error, "code", None):
                return
            time.sleep(0.05)
    raise SystemExit("nginx did not start")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage", description="Time clients of a bucket.")
    parser.add_argument("--objects", type=int, default=1000, metavar="N", help="objects of 10 KB (default: 1000)")
    parser.add_argument("--megabytes", type=int, default=128, metavar="N", help="of the large object (default: 128)")
    parser.add_argument("--tries", type=int, default=3, metavar="N", help="tries that count (default: 3)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
