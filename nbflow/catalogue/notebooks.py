"""W: whole notebooks, run by papermill."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "W001": Entry("there is no notebook {path}.{hint}", fix="its path is relative to the flow's file"),
    "W002": Entry(
        "{path} cannot be the body of a step: {message}", fix="{fix}", mostly="name a file that Jupyter opens as a notebook"
    ),
    "W003": Entry(
        "step {step} has a body of its own and --notebook",
        "{path} is the body of the step",
        "move the code to a step below or above, or into {path}",
    ),
    "W004": Entry(
        "{path} takes no parameters, and was given {names}",
        "it has neither a %%parameters cell nor a cell tagged 'parameters'",
        "put what may change into a cell, and tag that 'parameters' in Jupyter (the cog wheel at the right)",

    ),
    "W005": Entry(
        "there is no kernel '{kernel}' on this machine.{hint}",
        "{why}",
        "{fix}",
        mostly="install the kernel, or name another one with --kernel; jupyter kernelspec list shows those there are",

    ),
    "W006": Entry(
        "{path} cannot run: this Python lacks {package}",
        "a notebook runs in a kernel, and {python} is the Python that nbflow runs with",
        "install {package} into it, or start nbflow with a Python that has it",

    ),
    "W007": Entry("the filled-in notebook cannot be written to {path}: {message}", fix="{fix}", mostly="create the folder first, or name another file"),
    "W008": Entry(
        "{cell} of {path} failed: {error}", "{traceback}", "correct the cell in {path}: its filled-in copy says what led to it"
    ),
    "W009": Entry(
        "{path} handed back no {names}",
        "{why}",
        "{fix}",
        mostly="hand it back in a cell of the notebook: nbflow.result(name=value)",
    ),
    "W010": Entry(
        "nbflow.result cannot keep '{name}': {type}{member} cannot be stored",
        "what a notebook hands back goes into the store",
        "hand back what can be stored: a value, an array, a table, or nbflow.File(path)",
    ),
    "W011": Entry(
        "the kernel of {path} died in {cell}",
        "it ended by itself: mostly it is short of memory, or a library crashed",
        "let the cell use less, or give the step more with --memory",
    ),
    "W012": Entry(
        "'{name}' cannot be given to {path}: it is a {type}, and the notebook is one of {language}",
        "other languages are given numbers, texts, lists, dicts, and the paths of files and of tables",
        "make one of these of it in a step above",
    ),
    "W013": Entry("{option} does not go with --papermill", "{why}", "{fix}", mostly="leave it out"),
    "W014": Entry(
        "the parameters in {source} cannot be read: {message}",
        fix='they are a JSON object, as in {{"alpha": 0.2, "region": "eu"}}',

    ),
    "W015": Entry("the kernel of {path} did not start: {message}", fix="{fix}", mostly="start the notebook in Jupyter with the same kernel, which says more"),
    "W016": Entry(
        "{place} has no filled-in notebook",
        "runs have one that were made by nbflow run --papermill, and steps with --notebook",
        "{fix}",
        mostly="nbflow run NOTEBOOK.ipynb --papermill",
    ),
    "W017": Entry(
        "nbflow.result takes names and values",
        "{why}",
        "nbflow.result(rmse=rmse, model=model)",
    ),
    "W019": Entry("{path} was interrupted in {cell}", "what its cells showed until then is kept", "run it again"),
    "W020": Entry(
        "{path} needs '{name}', which self does not have after the body of {step}",
        "the notebook declares it without a default",
        "self.{name} = … in the step, or give it a default in the notebook",
    ),
    "W018": Entry(
        "no such notebook can be read: {path}: {message}",
        fix="{fix}",
        mostly="look at the address, and at the credentials: nbflow doctor",

    ),
}  # fmt: skip
