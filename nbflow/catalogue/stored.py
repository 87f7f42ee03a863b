"""S: the store."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "S001": Entry("blob {digest} is damaged", "{why}", "run the step that made it again; nbflow keeps no second copy"),
    "S002": Entry(
        "blob {digest} is missing from the store",
        "it was deleted, or the store is another one",
        "run the step that made it again",
    ),
    "S003": Entry(
        "{path} was written by a newer nbflow (format {found}, this one reads up to {known})", fix="upgrade nbflow"
    ),
    "S004": Entry("a value of type {type} cannot be stored{member}", "{why}", "leave something that can be pickled"),
    "S005": Entry(
        "'{name}' is stored as a pickle, which is not opened here", "opening a pickle runs code", "load it with .data"
    ),
    "S006": Entry(
        "the store at {path} cannot be written: {message}", fix="free some space or set NBFLOW_ROOT to another folder"
    ),
    "S007": Entry("'{name}' cannot be loaded: {message}", "{why}", "{fix}"),
}
