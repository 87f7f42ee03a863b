"""`python flow.py tag add|remove|replace`: labels of a run, all of them changed or none."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from nbflow.client.namespace import holds
from nbflow.errors import raise_for
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.naming import run_of
from nbflow.metadata.identity import owner_of, tags_of
from nbflow.metadata.tags import as_tags
from nbflow.model.record import RunRecord


def add(parser: argparse.ArgumentParser, call: Call) -> None:
    """Declare the arguments."""
    if call.command == "tag replace":
        parser.add_argument("tags", nargs="*", metavar="TAG", help="OLD NEW: the one to take off, and the one to give")
        parser.add_argument("--remove", "-r", action="append", default=[], metavar="TAG", help="one to take off")
        parser.add_argument("--add", "-a", action="append", default=[], metavar="TAG", help="one to give")
    else:
        parser.add_argument("tags", nargs="+", metavar="TAG")
    parser.add_argument("--run-id", metavar="RUN", help="the run (default: the latest)")
    parser.add_argument("--namespace", metavar="NAME", help="only if the run is in this namespace")


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Change them and say what they are now. Raises TagError."""
    adding, removing = _changes(call, arguments)
    run = run_of(call, arguments.run_id)
    if arguments.namespace and not holds(arguments.namespace, run):
        name, why = f"{run.flow}/{run.id}", f"it has the tags {', '.join(sorted(tags_of(run)))}"
        raise_for("M012", namespace=arguments.namespace, pathspec=name, why=why, owner=owner_of(run))
    call.workspace.metadata.tag(run.flow, run.id, add=as_tags(adding), remove=as_tags(removing))
    call.console.say(f"Operation successful. New tags of {run.flow}/{run.id}:")
    changed = call.workspace.metadata.run(run.flow, run.id) or run
    for line in tag_lines(changed, system=True):
        call.console.say(line)
    return 0


def _changes(call: Call, arguments: argparse.Namespace) -> tuple[Sequence[str], Sequence[str]]:
    """Return the tags to give and those to take off."""
    if call.command == "tag add":
        return arguments.tags, ()
    if call.command == "tag remove":
        return (), arguments.tags
    if len(arguments.tags) not in {0, 2}:
        raise_for(
            "R004",
            option=" ".join(arguments.tags),
            message="tag replace takes two tags: the one to take off, and the one to give",
            fix=f"{call.told('tag replace')} OLD NEW\n{call.told('tag replace')} --remove OLD --add NEW",
        )
    old, new = arguments.tags[:1], arguments.tags[1:]
    return [*new, *arguments.add], [*old, *arguments.remove]


def tag_lines(run: RunRecord, *, system: bool) -> list[str]:
    """Return a run's tags as a person reads them: those people gave first."""
    found = [f"  {tag}" for tag in sorted(run.tags)]
    if system:
        found += [f"  {tag}  (system)" for tag in sorted(tags_of(run) - run.tags)]
    return found or ["  none"]
