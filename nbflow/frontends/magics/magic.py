"""`%flow VERB …` as IPython knows it, and `%%step?`, `%%card?`, `%%parameters?`, `%%setup?`, `%flow?`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nbflow.errors import raise_for
from nbflow.frontends.magics.completing import matcher
from nbflow.frontends.magics.elsewhere import meant_by
from nbflow.frontends.magics.helping import asked, tooltip
from nbflow.frontends.magics.helping.flow import flow_help, verb_help
from nbflow.frontends.magics.helping.step import card_help, parameters_help, setup_help, step_help
from nbflow.frontends.magics.helping.tables import WIDTH, narrow
from nbflow.frontends.magics.show import page, say
from nbflow.frontends.magics.verbs import VERBS, carry_out

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbflow.frontends.magics.face import Face

_HELP = {"step": step_help, "card": card_help, "parameters": parameters_help, "setup": setup_help}


class Magic:
    """A magic whose help says what holds at the moment it is asked for."""

    #: $name and {name} in its line are for the flow, not for IPython
    _ipython_magic_no_var_expand = True

    def __init__(self, name: str, does: Callable[..., Any], tells: Callable[[], str]) -> None:
        self.__name__ = name
        self._does = does
        self.getdoc = tells

    def __call__(self, *words: str) -> Any:
        return self._does(*words)


def register(shell: InteractiveShell, face: Face) -> None:
    """Register `%flow`, the cell magics for their help (the transformer takes the cells themselves), and completion."""
    magics = {("flow", "line"): Magic("flow", lambda line: run_line(face, line), lambda: flow_help(face))}
    for name, tells in _HELP.items():
        magics[name, "line_cell"] = Magic(name, _misplaced(name), partial(tells, face))
    for (name, kind), magic in magics.items():
        # it may be anything that can be called, but IPython declares text
        shell.register_magic_function(magic, kind, name)  # type: ignore[arg-type]  # see above
    # before the transformer that takes step cells: `%%step train?` is none
    shell.input_transformers_cleanup.insert(0, asked.answer_questions)
    matcher.register(shell, face)
    tooltip.register(shell, face)


def unregister(shell: InteractiveShell) -> None:
    """Take all of it back."""
    magics = shell.magics_manager.magics
    for kind, name in (("line", "flow"), *((kind, name) for kind in ("line", "cell") for name in _HELP)):
        magics[kind].pop(name, None)
    if asked.answer_questions in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(asked.answer_questions)
    matcher.unregister(shell)
    tooltip.unregister(shell)


def _misplaced(name: str) -> Callable[..., None]:
    def raises(*_: str) -> None:
        raise_for(
            "R004",
            option=f"%%{name}",
            message="it must be the first line of code of its cell",
            fix="move it to a cell of its own",
        )

    return raises


def run_line(face: Face, line: str) -> Any:
    """Carry out `%flow VERB …`."""
    verb, _, rest = line.strip().partition(" ")
    if verb in {"", "-h", "--help"}:
        say(narrow(flow_help(face), WIDTH))
        return None
    if verb == "help":
        page(narrow(asked.help_on(face, rest.split()), WIDTH))
        return None
    if verb not in VERBS:
        hint, fix = meant_by(verb, rest)
        raise_for("R006", verb="verb", name=verb, hint=hint, fix=fix)
    if {"-h", "--help"} & set(rest.split()):
        say(narrow(verb_help(face, verb, rest.split()), WIDTH))
        return None
    return carry_out(face, verb, rest)
