"""A template as text: YAML, in which each statement of a policy has its reason above it, or JSON."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from nbflow.deploy.template.asked import Asked
from nbflow.deploy.template.grants import of_jobs, of_scheduler, of_starting, of_states
from nbflow.deploy.template.people import of_people

Form = Literal["yaml", "json"]
_SHORT = {"Ref": "!Ref", "Fn::Sub": "!Sub", "Fn::GetAtt": "!GetAtt", "Fn::Select": "!Select", "Fn::GetAZs": "!GetAZs"}
_SID = re.compile(r"(?P<indent> *)- Sid: (?P<sid>\w+)\Z")
#: the dumper quotes whatever has a tag
_QUOTED = re.compile(r"(?P<tag>!(?:Ref|Sub|GetAtt)) '(?P<plain>[\w.$/{}:-][\w.$/{}:*-]*)'")
#: parts of a template, with a line between them
_PART = re.compile(r"^(?=(?:Parameters|Resources|Outputs):$|  \w+:\n    Type: AWS::)", re.MULTILINE)


def as_text(template: dict[str, Any], form: Form = "yaml") -> str:
    """Return `template` as a file holds it, with a line break at its end."""
    if form == "json":
        return json.dumps(template, indent=2) + "\n"
    import yaml  # type: ignore[import-untyped]  # ships no types

    class Dumper(yaml.SafeDumper):  # type: ignore[misc]  # see above
        """Writes intrinsic functions in their short form, and lists within what they belong to."""

        def increase_indent(self, **how: bool) -> Any:
            return super().increase_indent(**{**how, "indentless": False})

        def ignore_aliases(self, _: Any) -> bool:
            return True

    def written(dumper: Any, value: dict[str, Any]) -> Any:
        if len(value) == 1 and (tag := _SHORT.get(name := next(iter(value)))):
            argument = value[name]
            if name == "Fn::GetAtt":
                argument = ".".join(argument)
            if isinstance(argument, list):
                return dumper.represent_sequence(tag, argument, flow_style=True)
            return dumper.represent_scalar(tag, argument, style="'" if argument == "" else None)
        return dumper.represent_mapping("tag:yaml.org,2002:map", value.items())

    Dumper.add_representer(dict, written)
    text: str = yaml.dump(template, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return _PART.sub("\n", _with_reasons(_QUOTED.sub(r"\g<tag> \g<plain>", text)))


def _with_reasons(text: str) -> str:
    """Return the text with a comment above each statement that says why it is there."""
    reasons = _reasons()
    lines = []
    for line in text.splitlines():
        found = _SID.match(line)
        if found and (why := reasons.get(found["sid"])):
            lines.append(f"{found['indent']}# {why}")
        lines.append(line)
    return "\n".join(lines) + "\n"


def _reasons() -> dict[str, str]:
    some = Asked()
    all_ = (*of_jobs(some), *of_starting(some), *of_states(some), *of_scheduler(some), *of_people(some))
    return {each.sid: each.why for each in all_} | {"RefuseUnencrypted": "Nobody reads or writes without TLS."}
