from __future__ import annotations

import mmap
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nbflow.errors import StoreError
from nbflow.model.artifact import ArtifactRef, BlobRef
from nbflow.storage.local import LocalStorage
from nbflow.store.framing import OFFSET
from nbflow.store.store import Store

BIG = 1 << 20


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def blob_files(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


def code(error: pytest.ExceptionInfo[StoreError]) -> str:
    return error.value.code


# ---- writing


def test_small_values_of_one_writer_are_one_blob(store: Store, tmp_path: Path) -> None:
    writer = store.writer()
    for number in range(500):
        writer.add(f"x{number}", [number, "text", {"k": (number,)}])
    refs = writer.close()
    assert list(refs) == [f"x{number}" for number in range(500)]
    assert len(blob_files(tmp_path)) == 1
    assert [store.get(ref) for ref in refs.values()] == [[n, "text", {"k": (n,)}] for n in range(500)]


def test_equal_small_parts_stand_in_a_pack_once(store: Store, tmp_path: Path) -> None:
    writer = store.writer()
    for number in range(50):
        writer.add(f"x{number}", ["same"] * 3000)
    refs = writer.close()
    assert len({ref.header for ref in refs.values()}) == 1
    (path,) = blob_files(tmp_path)
    assert path.stat().st_size < OFFSET + 20_000


def test_parts_of_a_pack_are_aligned(store: Store) -> None:
    writer = store.writer()
    writer.add("a", [1])
    writer.add("b", np.arange(1000.0))
    refs = writer.close()
    assert all(part.offset % 64 == 0 for ref in refs.values() for part in (ref.header, *ref.buffers) if part)


def test_scalars_need_no_blob(store: Store, tmp_path: Path) -> None:
    writer = store.writer()
    writer.add("a", 1)
    writer.add("b", "text")
    assert [store.get(ref) for ref in writer.close().values()] == [1, "text"]
    assert blob_files(tmp_path) == [] if (tmp_path / "blobs").exists() else True


def test_a_large_buffer_is_a_blob_of_its_own(store: Store) -> None:
    array = np.arange(BIG)
    ref = store.put({"a": array, "b": [array.copy()]})
    first, second = ref.buffers
    assert first == second == BlobRef(first.blob, array.nbytes)


def test_a_name_kept_by_reference_stays_that_reference(store: Store) -> None:
    ref = store.put([1, 2])
    writer = store.writer()
    writer.keep("x", ref)
    writer.add("y", 1)
    assert writer.close()["x"] is ref


def test_a_reference_survives_json(store: Store) -> None:
    for value in (1, float("nan"), np.float64(2), "x", None, [1], np.arange(BIG), pd.DataFrame({"a": [1]})):
        ref = store.put(value)
        assert repr(ArtifactRef.from_json(ref.to_json())) == repr(ref)


def test_the_digest_does_not_depend_on_where_the_bytes_are(store: Store) -> None:
    alone = store.put([1, "a"])
    writer = store.writer()
    writer.add("other", [2])
    writer.add("x", [1, "a"])
    together = writer.close()["x"]
    assert together.digest == alone.digest
    assert together.header != alone.header


def test_what_a_person_sees_of_a_value(store: Store) -> None:
    seen = [(ref.type, ref.summary) for ref in map(store.put, (pd.DataFrame({"a": [1, 2]}), [1], {}, "x", Path("p")))]
    assert seen == [("DataFrame", "2×1"), ("list", "1 item"), ("dict", "0 items"), ("str", ""), ("PosixPath", "")]


# ---- reading


def test_each_get_is_a_value_of_its_own(store: Store) -> None:
    for value in ([1], np.arange(3), np.arange(BIG), pd.Series(np.arange(BIG))):
        ref = store.put(value)
        mine = store.get(ref)
        mine[0] = 7
        assert store.get(ref)[0] == value[0] != mine[0]


def test_a_large_array_is_mapped(store: Store) -> None:
    array = store.get(store.put(np.arange(BIG)))
    assert str(store.blobs.storage.file("blobs")) in Path("/proc/self/maps").read_text()
    assert array.base is not None


def test_a_value_whose_class_is_gone_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("vanishing")
    exec("class Thing: pass", module.__dict__)
    monkeypatch.setitem(sys.modules, "vanishing", module)
    ref = store.put(module.Thing())
    monkeypatch.delitem(sys.modules, "vanishing")
    with pytest.raises(StoreError, match="'thing' cannot be loaded: ModuleNotFoundError") as caught:
        store.get(ref, name="thing")
    assert code(caught) == "NBF-S007"


def test_a_pickle_is_not_opened_for_those_who_do_not_trust_it(store: Store, tmp_path: Path) -> None:
    ref = store.put(Touch(tmp_path / "touched"))
    with pytest.raises(StoreError) as caught:
        store.get(ref, trusted=False)
    assert code(caught) == "NBF-S005"
    assert not (tmp_path / "touched").exists()
    store.get(ref)
    assert (tmp_path / "touched").exists()


class Touch:
    """Opening its pickle leaves a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_a_stream_of_a_newer_nbflow_asks_for_an_upgrade(store: Store) -> None:
    ref = store.put([1])
    digest = store.put_bytes(b"\x07whatever")
    newer = ArtifactRef.from_json({**ref.to_json(), "h": [digest, 9, 0]})
    with pytest.raises(StoreError, match="newer") as caught:
        store.get(newer)
    assert code(caught) == "NBF-S003"


def test_a_reference_beyond_its_blob_is_seen(store: Store) -> None:
    ref = store.put([1])
    assert ref.header is not None
    longer = ArtifactRef.from_json({**ref.to_json(), "h": [ref.header.blob, ref.header.size + 1, 0]})
    with pytest.raises(StoreError) as caught:
        store.get(longer)
    assert code(caught) == "NBF-S001"


def test_a_value_whose_blob_was_deleted_is_not_there(store: Store, tmp_path: Path) -> None:
    refs = [store.put(value) for value in (1, [1], {"a": np.arange(BIG), "b": [2]})]
    assert [store.has(ref) for ref in refs] == [True, True, True]
    large = refs[2].buffers[0].blob
    (tmp_path / "blobs" / large[:2] / large).unlink()
    assert [store.has(ref) for ref in refs] == [True, True, False]
    with pytest.raises(StoreError) as caught:
        store.get(refs[2])
    assert code(caught) == "NBF-S002"


def test_plain_bytes_are_a_blob(store: Store) -> None:
    assert store.get_bytes(store.put_bytes(b"abc")) == b"abc"


# ---- what may not be stored


class Holder:
    def __init__(self, **held: object) -> None:
        self.__dict__.update(held)


class Slots:
    __slots__ = ("inside",)

    def __init__(self, inside: object) -> None:
        self.inside = inside


def lock() -> Any:
    import threading

    return threading.Lock()


@pytest.mark.parametrize(
    ("value", "type_", "member"),
    [
        (lock(), "_thread.lock", ""),
        ({"k": [0, 1, 2, lock()]}, "dict", ": its ['k'][3] is a _thread.lock"),
        (Holder(conn=lock()), f"{__name__}.Holder", ": its .conn is a _thread.lock"),
        ([Holder(deep=Holder(er=(1, lock())))], "list", ": its [0].deep.er[1] is a _thread.lock"),
        (Slots(lock()), f"{__name__}.Slots", ": its .inside is a _thread.lock"),
        ({lock(): 1}, "dict", ": its key <lock> is a _thread.lock"),
        (pd.DataFrame({"a": [1, lock()]}), "pandas.DataFrame", ": its ['a'][1] is a _thread.lock"),
        (pd.Series([lock()]), "pandas.Series", ": its [0] is a _thread.lock"),
        (np.array([None, lock()]), "numpy.ndarray", ": its [1] is a _thread.lock"),
        (sys, "module", ""),
        ((number for number in "ab"), "generator", ""),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_a_refusal_says_type_and_member(store: Store, value: object, type_: str, member: str) -> None:
    with pytest.raises(StoreError) as caught:
        store.put(value)
    assert code(caught) == "NBF-S004"
    facts = dict(caught.value.problems[0].facts)
    assert (facts["type"].removeprefix("tests.unit.store."), facts["member"]) == (
        type_.removeprefix("tests.unit.store."),
        member,
    )


def test_a_lambda_may_not_hold_a_lock(store: Store) -> None:
    held = lock()
    with pytest.raises(StoreError, match="its closure held is a"):
        store.put(lambda: held)


def test_a_value_too_deep_is_refused(store: Store) -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(StoreError, match="recursion") as caught:
        store.put(value)
    assert code(caught) == "NBF-S004"
    del value


def test_an_object_that_fails_to_pickle_itself_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="I am private") as caught:
        store.put([Private()])
    assert code(caught) == "NBF-S004"


class Private:
    def __getstate__(self) -> object:
        raise RuntimeError("I am private")


def test_a_display_handle_is_refused(store: Store) -> None:
    from IPython.display import DisplayHandle

    with pytest.raises(StoreError, match="output on a screen"):
        store.put({"shown": DisplayHandle()})


def test_a_refused_value_leaves_the_writer_usable(store: Store) -> None:
    writer = store.writer()
    writer.add("a", [1])
    with pytest.raises(StoreError):
        writer.add("b", [np.arange(3), lock()])
    writer.add("c", [2])
    assert {name: store.get(ref) for name, ref in writer.close().items()} == {"a": [1], "c": [2]}


# ---- whose code a value needs


@pytest.fixture
def definitions(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("nbflow_defs.quick")
    exec("class Point:\n class Inner: pass\n def norm(self): return 1\ndef scale(x): return x", module.__dict__)
    monkeypatch.setitem(sys.modules, "nbflow_defs", ModuleType("nbflow_defs"))
    monkeypatch.setitem(sys.modules, "nbflow_defs.quick", module)
    return module


def test_references_list_the_definitions_they_need(store: Store, definitions: ModuleType) -> None:
    uses = store.put([definitions.Point(), {"k": definitions.Point.Inner()}]).uses
    assert uses == ("nbflow_defs.quick:Point",)
    assert store.put([definitions.scale, definitions.Point]).uses == (
        "nbflow_defs.quick:Point",
        "nbflow_defs.quick:scale",
    )
    assert store.put([1, Holder()]).uses == ()


def test_references_list_local_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "shapes_here.py").write_text("class Circle: pass\n")
    monkeypatch.syspath_prepend(str(project))
    import importlib

    shapes = importlib.import_module("shapes_here")
    assert Store(tmp_path / "s", local=[str(project)]).put(shapes.Circle()).uses == ("shapes_here:Circle",)
    assert Store(tmp_path / "s").put(shapes.Circle()).uses == ()
    assert Store(tmp_path / "s", local=[str(tmp_path / "proj")]).put(shapes.Circle()).uses == ()


def test_a_folder_of_the_flow_stays_the_same_wherever_a_body_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "project")
    (tmp_path / "project" / "shapes_there.py").write_text("class Circle:\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path / "project"))
    import shapes_there

    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "s", local=["link"])
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert store.put(shapes_there.Circle()).uses == ("shapes_there:Circle",)


# ---- whether it was changed


def changed_array(array: np.ndarray) -> None:
    array[len(array) // 2] += 1


def changed_frame(frame: pd.DataFrame) -> None:
    frame.loc[5, "n"] = -1


def new_column(frame: pd.DataFrame) -> None:
    frame["m"] = frame["n"] * 2


def renamed(frame: pd.DataFrame) -> None:
    frame.columns = ["x", "y"]


def frame_of(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"n": np.arange(rows), "t": [f"t{number % 9}" for number in range(rows)]})


CHANGES: list[tuple[Any, Any]] = [
    ([1, 2], lambda value: value.append(3)),
    ({"a": {"b": 1}}, lambda value: value["a"].update(b=2)),
    ({1, 2}, lambda value: value.add(3)),
    (list(range(1000)), lambda value: value.reverse()),
    (bytearray(b"abc"), lambda value: value.extend(b"d")),
    (np.arange(10), changed_array),
    (np.arange(BIG), changed_array),
    (np.asfortranarray(np.arange(BIG * 1.0).reshape(-1, 4)), changed_array),
    (np.arange(BIG), lambda value: setattr(value, "shape", (-1, 2))),
    (frame_of(10), changed_frame),
    (frame_of(50_000), changed_frame),
    (frame_of(50_000), new_column),
    (frame_of(50_000), renamed),
    (pd.Series(np.arange(50_000)), lambda value: value.rename("x", inplace=True)),
    ({"w": [np.arange(BIG)]}, lambda value: changed_array(value["w"][0])),
]


@pytest.mark.parametrize(("value", "change"), CHANGES, ids=lambda each: type(each).__name__)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_change_in_place_is_found(store: Store, value: Any, change: Any) -> None:
    loaded = store.load({"x": store.put(value)})
    assert loaded.change("x", loaded.values["x"]) == "same"
    assert loaded.ref_if_same("x", loaded.values["x"]) is loaded.refs["x"]
    change(loaded.values["x"])
    assert loaded.change("x", loaded.values["x"]) == "changed"
    assert loaded.ref_if_same("x", loaded.values["x"]) is None


def test_a_change_that_was_taken_back_is_none(store: Store) -> None:
    loaded = store.load({"x": store.put(np.arange(BIG))})
    loaded.values["x"][7] = 0
    loaded.values["x"][7] = 7
    assert loaded.change("x", loaded.values["x"]) == "same"


@pytest.mark.parametrize(
    "value",
    [np.arange(BIG), frame_of(50_000), pa.table({"a": list(range(50_000)), "t": [f"t{n}" for n in range(50_000)]})],
)
def test_untouched_maps_are_not_read(store: Store, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbflow.store import pieces

    loaded = store.load({"x": store.put(value)})
    hashed: list[int] = []
    real = pieces.digest_of
    monkeypatch.setattr(pieces, "digest_of", lambda *parts: hashed.extend(len(part) for part in parts) or real(*parts))
    assert loaded.change("x", loaded.values["x"]) == "same"
    assert (
        loaded.change(
            "x",
            loaded.values["x"]
            if isinstance(value, pa.Table)
            else loaded.values["x"].copy(deep=False)
            if isinstance(value, pd.DataFrame)
            else loaded.values["x"][:],
        )
        == "same"
    )
    assert sum(hashed) < 20_000


def test_untouched_maps_are_stored_again_without_reading_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = store.put(frame_of(50_000))
    frame = store.get(ref)
    frame["extra"] = 1.5
    written: list[int] = []
    real = store.blobs.put
    monkeypatch.setattr(store.blobs, "put", lambda data: written.append(len(memoryview(data).cast("B"))) or real(data))
    again = store.put(frame)
    assert max(written) == 8 * 50_000
    assert len(written) == 2, "the new column and the pack"
    pd.testing.assert_frame_equal(store.get(again), frame)


def test_the_memory_of_a_value_that_is_gone_is_not_taken_for_it(store: Store) -> None:
    # addresses are used again, by maps of other blobs
    refs = [store.put(np.full(BIG, number)) for number in range(4)]
    for _ in range(5):
        for number, ref in enumerate(refs):
            array = store.get(ref)
            assert store.digest(array) == ref.digest
            assert array[0] == number
            del array


def test_a_file_mapped_by_others_is_not_taken_for_a_value_that_was_there(store: Store, tmp_path: Path) -> None:
    ref = store.put(np.zeros(BIG))
    other = tmp_path / "other"
    other.write_bytes(bytes(OFFSET) + np.ones(BIG).tobytes())
    places = []
    for _ in range(5):
        array = store.get(ref)
        places.append(array.__array_interface__["data"][0])
        del array
        with other.open("rb") as file:
            theirs = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), "f8", offset=OFFSET)
        places.append(theirs.__array_interface__["data"][0])
        assert store.digest(theirs) != ref.digest
        del theirs
    assert len(set(places)) < len(places), "no address was used again, so this showed nothing"


def test_a_pickle_that_differs_may_have_changed(store: Store) -> None:
    loaded = store.load({"x": store.put(Holder(n=1))})
    assert loaded.change("x", loaded.values["x"]) == "same"
    loaded.values["x"].n = 2
    assert loaded.change("x", loaded.values["x"]) == "perhaps"


def test_an_object_that_settles_when_loaded_is_unchanged(store: Store) -> None:
    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    loaded = store.load({"x": store.put(masked)})
    assert loaded.change("x", loaded.values["x"]) == "same"
    loaded.values["x"][0] = 9
    assert loaded.change("x", loaded.values["x"]) == "perhaps"


def test_what_cannot_be_stored_any_more_was_changed(store: Store) -> None:
    loaded = store.load({"x": store.put([1])})
    loaded.values["x"].append(lock())
    assert loaded.change("x", loaded.values["x"]) == "changed"


def test_a_writer_passes_on_what_equals_an_input(store: Store, tmp_path: Path) -> None:
    refs = {"a": store.put([1, 2]), "b": store.put(np.arange(BIG)), "c": store.put(Holder(n=[1]))}
    loaded = store.load(refs)
    count = len(blob_files(tmp_path))
    writer = store.writer(loaded)
    for name in refs:
        writer.add(name, loaded.values[name])
    writer.add("equal", [1, 2])
    left = writer.close()
    assert left == {**refs, "equal": refs["a"]}
    assert len(blob_files(tmp_path)) == count


# ---- damage


def test_every_changed_byte_of_a_stored_value_is_detected(tmp_path: Path) -> None:
    store = Store(tmp_path)
    value = {"a": [1, "text", 2.5], "b": np.arange(5)}
    ref = store.put(value)
    (path,) = blob_files(tmp_path)
    whole = path.read_bytes()
    for place in [*range(64), *range(OFFSET, len(whole))]:
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        path.chmod(0o644)
        path.write_bytes(broken)
        with pytest.raises(StoreError) as caught:
            Store(tmp_path).get(ref)
        assert code(caught) == "NBF-S001"


def refusal(store: Store, value: object) -> StoreError | None:
    try:
        store.put(value)
    except StoreError as error:
        return error
    return None


def test_a_disk_that_fails_at_any_moment_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    from nbflow.storage.faulty import FaultyStorage

    before = Store(tmp_path).put({"old": np.arange(BIG)})
    value = {"new": np.arange(BIG) + 1, "text": ["x" * 100_000], "frame": frame_of(20_000)}
    at = 0
    while True:
        storage = FaultyStorage(LocalStorage(tmp_path), at)
        if (failed := refusal(Store(storage), value)) is None:
            break
        assert failed.code == "NBF-S006"
        assert (Store(tmp_path).get(before)["old"] == np.arange(BIG)).all()
        at += 1
    assert at > 4
    storage.mend()
    found = Store(tmp_path).get(Store(storage).put(value))
    assert (found["new"] == value["new"]).all()


# ---- what stays unimported


def test_opening_a_store_imports_nothing_heavy() -> None:
    import subprocess

    script = "import sys, nbflow.workspace, nbflow.store.store; print([m for m in ('numpy', 'pandas', 'pyarrow', 'cloudpickle', 'obstore', 'sqlite3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
