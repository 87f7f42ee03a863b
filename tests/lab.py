"""A JupyterLab server of one's own, and its notebooks in Chromium. Notebook 7 comes from the same server."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page, expect

CHROMIUM = os.environ.get("NBFLOW_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-sync",
]
TOKEN = "browser-tests"
# of what Playwright would wait for 5 seconds only
expect.set_options(timeout=60_000)

# The kernel's status icon says idle before the session is ready, and then run-all is silently ignored.
KERNEL_IS_READY = """async () => {
    const notebook = window.jupyterapp.shell.currentWidget;
    await notebook.context.ready;
    await notebook.sessionContext.ready;
    await notebook.sessionContext.session.kernel.info;
}"""

RUN_CELL = """async ({ place, wait }) => {
    window.jupyterapp.shell.currentWidget.content.activeCellIndex = place;
    const reply = window.jupyterapp.commands.execute("notebook:run-cell");
    if (wait) await reply;
}"""


@dataclass(frozen=True)
class Server:
    """A JupyterLab server over the folder `root`."""

    root: Path
    url: str

    def address(self, name: str, app: str) -> str:
        # reset: forget what was open before
        return f"{self.url}/{app}/{name}?token={TOKEN}&reset"


def settings_for(folder: Path, more: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Write settings that keep the page still, and return the environment that points Jupyter at them."""
    settings = {
        # no pop-up asks to read the news
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        # every cell is in the page, seen or not
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, values in {**settings, **(more or {})}.items():
        file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    # what --LabApp.expose_app_in_browser is for JupyterLab, for Notebook 7 on the same server
    config = folder / "config" / "jupyter_server_config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"JupyterNotebookApp": {"expose_app_in_browser": True}}))
    return {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until_up(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None:
                raise RuntimeError(f"the server did not start:\n{log.read_text()}") from None
            time.sleep(0.1)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server; one that still tries to start a kernel does not listen."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def serving(root: Path, private: Path, settings: Mapping[str, Any] | None = None) -> Iterator[Server]:
    """Give a server over the folder `root`, whose runs stay there and whose settings are in `private`."""
    port, log = free_port(), private / "server.log"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
        *("--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"),
        *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
        # window.jupyterapp, by which the tests wait and give commands
        "--LabApp.expose_app_in_browser=True",
    ]
    environment = {**os.environ, **settings_for(private, settings), "NBFLOW_ROOT": str(root / ".nbflow")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, start_new_session=True)
    server = Server(root, f"http://127.0.0.1:{port}")
    try:
        wait_until_up(process, server.url, log)
        yield server
    finally:
        stop(process)


@contextlib.contextmanager
def voila(path: Path, private: Path) -> Iterator[str]:
    """Serve a notebook with Voila, and give its address."""
    port = free_port()
    command = [sys.executable, "-m", "voila", "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1", path]
    environment = {**os.environ, **settings_for(private), "NBFLOW_ROOT": str(path.parent / ".nbflow")}
    log = private / "voila.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"Voila did not start:\n{log.read_text()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


class Notebook:
    """A notebook open in `page`."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page, self.path = page, path

    def run_all(self) -> None:
        """Run every cell; returns when the last has its reply."""
        self.page.evaluate(KERNEL_IS_READY)
        self._command("notebook:run-all-cells")

    def run_cells(self, *cells: str, wait: bool = True) -> None:
        """Run the cells with these ids, one after the other; returns when each has its reply, or has begun."""
        self.page.evaluate(KERNEL_IS_READY)
        ids = [each.id for each in nbformat.read(self.path, as_version=4).cells]
        for cell in cells:
            self.page.evaluate(RUN_CELL, {"place": ids.index(cell), "wait": wait})

    def saved(self) -> nbformat.NotebookNode:
        """Save the notebook, and return what is in the file."""
        self._command("docmanager:save")
        return nbformat.read(self.path, as_version=4)

    def saved_with(self, cell: str, words: str) -> nbformat.NotebookNode:
        """Return the cell `cell` of the file, saved again until its first output has `words`: a picture comes after the page."""
        deadline = time.monotonic() + 60
        while True:
            (found,) = [each for each in self.saved().cells if each.id == cell]
            if found.outputs and words in found.outputs[0].data.get("text/plain", ""):
                return found
            assert time.monotonic() < deadline, found.outputs
            self.page.wait_for_timeout(200)

    def output_of(self, cell: str) -> Locator:
        """Return what is shown under the cell with the id `cell`."""
        ids = [each.id for each in nbformat.read(self.path, as_version=4).cells]
        cells = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")
        return cells.nth(ids.index(cell)).locator(".jp-Cell-outputArea")

    def _command(self, name: str) -> None:
        self.page.evaluate("name => window.jupyterapp.commands.execute(name)", name)


def opened(server: Server, page: Page, path: Path, app: str = "lab/tree") -> Notebook:
    """Open a notebook of the server's folder in `page`, in JupyterLab unless another app is named."""
    page.goto(server.address(path.name, app))
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell", timeout=60_000)
    return Notebook(page, path)


def write(path: Path, cells: Mapping[str, str]) -> None:
    """Write a notebook of code cells by their ids."""
    code = [nbformat.v4.new_code_cell(text, id=cell) for cell, text in cells.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=kernel), path)
