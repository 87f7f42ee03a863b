"""Wheels made of what is installed here and is on no index: of a local file, a repository, a folder.

Such a wheel is the installed files, zipped in one order and without times: the same installation gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

from packaging.utils import canonicalize_name

from nbflow.environments.target import Target, python_here
from nbflow.errors import raise_for

_EPOCH = (1980, 1, 1, 0, 0, 0)
#: what an installer has added to what was in the wheel
_OF_INSTALLER = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})


def wheels_folder(environments: Path) -> Path:
    """Return the folder of the wheels that were made here."""
    return environments / "wheels"


def origin(found: Distribution) -> str:
    """Return whence a distribution was installed: `index`, `editable`, or the address it came from."""
    raw = found.read_text("direct_url.json")
    # conda notes where a package was built, and has it from a channel; PyPI has it under the same name
    if raw is None or (found.read_text("INSTALLER") or "").strip() == "conda":
        return "index"
    try:
        told = json.loads(raw)
    except ValueError:
        return "index"
    return "editable" if told.get("dir_info", {}).get("editable") else str(told.get("url", "")) or "index"


def wheel_of(found: Distribution, folder: Path, target: Target) -> tuple[str, str]:
    """Write the wheel of an installed distribution into `folder`; return the name of its file and its SHA-256.

    Raises:
        PackageError: E012, its files are not listed, or are compiled for another Python or platform than `target`.
    """
    name = found.metadata["Name"]
    about = found.read_text("WHEEL") or ""
    tags = [line.removeprefix("Tag:").strip() for line in about.splitlines() if line.startswith("Tag:")]
    info = next((each.parts[0] for each in found.files or () if each.parts[0].endswith(".dist-info")), "")
    if not tags or not info:
        raise_for("E012", name=name, reason="which files it has, its installer did not note down")
    pure = all(tag.endswith("-none-any") for tag in tags)
    if not pure and target != Target.here():
        here = f"Python {python_here()} on this machine"
        raise_for(
            "E012",
            name=name,
            reason=f"its files are compiled for {here}, and the step needs Python {target.python} on {target.processor}",
        )
    files: dict[str, bytes] = {}
    for each in sorted(found.files or (), key=str):
        if (
            each.parts[0] == ".."
            or "__pycache__" in each.parts
            or (each.parts[0] == info and each.name in _OF_INSTALLER)
        ):
            continue
        try:
            files[each.as_posix()] = Path(str(found.locate_file(each))).read_bytes()
        except OSError as error:
            raise_for("E012", name=name, reason=f"{each} is not there any more: {error.strerror}")
    parts = [".".join(dict.fromkeys(tag.split("-")[place] for tag in tags)) for place in range(3)]
    stem = f"{canonicalize_name(name).replace('-', '_')}-{found.version}"
    return _written(folder, f"{stem}-{'-'.join(parts)}.whl", info, files)


def _written(folder: Path, file: str, info: str, files: dict[str, bytes]) -> tuple[str, str]:
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
    files = {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{file}-{os.getpid()}"
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED, compresslevel=1)
    digest = hashlib.sha256(half.read_bytes()).hexdigest()
    half.replace(folder / file)
    return file, digest


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
