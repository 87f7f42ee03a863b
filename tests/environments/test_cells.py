"""Cells whose steps have packages of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kernels import Kernel, start_kernel
from package_index import Index

__all__ = ["start_kernel"]


def test_a_cell_runs_with_its_packages_and_what_it_leaves_is_in_the_notebook(
    start_kernel: Callable[..., Kernel], person: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url_with_password)
    kernel = start_kernel()
    kernel.ok("%load_ext nbflow\n%flow name case")
    kernel.ok("%%step load\nvalues = [1, 2]")
    cell = "%%step add --pypi tiny-sums==1.{}\nimport tiny_sums\ntotal = tiny_sums.total(values)"
    reply = kernel.ok(cell.format(0))
    assert "packages for step add (first time)" in reply.text
    assert kernel.value("total") == "3"
    assert "first time" not in kernel.ok(cell.format(0)).text
    kernel.ok(cell.format(1))
    assert kernel.value("total") == "103"
    assert "NBF-E002" in kernel.run("%%step add --pypi tiny-sum\ntotal = 1").text
    assert kernel.value("total") == "103"
    kernel.ok(cell.format(1))
    assert "ModuleNotFoundError" in kernel.run("%flow run --environment local --fresh").text
    kernel.ok("%flow run --fresh")
