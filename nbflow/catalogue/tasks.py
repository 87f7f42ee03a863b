"""T: tasks."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "T001": Entry("{step} failed: {error}", "{traceback}", ""),
    "T002": Entry("{step} ran longer than its --timeout of {timeout}", fix="raise --timeout, or make the step faster"),
    "T003": Entry("the worker of {step} died: {how}", "{why}", "{fix}"),
    "T004": Entry("the worker of {step} could not start: {message}"),
    "T010": Entry("{step} left no '{name}' in this run", "it is assigned {where}"),
    "T011": Entry("'{name}' of step {step} cannot be stored: {type}{member}", "{why}", "{fix}"),
    "T012": Entry(
        "step {step} changed its input '{name}' in place and does not leave it",
        "later steps would see the old value",
        "write '{name} = …' in the body, or --out {name}",
    ),
    "T112": Entry(
        "step {step} may have changed its input '{name}' in place and does not leave it",
        "its pickle differs from what was loaded, which for some objects means nothing; later steps see the old value",
        "write '{name} = …' in the body, or --out {name}, if the change is meant",
        severity="warning",
    ),
    "T013": Entry(
        "--when {expression} of {step}: {message}", "{why}", "set 'go = bool(…)' in a step above and write --when go"
    ),
    "T014": Entry("--foreach {expression} of {step}: {message}", fix="{fix}"),
    "T015": Entry("merge_artifacts in {step}: {message}", fix="{fix}"),
    "T016": Entry("{step} could not read '{name}': {message}", fix="run the step that left it again"),
    "T018": Entry(
        "step {step} left one object under two names, '{name}' and '{other}'",
        "a step below changes '{name}' in place, and '{other}', of which steps below have a copy, would not follow",
        "{other} = copy.deepcopy({name}), or leave one name",
    ),
    "T017": Entry(
        "step {step} changed parameter '{name}' in place",
        "parameters never change in a run: no other step sees the change",
        "copy it first: my_{name} = {type}({name})",
    ),
}
