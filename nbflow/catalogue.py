"""The text of every error: code → what, why, fix. `errors.py` gives them their classes and places.

Letters: C cell, G graph, P parameter, T task, R run and command line, S store, M metadata. A code is never reused.
Fields in braces are facts, given by the code that found the problem.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Entry(NamedTuple):
    """One message. `usage` marks run errors that mean *nothing was started* (exit code 2)."""

    what: str
    why: str = ""
    fix: str = ""
    severity: Literal["error", "warning", "notice"] = "error"
    usage: bool = False


CATALOGUE: dict[str, Entry] = {
    # ---- C: one cell -------------------------------------------------------------------------------------------
    "C001": Entry(
        "the step header must be the first line of code (line {first} is)", fix="move it to the top, or split the cell"
    ),
    "C002": Entry("a cell has one header, this one has two", fix="make it two cells"),
    "C003": Entry(
        "'{name}' is not a step name",
        "names are lower-case letters, digits and _, starting with a letter, at most 64 characters",
        "{suggestion}",
    ),
    "C004": Entry("'{name}' is a reserved name", "it means something else in a step", "choose another, as {name}_step"),
    "C005": Entry("unknown option {option}.{hint}", fix="{fix}"),
    "C006": Entry("{option} {value}: {expected}", fix="{example}"),
    "C007": Entry("{option} is given twice", fix="keep one of them"),
    "C008": Entry("{conflict}", fix="{fix}"),
    "C009": Entry(
        "a header is one line", "it ends with a backslash", "put long options on '#| key: value' lines below it"
    ),
    "C010": Entry("this cell is not Python: {message}", fix="correct the line shown"),
    "C011": Entry("step '{name}' is in {first} and {second}", "a name stands for one step", "rename one of them"),
    "C012": Entry("the quote in the header is not closed", fix="add the missing {quote}"),
    "C013": Entry("the step has no name", fix="%%step NAME, as in %%step train"),
    "C014": Entry("'{word}' is not an option", "options start with --", "{fix}"),
    "C015": Entry("there is no cell magic '{written}'. Did you mean '{meant}'?", fix="write {meant}"),
    "C020": Entry(
        "{call} can bind or read names nobody sees",
        "a step's inputs and outputs are found by reading its code",
        "{fix}",
    ),
    "C021": Entry("{magic} does not exist outside the kernel", "a step runs in a worker process", "{fix}"),
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
    "C040": Entry("{option}: {message}", "{why}", "{fix}"),
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
        "the notebook holds another text than the one that ran",
        "run its cell, or save the notebook",
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
        "run the cell, or save the notebook",
    ),
    # ---- G: the steps together ---------------------------------------------------------------------------------
    "G001": Entry(
        "'{name}' not found.{hint}",
        "no step above leaves it, and it is no parameter, definition or builtin{extra}",
        "{fix}",
    ),
    "G002": Entry("{option} {name}: there is no step '{name}'.{hint}", fix="name a step above"),
    "G003": Entry(
        "{option} {name}: {name} is below this step", "a flow runs from top to bottom", "move this cell below {name}"
    ),
    "G004": Entry("{option} {name}: a step cannot wait for itself", fix="drop it"),
    "G005": Entry(
        "'{name}' is left only by '{giver}', below this step",
        "a flow runs from top to bottom",
        "move this cell below {giver}",
    ),
    "G006": Entry("--in {spec}: {giver} does not leave {name}", "{giver} leaves {leaves}", "{fix}"),
    "G007": Entry("'{name}' was last bound by {step}, {how}", "{why}", "{fix}"),
    "G009": Entry(
        "'{name}' is a value if step {step} runs, else {definition}",
        "one name cannot be both",
        "rename one of them",
    ),
    "G010": Entry(
        "'{name}' has {count} writers, {writers}, and {each}",
        "which value is meant would depend on which one runs last",
        "{fix}",
    ),
    "G012": Entry("'{name}' is a parameter", "parameters never change in a run", "use another name"),
    "G014": Entry(
        "'{name}' is a definition; a change here reaches no other step",
        "each task has its own copy",
        "copy it first: {name}_here = dict({name}), or pass it on as an artifact",
    ),
    "G015": Entry("'{name}' is hidden state: {how}", "a step never sees values that only the kernel holds", "{fix}"),
    "G016": Entry(
        "function '{function}' uses '{name}', {what} {giver}",
        "a definition sees definitions only, so that it does the same everywhere",
        "pass it as an argument",
    ),
    "G017": Entry(
        "function '{function}' uses '{name}', a constant in {cell} and an artifact of step {step}",
        "it would see the constant where the notebook shows the artifact",
        "pass it as an argument",
    ),
    "G020": Entry(
        "--join {name}: {name} runs once, there is nothing to join", fix="read its names directly, without --join"
    ),
    "G022": Entry("--join {names}: {detail}", "joined steps must run equally often", "{fix}"),
    "G023": Entry(
        "'{name}' has one value per item of {scope} here",
        "this step closes that foreach",
        "use inputs: [task.{name} for task in inputs]",
    ),
    "G024": Entry(
        "step {step} reads '{first}' (per item of {first_scope}) and '{second}' (per item of {second_scope})",
        "two foreach are neither zipped nor multiplied",
        "join one of them first",
    ),
    # ---- P: parameters -----------------------------------------------------------------------------------------
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
    # ---- T: tasks ----------------------------------------------------------------------------------------------
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
    # ---- R: runs, files, command line --------------------------------------------------------------------------
    "R001": Entry("no such file: {path}.{hint}", usage=True, fix="nbflow run NOTEBOOK.ipynb"),
    "R002": Entry("{path} is not a notebook: {message}", usage=True, fix="open it in Jupyter and save it again"),
    "R003": Entry(
        "{path} has no steps",
        "a flow is made of cells that start with %%step NAME",
        "mark a cell with %%step",
        usage=True,
    ),
    "R004": Entry("{option}: {message}", fix="{fix}", usage=True),
    "R005": Entry("there is no step '{name}' in this flow.{hint}", "its steps are: {known}", usage=True),
    "R006": Entry("unknown {verb} '{name}'.{hint}", fix="{fix}", usage=True),
    "R007": Entry(
        "nothing is defined here yet",
        "a flow is made of cells that start with %%step NAME, and this kernel has run none",
        "run the step cells first",
    ),
    "R011": Entry("run {run} was cancelled", "{why}"),
    "R012": Entry(
        "the engine stopped: {message}",
        "this is a defect of nbflow; nothing that was finished is lost",
        "please report it with the lines below\n{detail}",
    ),
    "R013": Entry(
        "this machine cannot fork workers: {message}",
        "steps run in processes forked from a clean one, which needs Linux",
        "use Linux, or WSL on Windows",
    ),
    "R014": Entry(
        "run {run} is still under way",
        "two runs that go on from each other's results would only race",
        "%flow attach {run} to watch it, %flow cancel {run} to end it; in a terminal nbflow cancel {run}",
    ),
    "R015": Entry(
        "the notebook of run {run} is not where it was: {source}",
        "a resumed run runs the notebook as it is now",
        "nbflow resume NOTEBOOK.ipynb --run {run}",
        usage=True,
    ),
    "R016": Entry(
        "the process of its own did not start the run: {message}",
        "--detach runs the flow in a new process, which ended, or said nothing, before the run existed",
        "try it without --detach",
    ),
    "R017": Entry(
        "which run? {count} of them are under way: {runs}",
        fix="{fix}",
        usage=True,
    ),
    "R018": Entry(
        "--background and --detach exclude each other",
        "a run goes on either in this kernel or in a process of its own",
        "keep --detach if it must outlive the kernel",
        usage=True,
    ),
    "R020": Entry(
        "{what} has nothing to restore",
        "{known}",
        "run the step cells, or name a run: %flow restore FLOW/RUN",
        usage=True,
    ),
    "R040": Entry("nothing failed {where}", fix="{fix}", usage=True),
    "R041": Entry(
        "the code of {task} is not stored",
        "{why}",
        "nbflow dump {task} prints what it left",
        usage=True,
    ),
    "R042": Entry(
        "{task} was skipped: {reason}",
        "its body never ran, so there is nothing to look into",
        "name a step above it",
        usage=True,
    ),
    "R030": Entry("step {step} needs {names}, not given", "it reads {reads}", "{fix}", usage=True),
    "R031": Entry(
        "step {step} does not read '{name}'.{hint}",
        "it reads {reads}",
        "correct the name, or leave it out",
        usage=True,
    ),
    "R032": Entry("inputs of {step}: {message}", fix="{fix}", usage=True),
    "R033": Entry("step {step} has no {option}", fix="add it to the step's header, or ask another step", usage=True),
    # ---- S: the store ------------------------------------------------------------------------------------------
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
    # ---- M: metadata -------------------------------------------------------------------------------------------
    "M001": Entry(
        "there is no flow '{name}' here.{hint}", "{why}", "run it first, or set NBFLOW_ROOT to the store that has it"
    ),
    "M002": Entry("flow '{flow}' has no run '{run}'.{hint}"),
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
    # ---- notices: nothing is wrong, something should be known -----------------------------------------------------
    "N001": Entry("{option} is recorded, but does nothing yet", severity="notice"),
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
    "N007": Entry("{function} may use '{name}', which is not defined anywhere", severity="warning"),
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
    "N012": Entry("{name}: {value} became the text '{text}'", "the parameter is declared as str", severity="warning"),
    "N013": Entry(
        "{step} is left out: its cell did not run here, or was refused", fix="run its cell", severity="notice"
    ),
    "N014": Entry(
        "from {module} import * in {cell} does not reach steps",
        "which names it binds is not in its text; there they are unknown, and builtins keep their meaning",
        "import the names you use: from {module} import a, b",
        severity="warning",
    ),
    "N015": Entry(
        "'{name}' in {step} is that of {last}, not of {first}",
        "a plain cell below binds it again, and a definition is the same in all steps",
        "give the two different names",
        severity="warning",
    ),
}
