"""Flows of some size with every step as a job, beside the same flows here: equal artifacts, by digest."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from aws.bench.started import Bench
from aws.team import Person

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

pytestmark = pytest.mark.timeout(400)

#: what each task of the run left, by digest
LEFT = """
run = nbflow.Flow({flow!r}).latest_run
print(json.dumps({{f"{{step.id}}/{{task.id}}/{{each.id}}": each.sha for step in run for task in step for each in task}}))
"""


@pytest.fixture(scope="module")
def ada(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Person:
    if bench.runner != "docker":
        pytest.skip("in containers: make test-aws")
    return Person(bench, tmp_path_factory.mktemp("ada") / "home")


def left(ada: Person, flow: str) -> dict[str, str]:
    found: dict[str, str] = ada.ask(LEFT.format(flow=flow))
    return found


@pytest.mark.skipif(
    not os.environ.get("NBFLOW_WHOLE"), reason="fifteen times 120 MB of packages: make test-aws WHOLE=1"
)
@pytest.mark.timeout(1000)
def test_the_quickstart(ada: Person) -> None:
    shutil.copy(NOTEBOOKS / "quickstart.ipynb", ada.folder)
    ada.ok("run", "quickstart.ipynb")
    here = left(ada, "quickstart")
    ada.ok("run", "quickstart.ipynb", "--with", "batch", within=900)
    assert left(ada, "quickstart") == here


@pytest.mark.skipif(not os.environ.get("NBFLOW_WHOLE"), reason="two minutes: make test-aws WHOLE=1")
def test_a_foreach_of_fifty(ada: Person) -> None:
    ada.notebook(
        "import math",
        "%%step load\nnumbers = list(range(50))",
        "%%step root --foreach numbers --as number\nvalue = math.sqrt(number)",
        "%%step total --join root\ntotal = sum(each.value for each in inputs)",
        name="fifty.ipynb",
    )
    ada.ok("run", "fifty.ipynb")
    here = left(ada, "fifty")
    ada.ok("run", "fifty.ipynb", "--with", "batch")
    assert left(ada, "fifty") == here
    arrays = [each for each in ada.bench.jobs() if each.get("arrayProperties", {}).get("size") == 50]
    assert len(arrays) == 1
