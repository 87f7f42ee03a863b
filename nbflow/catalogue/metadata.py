"""M: metadata."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "M001": Entry(
        "there is no flow '{name}' here.{hint}", "{why}", "run it first, or set NBFLOW_ROOT to the store that has it"
    ),
    "M002": Entry("flow '{flow}' has no run '{run}'.{hint}", fix="nbflow history {flow}, or %flow history, lists them"),
    "M003": Entry("run {run} has no step '{step}'.{hint}", fix="nbflow show FLOW/RUN lists the steps of a run"),
    "M004": Entry(
        "step {step} has no task '{task}'.{hint}",
        fix="tasks are counted from 0, and are there once their step has begun",
    ),
    "M005": Entry("{owner} left no '{name}'.{hint}", "it left {known}", "name one of them, or assign it in a step"),
    "M006": Entry(
        "'{pathspec}' is not a pathspec", "{why}", "FLOW/RUN/STEP/TASK/ARTIFACT, as in quickstart/3/train/0/model"
    ),
    "M007": Entry("the metadata at {path} cannot be read: {message}", fix="nbflow doctor looks at the store"),
    "M008": Entry(
        "task {task} was already committed by another worker",
        "its result stands; this one is dropped",
        "nothing has to be done",
    ),
    "M009": Entry(
        "the metadata at {path} cannot be read while it is written",
        "its file system ({kind}) does not share memory between processes safely",
        "set NBFLOW_ROOT to a folder on a local disk, if waiting for each other is too slow",
        severity="warning",
    ),
    "M010": Entry("'{tag}' is not a tag", "{why}", 'a tag is text, as in  --tag good  or  run.add_tag("good")'),
    "M011": Entry(
        "run {run} is {status}: it takes no more results",
        "another process found its owner gone, or ended it",
        "nbflow resume {run} goes on from what it finished",
    ),
    "M012": Entry(
        "Object not in namespace '{namespace}': {pathspec}",
        "{why}",
        "namespace(None)  looks at all runs,  namespace('{owner}')  at those of whoever ran it",
    ),
    "M013": Entry(
        "run {run} cannot have {count} tags",
        "50 are the most that people may give a run; it has {kept}",
        'run.remove_tags(["old", "older"])  makes room',
    ),
    "M014": Entry(
        "run {run} keeps its system tags: {tags}",
        "nbflow gave them: they say who ran it, and with what. Nothing was changed",
        "run.user_tags  are those that can be removed",
    ),
    "M015": Entry(
        "there is no store at '{metadata}'",
        "{why}",
        "metadata('local@/data')  reads /data/.nbflow,  default_metadata()  the store of this folder",
    ),
    "M016": Entry(
        "no tag was given to add to run {run}, and none to remove",
        fix='run.add_tag("good"),  run.replace_tags(["draft"], ["good", "paper"])',
    ),
    "M017": Entry(
        "task {task} has no attempt {attempt}", "it was tried {count}, counted from 0", "task.attempts  lists them"
    ),
    "M018": Entry(
        "{kind} has no '{name}'.{hint}",
        "{why}",
        "{fix}",
        mostly="press Tab behind the dot: it lists all there is; what steps left is behind data, as in run.data.model",
    ),
    "M019": Entry(
        "there is nothing to look at yet",
        "{why}",
        "%flow run in a notebook, or nbflow run NOTEBOOK.ipynb; or set NBFLOW_ROOT to the store that has runs",
    ),
    "M020": Entry(
        "the store's bucket does not answer: {message}",
        "what was to be written may be written or not; writing it again does no harm",
        "nbflow doctor  tries it",
    ),
    "M021": Entry(
        "what others wrote to the store is not known: {message}",
        "what is shown is what this machine knew before",
        "nbflow doctor  tries the bucket",
        severity="warning",
    ),
    "M022": Entry("{key} in the store's bucket cannot be read", "{why}", "upgrade nbflow, if a newer one wrote it"),
    "M023": Entry(
        "{path} holds runs of this machine alone",
        "what is known of a bucket's runs cannot be kept in the same file",
        "nbflow configure  gives the bucket a folder of its own",
    ),
}
