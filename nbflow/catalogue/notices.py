"""N: nothing is wrong, something should be known."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "N002": Entry(
        "{call} in {cell} does not reach steps",
        "steps run in fresh processes",
        "put it in the step, or in a %%setup cell",
        severity="notice",
    ),
    "N003": Entry(
        "placed last: {order}",
        "the notebook file is not known or not saved, so the order is the order of first run",
        "save the notebook, or %flow order {order_words}",
        severity="notice",
    ),
    "N004": Entry("{step} is left out: its cell is gone from the notebook", severity="notice"),
    "N005": Entry(
        "{call} changes '{name}', which a step below also reads",
        "a change made by a call stays in this task unless the step leaves it",
        "--out {name}, if the change is meant",
        severity="notice",
    ),
    "N006": Entry("{name} here is {step}'s; the {name} of {cell} is not part of the flow", severity="notice"),
    "N007": Entry(
        "{function} may use '{name}', which is not defined anywhere",
        fix="define it in a plain cell, or pass it as an argument",
        severity="warning",
    ),
    "N008": Entry(
        "step '{name}' was also in {cell}; this one replaces it", fix="rename one, if both are meant", severity="notice"
    ),
    "N009": Entry("{name} uses 'global {variable}': each task has its own {variable}", severity="notice"),
    "N010": Entry("{name} = {value}, overrides {old}", severity="notice"),
    "N011": Entry(
        "{names} assigned in a cell with other code: the parameter keeps its value",
        "only a cell of nothing but assignments to parameters overrides them",
        "put the assignment in a cell of its own",
        severity="warning",
    ),
    "N012": Entry(
        "{name}: {value} became the text '{text}'",
        "the parameter is declared as str",
        "write it in quotes, if it is meant",
        "warning",
    ),
    "N013": Entry(
        "{step} is left out: its cell did not run here, or was refused", fix="run its cell", severity="notice"
    ),
    "N014": Entry(
        "from {module} import * in {cell} does not reach steps",
        "which names it binds is not in its text; there they are unknown, and builtins keep their meaning",
        "import the names you use: from {module} import a, b",
        severity="warning",
    ),
    "N016": Entry(
        "what {file} does under if __name__ == '__main__' on line {line} does not reach tasks",
        "a task is no program of its own: it takes the class from the file",
        "put it above the class, or into the step that needs it",
        severity="warning",
    ),
    "N019": Entry(
        "{names} of {step} came too late for {libraries}",
        "a task begins with what the flow imports, and these libraries look at the environment as they are loaded",
        "install threadpoolctl in this environment, which tells them; or set it before the kernel or nbflow starts",
        severity="notice",
    ),
    "N015": Entry(
        "'{name}' in {step} is that of {last}, not of {first}",
        "a plain cell below binds it again, and a definition is the same in all steps",
        "give the two different names",
        severity="warning",
    ),
    "N017": Entry(
        "this %%parameters cell replaces that of {cell}{what}",
        "a flow has one, and the one that ran last counts",
        "put the declarations together, if both are meant",
        severity="notice",
    ),
    "N020": Entry(
        "the latest runs of the flow {flow} came from {other}, and this notebook would share them",
        "a flow's name says whose runs, drafts and results they are",
        "%flow name {name}  below  %load_ext nbflow  keeps them apart",
        severity="notice",
    ),
    "N018": Entry(
        "{step} leaves the flow: its cell is no step any more",
        "a cell that ran again without its header is a plain cell",
        severity="notice",
    ),
    "N040": Entry(
        "runs are kept in {folder}, which is gone when {host} ends this server",
        fix="nbflow configure --root s3://BUCKET/nbflow  keeps them in a bucket, once the kernel is restarted{more}",
        severity="notice",
        mostly="nbflow configure --root s3://BUCKET/nbflow",
    ),
    "N021": Entry(
        "{step} reads '{path}' with {reader}, and runs on another machine",
        "there is no such file there, unless the step or its image has it",
        "read it in a step that runs here and leave what it holds, or nbflow.File('{path}'); or put it in a bucket and read"
        " s3://…",
        severity="warning",
    ),
}
