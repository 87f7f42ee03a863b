"""A notebook in a kernel, whose steps run elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from aws.bench.started import Bench
from aws.gate import Gate
from aws.team import Person
from kernels import Kernel

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def ada(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Someone whose bucket is used by all tests: what nbflow itself needs is packed once."""
    return Person(bench, tmp_path_factory.mktemp("ada") / "home")


@pytest.fixture
def start_kernel(ada: Person) -> Iterator[Callable[[], Kernel]]:
    started: list[Kernel] = []

    def start() -> Kernel:
        started.append(Kernel(ada.folder, cold=True, **ada.environment))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def kernel(start_kernel: Callable[[], Kernel]) -> Kernel:
    return start_kernel()


def until(answer: Callable[[], object], within: float = 90.0) -> None:
    end = time.monotonic() + within
    while not answer():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def shown(kernel: Kernel, word: str) -> None:
    """Wait until a picture under a cell shows `word`."""
    last = said = ""
    end = time.monotonic() + 90
    while word not in last:
        assert time.monotonic() < end, f"{said}\n{last}"
        content = kernel.client.get_iopub_msg(timeout=60)["content"]
        last = content.get("data", {}).get("text/html", last)
        said += content.get("text", "")


def alive(flow: str, bench: Bench) -> list[str]:
    return [each for each in of(flow, bench) if each not in ("SUCCEEDED", "FAILED")]


def of(flow: str, bench: Bench) -> list[str]:
    """Return how the jobs of a flow stand."""
    return [str(each["status"]) for each in bench.jobs() if f"-{flow}-" in each["jobName"]]


def test_a_step_elsewhere_is_defined_by_its_cell_and_run_with_the_flow(kernel: Kernel, bench: Bench) -> None:
    kernel.run("%load_ext nbflow\n%flow name mixed")
    kernel.run("def twice(x):\n    return 2 * x")
    kernel.run("%%step load\nnumbers = [1, 2, 3]")
    defined = kernel.run("%%step double --on batch\nresult = twice(sum(numbers))\nprint('over there')")
    assert "defined" in defined.text
    assert not of("mixed", bench)
    done = kernel.run("run = %flow run")
    assert done.ename is None, done.text
    assert "12" in kernel.run("print(run.data.result)").stdout
    assert kernel.run("print(run['double'].task.stdout)").stdout.strip() == "over there"
    assert of("mixed", bench) == ["SUCCEEDED"]


def test_a_whole_flow_elsewhere_is_one_word(kernel: Kernel, bench: Bench) -> None:
    kernel.run("%load_ext nbflow\n%flow name far")
    kernel.run("%%step load\nnumbers = [1, 2, 3]")
    kernel.run("%%step total\nresult = sum(numbers)")
    done = kernel.run("run = %flow run --fresh --with batch")
    assert done.ename is None, done.text
    assert "6" in kernel.run("print(run.data.result)").stdout
    assert of("far", bench) == ["SUCCEEDED", "SUCCEEDED"]


def test_without_a_queue_the_run_is_refused_before_it_exists(kernel: Kernel) -> None:
    kernel.run("%load_ext nbflow\n%flow name queueless")
    kernel.run("import os; os.environ.pop('NBFLOW_BATCH_QUEUE')")
    kernel.run("%%step load --on batch\nnumbers = [1, 2, 3]")
    refused = kernel.run("run = %flow run")
    assert "NBF-R087" in refused.text
    assert "nbflow configure --queue" in refused.text
    assert "queueless/1" not in kernel.run("%flow history").text


def test_a_run_of_jobs_is_watched_cancelled_and_outlives_its_kernel(
    start_kernel: Callable[[], Kernel], bench: Bench, gate: Gate
) -> None:
    cells = (
        "%load_ext nbflow\n%flow name tended",
        "%%step load --define\nnumbers = [1, 2]",
        f"%%step wait --foreach numbers --as number --on batch\nprint('here I am')\n{gate.body}\nvalue = number",
        "%%step total --join wait --define\ntotal = sum(each.value for each in inputs)",
    )
    kernel = start_kernel()
    for text in cells:
        kernel.ok(text)
    # its panel has the log of a job that runs
    cell = kernel.send("%flow run")
    shown(kernel, "here I am")
    assert alive("tended", bench)
    # an interrupt returns when Batch has confirmed that the jobs are gone
    kernel.manager.interrupt_kernel()
    stopped = kernel.collect(cell)
    assert stopped.ename == "KeyboardInterrupt" and "no worker left" in stopped.evalue
    assert not alive("tended", bench)
    came = gate.came
    kernel.send("%flow run")
    until(lambda: gate.came == came + 2)
    # no goodbye: its manager would interrupt it first, which may end the jobs
    kernel.close()
    gate.open()
    other = start_kernel()
    for text in cells:
        other.ok(text)
    other.ok("run = %flow resume")
    assert other.value("run.data.total") == "3"
    # nothing ran twice, and nothing is left
    assert gate.came == came + 2
    assert not alive("tended", bench)
