"""What is typed about deployments, and what comes of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from aws.team import Person

#: what each task left, by digest
_LEFT = """
nbflow.namespace(None)
run = nbflow.Flow({flow!r})[{run!r}]
print(json.dumps({{f"{{step.id}}/{{task.id}}/{{each.id}}": each.sha for step in run for task in step for each in task}}))
"""


def until(answer: Callable[[], Any], within: float = 150.0) -> Any:
    end = time.monotonic() + within
    while not (found := answer()):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.3)
    return found


def well(done: Any) -> Any:
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def ended(ada: Person, pathspec: str) -> Any:
    """Return how a run ended, once it has."""
    flow, run = pathspec.split("/")

    def look() -> Any:
        found = ada.ask(
            f"from nbflow.workspace import Workspace\n"
            f"found = Workspace.find().metadata.run({flow!r}, {run!r})\n"
            f"print(json.dumps(found and [found.status, found.reason, found.status.ended]))"
        )
        return found if found and found[2] else None

    return until(look)


def left(ada: Person, pathspec: str) -> dict[str, str]:
    flow, run = pathspec.split("/")
    found: dict[str, str] = ada.ask(_LEFT.format(flow=flow, run=run))
    return found


def deployed(ada: Person, file: str, *words: str) -> str:
    """Deploy a file and return the name it has there."""
    done = well(ada.run("deploy", file, *words))
    found = re.search(r"is deployed as (\S+)", done.stderr)
    assert found is not None, done.stderr
    return found[1]


def triggered(ada: Person, name: str, *words: str) -> str:
    return str(well(ada.run("deployed", "trigger", name, *words)).stdout.strip())
