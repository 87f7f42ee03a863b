"""What doctor says of the machine."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path

import pytest

from nbflow.upkeep import machine


@pytest.mark.parametrize(
    ("version", "bounds", "fits"),
    [
        ("3.11.7", ">=3.11,<3.15", True),
        ("3.10.0", ">=3.11,<3.15", False),
        ("3.15.0", ">=3.11,<3.15", False),
        ("10.0", ">=9.9", True),
        ("6.29", ">=6.29.0", True),
        ("7.0.3", "!=7.0.*,>=6.29", False),
        ("7.1", "!=7.0.*,>=6.29", True),
        ("1.4.5", "~=1.4.2", True),
        ("1.5.0", "~=1.4.2", False),
        ("2.0rc1", "==2.0", True),
        ("2.0.1", "==2.0", False),
        ("2.0.1", "==2.0.*", True),
        ("1.0", "<=1.0", True),
        ("1.0", ">1.0", False),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, bounds: str, fits: bool) -> None:
    assert machine.fits(version, bounds) is fits


def test_this_python_is_supported_and_named() -> None:
    found = machine.python()
    assert found.level == "fine"
    assert platform.python_version() in found.said and sys.executable in found.said


def install(folder: Path, *lines: str, name: str = "nbflow") -> None:
    """Pretend that this was installed in a folder."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *lines]) + "\n")


def test_another_python_is_told_by_what_the_package_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "Requires-Python: >=3.99")
    monkeypatch.syspath_prepend(tmp_path)
    found = machine.python()
    assert found.level == "broken" and ">=3.99" in found.said


def test_what_is_installed_here_is_new_enough() -> None:
    found = machine.packages()
    assert found.level == "fine" and "none too old" in found.said


def test_missing_and_old_packages_are_told_with_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(
        tmp_path,
        "Requires-Dist: no-such-thing>=1",
        "Requires-Dist: aged[extra]<9,>=2.5",
        "Requires-Dist: pytest",
        "Requires-Dist: not-asked-for>=1; extra == 'demo'",
    )
    install(tmp_path, name="aged")
    monkeypatch.syspath_prepend(tmp_path)
    found = machine.packages()
    assert found.level == "broken"
    assert found.said == "no no-such-thing; aged 1.0 is not <9,>=2.5"
    assert found.fixes == (f"{sys.executable} -m pip install 'no-such-thing>=1' 'aged[extra]<9,>=2.5'",)


def test_the_engines_own_view_of_the_machine_is_told() -> None:
    assert " of memory" in machine.capacity().said


class TestKernels:
    """Which kernels Jupyter would offer."""

    @pytest.fixture(autouse=True)
    def jupyter(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Jupyter looks here first."""
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        self.folder = tmp_path / "kernels"

    def kernel(self, name: str, command: str) -> None:
        (self.folder / name).mkdir(parents=True)
        (self.folder / name / "kernel.json").write_text(json.dumps({"argv": [command, "-m", "ipykernel_launcher"]}))

    def hide_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(self.folder)])

    @pytest.mark.parametrize("command", ["python", "python3", sys.executable])
    def test_a_kernel_of_this_python_is_named(self, command: str) -> None:
        self.kernel("mine", command)
        found = machine.jupyter()
        assert found.level == "fine" and "kernel 'mine' is this Python" in found.said

    def test_a_kernel_of_another_python_is_none(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        other = tmp_path / "python3"
        other.write_text("#!/bin/sh\n")
        other.chmod(0o755)
        self.kernel("python3", str(other))
        self.hide_others(monkeypatch)
        found = machine.jupyter()
        assert found.level == "warning"
        assert f"'python3' is {other}" in found.said
        assert "-m ipykernel install" in found.fixes[0]

    def test_of_two_kernels_of_one_name_the_first_counts(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.kernel("python3", "/nowhere/python")
        second = tmp_path / "second"
        (second / "python3").mkdir(parents=True)
        (second / "python3" / "kernel.json").write_text(json.dumps({"argv": [sys.executable]}))
        monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(self.folder), str(second)])
        assert machine.jupyter().level == "warning"

    def test_a_torn_kernel_file_is_passed_over(self) -> None:
        (self.folder / "a").mkdir(parents=True)
        (self.folder / "a" / "kernel.json").write_text("{")
        self.kernel("b", "python")
        assert "kernel 'b'" in machine.jupyter().said
