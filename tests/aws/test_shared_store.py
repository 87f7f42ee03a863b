"""A store in a bucket: two people on two machines see each other's runs, and namespaces keep them apart."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from aws.bench.started import Bench
from aws.team import Person

STEPS = ("%%step load\nsales = [3, 1, 2]\nprint('loading')", "%%step best\ntop = max(sales)")


@pytest.fixture
def ada(bench: Bench, tmp_path: Path) -> Person:
    return Person(bench, tmp_path / "ada")


@pytest.fixture
def bob(bench: Bench, tmp_path: Path, ada: Person) -> Person:
    return Person(bench, tmp_path / "bob", user="bob", prefix=ada.prefix)


def test_a_run_of_one_is_seen_by_the_other_with_its_values_and_logs(ada: Person, bob: Person) -> None:
    ada.notebook(*STEPS)
    ada.ok("run", "sales.ipynb")
    assert "sales/1" in bob.ok("history")
    assert bob.ok("logs", "sales/1/load").strip() == "loading"
    seen = 'nbflow.namespace(None); print(nbflow.Run("sales/1")["best"].task["top"].data)'
    assert bob.ask(seen) == 3


def test_runs_of_both_have_numbers_of_their_own_and_namespaces_keep_them_apart(ada: Person, bob: Person) -> None:
    for person in (ada, bob, ada):
        person.notebook(*STEPS)
        person.ok("run", "sales.ipynb")
    mine = "print(json.dumps([run.id for run in nbflow.Flow('sales')]))"
    # what somebody else has begun is seen within a second
    deadline = time.monotonic() + 60
    while bob.ask(f"nbflow.namespace(None); {mine}") != ["3", "2", "1"]:
        assert time.monotonic() < deadline
    assert (ada.ask(mine), bob.ask(mine)) == (["3", "1"], ["2"])
    assert bob.ask(f"nbflow.namespace(None); {mine}") == ["3", "2", "1"]
    assert bob.ask(f"nbflow.namespace('user:ada'); {mine}") == ["3", "1"]


def test_the_other_goes_on_from_a_run(ada: Person, bob: Person) -> None:
    ada.notebook(STEPS[0], "%%step best\ntop = max(sales) / 0", "%%step last\nlast = top")
    ada.refused("run", "sales.ipynb")
    bob.notebook(STEPS[0], "%%step best\ntop = max(sales)", "%%step last\nlast = top")
    bob.ok("resume", "sales.ipynb", "--run", "1")
    status = 'print(json.dumps(str(nbflow.Run("sales/2")["load"].task.status)))'
    assert bob.ask(status) == "reused"


def test_a_machine_that_forgot_everything_finds_it_again(ada: Person, bob: Person) -> None:
    ada.notebook(*STEPS)
    ada.ok("run", "sales.ipynb")
    bob.ok("history")
    for folder in (bob.home / "cache").rglob("stores"):
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    assert "sales/1" in bob.ok("history")


def test_the_client_is_told_by_its_url(ada: Person) -> None:
    ada.notebook(*STEPS)
    ada.ok("run", "sales.ipynb")
    code = f"print(json.dumps([nbflow.metadata({ada.url!r}), nbflow.Flow('sales').latest_run.id]))"
    assert ada.ask(code, NBFLOW_ROOT="") == [f"bucket@{ada.url}", "1"]


#: how the bench calls them
VERBS = {
    "GetObject": "GET",
    "HeadObject": "HEAD",
    "PutObject": "PUT",
    "ListObjectsV2": "LIST",
    "DeleteObjects": "DELETE",
}
PARTS = {
    "FLOW": "sales",
    "RUN": r"\d",
    "NUMBER": r"\d{8}",
    "MINUTE": r"\d{12}",
    "STEP": r"\w+",
    "TASK": "0",
    "ATTEMPT": "0",
    "STREAM": "std(out|err)",
    "AB": "[0-9a-f]{2}",
    "DIGEST": "[0-9a-f]{64}",
}
#: what a short run does without, or not, as the moment has it
LONG = {("PUT", "beats/FLOW/RUN"), ("GET", "journal/FLOW/RUN/NUMBER.json")}


def documented() -> dict[tuple[str, str], str]:
    """Return the requests that docs/storage.md lists, with how often they are made."""
    page = (Path(__file__).parents[2] / "docs" / "storage.md").read_text()
    rows = re.findall(r"^\| `([A-Z]+)` \| (.+?) \| (.+?) \|", page, re.MULTILINE)
    # of a request that names no single key the bench knows no key
    return {(verb, "" if verb in {"LIST", "DELETE"} else keys.strip("`")): often for verb, keys, often in rows}


def made(person: Person, known: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Return how often a run has asked for what is known, and for what is not by its key."""
    found: Counter[tuple[str, str]] = Counter()
    for each in person.bench.requests(service="s3"):
        verb, key = VERBS.get(each["action"], each["action"]), (each["key"] or "").removeprefix(f"{person.prefix}/")
        fitting = [shape for of, shape in known if of == verb and re.fullmatch(regex(shape), key)]
        found[verb, fitting[0] if fitting else key] += 1
    return found


def regex(shape: str) -> str:
    return re.sub("|".join(PARTS), lambda part: PARTS[part[0]], shape.replace(".", r"\."))


def test_the_requests_of_a_run_are_those_that_the_page_lists(ada: Person) -> None:
    known = documented()
    ada.notebook(*STEPS)
    ada.bench.clear_requests()
    ada.ok("run", "sales.ipynb")
    first = made(ada, known)
    ada.bench.clear_requests()
    ada.ok("run", "sales.ipynb", "--fresh")
    second = made(ada, known)
    assert set(first | second) - LONG == set(known) - LONG
    once = {shape for shape, often in known.items() if often.startswith("once a run")}
    assert len(once) == 3 and all(run[shape] == 1 for run in (first, second) for shape in once), (first, second)
    # what is there is not put again; the two tasks start and end, besides the run
    assert second["PUT", "blobs/AB/DIGEST"] == second["PUT", "format"] == 0
    assert second["PUT", "journal/FLOW/RUN/NUMBER.json"] <= 6


@pytest.mark.parametrize(
    ("environment", "fault", "code", "said", "fix"),
    [
        ({"NBFLOW_ROOT": "s3://nbflow-bnch/x"}, "", "S008", "there is no bucket 'nbflow-bnch'", "check its name"),
        ({"NBFLOW_ROOT": "s3:/nbflow-bench/x"}, "", "S029", "names no store", "write it as s3://nbflow-bench/x"),
        ({"NBFLOW_REGION": "eu-west-3"}, "", "S009", "is not in region eu-west-3 but in us-east-1", "set the region"),
        (
            {},
            "deny",
            "S012",
            "s3:PutObject is denied for s3://nbflow-bench/",
            "s3:ListBucket, s3:GetObject, s3:PutObject",
        ),
        ({}, "expire", "S011", "have expired (the keys in AWS_ACCESS_KEY_ID)", "set new keys"),
    ],
)
def test_a_bucket_that_cannot_be_used_is_told_with_the_reason_and_the_fix(
    ada: Person, environment: dict[str, str], fault: str, code: str, said: str, fix: str
) -> None:
    ada.notebook(*STEPS)
    if fault:
        ada.bench.fault(fault, service="s3")
    told = ada.refused("run", "sales.ipynb", **environment)
    what, why, mend = (line.strip() for line in told.splitlines()[:3])
    assert what.startswith(f"NBF-{code}  ") and said in what
    assert why.startswith("why    ") and mend.startswith("fix    ") and fix in mend
    assert "Traceback" not in told
