"""Real kernels, and what a cell takes in them."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from jupyter_client.manager import KernelManager

from benchmarks.timing import Took


class Kernel:
    """A real kernel, timed from the request of a cell until it is idle again."""

    def __init__(self, folder: Path) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, cell: str) -> Took:
        """Run `cell` and return what that took. Raises RuntimeError when it fails."""
        began = time.perf_counter()
        request = self._client.execute(cell)
        while True:
            message = self._client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "error":
                raise RuntimeError("\n".join(message["content"]["traceback"]))
            if message["content"].get("execution_state") == "idle":
                return Took((time.perf_counter() - began) * 1000)

    def close(self) -> None:
        """End the kernel."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@contextlib.contextmanager
def kernel(*cells: str, folder: Path | None = None) -> Iterator[Kernel]:
    """Give a kernel in which `cells` have run; in a folder of its own without `folder`."""
    with tempfile.TemporaryDirectory() as made:
        started = Kernel(folder or Path(made))
        try:
            for cell in cells:
                started.run(cell)
            yield started
        finally:
            started.close()
