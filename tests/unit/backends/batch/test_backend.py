"""The scheduler's end of Batch, closed while its threads still wait for the network."""

from __future__ import annotations

import os
import selectors
import tempfile
from pathlib import Path
from typing import cast

from nbflow.backends.batch.backend import BatchBackend
from nbflow.backends.batch.flight import BatchFlight
from nbflow.runtime.ports import Report
from nbflow.workspace import Workspace


def test_what_is_told_after_it_has_closed_reaches_no_file_of_others(tmp_path: Path) -> None:
    workspace = Workspace.find(tmp_path)
    before = set(Path("/proc/self/fd").iterdir())
    backend = BatchBackend(workspace)
    with selectors.DefaultSelector() as selector:
        backend.attach(selector, cast("Report", None))
        backend.close()
    left = set(Path("/proc/self/fd").iterdir()) - before
    assert not left
    # these have the numbers that its own had
    with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as other:
        backend.ended(cast("BatchFlight", None), None, 0, "")
        backend.close()
        for file in (one, other):
            file.write(b"theirs")
            file.flush()
            assert os.pread(file.fileno(), 20, 0) == b"theirs"
