"""Files and folders, looked at in the store without their bytes being brought."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nbflow import Directory, File
from nbflow.client.comparing.diffs import diff
from nbflow.client.preview import preview
from nbflow.client.preview_html import preview_html
from nbflow.client.preview_text import preview_text
from nbflow.store.peek.look import look
from nbflow.store.peek.values import Branch, BytesStart, FileStart, Leaf, Limits, Picture, TextStart
from nbflow.store.store import Store
from tests.unit.store.beds import KINDS, store_of


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return store_of(request.param, tmp_path)


def made(folder: Path, **files: bytes) -> Path:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def file_of(store: Store, path: Path, data: bytes, **limits: int) -> Any:
    path.write_bytes(data)
    found = look(store, store.put(File(path)), Limits(**limits))
    assert isinstance(found, FileStart)
    return found


def test_a_file_shows_how_its_text_begins(store: Store, tmp_path: Path) -> None:
    found = file_of(store, tmp_path / "words.csv", "é,1\n".encode() * 100_000, text=6)
    assert (found.name, found.size, found.executable) == ("words.csv", 500_000, False)
    assert found.start == TextStart("é,1\né,", 500_000, None, cut=True)
    short = file_of(store, tmp_path / "short", b"a\nb\n").start
    assert short == TextStart("a\nb\n", 4, 2, cut=False)


def test_a_file_that_is_a_picture_is_seen_and_one_of_bytes_is_told(store: Store, tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.effect_noise((300, 300), 50).save(data, "PNG")
    assert isinstance(file_of(store, tmp_path / "a.png", data.getvalue()).start, Picture)
    assert file_of(store, tmp_path / "a.png", data.getvalue(), picture=100).start == BytesStart(
        data.getvalue()[:256], len(data.getvalue())
    )
    assert file_of(store, tmp_path / "a.bin", b"\x00\x01" * 500).start == BytesStart(b"\x00\x01" * 128, 1000)
    assert file_of(store, tmp_path / "empty", b"").start == BytesStart(b"", 0)


def test_a_look_at_a_large_file_brings_its_beginning_only(tmp_path: Path) -> None:
    store = store_of("memory", tmp_path)
    path = tmp_path / "big.txt"
    path.write_bytes(b"line\n" * 5_000_000)
    ref = store.put(File(path))
    brought = []
    get = store.blobs.storage.get

    def counted(key: str, start: int = 0, size: int | None = None) -> bytes:
        data = get(key, start, size)
        brought.append(len(data))
        return data

    store.blobs.storage.get = counted  # type: ignore[method-assign]  # to see what is asked of it
    assert isinstance(look(store, ref), FileStart)
    assert sum(brought) < 100_000


def test_a_folder_is_a_tree_with_sizes(store: Store, tmp_path: Path) -> None:
    folder = made(tmp_path / "model", config=b"{}", weights=b"w" * 100_000)
    made(folder / "deep", run=b"x").joinpath("run").chmod(0o755)
    (folder / "link").symlink_to("config")
    ref = store.put(Directory(folder))
    assert (ref.kind, ref.type, ref.summary) == ("directory", "Directory", "3 files")
    found = look(store, ref)
    assert found == Branch(
        "folder, 3 files, 100 kB",
        (
            ("config", Leaf("2 B")),
            ("deep", Branch("folder, 1 file, 1 B", (("run", Leaf("1 B, may be run")),), 0)),
            ("link", Leaf("→ config")),
            ("weights", Leaf("100 kB")),
        ),
        0,
    )
    few = look(store, ref, Limits(entries=1))
    assert isinstance(few, Branch) and few.left_off == 3
    held = look(store, store.put({"model": Directory(folder), "one": File(folder / "config")}))
    assert isinstance(held, Branch) and [each.text for _, each in held.items if isinstance(each, Leaf)] == [
        "Directory",
        "File",
    ]


def test_previews_say_what_is_seen(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a<b>.txt"
    path.write_text("<script>\n")
    seen = preview(store, store.put(File(path)))
    assert preview_text(seen).splitlines() == ["a<b>.txt · 9 B", "1 line · 9 B", "<script>"]
    assert "a&lt;b&gt;.txt" in preview_html(seen) and "<script>" not in preview_html(seen)


# ---- what differs


def test_two_files_differ_in_size_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 1000)
    (tmp_path / "two").write_bytes(b"x" * 1500)
    one, two = File(tmp_path / "one", name="m"), File(tmp_path / "two", name="m")
    found = diff(one, two)
    assert (found.kind, found.headline) == ("file", "its bytes changed, larger by 500 B")
    assert found.facts[0] == ("size", "1.0 kB (1,000 bytes)", "1.5 kB (1,500 bytes)")
    assert diff(one, File(tmp_path / "one", name="m")).equal
    assert diff(one, File(tmp_path / "one", name="n")).facts == (("name", "m", "n"),)


def test_two_folders_differ_file_by_file(tmp_path: Path) -> None:
    one = Directory(made(tmp_path / "one", a=b"1", b=b"2", c=b"3"), name="m")
    other = Directory(made(tmp_path / "other", a=b"1", b=b"22", d=b"4"), name="m")
    found = diff(one, other)
    assert found.headline == "3 files differ: 1 added, 1 removed, 1 changed"
    assert [row[0] for row in found.rows] == ["b", "c", "d"]
    assert found.rows[1][2] == "–" and found.rows[2][1] == "–" and found.rows[0][2].startswith("2 B · ")
    assert diff(one, Directory(tmp_path / "one", name="m")).equal
