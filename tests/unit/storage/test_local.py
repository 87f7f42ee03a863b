from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbflow.storage import local, whole
from nbflow.storage.local import LocalStorage


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_stored_file_is_read_only(tmp_path: Path) -> None:
    LocalStorage(tmp_path).put("a/b", [b"x"])
    assert (tmp_path / "a/b").stat().st_mode & 0o222 == 0


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    with pytest.raises(TypeError):
        storage.put("k", [b"fine", "text is no buffer"])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        storage.put_new("k", [b"fine", "text is no buffer"])  # type: ignore[list-item]
    assert files(tmp_path) == []


def test_a_disk_that_is_full_leaves_the_old_bytes_and_no_half_file(tmp_path: Path) -> None:
    # a limit on the size of files fails a write in the middle, as a full disk does
    script = """
import resource, signal, sys
from nbflow.storage.local import LocalStorage
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
storage = LocalStorage(sys.argv[1])
storage.put("k", [b"old"])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    storage.put("k", [b"x" * 600, b"y" * 600])
except OSError as error:
    print(error.errno)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{errno.EFBIG}\n"
    assert files(tmp_path) == ["k"]
    assert (tmp_path / "k").read_bytes() == b"old"


def test_a_folder_that_was_removed_is_made_again(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.put("a/one", [b"1"])
    (tmp_path / "a/one").unlink()
    (tmp_path / "a").rmdir()
    storage.put("a/two", [b"2"])
    assert storage.get("a/two") == b"2"


def test_what_is_mapped_stays_when_its_key_is_written_again(tmp_path: Path) -> None:
    import mmap

    storage = LocalStorage(tmp_path)
    storage.put("k", [b"old"])
    with (tmp_path / "k").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        storage.put("k", [b"new"])
        assert mapped[:] == b"old"


def test_a_file_being_written_is_not_listed(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)

    seen: list[list[str]] = []

    def late() -> str:
        seen.append(list(storage.list()))
        return "k"

    storage.put(late, [b"x"])
    assert seen == [[]]
    assert list(storage.list()) == ["k"]


def test_put_new_works_where_links_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    storage = LocalStorage(tmp_path)
    assert storage.put_new("k", [b"first"])
    assert not storage.put_new("k", [b"second"])
    assert not local._claim_without_links(tmp_path / "nothing", tmp_path / "k")
    assert storage.get("k") == b"first"
    assert files(tmp_path) == ["k"]


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file where a folder should be")
    with pytest.raises(OSError, match="a"):
        LocalStorage(tmp_path).put("a/b", [b"x"])
    assert LocalStorage(tmp_path).size("a/b") is None


def test_large_parts_are_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "_PIECE", 1000)
    data = os.urandom(12_345)
    LocalStorage(tmp_path).put("k", [data, data])
    assert (tmp_path / "k").read_bytes() == data * 2


def test_descriptors_are_closed(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(50):
        storage.put(f"k{number}", [b"x"])
        storage.put_new(f"n{number}", [b"x"])
        storage.get(f"k{number}")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
