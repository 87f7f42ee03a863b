"""Files of a person's machine that code reads by a path written out in it: on another machine they are not there."""

from __future__ import annotations

import ast
import re

from nbflow.frozen import frozen

#: functions whose names say enough
_BY_NAME = frozenset(
    {
        "read_csv", "read_parquet", "read_json", "read_ndjson", "read_excel", "read_feather",
        "read_pickle", "read_hdf", "read_orc", "read_fwf", "read_stata", "read_sas",
        "read_spss", "read_ipc", "read_avro", "read_ods", "scan_csv", "scan_parquet",
        "scan_ipc", "scan_ndjson", "imread", "open_dataset", "open_zarr", "load_svmlight_file",
        "loadtxt", "genfromtxt", "ParquetFile", "memory_map",
    }
)  # fmt: skip
#: functions that are readers of these modules only
_OF_MODULES = {
    "read_table": {"pd", "pandas", "pq", "parquet", "csv"},
    "load": {"np", "numpy", "jnp", "joblib", "torch"},
    "fromfile": {"np", "numpy"},
    "memmap": {"np", "numpy"},
    "open": {"Image", "io", "gzip", "bz2", "lzma", "codecs", "rasterio"},
    "File": {"h5py"},
}
_METHODS = {"read_text", "read_bytes"}
_PATHS = {"Path", "PurePath"}
#: of those that are given by name
_KEYWORDS = {"filepath_or_buffer", "path", "path_or_buf", "path_or_buffer", "file", "io", "fname", "source", "filename"}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
#: absolute paths that are no one machine's: a home folder is
_HOMES = ("~", "/home/", "/Users/", "/root/")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_WRITING = set("wax+")


@frozen
class LocalPath:
    """A path, and what reads it."""

    path: str
    #: as in `pd.read_csv`
    reader: str
    #: line of the code, from 1
    line: int


def local_paths(source: str, *, own_open: bool = False) -> tuple[LocalPath, ...]:
    """Return the local files that `source` reads by literal paths, each once.

    A path that the code also gives to something else may be written there, and is left out. `own_open`: `open` is not
    Python's here.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        # a method of a class stands further right
        try:
            tree = ast.parse(f"if True:\n{source}")
            ast.increment_lineno(tree, -1)
        except (SyntaxError, ValueError):
            return ()
    found: dict[str, LocalPath] = {}
    reading: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (read := _read(node, own_open=own_open)):
            reader, text = read
            reading.add(id(text))
            if _is_local(text.value):
                found.setdefault(text.value, LocalPath(text.value, reader, text.lineno))
    others = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in reading
    }
    kept = (each for each in found.values() if each.path not in others)
    return tuple(sorted(kept, key=lambda each: each.line))


def _read(call: ast.Call, *, own_open: bool) -> tuple[str, _Text] | None:
    """Return what reads a file, and the constant that is its path; None: nothing does, or it is not written out."""
    function = call.func
    if isinstance(function, ast.Attribute) and (function.attr in _METHODS or function.attr == "open"):
        # of a path that stands there itself
        text = _path(function.value)
        if text is not None and (function.attr != "open" or not _writes(call, 0)):
            return f"Path.{function.attr}", text
    if isinstance(function, ast.Name):
        known = function.id in _BY_NAME or (function.id == "open" and not own_open)
    elif isinstance(function, ast.Attribute):
        owner = function.value.id if isinstance(function.value, ast.Name) else getattr(function.value, "attr", "")
        known = function.attr in _BY_NAME or owner in _OF_MODULES.get(function.attr, ())
    else:
        return None
    name = ast.unparse(function)
    if not known or (name.rpartition(".")[2] in {"open", "memmap", "File"} and _writes(call, 1)):
        return None
    given = call.args[0] if call.args else next((each.value for each in call.keywords if each.arg in _KEYWORDS), None)
    text = None if given is None else _constant(given) or _path(given)
    return None if text is None else (name, text)


class _Text(ast.Constant):
    """A constant that is a text."""

    value: str


def _constant(node: ast.expr) -> _Text | None:
    return node if isinstance(node, ast.Constant) and isinstance(node.value, str) else None  # type: ignore[return-value]  # it is one


def _path(node: ast.expr) -> _Text | None:
    """Return the text of `Path("x")`."""
    if not isinstance(node, ast.Call) or len(node.args) != 1:
        return None
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return _constant(node.args[0]) if name in _PATHS else None


def _writes(call: ast.Call, place: int) -> bool:
    """Whether the mode is one of writing, or cannot be told."""
    mode = call.args[place] if len(call.args) > place else None
    mode = mode or next((each.value for each in call.keywords if each.arg == "mode"), None)
    if mode is None:
        return False
    return not (isinstance(mode, ast.Constant) and isinstance(mode.value, str)) or bool(_WRITING & {*mode.value})


def _is_local(text: str) -> bool:
    """Whether a text is a path of the person's machine: relative, or in somebody's home."""
    if not text.strip() or len(text) > 400 or any(letter in text for letter in "\n{}<>"):
        return False
    if _DRIVE.match(text):
        return True
    return text.startswith(_HOMES) if text[0] in "/~" else not _URL.match(text)
