"""V: views of what was kept: history, comparison, artifacts, task pages."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {
    "V010": Entry(
        "run {run} is worse than {baseline}: {condition}",
        "{told}",
        "{fix}",
        mostly="nbflow compare RUN BASELINE shows what differs between the two; where the change is meant, loosen --fail-if",
    ),
    "V011": Entry(
        "run '{run}' of which flow?",
        "{why}",
        "nbflow compare {flow}/{run},  or  nbflow.compare('{run}', flow='{flow}')",
        mostly="name the flow, too: nbflow compare sales/3 sales/5",
    ),
    "V012": Entry(
        "{given} is no run to compare.{hint}",
        "a run is a Run, a pathspec as sales/3, an id, or one of latest, latest_successful, previous",
        "nbflow history, or %flow history, lists runs",
    ),
    "V013": Entry("{count} runs are too many to compare", "{most} are shown side by side", "name fewer runs"),
    "V014": Entry(
        "the condition {condition} cannot be judged: {message}",
        "{why}",
        "conditions are as in  rmse > 1.05 * baseline.rmse  or  train.accuracy < baseline.train.accuracy - 0.01",
    ),
    "V015": Entry(
        "run {run} has no '{name}' to compare.{hint}",
        "{why}",
        "name one of those; in a step, what it leaves itself is not kept yet: compare(…, values={{'rmse': rmse}})",
    ),
    "V016": Entry(
        "the comparison has no '{name}'.{hint}", "{why}", "name it as in train.model, and its item as in train.model[3]"
    ),
    "V017": Entry("a chart of '{name}' cannot be drawn.{hint}", "{why}", "name a metric: what is a number in some run"),
    "V040": Entry(
        "'{expression}' is no regular expression: {message}",
        fix="write a backslash before signs that are meant as they are, or search for plain words",
    ),
    "V041": Entry(
        "the expression '{expression}' could take for ever",
        "a repeat within a repeat, or more than three without a limit, is tried in every way there is",
        "repeat single characters only, as in  loss: [0-9.]+  or search for plain words",
    ),
    "V042": Entry(
        "the timeline of what?  {given} is no run",
        "it takes a run: a Run, or its place as sales/12",
        "nbflow.timeline('{flow}/{run}')",
        mostly="name a run: nbflow.timeline('sales/12')",
    ),
    "V043": Entry(
        "{given} cannot be viewed",
        "a view takes a run, a step or a task: the object, or its place as sales/12/train/3",
        "nbflow.view('sales/12')  or  nbflow.view(run['train'])",
    ),
}
