"""G: the steps together."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "G001": Entry(
        "'{name}' not found.{hint}",
        "no step above leaves it, and it is no parameter, definition or builtin{extra}",
        "{fix}",
        mostly="correct the name; or bind it in a step above, import it in a plain cell, or run the cell that does",
    ),
    "G002": Entry("{option} {name}: there is no step '{name}'.{hint}", fix="name a step above"),
    "G003": Entry(
        "{option} {name}: {name} is below this step", "a flow runs from top to bottom", "move this cell below {name}"
    ),
    "G004": Entry("{option} {name}: a step cannot wait for itself", fix="drop it"),
    "G005": Entry(
        "'{name}' is left only by '{giver}', below this step",
        "a flow runs from top to bottom",
        "{fix}",
        mostly="move that step's cell above this one, or this one below it",
    ),
    "G006": Entry(
        "--in {spec}: {giver} does not leave {name}",
        "{giver} leaves {leaves}",
        "{fix}",
        mostly="name what that step leaves, or a step that leaves the name",
    ),
    "G007": Entry(
        "'{name}' was last bound by {step}, {how}",
        "{why}",
        "{fix}",
        mostly="--out NAME on that step, so that it leaves the name",
    ),
    "G009": Entry(
        "'{name}' is a value if step {step} runs, else {definition}",
        "one name cannot be both",
        "rename one of them",
    ),
    "G010": Entry(
        "'{name}' has {count} writers, {writers}, and {each}",
        "which value is meant would depend on which one runs last",
        "{fix}",
        mostly="--in NAME=STEP.NAME here, or --join A,B here, or --after A on B",
    ),
    "G012": Entry("'{name}' is a parameter", "parameters never change in a run", "use another name"),
    "G014": Entry(
        "'{name}' is a definition; a change here reaches no other step",
        "each task has its own copy",
        "copy it first: {name}_here = dict({name}), or pass it on as an artifact",
    ),
    "G015": Entry(
        "'{name}' is hidden state: {how}",
        "a step never sees values that only the kernel holds",
        "{fix}",
        mostly="make the cell that binds it a step with %%step, or a parameter, or pass the value in with --capture NAME",
    ),
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
    "G022": Entry(
        "--join {names}: {detail}",
        "joined steps must run equally often",
        "{fix}",
        mostly="join steps of one foreach, or steps that run once",
    ),
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
    "G025": Entry(
        "secret {secret} of {step} is on this machine, and the step runs on another one",
        "what is in the environment or in a file here does not travel: it would stand in the description of the job",
        "put it in AWS Secrets Manager and name it there: aws secretsmanager create-secret --name {name} --secret-string …,"
        " then {name}=aws-secrets-manager.{name}",
    ),
}
