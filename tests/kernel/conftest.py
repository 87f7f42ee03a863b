"""Real kernels, ended with the test that started them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kernels import Kernel, start_kernel

__all__ = ["kernel", "start_kernel"]


@pytest.fixture
def kernel(start_kernel: Callable[..., Kernel]) -> Kernel:
    """A kernel with the extension loaded and a named flow."""
    made = start_kernel()
    made.ok("%load_ext nbflow\n%flow name case")
    return made
