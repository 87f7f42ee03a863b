"""A run that nobody is to hear of costs nothing at its end, and a flow that says who is to loads no service."""

from __future__ import annotations

import subprocess
import sys

OVER = """
import sys
from nbflow.frontends.ending.over import over
from nbflow.model.graph import Graph
from nbflow.runtime.request import RunRequest
over(None, RunRequest("sales", Graph(())), "1", print)
print(*sorted(sys.modules))
"""


def loaded(program: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_the_end_of_a_run_that_nobody_hears_of_loads_nothing() -> None:
    assert not {each for each in loaded(OVER) if each.startswith(("nbflow.notify", "nbflow.client", "apprise"))}


def test_the_decorator_loads_no_service_and_is_the_module() -> None:
    program = (
        "import sys, nbflow\nfrom nbflow import notify\nassert notify is sys.modules['nbflow.notify'] is nbflow.notify"
    )
    found = loaded(f"{program}\nassert callable(notify.ended)\nprint(*sorted(sys.modules))")
    assert "nbflow.flowspec.decorators_of_flows" in found
    assert not {each for each in found if each.startswith(("nbflow.client", "apprise", "requests"))}
