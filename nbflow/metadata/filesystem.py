"""Whether a folder is on a file system that several machines may share."""

from __future__ import annotations

import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset({"9p", "afs", "beegfs", "ceph", "cifs", "glusterfs", "gpfs", "lustre", "nfs", "nfs4", "ocfs2"}) | {
    *("smb2", "smb3", "smbfs", "vboxsf", "virtiofs"),
    *("fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs"),
}


def network_type(folder: Path) -> str | None:
    """Return the type of the network file system `folder` is on, as in `nfs4`; None for a local one, or unknown."""
    try:
        mounts = _MOUNTS.read_text()
    except OSError:
        return None
    kind = type_of(folder.resolve(), mounts)
    return kind if kind in _NETWORK else None


def type_of(folder: Path, mounts: str) -> str | None:
    """Return the type of the innermost mount of `mounts`, the text of Linux's mountinfo, that holds `folder`."""
    found: tuple[int, str] | None = None
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        if not right:
            continue
        point = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), left.split()[4]))
        # of two mounts on one place the later one is seen
        if folder.is_relative_to(point) and (found is None or len(point.parts) >= found[0]):
            found = len(point.parts), right.split()[0]
    return found and found[1]
