"""D: decorators of flow classes and of their steps."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {
    # where they stand
    "D001": Entry(
        "You tried to apply decorator *{name}* on '{function}' which is not declared as a @step",
        "@step stands on the line just before the function, and @{name} above @step",
        "@{name}\n@step\ndef {method}(self): …",
    ),
    "D002": Entry(
        "@{name} stands on '{function}', and is a decorator of a flow",
        fix="put it above the class",
    ),
    "D003": Entry(
        "@{name} stands on the class '{flow}', and is a decorator of a step",
        fix="put it above @step in each step that needs it; for all steps: run --with {name}",
    ),
    "D004": Entry("@{name} takes its attributes by name", fix="{example}"),
    # what is said in them
    "D005": Entry(
        "decorator '{name}' does not support the attribute '{attribute}'.{hint}",
        "these attributes are supported: {known}",
        "{fix}",
    ),
    "D006": Entry("@{name}({attribute}={value}) on {on}: it must be {expected}", fix="{fix}"),
    "D007": Entry("@{name} on {on} needs '{attribute}'", "it has no default", "@{name}({attribute}=…)"),
    "D008": Entry(
        "step '{step}' already has a decorator '{name}'",
        "you can specify this decorator only once",
        "keep the one that is meant",
    ),
    "D009": Entry(
        "flow '{flow}' already has a decorator '{name}'",
        "you can specify this decorator only once, base classes included",
        "keep the one that is meant",
    ),
    # @step
    "D010": Entry("@step stands on {what}, which is no function", fix="@step\ndef train(self): …"),
    "D011": Entry("'{function}' has @step twice", fix="keep the one just above def"),
    "D012": Entry(
        "step '{function}' is an async function",
        "a step is called, and nobody awaits what it returns",
        "def {function}(self): asyncio.run(…)",
    ),
    "D013": Entry(
        "step '{function}' yields",
        "a function with yield in it runs only when someone iterates over it, and nobody does over a step",
        "put the generator in a function of its own, and call it in the step",
    ),
    # single decorators
    "D014": Entry(
        "The maximum number of retries is @retry(times={most})",
        "{on} has @{name}(times={times})",
        "@retry(times={most})",
    ),
    "D015": Entry(
        "Specify a duration for @{name}", "on {on}, seconds, minutes and hours together are 0", "@{name}(minutes=5)"
    ),
    "D016": Entry("@{name} on {on} says {said}", "a flow runs by one of them", "keep one: {example}"),
    "D017": Entry(
        "It is an error to specify {attribute} in @project and on the command line",
        "which one is meant would be a guess",
        "leave it out in one of them",
    ),
    "D018": Entry(
        "{option}: flow '{flow}' has no @project",
        "a branch is one of a project",
        'put @project(name="…") above the class',
    ),
    "D019": Entry("--branch {branch}: it must be {expected}", fix="--branch {example}"),
    "D020": Entry(
        "@{name} on {on} takes either '{single}' or '{several}'",
        "one names a single {single}, the other a list of them",
        '@{name}({single}="{example}")',
    ),
    "D021": Entry(
        "@{name} on {on}: choose at least one of the options on_success and on_error",
        fix="@{name}(on_error=[tell]), with tell a function",
    ),
    # by name
    "D022": Entry(
        "Unknown {level} decorator *{name}*.{hint}",
        "the following decorators are supported: {known}; and your own, by the path they are imported by",
        "correct the name",
    ),
    "D023": Entry("'{text}' is no decorator with its attributes", "{why}", "name:key=value,key=value"),
    "D024": Entry("*{name}* is a decorator of a {other}, and cannot be added to a {level}", fix="write it in the code"),
    "D025": Entry(
        "add_decorator('{text}') has arguments in the text, and others besides",
        fix="give them in one way: the name alone, and deco_kwargs",
    ),
    # those a person writes
    "D026": Entry(
        "@user_step_decorator on '{name}': {why}",
        fix="def {name}(step_name, flow, inputs, attributes): …; yield; …",
    ),
    "D027": Entry(
        "decorator '{name}' is used with arguments, and takes none",
        "a class takes them in init, a generator function as its fourth argument",
        "def init(self, …), or def {name}(step_name, flow, inputs, attributes)",
    ),
    "D028": Entry(
        "decorator '{name}' defines __init__",
        "its arguments may come from a config, which is read later",
        "name it init",
    ),
    "D029": Entry("decorator '{name}' takes its arguments by name", fix="@{name}(key=value)"),
    # while a step runs
    "D030": Entry(
        "decorator '{name}' yields {value}",
        "it yields nothing, a function to be called instead of the step, or a dict to leave it out",
        "yield, or yield USER_SKIP_STEP",
    ),
    "D031": Entry(
        "decorator '{name}' yields more than once", "the step runs at the first yield", "yield once, outside of loops"
    ),
    "D032": Entry(
        "pre_step of decorator '{name}' returns {value}",
        "it returns None, or a function to be called instead of the step",
        "return None",
    ),
    "D033": Entry(
        "post_step of decorator '{name}' returns {value}",
        "it returns an exception or None, or a pair of that and the arguments for self.next or None",
        "return exception",
    ),
    "D034": Entry(
        "what decorator '{name}' called instead of the step returns {value}",
        "it returns None, True for a self.next as the step has it, or a dict of arguments for self.next",
        "return True",
    ),
    # mutators
    "D036": Entry(
        "{what} in pre_mutate only", "in mutate the command line has been read already", "move it to pre_mutate"
    ),
    "D037": Entry("the flow mutator {name} cannot be removed", "it may have acted already", "take it off the class"),
    "D038": Entry(
        "'{step}' of class '{flow}' takes the place of a step and is none",
        "a base class has a step of that name",
        "put @step above it, or rename it",
    ),
    "D039": Entry(
        "flow '{flow}' already has an attribute '{name}'", fix="another name; or overwrite=True for a parameter"
    ),
    "D040": Entry(
        "{value} is not {wanted}", fix='step.add_decorator("retry"), flow.add_parameter("alpha", Parameter("alpha"))'
    ),
    # recorded only
    "D050": Entry("@{name} on {step} is recorded, but does nothing yet: {instead}", severity="notice"),
    "D051": Entry("@{name} is recorded, but does nothing yet: {instead}", severity="notice"),
    "D052": Entry("@resources({said}) on {step} is recorded, but does nothing yet", severity="notice"),
    "D053": Entry(
        "secrets of {step} stand in the code, which every run keeps",
        "an inline source is for trying things out",
        "name them where they are: sources=['aws-secrets-manager.NAME'], or ['env.NAME'] for what runs here only",
        severity="warning",
    ),
    "D054": Entry(
        "--with {text} cannot have inline sources",
        "a run's record says what --with was given, and a terminal remembers what was typed",
        "name where the secrets are, as in --with 'secrets:sources=[\"env.NAME\"]'",
    ),
}
