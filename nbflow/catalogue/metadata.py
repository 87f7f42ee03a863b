"""M: metadata."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "M001": Entry(
        "there is no flow '{name}' here.{hint}", "{why}", "run it first, or set NBFLOW_ROOT to the store that has it"
    ),
    "M002": Entry("flow '{flow}' has no run '{run}'.{hint}", fix="nbflow history {flow}, or %flow history, lists them"),
    "M003": Entry("run {run} has no step '{step}'.{hint}"),
    "M004": Entry("step {step} has no task '{task}'.{hint}"),
    "M005": Entry("{owner} left no '{name}'.{hint}", "it left {known}"),
    "M006": Entry(
        "'{pathspec}' is not a pathspec", "{why}", "FLOW/RUN/STEP/TASK/ARTIFACT, as in quickstart/3/train/0/model"
    ),
    "M007": Entry("the metadata at {path} cannot be read: {message}"),
    "M008": Entry("task {task} was already committed by another worker", "its result stands; this one is dropped"),
    "M009": Entry(
        "the metadata at {path} cannot be read while it is written",
        "its file system ({kind}) does not share memory between processes safely",
        "set NBFLOW_ROOT to a folder on a local disk, if waiting for each other is too slow",
        severity="warning",
    ),
    "M010": Entry("'{tag}' is not a tag", "a tag is text of 1 to 500 characters", 'run.add_tag("good")'),
    "M011": Entry(
        "run {run} is {status}: it takes no more results",
        "another process found its owner gone, or ended it",
        "nbflow resume {run} goes on from what it finished",
    ),
}
