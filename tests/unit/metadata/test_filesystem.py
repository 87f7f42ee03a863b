from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.metadata.filesystem import network_type, type_of

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:25 / /home rw shared:2 - nfs4 server:/home rw,vers=4.2
31 30 0:26 / /home/ada/local\\040disk rw - xfs /dev/sdb rw
32 22 0:27 / /mnt rw - ext4 /dev/sdc rw
33 22 0:28 / /mnt rw - fuse.sshfs host: rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/x", "ext4"),
        ("/home/ada", "nfs4"),
        ("/home/ada/local disk/x", "xfs"),
        ("/homework", "ext4"),
        ("/mnt/a", "fuse.sshfs"),
    ],
)
def test_the_innermost_and_latest_mount_says_the_type(folder: str, kind: str) -> None:
    assert type_of(Path(folder), MOUNTS) == kind


def test_a_text_without_mounts_says_nothing() -> None:
    assert type_of(Path("/x"), "") is None


def test_a_local_folder_is_on_no_network(tmp_path: Path) -> None:
    assert network_type(tmp_path) is None
