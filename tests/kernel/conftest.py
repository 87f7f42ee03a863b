"""Real kernels, ended with the test that started them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kernels import Kernel


@pytest.fixture
def start_kernel(tmp_path: Path) -> Iterator[Callable[..., Kernel]]:
    """Start kernels in the test's folder."""
    started: list[Kernel] = []

    def start(**environment: str) -> Kernel:
        kernel = Kernel(tmp_path, **environment)
        started.append(kernel)
        return kernel

    yield start
    for kernel in started:
        kernel.close()


@pytest.fixture
def kernel(start_kernel: Callable[..., Kernel]) -> Kernel:
    """A kernel with the extension loaded and a named flow."""
    made = start_kernel()
    made.ok("%load_ext nbflow\n%flow name case")
    return made
