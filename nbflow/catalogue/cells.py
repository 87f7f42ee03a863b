"""C: one cell."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "C001": Entry(
        "the step header must be the first line of code (line {first} is)", fix="move it to the top, or split the cell"
    ),
    "C002": Entry("a cell has one header, this one has two", fix="make it two cells"),
    "C003": Entry(
        "'{name}' is not a step name",
        "names are lower-case letters, digits and _, starting with a letter, at most 64 characters",
        "{suggestion}",
        mostly="lower-case letters, digits and _, as in %%step train_eu",
    ),
    "C004": Entry("'{name}' is a reserved name", "it means something else in a step", "choose another, as {name}_step"),
    "C005": Entry("unknown option {option}.{hint}", fix="{fix}", mostly="correct it: %%step? lists all options"),
    "C006": Entry(
        "{option} {value}: {expected}",
        fix="{example}",
        mostly="give a value of that kind: %%step? has an example of each option",
    ),
    "C007": Entry("{option} is given twice", fix="keep one of them"),
    "C008": Entry("{conflict}", fix="{fix}", mostly="keep one of the two"),
    "C009": Entry(
        "a header is one line", "it ends with a backslash", "put long options on '#| key: value' lines below it"
    ),
    "C010": Entry("this cell is not Python: {message}", fix="{fix}", mostly="correct the line that is shown"),
    "C011": Entry("step '{name}' is in {first} and {second}", "a name stands for one step", "rename one of them"),
    "C012": Entry("the quote in the header is not closed", fix="add the missing {quote}"),
    "C013": Entry("the step has no name", fix="%%step NAME, as in %%step train"),
    "C014": Entry(
        "'{word}' is not an option",
        "options start with --",
        "{fix}",
        mostly="write its two dashes, quote the words that belong together, or drop it",
    ),
    "C015": Entry("there is no magic '{written}'. Did you mean '{meant}'?", fix="write {meant}"),
    "C020": Entry(
        "{call} can bind or read names nobody sees",
        "a step's inputs and outputs are found by reading its code",
        "{fix}",
        mostly="name what is used: import the names, read from a dictionary, call the function itself",
    ),
    "C021": Entry(
        "{magic} does not exist outside the kernel",
        "a step runs in a worker process",
        "{fix}",
        mostly="move the magic to a plain cell, or do the same with Python",
    ),
    "C022": Entry(
        "'{name}' is kernel state",
        "a step sees its inputs, parameters and definitions only",
        "pass what it holds through a step",
    ),
    "C023": Entry(
        "merge_artifacts must be a statement of its own with literal lists",
        "what it leaves must be known before anything runs",
        'write it alone on a line: merge_artifacts(inputs, exclude=["x"])',
    ),
    "C030": Entry(
        "--out {name}: the step does not bind {name}.{hint}", fix="name what the body assigns, or drop it from --out"
    ),
    "C031": Entry("--out {name}: names that start with _ are private", fix="bind it to a name without _"),
    "C032": Entry(
        "--out {name}: it is a definition, not a value",
        "steps below get functions, classes and imports by their source",
        "drop it from --out",
    ),
    "C040": Entry("{option}: {message}", "{why}", "{fix}", mostly="%%step? has an example of each option"),
    "C041": Entry(
        "--when reads '{name}', which the step itself binds",
        "the condition is judged before the body runs",
        "set it in a step above",
    ),
    "C050": Entry(
        "{step} needs {name} from {giver}, which has no result here",
        "a step cell runs itself only, never the steps above",
        "run the cell of {giver} first; after a restart %flow restore brings its result back",
    ),
    "C051": Entry(
        "{step} was edited but not run",
        "{why}",
        "{fix}",
        mostly="run its cell",
    ),
    "C052": Entry(
        "--capture {name} needs a kernel",
        "`nbflow run` starts none, so there is no value to capture",
        "make {name} a step or a parameter",
    ),
    "C053": Entry(
        "this flow has no name",
        "nobody told the kernel the notebook's name (papermill does not)",
        "write  %flow name my_flow  below  %load_ext nbflow",
    ),
    "C054": Entry("--capture {name}: no such name in the kernel.{hint}", fix="run the cell that makes it first"),
    "C055": Entry(
        "{what} in the saved notebook ({cell}) is not what ran here",
        "a run takes what this kernel ran; the notebook, run from top to bottom, would take something else",
        "{fix}",
        mostly="run the cell",
    ),
}
