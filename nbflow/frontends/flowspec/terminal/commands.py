"""The commands of a flow file, and how one is written."""

from __future__ import annotations

from nbflow.frozen import frozen


@frozen
class Command:
    """One command: its module, what it does in a line, what it takes beside options."""

    module: str
    text: str
    takes: str = ""
    #: it starts tasks
    runs: bool = False


COMMANDS = {
    "check": Command("check", "check the flow; runs nothing"),
    "run": Command("run", "run the flow; its parameters are options", runs=True),
    "resume": Command("resume", "go on from an earlier run", "[STEP]", runs=True),
    "spin": Command("spin", "run one task of an earlier run again, alone", "STEP | RUN/STEP[/TASK]", runs=True),
    "show": Command("show", "show the flow: its graph, steps and texts"),
    "output-dot": Command("output_dot", "print the graph in the language of Graphviz"),
    "output-raw": Command("output_raw", "print the graph as a program reads it"),
    "dump": Command("dump", "print what a task left", "RUN/STEP[/TASK]"),
    "logs show": Command("logs", "print what a task wrote", "RUN/STEP[/TASK]"),
    "logs scrub": Command("scrub", "wipe what a task wrote", "RUN/STEP[/TASK]"),
    "card view": Command("card", "show a card in a browser", "RUN/STEP[/TASK] | STEP"),
    "card get": Command("card", "print a card, or save it", "RUN/STEP[/TASK] | STEP [FILE]"),
    "card list": Command("card", "list the cards of a run, a step or a task", "[RUN[/STEP[/TASK]]]"),
    "card server": Command("card", "show cards in a browser as they change"),
    "batch list": Command("batch", "list jobs of AWS Batch that wait or run"),
    "batch kill": Command("batch", "end jobs of AWS Batch"),
    "step-functions create": Command("step_functions", "have AWS run the flow by itself"),
    "step-functions trigger": Command("step_functions", "run what is deployed, now; its parameters are options"),
    "step-functions list-runs": Command("step_functions", "list runs of what is deployed"),
    "step-functions terminate": Command("step_functions", "end a run of what is deployed", "RUN"),
    "step-functions delete": Command("step_functions", "delete what is deployed; its runs stay"),
    "tag add": Command("tag", "label a run", "TAG..."),
    "tag remove": Command("tag", "take labels off a run", "TAG..."),
    "tag replace": Command("tag", "take labels off a run and give it others, at once", "[OLD NEW]"),
    "tag list": Command("tag_list", "list the labels of runs"),
    "help": Command("help", "list commands and options", "[COMMAND]"),
    "version": Command("version", "print the version"),
}

#: first words of commands that have two
GROUPS = tuple(dict.fromkeys(name.partition(" ")[0] for name in COMMANDS if " " in name))
#: the command that is meant when the second word is left out
_DEFAULTS = {"logs": "logs show"}
#: options with a value that Metaflow has between the two words of a command
_BETWEEN = {"step-functions": frozenset({"--name"})}
#: what Metaflow has beside
ELSEWHERE = frozenset({"airflow", "argo-workflows", "code", "init", "kubernetes", "package", "step"})


def command_in(words: list[str]) -> tuple[str, list[str]]:
    """Return the command that begins `words`, which may have two of them, and the words after it.

    A word that is no command is returned as it is.
    """
    first, *rest = words
    if first not in GROUPS:
        return first, rest
    between = _between(first, rest)
    if between and len(between) >= len(rest):
        return first, rest
    rest = [*rest[len(between) : len(between) + 1], *between, *rest[len(between) + 1 :]]
    two = f"{first} {rest[0]}" if rest else first
    if two in COMMANDS:
        return two, rest[1:]
    if rest and rest[0] in {"-h", "--help"}:
        return "help", [first]
    return (_DEFAULTS[first], rest) if rest and first in _DEFAULTS else (two, rest[1:])


def _between(group: str, words: list[str]) -> list[str]:
    """Return the options, with their values, that stand before the second word of a command."""
    known, count = _BETWEEN.get(group, frozenset[str]()), 0
    while count < len(words) and words[count].partition("=")[0] in known:
        count += 1 if "=" in words[count] else 2
    return words[:count]
