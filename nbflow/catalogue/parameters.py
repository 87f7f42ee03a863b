"""P: parameters."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "P001": Entry(
        "parameter '{name}' needs a value",
        "it has no default",
        "-p {name}=VALUE in a terminal, %flow run --{flag} VALUE in a notebook",
    ),
    "P002": Entry(
        "{name}: {value} is not {type}",
        "{why}",
        "{fix}",
        mostly="give a value of the parameter's type, or change the type in the %%parameters cell",
    ),
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
        "there are two %%parameters cells, {first} and {second}",
        "a flow has one",
        "put the declarations together, and save the notebook",
    ),
    "P006": Entry("parameter '{name}': {why_not}", fix="choose another name"),
    "P007": Entry(
        "parameter '{name}': the type {type} is not known",
        "types are {known}",
        "{fix}",
        mostly="use one of these types",
    ),
    "P008": Entry("parameter '{name}': its default failed: {message}", fix="correct the expression, or give a value"),
    # P010 to P039: Parameter, IncludeFile and Config of a flow class
    "P010": Entry(
        "parameter '{name}' needs a value",
        "it is required and has no default",
        "--{name} VALUE behind run in a terminal, {attribute}=VALUE in {flow}.run(...), or {variable}=VALUE in the environment",
    ),
    "P011": Entry("{name}: {value} is not {type}", "{why}", "{fix}"),
    "P012": Entry(
        "unknown parameter '{name}'.{hint}",
        "the flow's parameters are: {known}",
        "correct the name, or add {attribute} = Parameter('{name}') to the class",
    ),
    "P013": Entry(
        "Parameter name '{name}' is a reserved word",
        "it would hide an option of nbflow's own command line",
        "Please use a different name for your parameter, as in {kind}('my-{name}')",
    ),
    "P014": Entry(
        "{kind} *{name}* is specified twice",
        "names are case-insensitive, and - and _ are the same; {first} and {second} have the same name",
        "give one of them another name",
    ),
    "P015": Entry(
        "{name} cannot be the name of a {kind}",
        "a name is what a person types behind -- : letters, digits, - and _, beginning with a letter or digit",
        "as in {kind}('learning-rate')",
    ),
    "P016": Entry(
        "parameter '{name}' cannot be the attribute '{attribute}'",
        "self.{attribute} has a meaning of its own in a step",
        "another attribute does: my_{attribute} = {kind}('{name}')",
    ),
    "P017": Entry(
        "parameter '{name}': the type {type} is not known", "types are str, int, float, bool and JSONType", "{fix}"
    ),
    "P018": Entry(
        "parameter '{name}': its default function failed: {message}",
        "{where}",
        "correct the function, or give a value: --{name} VALUE",
    ),
    "P019": Entry(
        "Parameter *{name}*: Field '{field}' cannot have a function as its value",
        "only default may be computed",
        "write the value itself",
    ),
    "P020": Entry(
        "Parameter *{name}*: Separator is only allowed for string parameters",
        "{why}",
        "separator is a text, and so is default, as in default='a,b', separator=','; for a list of anything else use type=JSONType",
    ),
    "P021": Entry("{kind} has no argument '{argument}'.{hint}", "its arguments are: {known}", "correct the name"),
    "P022": Entry(
        "file '{path}' could not be read for '{name}': {reason}",
        "it was looked for at {looked}.{hint}",
        "correct the path: --{name} PATH, or the default of IncludeFile('{name}')",
    ),
    "P023": Entry(
        "file '{path}' for '{name}' is not text in {encoding}: {reason}",
        "",
        "say what it is: encoding='latin-1' or another, or is_text=False for bytes",
    ),
    "P024": Entry(
        "{owner}: its parser {parser} failed: {message}",
        "{where}",
        "correct the content, or the parser; it is called with the content and returns what it means",
    ),
    "P025": Entry(
        "{owner}: the parser '{parser}' cannot be loaded: {reason}",
        "a parser is a function, or a text that names one with its module",
        "as in parser='yaml.safe_load'",
    ),
    "P026": Entry("yaml_parser needs PyYAML, which cannot be imported: {reason}", "", "pip install pyyaml"),
    "P027": Entry("{reason}: '{line}'", "{why}", "{fix}"),
    "P028": Entry(
        "The value returned by the deploy-time function for the parameter *{name}* field *default* has a wrong type",
        "it returned {value}. Expected {expected}",
        "return that, or change the type of the parameter",
    ),
    "P030": Entry(
        "missing configuration for '{name}'",
        "it is required and has no default",
        "--config {name} PATH or --config-value {name} JSON in front of run, or Config('{name}', default=PATH)",
    ),
    "P031": Entry(
        "{which} file '{path}' could not be read for '{name}': {reason}",
        "it was looked for at {looked}.{hint}",
        "correct the path: --config {name} PATH in front of run, or default of Config('{name}')",
    ),
    "P032": Entry(
        "configuration value for '{name}' is not valid JSON: {message}",
        "{whence}",
        "correct it, or say how it is to be read: Config('{name}', parser=yaml_parser), parser='tomllib.loads'",
    ),
    "P033": Entry(
        "for config '{name}', you can only specify default or default_value, not both",
        "default is the path of a file, default_value the content itself",
        "leave one out",
    ),
    "P034": Entry(
        "Cannot provide both a value and a file for the same configuration: '{name}'",
        "{whence} names the file {file} and gives a content, too",
        "leave one out",
    ),
    "P035": Entry(
        "unknown config '{name}'.{hint}",
        "the flow's configs are: {known}",
        "correct the name, or add {attribute} = Config('{name}') to the class",
    ),
    "P036": Entry(
        "{variable} is not a JSON object: {message}",
        "it maps the names of configs to {what}",
        "as in {variable}='{example}'",
    ),
    "P037": Entry(
        "config expression '{expression}' cannot be evaluated: {message}",
        "{known}",
        "correct the expression, or the config",
    ),
    "P038": Entry(
        "the value of {expression} is not known yet: {what}",
        "a config is read when the flow is run; until then it can only be handed on, to a decorator or as a default",
        "config_expr('{expression}') as the argument, or self.{expression} in a step",
    ),
    "P039": Entry(
        "config '{name}' cannot be kept: {message}",
        "every task is told the configs, as text",
        "let the parser return dicts, lists, texts, numbers, dates and None only",
    ),
    "P040": Entry(
        "'{name}' of the class cannot be stored: {type}",
        "{why}",
        "make it in a step, or begin its name with '_'",
    ),
}
