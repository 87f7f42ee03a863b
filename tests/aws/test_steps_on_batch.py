"""Steps as jobs of AWS Batch: the same artifacts as here, logs, failures, retries, cancel, and what a crash leaves."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws.bench.started import Bench
from aws.gate import Gate
from aws.team import Person

# a job starts a Python, fetches its packages and reads a bucket of Python's own speed
pytestmark = pytest.mark.timeout(300)

LOAD = "%%step load\nnumbers = list(range(4))\nprint('loading', len(numbers))"
SQUARE = "%%step square --foreach numbers --as number\nvalue = number ** 2\nprint('squared', number)"
TOTAL = "%%step total --join square\ntotal = sum(each.value for each in inputs)"

#: what each task left, by digest
LEFT = """
print(json.dumps({f"{step.id}/{task.id}/{each.id}": each.sha for step in run for task in step for each in task}))
"""


@pytest.fixture(scope="module")
def ada(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Someone whose bucket is used by all tests: what nbflow itself needs is packed once."""
    return Person(bench, tmp_path_factory.mktemp("ada") / "home")


def until(answer: Callable[[], object], within: float = 90.0) -> None:
    end = time.monotonic() + within
    while not answer():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def read(run: subprocess.Popen[str], *words: str) -> str:
    """Return what a run says on its standard error until all of `words` are said, in order."""
    assert run.stderr is not None
    said = ""
    for word in words:
        while word not in said:
            line = run.stderr.readline()
            assert line, f"it ended without {word!r}:\n{said}"
            said += line
    return said


def jobs(bench: Bench, flow: str) -> list[dict[str, Any]]:
    """Return the jobs that were submitted for a flow, an array as one."""
    return [each for each in bench.jobs() if f"-{flow}-" in each["jobName"] and ":" not in each["jobId"]]


def alive(bench: Bench, flow: str) -> list[dict[str, Any]]:
    return [each for each in jobs(bench, flow) if each["status"] not in ("SUCCEEDED", "FAILED")]


@contextlib.contextmanager
def disabled(bench: Bench, queue: str) -> Iterator[None]:
    """Let a queue take no jobs meanwhile."""
    batch = bench.client("batch")
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    try:
        yield
    finally:
        batch.update_job_queue(jobQueue=queue, state="ENABLED")


def left(ada: Person, flow: str) -> dict[str, str]:
    found: dict[str, str] = ada.ask(f"run = nbflow.Flow({flow!r}).latest_run{LEFT}")
    return found


def test_one_step_on_batch_beside_others_here(ada: Person) -> None:
    double = "%%step double --on batch\nvalue = twice(sum(numbers))\nprint('in a job', value)"
    ada.notebook("from twos import twice", LOAD, double, "%%step report\nsaid = value + 1", name="hybrid.ipynb")
    (ada.folder / "twos.py").write_text("def twice(x):\n    return 2 * x\n")
    ada.ok("run", "hybrid.ipynb")
    assert ada.ask('print(nbflow.Flow("hybrid").latest_run.data.said)') == 13
    assert "in a job 12" in ada.ok("logs", "hybrid/double")
    assert [each["status"] for each in jobs(ada.bench, "hybrid")] == ["SUCCEEDED"]


def test_a_whole_flow_on_batch_gives_the_artifacts_of_the_local_run(ada: Person) -> None:
    ada.notebook(LOAD.replace("4", "2"), SQUARE, TOTAL, name="whole.ipynb")
    ada.ok("run", "whole.ipynb")
    here = left(ada, "whole")
    ada.ok("run", "whole.ipynb", "--with", "batch")
    assert left(ada, "whole") == here
    # the items of the foreach went as one array
    sizes = sorted(each.get("arrayProperties", {}).get("size", 1) for each in jobs(ada.bench, "whole"))
    assert sizes == [1, 1, 2]


def test_a_class_on_batch(ada: Person) -> None:
    (ada.folder / "flow.py").write_text("""
from nbflow import FlowSpec, batch, step

class Farflow(FlowSpec):
    @step
    def start(self):
        self.items = [1, 2, 3]
        self.next(self.work, foreach="items")

    @batch(cpu=2, memory=1000)
    @step
    def work(self):
        self.tenfold = 10 * self.input
        self.next(self.end_)

    @step
    def end_(self, inputs):
        self.total = sum(each.tenfold for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        print("total", self.total)

if __name__ == "__main__":
    Farflow()
""")
    ada.ok("flow.py", "run", python=True)
    assert ada.ask('print(nbflow.Flow("Farflow").latest_run.data.total)') == 60
    asked = jobs(ada.bench, "Farflow")[0]["container"]["resourceRequirements"]
    # the smallest that Fargate has with two cores
    assert {each["type"]: each["value"] for each in asked} == {"VCPU": "2", "MEMORY": "4096"}
    path = ada.folder / "flow.py"
    gang = path.read_text().replace('foreach="items"', "num_parallel=3").replace("@batch", "@parallel\n    @batch")
    path.write_text(gang.replace("import FlowSpec", "import FlowSpec, parallel"))
    assert "NBF-R092  step 'work' cannot run on AWS Batch: it is a gang" in ada.refused("flow.py", "run", python=True)


def test_what_a_step_asks_for_reaches_its_job(ada: Person) -> None:
    # the bench mounts nothing
    folder = ada.folder / "tmpfs"
    folder.mkdir()
    text = """
import os, tempfile
from nbflow import FlowSpec, batch, environment, resources, step

class Asks(FlowSpec):
    @environment(vars={"MODE": "fast"})
    @resources(gpu=1, shared_memory=512)
    @batch(queue="gpu", memory=2000, use_tmpfs=True, tmpfs_path=FOLDER, aws_batch_tags={"team": "sales"})
    @step
    def start(self):
        self.said = [os.environ["MODE"], tempfile.gettempdir()]
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Asks()
"""
    (ada.folder / "asks.py").write_text(text.replace("FOLDER", repr(str(folder))))
    ada.ok("asks.py", "run", python=True)
    assert ada.ask('print(json.dumps(nbflow.Flow("Asks").latest_run["start"].task.data.said))') == ["fast", str(folder)]
    (job,) = jobs(ada.bench, "Asks")
    container = job["container"]
    asked = {each["type"]: each["value"] for each in container["resourceRequirements"]}
    assert asked == {"VCPU": "1", "MEMORY": "2000", "GPU": "1"}
    assert container["linuxParameters"]["sharedMemorySize"] == 512
    assert container["linuxParameters"]["tmpfs"] == [{"containerPath": str(folder), "size": 1000}]
    assert job["tags"] == {"nbflow:flow": "Asks", "nbflow:run": "Asks/1", "nbflow:step": "start", "team": "sales"}


def test_a_body_that_fails_is_told_with_its_own_lines_and_tried_again_as_often_as_it_says(ada: Person) -> None:
    body = "%%step bad --on batch --retry 1\nprint('try')\nraise ValueError('no such region: eu')"
    ada.notebook(body, name="bad.ipynb")
    said = ada.refused("run", "bad.ipynb")
    assert "ValueError: no such region: eu" in said
    attempts = ada.ask(
        'task = nbflow.Flow("bad").latest_run["bad"].task\n'
        "print(json.dumps([[str(each.status), each.stdout] for each in task.attempts]))"
    )
    assert attempts == [["failed", "try\n"], ["failed", "try\n"]]
    # Batch itself tried neither again
    assert [len(each["attempts"]) for each in jobs(ada.bench, "bad")] == [1, 1]


def test_a_machine_that_is_taken_away_is_no_try_of_the_step(ada: Person, gate: Gate) -> None:
    ada.notebook(f"%%step wait --on batch\n{gate.body}", name="reclaimed.ipynb")
    run = ada.start("run", "reclaimed.ipynb", NBFLOW_BATCH_QUEUE=ada.bench.account.ec2_queue)
    until(lambda: gate.came)
    (job,) = alive(ada.bench, "reclaimed")
    assert ada.bench.reclaim(str(job["jobId"]))
    until(lambda: gate.came == 2)
    gate.open()
    _, err = run.communicate(timeout=120)
    assert run.returncode == 0, err
    assert ada.ask('print(nbflow.Flow("reclaimed").latest_run["wait"].task.attempt)') == 0


def test_a_job_that_takes_too_long_is_ended(ada: Person, gate: Gate) -> None:
    ada.notebook(f"%%step wait --on batch --timeout 1s\n{gate.body}", name="late.ipynb")
    assert "NBF-T002" in ada.refused("run", "late.ipynb")
    assert not alive(ada.bench, "late")


def test_memory_that_is_not_enough_is_told(ada: Person) -> None:
    ada.notebook("%%step big --on batch\ndata = bytearray(9 << 30)\ndata[::4096] = data[::4096]", name="big.ipynb")
    said = ada.refused("run", "big.ipynb", NBFLOW_BATCH_QUEUE=ada.bench.account.ec2_queue)
    assert "memory" in said


def test_what_a_job_prints_is_read_while_it_runs(ada: Person, gate: Gate) -> None:
    ada.notebook(f"%%step wait --on batch\nprint('here I am')\n{gate.body}", name="live.ipynb")
    run = ada.start("run", "live.ipynb")
    until(lambda: "here I am" in ada.run("logs", "live/wait").stdout)
    gate.open()
    assert run.wait(120) == 0
    run.communicate()


def test_cancelling_ends_the_jobs_before_the_run_says_that_it_is_cancelled(ada: Person, gate: Gate) -> None:
    ada.notebook(
        "%%step load\nnumbers = [1, 2, 3]",
        f"%%step wait --foreach numbers --as number --on batch\n{gate.body}",
        name="stopped.ipynb",
    )
    run = ada.start("run", "stopped.ipynb")
    until(lambda: gate.came)
    assert "stopped/1/wait/0" in ada.ok("batch", "list", "stopped")
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=120)
    assert run.returncode != 0
    assert "cancelled" in err
    assert not alive(ada.bench, "stopped")
    assert ada.ask('print(json.dumps(str(nbflow.Flow("stopped").latest_run.status)))') == "cancelled"


def test_what_is_denied_while_jobs_run_is_told_and_a_second_interrupt_leaves(ada: Person, gate: Gate) -> None:
    ada.notebook(f"%%step wait --on batch\n{gate.body}", name="denied.ipynb")
    ada.bench.fault("deny", action="DescribeJobs")
    run = ada.start("run", "denied.ipynb")
    said = read(run, "AWS refused DescribeJobs: it is not allowed", "have batch:DescribeJobs allowed", "the jobs go on")
    until(lambda: gate.came)
    ada.bench.clear_faults()
    said += read(run, "AWS Batch says again how the jobs are")
    assert said.count("AWS refused") == 1
    ada.bench.fault("deny", action="TerminateJob")
    run.send_signal(signal.SIGINT)
    read(run, "AWS refused TerminateJob", "have batch:TerminateJob allowed", "the jobs may go on")
    (job,) = alive(ada.bench, "denied")
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=120)
    assert f"not waited for: {job['jobId']} may still run" in err
    assert "nbflow batch kill denied/1" in err and "denied/1 cancelled" in err
    ada.bench.clear_faults()
    ada.ok("batch", "kill", "denied/1")
    assert not alive(ada.bench, "denied")


def test_resume_takes_over_the_jobs_of_a_run_that_was_killed(ada: Person, gate: Gate) -> None:
    ada.notebook(
        "%%step load\nnumbers = [1, 2, 3]",
        f"%%step wait --foreach numbers --as number --on batch\n{gate.body}\nanswer = number",
        "%%step total --join wait\ntotal = sum(each.answer for each in inputs)",
        name="killed.ipynb",
    )
    run = ada.start("run", "killed.ipynb")
    until(lambda: gate.came == 3)
    run.kill()
    run.communicate()
    again = ada.start("resume", "killed")
    until(lambda: "killed/2/" in ada.run("batch", "list", "killed").stdout)
    gate.open()
    _, err = again.communicate(timeout=120)
    assert again.returncode == 0, err
    assert "its job elsewhere is taken over" in err and "did not finish" not in err and "ordered to end" not in err
    assert ada.ask('print(nbflow.Flow("killed").latest_run.data.total)') == 6
    # nothing ran twice, and nothing is left
    assert len(jobs(ada.bench, "killed")) == 1
    assert gate.came == 3
    assert not alive(ada.bench, "killed")


def test_jobs_that_ended_while_nobody_looked_are_taken_over_too(ada: Person, gate: Gate) -> None:
    ada.notebook(f"%%step wait --on batch\n{gate.body}", name="orphan.ipynb")
    run = ada.start("run", "orphan.ipynb")
    until(lambda: gate.came)
    run.kill()
    run.communicate()
    gate.open()
    until(lambda: not alive(ada.bench, "orphan"))
    ada.ok("resume", "orphan")
    assert len(jobs(ada.bench, "orphan")) == 1


def test_jobs_that_somebody_has_ordered_to_end_are_not_taken_over(ada: Person, gate: Gate) -> None:
    # the body does not hear of it, and Batch waits before it kills
    ada.bench.settings(grace=120)
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)"
    ada.notebook(f"%%step wait --on batch\n{deaf}\n{gate.body}", name="deaf.ipynb")
    run = ada.start("run", "deaf.ipynb")
    until(lambda: gate.came)
    run.kill()
    run.communicate()
    (old,) = jobs(ada.bench, "deaf")
    ada.bench.client("batch").terminate_job(jobId=old["jobId"], reason="nbflow: stopped")
    again = ada.start("resume", "deaf")
    until(lambda: gate.came == 2)
    gate.open()
    _, err = again.communicate(timeout=120)
    assert again.returncode == 0, err
    assert len(jobs(ada.bench, "deaf")) == 2


def test_jobs_that_were_ended_while_nobody_looked_are_not_taken_over(ada: Person, gate: Gate) -> None:
    ada.notebook(f"%%step wait --on batch\n{gate.body}", name="ended.ipynb")
    run = ada.start("run", "ended.ipynb")
    until(lambda: gate.came)
    run.kill()
    run.communicate()
    (old,) = jobs(ada.bench, "ended")
    ada.bench.client("batch").terminate_job(jobId=old["jobId"], reason="nbflow: stopped")
    until(lambda: not alive(ada.bench, "ended"))
    gate.open()
    ada.ok("resume", "ended")
    assert len(jobs(ada.bench, "ended")) == 2


def test_jobs_of_a_killed_run_that_nobody_wants_any_more_are_ended(ada: Person, gate: Gate) -> None:
    ada.notebook(f"%%step wait --on batch\n{gate.body}", name="edited.ipynb")
    run = ada.start("run", "edited.ipynb")
    until(lambda: gate.came)
    run.kill()
    run.communicate()
    ada.notebook("%%step wait\nanswer = 1", name="edited.ipynb")
    (job,) = jobs(ada.bench, "edited")
    done = ada.run("resume", "edited")
    assert done.returncode == 0, done.stderr
    assert f"not taken over from edited/1 and ordered to end: {job['jobId']}\n" in done.stderr
    assert "nbflow batch kill edited/1" in done.stderr
    until(lambda: not alive(ada.bench, "edited"))


def test_jobs_can_be_killed_by_hand(ada: Person, gate: Gate) -> None:
    ada.notebook(f"%%step wait --on batch\n{gate.body}", name="byhand.ipynb")
    run = ada.start("run", "byhand.ipynb")
    until(lambda: gate.came)
    assert "Did you mean 'byhand'?" in ada.refused("batch", "kill", "byhnd")
    # neither another person's, who names nobody, nor another run's
    for words in ((), ("byhand",), ("--run-id", "1")):
        assert "of others go" in ada.run("batch", "kill", *words, NBFLOW_USER="bob").stderr
    assert "no jobs of run 77" in ada.run("batch", "kill", "--run-id", "77").stderr
    assert "byhand/" in ada.ok("batch", "list", "--run-id", "1") and not ada.ok("batch", "list", "--run-id", "77")
    assert alive(ada.bench, "byhand")
    ada.ok("batch", "kill", "byhand")
    _, err = run.communicate(timeout=120)
    assert run.returncode == 1
    assert "killed by nbflow batch kill" in err
    assert not alive(ada.bench, "byhand")


@pytest.mark.parametrize(
    ("code", "said", "environ", "fault"),
    [
        ("R089", "no job queue 'fragate' in us-east-1. Did you mean 'fargate'?", {"NBFLOW_BATCH_QUEUE": "fragate"}, {}),
        ("R090", "job queue gpu takes no jobs: it is disabled", {"NBFLOW_BATCH_QUEUE": "gpu"}, {}),
        ("R087", "nbflow configure --execution-role ARN", {"NBFLOW_BATCH_EXECUTION_ROLE": ""}, {}),
        ("R086", "this store is a folder", {"NBFLOW_ROOT": "runs"}, {}),
        ("R091", "the credentials have expired", {}, {"kind": "expire", "service": "batch"}),
        ("R091", "have batch:SubmitJob allowed", {}, {"kind": "deny", "action": "SubmitJob"}),
        ("R091", "have batch:RegisterJobDefinition allowed", {}, {"kind": "deny", "action": "RegisterJobDefinition"}),
        ("T003", "the worker of refused died: image busybox:1.37 has no python3", {"NBFLOW_BATCH_IMAGE": "busybox:1.37"}, {}),
        ("R094", "this job has no credentials", {"NBFLOW_BATCH_JOB_ROLE": ""}, {}),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_account_is_told_before_or_at_submit(
    ada: Person, code: str, said: str, environ: dict[str, str], fault: dict[str, Any]
) -> None:
    ada.notebook("%%step refused --on batch\nanswer = 1", name="refused.ipynb")
    if fault.get("action") == "RegisterJobDefinition":
        # one that is not there yet
        environ = {"NBFLOW_BATCH_IMAGE": f"python:{fault['kind']}"}
    with disabled(ada.bench, "gpu"):
        if fault:
            ada.bench.fault(**fault)
        told = ada.refused("run", "refused.ipynb", **environ)
        ada.bench.clear_faults()
    assert f"NBF-{code}" in told and said in told
    assert "Traceback" not in told and 'File "' not in told
    # what nbflow can know beforehand leaves no run behind
    assert ("refused/" in told) == (code in {"T003", "R094"} or "action" in fault)


def test_lost_replies_make_no_second_job(ada: Person) -> None:
    ada.notebook(
        "%%step load\nnumbers = list(range(3))",
        "%%step many --foreach numbers --as number --on batch\nvalue = number",
        "%%step total --join many\ntotal = sum(each.value for each in inputs)",
        # each of them by itself: as many submissions as there are steps
        *(f"%%step one{place} --after total --on batch\nvalue{place} = {place}" for place in range(7)),
        name="lossy.ipynb",
    )
    # that of the array, and then one of three
    ada.bench.fault("lose_reply", action="SubmitJob", times=1)
    ada.bench.fault("lose_reply", action="SubmitJob", share=0.3)
    ada.ok("run", "lossy.ipynb")
    hits = [each["hits"] for each in ada.bench.faults()]
    ada.bench.clear_faults()
    assert hits[0] and hits[1], "no reply was lost: the test shows nothing"
    submitted = jobs(ada.bench, "lossy")
    named = [each["jobName"] for each in submitted]
    assert len(named) == len(set(named)) == 8
    assert [each["arrayProperties"]["size"] for each in submitted if "arrayProperties" in each] == [3]
    assert ada.ask('print(nbflow.Flow("lossy").latest_run["total"].task.data.total)') == 3
