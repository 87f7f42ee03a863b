"""T: tasks."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "T001": Entry("{step} failed: {error}", "{traceback}", ""),
    "T002": Entry("{step} ran longer than its --timeout of {timeout}", fix="raise --timeout, or make the step faster"),
    "T003": Entry(
        "the worker of {step} died: {how}",
        "{why}",
        "{fix}",
        mostly="it is mostly short of memory: let it use less, or run fewer tasks at once with --max-workers",
    ),
    "T004": Entry(
        "the worker of {step} could not start: {message}", fix="nbflow doctor looks for what this machine lacks"
    ),
    "T010": Entry("{step} left no '{name}' in this run", "it is assigned {where}", "assign it on every way"),
    "T011": Entry(
        "'{name}' of step {step} cannot be stored: {type}{member}",
        "{why}",
        "{fix}",
        mostly="leave what can be pickled: a path instead of an open file, settings instead of a connection",
    ),
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
    "T014": Entry(
        "--foreach {expression} of {step}: {message}",
        fix="{fix}",
        mostly="give a list, or whatever else has items, that steps above leave",
    ),
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
    "T117": Entry(
        "step {step} may have changed '{name}' in place",
        "its pickle differs from what was loaded, which for some objects means nothing; no other step sees the change",
        "copy it first, if the change is meant: self.my_{name} = copy.deepcopy(self.{name})",
        severity="warning",
    ),
    "T019": Entry(
        "step {step} changed {what} '{name}' in place",
        "parameters and constants of a class never change in a run: no other step sees the change",
        "copy it first: self.my_{name} = copy.deepcopy(self.{name})",
    ),
    "T020": Entry(
        "'{name}' of step {step} is {what}, and functions are not artifacts",
        "an artifact is a value that other steps, and tomorrow's readers, can load; functions live in the code",
        "make it a method of the class or a function of the module, or write del self.{name} before the step ends",
    ),
    "T021": Entry(
        "Flows can't be serialized. Maybe you tried to assign *self* or one of the *inputs* to an attribute: "
        "'{name}' of step {step}",
        "they are windows into the store, not values",
        "Instead of serializing the whole flow, choose specific attributes to be stored: self.x = inputs[0].x",
    ),
    "T022": Entry(
        "item {number} of the foreach over *self.{variable}* in step {step} cannot be stored",
        "{why}",
        "give items that can be pickled: paths instead of open files, settings instead of connections",
    ),
    "T023": Entry(
        "inputs has {count}, there is no inputs[{place}]",
        "they are counted from 0, and an item that was skipped has no task",
        "ask len(inputs) first, or find a task by what it left: inputs.by(name=value)",
    ),
    "T030": Entry(
        "Step *{step}* passes an unknown keyword argument *{name}* to self.next()",
        "Invalid self.next() transition detected{where}",
        "write foreach='items', num_parallel=N or condition='variable'.{hint}",
    ),
    "T031": Entry(
        "Multiple self.next() calls detected in step *{step}*",
        "Invalid self.next() transition detected{where}: a step goes on once",
        "Call self.next() only once, as the last statement of the step",
    ),
    "T032": Entry(
        "In step *{step}* the {which} in self.next() is not a function",
        "Invalid self.next() transition detected{where}: it is {value}",
        "Make sure all arguments in self.next() are methods of the Flow class, as in self.next(self.train)",
    ),
    "T033": Entry(
        "Step *{step}* specifies a self.next() transition to an unknown step, *{name}*",
        "Invalid self.next() transition detected{where}: the method has no @step",
        "put @step on the line above def {name}(self).{hint}",
    ),
    "T034": Entry(
        "Step *{step}* has an invalid self.next() transition: it names no step",
        "Invalid self.next() transition detected{where}",
        "Specify at least one step function as an argument in self.next(), as in self.next(self.train)",
    ),
    "T035": Entry(
        "Step *{step}* has an invalid self.next() transition: {message}",
        "Invalid self.next() transition detected{where}",
        "{fix}",
    ),
    "T036": Entry(
        "Step *{step}* has an invalid self.next() transition: {message}",
        "Invalid self.next() transition detected{where}",
        "{fix}",
    ),
    "T037": Entry(
        "Step *{step}* has an invalid self.next() transition: {message}",
        "Invalid self.next() transition detected{where}",
        "{fix}",
    ),
    "T038": Entry("{message}", "Invalid self.next() transition detected{where} of step *{step}*", "{fix}"),
    "T039": Entry(
        "Based on static analysis of the code, step *{step}* was expected to transition to {expected}. However, when "
        "the code was executed, self.next() was {actual}",
        "Invalid self.next() transition detected{where}: the graph is made of the text of a step before anything runs",
        "Make sure there is only one unconditional self.next() call in the end of your step",
    ),
    "T040": Entry(
        "merge_artifacts can only be called in a join and step *{step}* is not a join",
        "only a join is given tasks to merge",
        "give the step a second argument, def {step}(self, inputs), or read what it needs as self.x",
    ),
    "T041": Entry(
        "`exclude` and `include` are mutually exclusive in merge_artifacts",
        "step *{step}* gives both",
        "name what to take with include, or what to leave alone with exclude",
    ),
    "T042": Entry(
        "Step *{step}* cannot merge the following artifacts due to them having conflicting values: [{names}]",
        "{values}; nothing was merged",
        "To remedy this issue, be sure to explicitly set those artifacts (using self.{first} = inputs[0].{first}) prior "
        "to calling merge_artifacts, or leave them out: exclude=['{first}']",
    ),
    "T043": Entry(
        "Step *{step}* specifies that [{names}] should be merged but they are not present",
        "no joined task left them, and nothing was merged",
        "correct the names in include.{hint}",
    ),
    "T044": Entry("secret {secret} of {step} is not there", "{why}", "{fix}", mostly="correct its name, or store it"),
    "T045": Entry(
        "secret {secret} of {step} may not be read by {who}",
        "{why}",
        "{fix}",
        mostly="let a policy allow it, or the file",
    ),
    "T046": Entry(
        "secret {secret} of {step} cannot be read with these credentials", "{why}", "{fix}", mostly="aws sso login"
    ),
    "T047": Entry(
        "secret {secret} of {step} cannot be had",
        "{why}",
        "{fix}",
        mostly="store it as text, or as a JSON object of texts",
    ),
    "T048": Entry(
        "secret {secret} of {step} would replace the variable {name}",
        "{whose} has another value for it",
        "give it another name, unset the variable, or say allow_override=True in @secrets",
    ),
}
