"""F: flows written as classes. The first sentences are Metaflow's where it has the same rule."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {
    "F001": Entry(
        "Step name *{name}* is a reserved word",
        "in every step, self.{name} is {meaning}",
        "Choose another name for the step, as {name}_step",
    ),
    "F002": Entry(
        "Step name *{name}* hides what every flow has",
        "steps call self.{name} as FlowSpec gives it",
        "Choose another name for the step, as {name}_step",
    ),
    "F003": Entry(
        "Step name *run* hides {flow}.run()",
        "the flow runs from a terminal, and not by {flow}.run() in a cell",
        "Choose another name for the step, as run_it",
        "warning",
    ),
    "F004": Entry(
        "Your flow must have exactly one {which} step",
        fix="Either name a step '{which}' or use @step({which}=True)",
    ),
    "F005": Entry(
        "Multiple steps annotated with @step({which}=True): {names}",
        "Exactly one is allowed",
        "keep it on one of them, as {first}",
    ),
    "F006": Entry(
        "Ambiguous {which} step: step '{name}' is annotated with @step({which}=True) but a step named '{which}' also exists",
        "the step named '{which}' (line {line}) would be it without the annotation",
        "rename step '{which}', or drop {which}=True from '{name}'",
    ),
    "F007": Entry(
        "The start step *{name}* has incoming transitions from {givers}",
        "A start step must have no incoming transitions",
        "let {giver} go on to another step; to repeat a step, let it choose itself:\n"
        "self.next({{'again': self.{giver}, 'done': self.other}}, condition='x')",
    ),
    "F008": Entry(
        "The end step *{name}* has outgoing transitions to {after}",
        "An end step must have no outgoing transitions",
        "remove its self.next(), or mark another step as the last one: @step(end=True)",
    ),
    "F009": Entry("The terminal step *{name}* should not have a self.next() transition", fix="Just remove it"),
    "F010": Entry(
        "The terminal step *{name}* should not be a join step (it gets an extra argument)",
        fix="Add a join step before it, and write def {name}(self) here",
    ),
    "F011": Entry(
        "Step *{name}* has an invalid name",
        "Only lowercase ascii characters, underscores, and digits are allowed, a letter first",
        "{fix}",
    ),
    "F012": Entry(
        "Step *{name}* has too many arguments: {arguments}",
        "Normal steps take only 'self' as an argument. Join steps take 'self' and 'inputs'",
        "def {name}(self), or def {name}(self, inputs)",
    ),
    "F013": Entry(
        "Step *{name}* is both a join step (it takes an extra argument) and a split step (it transitions {how}). "
        "This is not allowed",
        fix="Add a new step so that split and join become separate steps",
    ),
    "F014": Entry("Step *{name}* is missing the 'self' argument", fix="def {name}({arguments})"),
    "F015": Entry(
        "Step *{name}* is missing a self.next() transition to the next step",
        fix="Add a self.next() as the last line in the function, as in self.next(self.end)",
    ),
    "F016": Entry(
        "Step *{name}* specifies an invalid self.next() transition: {wrong}",
        "a flow is known before it runs, so the text of a step must say plainly what comes next",
        "Make sure the self.next() expression matches with one of the supported transition types:\n"
        "self.next(self.a)                             one step\n"
        "self.next(self.a, self.b)                     branches, joined by a step with (self, inputs)\n"
        "self.next(self.a, foreach='x')                once per item of self.x\n"
        "self.next(self.a, num_parallel=4)             four tasks side by side\n"
        "self.next({{'k': self.a, 'l': self.b}}, condition='x')    the step whose key self.x is",
    ),
    "F017": Entry(
        "Step *{name}* specifies a self.next() transition to an unknown step, *{target}*.{hint}",
        fix="correct the name, or add a method {target} with @step",
    ),
    "F018": Entry(
        "Multiple self.next() calls detected in step *{name}*, on lines {lines}",
        "a flow is known before it runs, so the text of a step must say plainly what comes next",
        "Call self.next() only once; to choose the next step by a value:\n"
        "self.next({{'k': self.a, 'l': self.b}}, condition='x')",
    ),
    "F019": Entry(
        "Step *{name}* does not end with its self.next()",
        "Make sure there is only one unconditional self.next() call in the end of your step",
        "move it to the last line of the function, outside of any if, for, with or try",
    ),
    "F020": Entry(
        "There is a loop in your flow: *{loop}*",
        "a step runs once, and again only if it chooses itself by a condition",
        "Break the loop by fixing self.next() transitions, as the one from {last} to {first}",
    ),
    "F021": Entry(
        "Step *{name}* is unreachable from the entry step *{start}*",
        fix="Add self.next(self.{name}) in another step or remove *{name}*",
    ),
    "F022": Entry(
        "The terminal step *{name}* was reached before a split started at step(s) {splits} were joined",
        "what each branch left would be lost",
        "Add a join step before *{name}*, to which {givers} lead: def join(self, inputs)",
    ),
    "F023": Entry(
        "Step *{name}* seems like a join step (it takes an extra input argument) but an incorrect number of steps "
        "({givers}) lead to it",
        "This join was expecting {count} incoming paths, starting from split step(s) *{split}*",
        "let {missing} lead to {name}, too",
    ),
    "F024": Entry(
        "Step *{name}* seems like a join step (it takes an extra input argument) but it is not preceded by a split",
        "Ensure that there is a matching split for every join",
        "{fix}",
    ),
    "F025": Entry(
        "Step *{name}* joins steps from unrelated splits: {found}",
        "Ensure that there is a matching join for every split",
        "join each split in a step of its own, the innermost first",
    ),
    "F026": Entry(
        "Step *{name}* is reached by several branches of a split ({givers}) and does not join them",
        "it would run once, with what only one of them left",
        "def {name}(self, inputs)",
    ),
    "F027": Entry(
        "Step *{name}* is a switch split but defines {count} transitions",
        "Switch splits must define at least 2 transitions",
        "add a case, or write self.next(self.{target})",
    ),
    "F028": Entry(
        "Step *{name}* is a switch split but has no condition variable",
        "an artifact must say which case it is",
        "self.next({{...}}, condition='x') chooses by the value of self.x",
    ),
    "F029": Entry(
        "Step *{name}* is a switch split but has no switch cases defined",
        fix="self.next({{'k': self.a, 'l': self.b}}, condition='x')",
    ),
    "F030": Entry(
        "Step *{name}* can choose nothing but itself",
        "it would repeat itself for ever",
        "add a case that leads on, as in 'done': self.other",
    ),
    "F031": Entry(
        "Step *{name}* is a foreach split that has no children: it is followed immediately by a join step, *{join}*",
        "a foreach runs a step for each item, and a join after that",
        "Add at least one step between the split and the join",
    ),
    "F032": Entry(
        "Step *{name}* runs for each item of the foreach of *{split}*, and {others} leads to it, too",
        "the items of a step come from one list",
        "add a step of its own behind {split}",
    ),
    "F033": Entry(
        "Nested foreaches are not allowed: the foreach of *{inner}* stands in the foreach of *{outer}*",
        "what is to run this flow knows one level only",
        "join the outer foreach first, or list all pairs in one",
    ),
    "F034": Entry(
        "Step *{name}* is called as a parallel step with self.next(num_parallel=..) but does not have a @parallel "
        "decorator",
        "{giver} starts it as tasks that run side by side",
        "write @parallel above @step of {name}",
    ),
    "F035": Entry(
        "An @parallel step should be followed by a join step, and *{name}* is followed by *{target}*",
        "its tasks end together",
        "def {target}(self, inputs), or add a join step between them",
    ),
    "F036": Entry(
        "Step *{name}* has a @parallel decorator, but is not called with self.next(num_parallel=...) from step *{giver}*",
        "how many tasks run side by side is said there",
        "self.next(self.{name}, num_parallel=2) in {giver}, or drop @parallel",
    ),
    "F037": Entry(
        "A conditional path cannot lead directly to a join step: {switches} leads to *{name}*",
        "a join must know which steps it joins",
        "In your conditional step(s) {switches}, introduce an intermediate, unconditional step on that path "
        "before joining",
    ),
    "F038": Entry(
        "@catch is defined for the step *{name}* but @catch is not supported in foreach split steps",
        "after an error there is no list to go on with",
        "move what may fail to a step before it",
    ),
    "F039": Entry(
        "@catch is defined for the step *{name}* but @catch is not supported in conditional switch steps",
        "after an error nobody knows which case it is",
        "move what may fail to a step before it",
    ),
    "F040": Entry(
        "@parallel is defined for the step *{name}* but @parallel is not supported in conditional switch steps",
        "its tasks might choose different steps",
        "join them first, and choose in the join's next step",
    ),
    "F041": Entry(
        "The text of step *{name}* cannot be found: {why}",
        "what comes next is read from the text of a step, before anything runs",
        "{fix}",
    ),
    "F042": Entry(
        "Step *{name}*: the case `{key}` of its self.next() cannot be told: {why}",
        "a flow is known before it runs",
        "name a value of a Config that is a string, a number, True, False or None",
    ),
    "F043": Entry(
        "Step *{step}* reads '{path}' with {reader}, and runs on another machine",
        "there is no such file there, unless the step or its image has it",
        "make it an IncludeFile or a Parameter of the flow, leave self.file = nbflow.File('{path}') in a step that runs"
        " here, or put it in a bucket and read s3://…",
        severity="warning",
    ),
    "F044": Entry(
        "Step *{step}* has the secret {secret} of this machine, and runs on another one",
        "what is in the environment or in a file here does not travel: it would stand in the description of the job",
        "put it in AWS Secrets Manager and name it there: aws secretsmanager create-secret --name {name} --secret-string …,"
        " then sources=['aws-secrets-manager.{name}']",
    ),
}
