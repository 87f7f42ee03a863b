"""`%flow VERB …` as IPython knows it, and help for `%%step?`, `%%parameters?`, `%%setup?`, `%flow?`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflow.cells.options import help_text
from nbflow.cells.step_options import STEP
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.magics.show import say
from nbflow.frontends.magics.verbs import VERBS, carry_out, flow_help, verb_help

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbflow.frontends.magics.face import Face

STEP_HELP = """%%step NAME [options]

Makes this cell a step of the flow and runs it as a task in a worker process. The step reads names that steps above
left, parameters and definitions; it leaves what it assigns. %step NAME as the first line of code means the same, and
linters see through it. Long options may stand on '#| key: value' lines below the header.

    %%step train --foreach regions --as region --retry 2
    model = fit(df[df.region == region])

""" + help_text(STEP)

PARAMETERS_HELP = """%%parameters

Declares the flow's parameters, one a line:  NAME: type = default   # help

    alpha: float = 0.1          # learning rate
    regions: list[str] = ["eu", "us"]
    end: date = date.today()

A parameter without a default must be given. Values come from the default, NBFLOW_PARAM_ALPHA, a cell of nothing but
assignments (papermill's), and  %flow run --alpha 0.2  or  nbflow run NB.ipynb -p alpha=0.2, later ones winning."""

SETUP_HELP = """%%setup

A cell that is run here now and first in every task, whole: pandas options, warnings filters, log levels."""


def register(shell: InteractiveShell, face: Face) -> None:
    """Register `%flow`, and the cell magics for their help: the transformer takes the cells themselves."""

    # plain functions: IPython marks them with attributes, which a bound method refuses
    def flow(line: str) -> Any:
        return run_line(face, line)

    flow.__doc__ = flow_help()
    from IPython.core.magic import no_var_expand

    shell.register_magic_function(no_var_expand(flow), "line", "flow")  # type: ignore[arg-type]
    for name, text in (("step", STEP_HELP), ("parameters", PARAMETERS_HELP), ("setup", SETUP_HELP)):
        shell.register_magic_function(_helper(name, text), "line_cell", name)


def unregister(shell: InteractiveShell) -> None:
    """Take the magics back."""
    magics = shell.magics_manager.magics
    for kind, name in (
        ("line", "flow"),
        *((kind, name) for kind in ("line", "cell") for name in ("step", "parameters", "setup")),
    ):
        magics[kind].pop(name, None)


def _helper(name: str, text: str) -> Any:
    def magic(*_: str) -> None:
        """Replaced below."""
        raise_for(
            "R004",
            option=f"%%{name}",
            message="it must be the first line of code of its cell",
            fix="move it to a cell of its own",
        )

    magic.__doc__ = text
    magic.__name__ = name
    return magic


def run_line(face: Face, line: str) -> Any:
    """Carry out `%flow VERB …`."""
    verb, _, rest = line.strip().partition(" ")
    if not verb:
        say(flow_help())
        return None
    if verb in {"-h", "--help", "help"}:
        say(flow_help())
        return None
    if verb not in VERBS:
        raise_for(
            "R006",
            verb="verb",
            name=verb,
            hint=did_you_mean(verb, VERBS),
            fix=f"%flow {'|'.join(VERBS)}; %flow? explains them",
        )
    if {"-h", "--help"} & set(rest.split()):
        say(verb_help(verb, [each.name for each in face.session.parameters.parameters]))
        return None
    return carry_out(face, verb, rest)
