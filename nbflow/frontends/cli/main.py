"""`nbflow VERB …`: picks the verb and turns errors into messages and exit codes.

Exit codes: 0 it worked; 1 a run or a look-up failed; 2 what was asked for makes no sense and nothing was started.
"""

from __future__ import annotations

import importlib
import os
import shlex
import signal
import sys
from collections.abc import Sequence

import nbflow
from nbflow.frontends.cli import flowfile
from nbflow.frontends.cli.parser import Parser

#: verb → (module, one line of help)
VERBS = {
    "run": ("run", "run the flow of a notebook or of a file of Python, without a kernel"),
    "resume": ("resume", "go on from an earlier run, without a kernel"),
    "attach": ("attach", "show a run until it ends, whatever process runs it"),
    "cancel": ("cancel", "end a run, whatever process runs it"),
    "check": ("check", "check the flow of a notebook or of a file of Python; runs nothing"),
    "fmt": ("fmt", "write the headers of step cells in one form: for linters, or for people"),
    "convert": ("convert", "write a notebook's flow as a class, in a file"),
    "show": ("show", "show the graph of a notebook or of a file, or a run with its steps and results"),
    "history": ("history", "list runs"),
    "compare": ("compare", "compare runs; with a condition, fail where one got worse"),
    "card": ("card", "show, save, list or serve the cards of tasks"),
    "notebook": ("filled", "print or save the filled-in notebook of a run or a task"),
    "deploy": ("deploy", "have AWS run a flow by itself, by the clock or when it is triggered"),
    "deployed": ("deployed", "list, trigger, end, pause or delete what is deployed"),
    "batch": ("batch", "list or end the jobs that runs have on AWS Batch"),
    "schedule": ("schedule", "have notebooks and flows run by the clock, or after one another, on this machine"),
    "logs": ("logs", "print what a task wrote"),
    "dump": ("dump", "print what a task left"),
    "configure": ("configure", "set where runs are kept, and how to reach AWS; show what is set"),
    "notify": ("notify", "try whether messages about runs come where they are to go"),
    "doctor": ("doctor", "check this machine and the store"),
    "explain": ("explain", "explain an error code"),
}

#: verbs of a notebook → what says the same here
_ELSEWHERE = {
    "artifacts": ("dump {}",),
    "timeline": ("show {} --timeline",),
    "view": ("show {}", "logs {}"),
    "cards": ("card list {}",),
}


def build_parser(verb: str | None) -> Parser:
    """Return the parser; only the chosen verb's module is imported, since start-up time is felt."""
    parser = Parser(prog="nbflow", description="Notebooks as versioned, resumable, parallel workflows.")
    parser.add_argument("--version", action="version", version=f"nbflow {nbflow.__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)
    for name, (module, text) in VERBS.items():
        sub = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == verb:
            importlib.import_module(f"nbflow.frontends.cli.{module}").add(sub)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    verb = next((word for word in words if not word.startswith("-")), None)
    if words and words[0].strip("-") in VERBS and words[0] not in VERBS:
        return _say_unknown("option", words[0], shlex.join(["nbflow", words[0].strip("-"), *words[1:]]))
    if verb == "help" and words[0] == verb:
        # `nbflow help run` is what others have for `nbflow run --help`
        words = [*words[1:], "--help"]
        verb = next((word for word in words if not word.startswith("-")), None)
    if verb is not None and verb not in VERBS:
        return _say_unknown("verb", verb, _fix_of(verb, words))
    try:
        code = _do(verb, words)
    # loaded now, if ever: a worker process is started before most of this package is imported
    except nbflow.NbflowError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # the reader of our output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as failure:  # noqa: BLE001 - a flow's file may raise anything; what is not the file's is raised again
        return flowfile.say_failure(failure, words)
    return code


def _fix_of(verb: str, words: Sequence[str]) -> str:
    """Return what to type instead of a verb that there is not."""
    if verb.endswith((".ipynb", ".py")):
        return shlex.join(["nbflow", "run", *words])
    if verb not in _ELSEWHERE:
        return f"nbflow {{{','.join(VERBS)}}}"
    place = shlex.join([word for word in words if word != verb]) or "FLOW/RUN"
    return "\n".join(f"nbflow {each.format(place)}" for each in _ELSEWHERE[verb])


def _say_unknown(what: str, word: str, fix: str) -> int:
    from nbflow.errors import did_you_mean, problem

    hint = did_you_mean(word.strip("-"), VERBS)
    print(problem("R006", verb=what, name=word, hint=hint, fix=fix), file=sys.stderr)
    return 2


def _do(verb: str | None, words: list[str]) -> int:
    if verb in flowfile.VERBS and (named := flowfile.file_among(words)):
        return flowfile.main(verb, named, [word for word in words if word not in {verb, named}])
    parser = build_parser(verb)
    parsed = parser.parse_args(words)
    if parsed.verb is None:
        parser.print_help()
        return 0
    code: int = importlib.import_module(f"nbflow.frontends.cli.{VERBS[parsed.verb][0]}").main(parsed)
    return code


if __name__ == "__main__":
    sys.exit(main())
