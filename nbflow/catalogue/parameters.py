"""P: parameters."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "P001": Entry(
        "parameter '{name}' needs a value",
        "it has no default",
        "-p {name}=VALUE in a terminal, %flow run --{flag} VALUE in a notebook",
    ),
    "P002": Entry("{name}: {value} is not {type}", "{why}", "{fix}"),
    "P003": Entry(
        "unknown parameter '{name}'.{hint}",
        "the flow's parameters are: {known}",
        "correct the name, or declare it in the %%parameters cell",
    ),
    "P004": Entry(
        "{what} in a %%parameters cell",
        "it holds declarations only: NAME: type = default  # help",
        "move it to a cell of its own",
    ),
    "P005": Entry(
        "there are two %%parameters cells, {first} and {second}", "a flow has one", "put the declarations together"
    ),
    "P006": Entry("parameter '{name}': {why_not}", fix="choose another name"),
    "P007": Entry("parameter '{name}': the type {type} is not known", "types are {known}", "{fix}"),
    "P008": Entry("parameter '{name}': its default failed: {message}", fix="correct the expression, or give a value"),
}
