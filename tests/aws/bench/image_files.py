"""The files of an image, out of this machine's own: no registry is asked and no network needed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from aws.bench.images import TOOLS

#: of the standard library, what no job imports
_LEFT_OUT = {"test", "tests", "idlelib", "tkinter", "turtledemo", "site-packages", "dist-packages"}
#: libraries that wheels take for granted: every image with glibc has them (PEP 600 lists what may be)
_TAKEN_FOR_GRANTED = (
    *("libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libc.so.6"),
    *("libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libresolv.so.2", "libnsl.so.1"),
)
_ACCOUNTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/group": "root:x:0:\n",
    "etc/hosts": "127.0.0.1 localhost\n",
}
_FOLDERS = ("tmp", "var/tmp", "root", "proc", "sys", "dev", "etc", "usr/local/bin")


def write(target: Path, kind: str) -> None:
    """Write the archive that an engine imports as image "python" or "bare"."""
    tools = [Path(found) for tool in TOOLS if (found := shutil.which(tool))]
    python = Path(sys._base_executable).resolve()
    stdlib = list(_stdlib()) if kind == "python" else []
    programs = [*tools, python] if kind == "python" else tools
    libraries = [file for file in stdlib if ".so" in file.suffixes]
    with tarfile.open(target, "w") as archive:
        seen: set[str] = set()
        for name in _FOLDERS:
            _folder(archive, name, seen)
        for name, text in _ACCOUNTS.items():
            _text(archive, name, text, seen)
        for file in [*programs, *stdlib, *_needed([*programs, *libraries]), *_certificates()]:
            _file(archive, file, str(file).lstrip("/"), seen)
        for tool in tools:
            # /bin and /usr/bin are one on this machine, and need not be on the image
            for folder in ("bin", "usr/bin"):
                _file(archive, tool, f"{folder}/{tool.name}", seen)
        if kind == "python":
            for name in ("python", "python3", python.name):
                _link(archive, f"usr/local/bin/{name}", str(python))


def _stdlib() -> Iterator[Path]:
    base = {"installed_base": sys.base_prefix, "installed_platbase": sys.base_exec_prefix}
    for top in {sysconfig.get_path(name, vars=base) for name in ("stdlib", "platstdlib")}:
        for folder, inside, files in os.walk(top):
            inside[:] = sorted(each for each in inside if each not in _LEFT_OUT and not each.startswith("config-"))
            # modules come compiled, as a container would compile them at each start
            yield from (Path(folder, each) for each in sorted(files) if ".opt-" not in each and not each.endswith(".a"))


def _needed(programs: Iterable[Path]) -> list[Path]:
    """Return the shared libraries that the linker would load for them."""
    told = subprocess.run(["ldd", *map(str, programs)], check=False, capture_output=True, text=True).stdout
    known = subprocess.run(["ldconfig", "-p"], check=False, capture_output=True, text=True).stdout
    words = {
        word for line in told.splitlines() for word in line.split() if word.startswith("/") and not word.endswith(":")
    }
    words |= {line.split()[-1] for line in known.splitlines() if line.split() and line.split()[0] in _TAKEN_FOR_GRANTED}
    return [Path(word) for word in sorted(words) if Path(word).is_file()]


def _certificates() -> list[Path]:
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    return [bundle] if bundle.exists() else []


def _folder(archive: tarfile.TarFile, name: str, seen: set[str]) -> None:
    if name in ("", ".") or name in seen:
        return
    _folder(archive, str(Path(name).parent), seen)
    seen.add(name)
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if name.endswith("tmp") else 0o755
    archive.addfile(entry)


def _file(archive: tarfile.TarFile, file: Path, name: str, seen: set[str]) -> None:
    if name in seen:
        return
    _folder(archive, str(Path(name).parent), seen)
    seen.add(name)
    entry = archive.gettarinfo(str(file.resolve()), name)
    # a second name of a file is a file of its own here
    entry.type, entry.linkname, entry.uid, entry.gid = tarfile.REGTYPE, "", 0, 0
    entry.size = file.resolve().stat().st_size
    with file.open("rb") as content:
        archive.addfile(entry, content)


def _text(archive: tarfile.TarFile, name: str, text: str, seen: set[str]) -> None:
    _folder(archive, str(Path(name).parent), seen)
    seen.add(name)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(text), 0o644
    archive.addfile(entry, io.BytesIO(text.encode()))


def _link(archive: tarfile.TarFile, name: str, target: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, target
    archive.addfile(entry)
