"""V: views of what was kept: history, comparison, artifacts, task pages."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {
    "V001": Entry(
        "'{name}' is no status of a run.{hint}",
        "they are: {known}",
        '--status failed  in a terminal,  status=["failed", "lost"]  in Python',
    ),
    "V002": Entry(
        "no run here is of user '{name}'.{hint}",
        "runs here are of: {known}",
        "--user me  in a terminal,  user='me'  in Python  finds your own",
    ),
    "V003": Entry(
        "no run here is tagged '{tag}'.{hint}",
        "tags given here: {known}",
        "nbflow history lists runs with their tags",
    ),
    "V004": Entry("no run here has a parameter '{name}'.{hint}", "{why}", "{fix}"),
    "V005": Entry(
        "'{condition}' is no condition on a parameter",
        "it takes a name, one of  =  !=  <  <=  >  >=  ~ (contains),  and a value; commas stand between conditions",
        """--where 'alpha>0.1, region=eu'  in a terminal, quotes and all;  {{"alpha": 0.1}}  in Python""",
    ),
    "V006": Entry(
        "'{moment}' is no moment that can be understood",
        fix="7d, 24h, 30min, today, yesterday, monday, 2026-11-01 and '2026-11-01 12:30' can be",
    ),
    "V007": Entry(
        "runs cannot be sorted by '{name}'.{hint}",
        "by these they can: {known}",
        "rmse  has the smallest first,  -rmse  the largest",
    ),
    "V008": Entry("a history takes no '{name}'.{hint}", "it takes: {known}", "{fix}"),
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
        "a run is a Run, a pathspec as sales/3, an id, or one of latest, latest_successful, previous; a list may hold several",
        "nbflow history, or %flow history, lists runs",
    ),
    "V013": Entry("{count} runs are too many to compare", "{most} are shown side by side", "name fewer runs"),
    "V014": Entry(
        "the condition '{condition}' cannot be judged: {message}",
        "{why}",
        "conditions are as in  rmse > 1.05 * baseline.rmse  or  train.accuracy < baseline.train.accuracy - 0.01",
    ),
    "V015": Entry(
        "run {run} has no '{name}' to compare.{hint}",
        "{why}",
        "{fix}",
        mostly="name a metric that it left; in a step what ran before counts: --after STEP; of its own, values={'rmse': rmse}",
    ),
    "V016": Entry(
        "the comparison has no '{name}'.{hint}", "{why}", "name it as in train.model, and its item as in train.model[3]"
    ),
    "V017": Entry("a chart of '{name}' cannot be drawn.{hint}", "{why}", "name a metric: what is a number in some run"),
    "V030": Entry(
        "'{name}' could not be opened: {message}",
        "it is a pickle, which was opened in a process of its own",
        "{place}.data  opens it here, with the packages and names of this process",
    ),
    "V031": Entry(
        "{size} would have to be fetched for a look at a few of them",
        "its store is no folder, so that nothing can be read in part",
        "load it with .data",
    ),
    "V032": Entry(
        "{owner} has several artifacts '{name}'",
        "they are: {known}",
        "name one of them, as in  .open('{first}')",
    ),
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
