"""A whole notebook as a step on AWS Batch: it travels with the step, and its kernel runs in the container."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws.bench.started import Bench
from aws.team import Person
from filled_notebooks import write

CELLS = (
    "%%step load\nnumbers = list(range(2000))",
    "%%step report --notebook report.ipynb --on batch",
    "%%step end\nseen = total",
)
REPORT = (
    ("numbers = []", "parameters"),
    "import nbflow, os\nprint('in a job', 'AWS_BATCH_JOB_ID' in os.environ)\nnbflow.result(total=sum(numbers))",
)


@pytest.mark.timeout(300)
def test_a_notebook_runs_in_a_job_with_what_the_flow_left_here(bench: Bench, tmp_path: Path) -> None:
    ada = Person(bench, tmp_path / "home")
    ada.notebook(*CELLS, name="sales.ipynb")
    write(ada.folder, "report.ipynb", *REPORT)
    ada.ok("run", "sales.ipynb")
    asked = 'run = nbflow.Flow("sales").latest_run; print(json.dumps([run.data.seen, run.notebook.source]))'
    seen, filled = ada.ask(asked)
    assert seen == sum(range(2000))
    assert "in a job True" in json.dumps(json.loads(filled)["cells"])
