"""`nbflow configure`: settings, by options or by questions, and what is set now.

nbflow configure                              asks, in a terminal
nbflow configure --profile team --root s3://bucket/prefix --queue main
nbflow configure --from-metaflow              takes over what Metaflow is configured with
nbflow configure --from-stack NAME            takes over what was made from nbflow deploy --template
nbflow configure show | list | use NAME | unset KEY ...
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from nbflow.configuration import file
from nbflow.configuration.known import BY_KEY, PROFILE, SETTINGS, TAGS, option_of
from nbflow.configuration.region import wrong_region
from nbflow.configuration.root import wrong_with
from nbflow.configuration.writing import Key, change
from nbflow.errors import did_you_mean, error, problem, raise_for
from nbflow.frontends.cli.configured import Target, one_value, said_of, show_all, show_profiles, table_at, wrong_name
from nbflow.frontends.cli.parser import Parser
from nbflow.model.notice import ENDS, wrong_ends
from nbflow.notify.looking import wrong_with_links

_VERBS = {
    "show": "show what is set, and where each value comes from",
    "list": "list the profiles",
    "use": "choose the profile that is used from now on",
    "unset": "take settings away, or a whole profile: profiles.NAME",
}
_METAVARS = {"root": "FOLDER|URL", "endpoint": "URL", "aws_profile": "NAME", "user": "NAME"}


def add(parser: Parser) -> None:
    """Declare the arguments."""
    parser.epilog = (
        "Without options it asks, in a terminal. Settings stand in $XDG_CONFIG_HOME/nbflow/config.toml (default: "
        "~/.config); variables NBFLOW_… win over them. No credentials are kept: those of the AWS command line are used."
    )
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument(
        "--profile", metavar="NAME", help="the profile that is changed, or made (default: the one in use)"
    )
    whose.add_argument("--for-all", action="store_true", help="set it for all profiles that say nothing else")
    for each in SETTINGS:
        option = option_of(each.key)
        metavar = _METAVARS.get(each.key, option.rpartition("-")[2].upper())
        parser.add_argument(f"--{option}", dest=each.key, metavar=metavar, help=each.means)
    parser.add_argument("--tag", metavar="KEY=VALUE", action="append", default=[], help="a tag that each job gets")
    parser.add_argument(
        "--from-metaflow",
        metavar="FILE|PROFILE",
        nargs="?",
        const="",
        help="take over a configuration of Metaflow (default: the one that Metaflow itself would use)",
    )
    parser.add_argument(
        "--from-stack",
        metavar="NAME",
        help="take what a stack of CloudFormation says that was made from nbflow deploy --template",
    )
    parser.forgotten = partial(_mistyped, parser)
    verbs = parser.add_subparsers(dest="deed", metavar="{show,list,use,unset}", parser_class=Parser)
    for verb, said in _VERBS.items():
        sub = verbs.add_parser(verb, help=said, description=f"{said[0].upper()}{said[1:]}.")
        if verb == "use":
            sub.add_argument("name", metavar="NAME")
        if verb == "unset":
            sub.add_argument("keys", metavar="KEY", nargs="+")
            sub.add_argument("--profile", dest="of", metavar="NAME", help="the profile it is set in")


def _mistyped(parser: Parser, words: Sequence[str]) -> str:
    """Exit where an option before the verb is none: its value would be taken for the verb."""
    known = parser.long_options()
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "--":
        option, equals, _ = rest.pop(0).partition("=")
        meant = [each for each in known if each == option] or [each for each in known if each.startswith(option)]
        if option.startswith("--") and not meant:
            parser.unknown([option])
        action = parser.action_of(meant[0]) if meant else None
        takes = action is not None and action.nargs in {None, argparse.OPTIONAL} and not equals
        if takes and rest and not rest[0].startswith("-"):
            del rest[0]
    return ""


def main(arguments: argparse.Namespace) -> int:
    """Do it."""
    path = file.place(os.environ)
    values = _given(arguments)
    taken_over = arguments.from_metaflow is not None or arguments.from_stack is not None
    if arguments.deed is not None and (values or taken_over or arguments.for_all):
        what = f"{arguments.deed} sets nothing"
        raise_for("U012", what=what, why="options before it do", fix=f"nbflow configure {arguments.deed}")
    match arguments.deed:
        case "show":
            return show_all(path)
        case "list":
            return show_profiles(path)
        case "use":
            return _use(path, arguments.name)
        case "unset":
            return _unset(path, arguments.keys, arguments.of)
    target = Target.meant(path, arguments.profile, for_all=arguments.for_all)
    _check(path, target, arguments.profile, values)
    if arguments.from_metaflow is not None:
        from nbflow.frontends.cli.configure_metaflow import taken

        named = arguments.from_metaflow or None
        values = {**taken(named), **values}
    if arguments.from_stack is not None:
        from nbflow.frontends.cli.configure_stack import outputs_of

        values = {**outputs_of(arguments.from_stack, values), **values}
    elif not values:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            _nothing_given()
        from nbflow.frontends.cli.configure_asking import asked

        try:
            target, answers = asked(path, target)
        except (KeyboardInterrupt, EOFError):
            print("\nnothing was changed")
            return 128 + signal.SIGINT
        return _write(path, target, answers)
    return _write(path, target, dict(values))


def _given(arguments: argparse.Namespace) -> dict[str, str]:
    """Return what options say. Raises R004 for a tag that is none, U009 for a root that can be none."""
    values = {each.key: value for each in SETTINGS if (value := getattr(arguments, each.key)) is not None}
    for word in arguments.tag:
        name, sign, value = word.partition("=")
        if not (name and sign and value):
            raise_for("R004", option="--tag", message=f"'{word}' is no tag", fix="write it as --tag KEY=VALUE")
        values[f"{TAGS}.{name}"] = value
    for key, value in values.items():
        if not value.strip():
            raise_for("U012", what=f"{key} is empty", why="", fix=f"nbflow configure unset {key}  takes it away")
    if "root" in values:
        values["root"] = root_of(values["root"])
    return values


def _check(path: Path, target: Target, profile: str | None, values: Mapping[str, str]) -> None:
    """Raise U012 where a new profile, a region, ends or an address of runs are written as none is."""
    if profile is not None and (wrong := wrong_name(profile)) and profile not in table_at(path).get("profiles", {}):
        raise_for("U012", what=f"'{profile}' can be no name of a profile", why=wrong.why, fix=wrong.fix)
    if (region := values.get("region")) and (wrong := wrong_region(region, _endpoint(path, target, values))):
        raise_for("U012", what=f"'{region}' is no region", why=wrong.why, fix=wrong.fix)
    if (ends := values.get("notify.on")) and (said := wrong_ends(ends)):
        raise_for("U012", what=f"--notify-on: {said}", why="", fix=f"--notify-on {','.join(ENDS)}, or some of them")
    if (links := values.get("links")) and (said := wrong_with_links(links)):
        fix = "--links 'https://example.org/runs/{flow}/{run}'"
        raise_for("U012", what=f"--links {links} makes no address: {said}", why="", fix=fix)


def _endpoint(path: Path, target: Target, values: Mapping[str, str]) -> str | None:
    """Return the endpoint that is given, that the environment names, or that is set."""
    known = BY_KEY["endpoint"]
    here = [values.get("endpoint"), *(os.environ.get(name) for name in (known.variable, *known.fallbacks))]
    kept = [one_value(path, whose.key("endpoint")) for whose in (target, Target(None))]
    return next((str(each) for each in (*here, *kept) if each), None)


def root_of(text: str) -> str:
    """Return a root as the file keeps it: a folder from / or ~. Raises U009 when it can be none."""
    if wrong := wrong_with(text):
        raise_for("U009", root=text, why=wrong.why, fix=wrong.fix)
    return text.rstrip("/") if "://" in text else text if text.startswith("~") else str(Path(text).absolute())


def _nothing_given() -> NoReturn:
    raise_for(
        "U012",
        what="nothing was said that is to be set",
        why="questions are asked in a terminal only",
        fix="nbflow configure --root s3://bucket/prefix --queue NAME, or what nbflow configure --help lists",
    )


def _write(path: Path, target: Target, values: dict[str, str | None]) -> int:
    before = {key: one_value(path, target.key(key)) for key in values}
    changes: dict[Key, str | None] = {target.key(key): value for key, value in values.items()}
    begins = target.profile is not None and "profile" not in table_at(path)
    if begins:
        changes[("profile",)] = target.profile
    changed = change(path, changes)
    print(f"{file.shown(path)} · {target.said}" if changed else f"nothing to change in {file.shown(path)}")
    for key, value in values.items():
        was = f" (was {said_of(str(before[key]), key)})" if before[key] not in (None, value) else ""
        print(f"  {key:<22}  {said_of(value, key) if value is not None else 'not set'}{was}")
    _say_what_wins(values)
    if begins:
        print(f"profile {target.profile} is used from now on")
    elif target.profile is not None and target.profile != Target.meant(path, None).profile:
        print(f"nbflow configure use {target.profile}  makes it the one that is used")
    print("nbflow doctor  tries them")
    return 0


def _say_what_wins(values: dict[str, str | None]) -> None:
    for key, value in values.items():
        named = BY_KEY.get(key)
        if named is not None and (given := os.environ.get(named.variable)) and given != value:
            print(f"  ! {named.variable} is set here and wins over {key}: {said_of(given, key)}")


def _use(path: Path, name: str) -> int:
    profiles = table_at(path).get("profiles", {})
    if name not in profiles:
        known = f"the profiles are: {', '.join(profiles)}" if profiles else "there are none yet"
        hint = did_you_mean(name, profiles)
        fix = f"correct the name, or make it: nbflow configure --profile {name}"
        raise_for("U007", name=name, source="nbflow configure use", hint=hint, why=known, fix=fix)
    change(path, {("profile",): name})
    print(f"profile {name} is used from now on")
    if (other := os.environ.get(PROFILE)) and other != name:
        print(f"  ! {PROFILE} is set here and wins: {other}")
    return 0


def _unset(path: Path, keys: list[str], profile: str | None) -> int:
    target = Target.meant(path, profile)
    found = [_place_of(path, typed, target) for typed in keys]
    used = table_at(path).get("profile")
    if ("profiles", used) in found:
        # what names a profile that is gone would be an error from now on
        found.append(("profile",))
    change(path, dict.fromkeys(found))
    for key in found:
        print(f"{'.'.join(key)} is no longer set")
        setting = BY_KEY.get(".".join(key[2:] if key[0] == "profiles" else key))
        if setting is not None and os.environ.get(setting.variable):
            print(f"  ! {setting.variable} is set here and gives it a value all the same")
    return 0


def _place_of(path: Path, typed: str, target: Target) -> Key:
    """Return where in the file a key stands: as it is typed, in the profile, or for all. Raises U012."""
    names = [typed, next((key for key in BY_KEY if option_of(key) == typed.replace("_", "-")), typed)]
    places = [place for name in names for place in (target.key(name), tuple(name.split(".")))]
    places.append(_with_dots(path, typed))
    for place in places:
        if one_value(path, place) is not None:
            return place
    setting = BY_KEY.get(names[1])
    if setting is not None and os.environ.get(setting.variable):
        what, fix = f"{typed} comes from {setting.variable}, not from the file", f"unset {setting.variable}"
        raise_for("U012", what=what, why="", fix=fix)
    # what is a setting is written well: it has no value here
    hint = "" if names[1] in BY_KEY else did_you_mean(typed, [option_of(key) for key in BY_KEY])
    what = f"{typed} is not set in {file.shown(path)}.{hint}"
    raise error(problem("U012", what=what.rstrip("."), why="", fix="nbflow configure show  shows what is"))


def _with_dots(path: Path, typed: str) -> Key:
    """Return the place of a key in a profile whose name has dots."""
    for name in table_at(path).get("profiles", {}):
        if typed.startswith(start := f"profiles.{name}."):
            return ("profiles", name, *typed.removeprefix(start).split("."))
    return (typed,)
