"""What is installed here: which packages code needs, and wheels of those that no index has."""

from __future__ import annotations

import json
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from package_index import wheel

from nbflow.environments.carried import origin, wheel_of
from nbflow.environments.installed import closure, imported_packages
from nbflow.environments.needs import WORKER_NEEDS
from nbflow.environments.target import Target
from nbflow.errors import PackageError


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of installed packages that is on sys.path."""
    folder = tmp_path / "lib" / "site-packages"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


def install(
    site: Path, name: str, requires: tuple[str, ...] = (), tag: str = "py3-none-any", url: str | None = None
) -> None:
    """Unpack a wheel as an installer would."""
    module = name.replace("-", "_")
    with zipfile.ZipFile(wheel(site.parent, name, "1.0", {f"{module}.py": "X = 1\n"}, requires, tag)) as archive:
        archive.extractall(site)
    info = site / f"{module}-1.0.dist-info"
    with (info / "RECORD").open("a") as record:
        record.write(f"../../bin/{name},,\n{module}-1.0.dist-info/INSTALLER,,\n__pycache__/{module}.pyc,,\n")
    (info / "INSTALLER").write_text("pip\n")
    if url is not None:
        (info / "direct_url.json").write_text(json.dumps({"url": url, "archive_info": {}}))


def test_code_needs_what_it_imports_what_that_requires_and_what_a_worker_does(site: Path, tmp_path: Path) -> None:
    install(site, "far-away-a", ("far-away-b[fast]>=0", "far-away-x; sys_platform == 'win32'"))
    install(site, "far-away-b", ("far-away-c; extra == 'fast'", "far-away-d; extra == 'slow'", "not-installed"))
    for name in ("far-away-c", "far-away-d", "far-away-x"):
        install(site, name)
    found = imported_packages({"json", "far_away_a.part", "nbflow"}, tuple(sys.path), Target.here(), tmp_path)
    assert [each for each in found.packages if each.startswith("far-away")] == [
        "far-away-a==1.0",
        "far-away-b==1.0",
        "far-away-c==1.0",
    ]
    blake3 = metadata.version("blake3")
    assert f"blake3=={blake3}" in found.packages
    assert found.complete and not found.declared and not found.carried
    assert not [each for each in found.packages if each.startswith(("nbflow", "pytest"))]


def test_modules_of_the_flow_bring_what_they_import(site: Path, tmp_path: Path) -> None:
    install(site, "far-away-a")
    (tmp_path / "features.py").write_text("import far_away_a\n")
    found = imported_packages({"features"}, (str(tmp_path), *sys.path), Target.here(), tmp_path / "wheels")
    assert "far-away-a==1.0" in found.packages


def test_what_is_from_no_index_is_carried_as_a_wheel(site: Path, tmp_path: Path) -> None:
    install(site, "far-away-a", url="file:///somewhere/far_away_a-1.0-py3-none-any.whl")
    found = imported_packages({"far_away_a"}, tuple(sys.path), Target.here(), tmp_path / "wheels")
    ((file, digest),) = found.carried
    assert file == "far_away_a-1.0-py3-none-any.whl"
    with zipfile.ZipFile(tmp_path / "wheels" / file) as archive:
        names = archive.namelist()
        assert archive.read("far_away_a.py") == b"X = 1\n"
        record = archive.read("far_away_a-1.0.dist-info/RECORD").decode()
    assert sorted(names) == sorted(line.partition(",")[0] for line in record.splitlines())
    assert not [name for name in names if "bin" in name or "INSTALLER" in name or "direct_url" in name]
    again = wheel_of(metadata.distribution("far-away-a"), tmp_path / "again", Target.here())
    assert again == (file, digest), "the same installation gives the same bytes"


def test_what_is_compiled_here_is_not_carried_to_another_python(site: Path, tmp_path: Path) -> None:
    tag = f"cp3{sys.version_info.minor}-cp3{sys.version_info.minor}-linux_x86_64"
    install(site, "far-away-a", tag=tag, url="file:///somewhere")
    found = metadata.distribution("far-away-a")
    assert wheel_of(found, tmp_path, Target.here())[0].endswith(f"{tag}.whl")
    with pytest.raises(PackageError, match="NBF-E012"):
        wheel_of(found, tmp_path, Target("3.99", "x86_64"))


def test_what_an_installer_has_not_noted_down_cannot_be_carried(site: Path, tmp_path: Path) -> None:
    install(site, "far-away-a", url="file:///somewhere")
    (site / "far_away_a-1.0.dist-info" / "RECORD").unlink()
    with pytest.raises(PackageError, match="NBF-E012"):
        imported_packages({"far_away_a"}, tuple(sys.path), Target.here(), tmp_path)


def test_conda_builds_packages_in_folders_and_has_them_from_a_channel(site: Path) -> None:
    install(site, "far-away-a", url="file:///home/conda/feedstock_root/build_artifacts/far")
    assert origin(metadata.distribution("far-away-a")).startswith("file:")
    (site / "far_away_a-1.0.dist-info" / "INSTALLER").write_text("conda\n")
    assert origin(metadata.distribution("far-away-a")) == "index"


def test_an_editable_installation_travels_with_the_flows_code(site: Path, tmp_path: Path) -> None:
    install(site, "far-away-a", requires=("far-away-b",))
    install(site, "far-away-b")
    (site / "far_away_a.py").unlink()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "far_away_a.py").write_text("import far_away_b\n")
    (site / "far_away_a-1.0.dist-info" / "direct_url.json").write_text(
        json.dumps({"url": "file:///src", "dir_info": {"editable": True}})
    )
    sys.path.append(str(tmp_path / "src"))
    found = imported_packages({"far_away_a"}, tuple(sys.path), Target.here(), tmp_path / "wheels")
    assert [each for each in found.packages if each.startswith("far-away")] == ["far-away-b==1.0"]


def test_an_extension_module_of_the_flows_own_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fast.cpython-311-x86_64-linux-gnu.so").write_bytes(b"")
    (tmp_path / "fast.abi3.so").write_bytes(b"")
    with pytest.raises(PackageError, match="NBF-E012"):
        imported_packages({"fast"}, (str(tmp_path), *sys.path), Target.here(), tmp_path)


def test_packages_that_require_each_other_end() -> None:
    # ipython and matplotlib-inline have been such a pair
    found = closure(["ipython"], Target.here())
    assert {"ipython", "traitlets"} <= found.keys()


def test_what_a_worker_needs_is_part_of_what_nbflow_requires() -> None:
    assert set(WORKER_NEEDS) <= set(metadata.requires("nbflow") or ())
