"""R: runs, files and the command line."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "R001": Entry("no such file: {path}.{hint}", fix="correct the name, or go to the folder that has it", usage=True),
    "R002": Entry("{path} is not a notebook of Python: {message}", fix="{fix}", usage=True),
    "R003": Entry(
        "{path} has no steps",
        "a flow is made of cells that start with %%step NAME",
        "mark a cell with %%step, or run all cells as they are: nbflow run {path} --papermill",
        usage=True,
    ),
    "R004": Entry(
        "{option}: {message}",
        fix="{fix}",
        usage=True,
        mostly="correct the line: %flow?, or nbflow --help in a terminal, has them all",
    ),
    "R005": Entry(
        "there is no step '{name}' in this flow.{hint}", "its steps are: {known}", "name one of them", usage=True
    ),
    "R006": Entry(
        "unknown {verb} '{name}'.{hint}",
        fix="{fix}",
        usage=True,
        mostly="correct the word: %flow?, or nbflow --help in a terminal, has them all",
    ),
    "R007": Entry(
        "nothing is defined here yet",
        "a flow is made of cells that start with %%step NAME, and this kernel has run none",
        "run the step cells first",
    ),
    "R011": Entry("run {run} was cancelled", "{why}", "what it finished is kept: resume it, or run the cell again"),
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
        mostly="name the run, as in sales/3",
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
    "R030": Entry(
        "step {step} needs {names}, not given",
        "it reads {reads}",
        "{fix}",
        usage=True,
        mostly="give its inputs by name, or run the steps above it",
    ),
    "R031": Entry(
        "step {step} does not read '{name}'.{hint}",
        "it reads {reads}",
        "correct the name, or leave it out",
        usage=True,
    ),
    "R032": Entry("inputs of {step}: {message}", fix="{fix}", usage=True),
    "R033": Entry("step {step} has no {option}", fix="add it to the step's header, or ask another step", usage=True),
    "R050": Entry(
        "class {name} is in no file",
        "workers make it again from the file or the cell it stands in",
        "put it on the top level of a file, or of a cell of a notebook",
        usage=True,
    ),
    "R051": Entry(
        "{path} has {what}.{hint}",
        "a flow is a class with steps: class MyFlow(FlowSpec), its methods under @step",
        "name a file with one",
        usage=True,
    ),
    "R052": Entry("{path} has several flows: {names}", fix="name one of them: {path}:{first}", usage=True),
    "R053": Entry(
        "invalid step name '{name}'.{hint} Valid step names include: {known}",
        "it stands for a step of the flow as it is now",
        "name one of them",
    ),
    "R054": Entry("{what}", fix="{fix}", usage=True),
    "R055": Entry(
        "{name}() reads the command line, and here is none",
        "a flow class is started by its own file: python flow.py run",
        "{name}.run()   with its parameters as arguments, as in {name}.run(alpha=0.6)",
        usage=True,
    ),
    "R056": Entry("{option} {value} does nothing here", "{why}", "{fix}", usage=True),
    "R057": Entry("'{what}' names no task", "{why}", "{fix}", usage=True),
    "R070": Entry("{what} cannot be converted", "{why}", "{fix}", usage=True),
    "R071": Entry(
        "{path} is there already",
        "nothing was written",
        "nbflow convert {notebook} {path} --force   writes over it; another name keeps both",
        usage=True,
    ),
    "R072": Entry("{path} cannot be written: {message}", "it is as it was", "make room, or mend its permissions"),
    "R080": Entry("{path} did not start a run", "{why}", "try it in a terminal: nbflow run {path}"),
    "R081": Entry("{option} is nothing that {path} takes here", "it takes: {known}", "leave it out", usage=True),
    "R082": Entry(
        "{name}: a value of type {type} cannot be given to a run",
        "the run has a process of its own, and what it is given is text",
        "give a number, a text, a list or a dict; for more, give the name of a file",
        usage=True,
    ),
    "R083": Entry("{run} did not succeed", "{why}", "nbflow show {run} says more"),
    "R084": Entry(
        "{path} runs itself",
        "it makes a Runner of its own file as it is executed, and would be executed once more for that",
        "make the Runner in another file, or below: if __name__ != '__main__'",
        usage=True,
    ),
    "R085": Entry("{door} takes {wanted}, and {given} is none", fix="{fix}", usage=True),
    "R086": Entry(
        "step '{step}' runs {where}, and this store is a folder: {root}",
        "what runs elsewhere cannot read a folder of this machine",
        "keep runs in a bucket: nbflow configure --root s3://BUCKET/nbflow  (or NBFLOW_ROOT=s3://BUCKET/nbflow)",
    ),
    "R087": Entry(
        "step '{step}' runs on AWS Batch, and {what} is not set",
        "Batch has to be told for each job",
        "nbflow configure {option}, or {key} in its file; for one step @batch({setting}=…), or {instead}",
    ),
    "R088": Entry(
        "step '{step}' asks for {what}, which queue {queue} does not have", "its machines are Fargate's", "{fix}"
    ),
    "R089": Entry(
        "there is no job queue '{queue}' in {region}.{hint}",
        "it is set by {source}; the queues there are: {known}",
        "correct the name or the region: {command}",
        mostly="correct the name or the region: nbflow configure --queue NAME --region REGION",
    ),
    "R090": Entry(
        "job queue {queue} takes no jobs: it is {state}",
        "Batch would keep them waiting",
        "enable it, or name another queue",
    ),
    "R091": Entry("AWS refused {action}: {what}", "{why}", "{fix}"),
    "R092": Entry("step '{step}' cannot run on {on}: {why}", "tasks elsewhere run one by one", "{fix}"),
    "R093": Entry(
        "there is no backend '{on}' for step '{step}'.{hint}",
        "steps run local or on batch",
        "--on local or --on batch",
        usage=True,
    ),
    "R094": Entry(
        "step '{step}' runs on Fargate, and its job has no role",
        "without one it has no credentials but those that its image may bring, and cannot reach the bucket",
        "nbflow configure --job-role ARN, or batch.job_role in its file; for one step @batch(iam_role=…)",
        severity="warning",
    ),
}
