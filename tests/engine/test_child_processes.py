"""Processes that a task starts find the flow's own functions and classes, however they are started."""

from __future__ import annotations

import os
import sys

import pytest
from bench_flow import Bench

#: what the flow defines: the function stands on a class, an import and a constant
DEFINITIONS = """
import math
OFFSET = 2
class Point:
    def __init__(self, x):
        self.x = x
def helper(i):
    return Point(math.floor(i) + OFFSET)
def top(queue):
    queue.put(helper(1))
def pooled(i):
    import multiprocessing
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.map(helper, [i])[0]
"""


@pytest.mark.parametrize("way", ["spawn", "forkserver"])
def test_a_pool_maps_a_function_of_the_flow(bench: Bench, way: str) -> None:
    body = f"""a
import multiprocessing
with multiprocessing.get_context({way!r}).Pool(1) as pool:
    xs = [each.x for each in pool.map_async(helper, [1, 2]).get(30)]
"""
    assert bench.run(body, plain=(DEFINITIONS,)).left("a")["xs"] == [3, 4]


def test_a_process_gives_an_object_of_the_flow_back(bench: Bench) -> None:
    body = """a
import multiprocessing
spawn = multiprocessing.get_context("spawn")
queue = spawn.SimpleQueue()
child = spawn.Process(target=top, args=(queue,))
child.start()
child.join(30)
status = child.exitcode
same = type(queue.get()) is Point
"""
    left = bench.run(body, plain=(DEFINITIONS,)).left("a")
    assert (left["status"], left["same"]) == (0, True)


def test_a_pool_of_a_pool_maps_a_function_of_the_flow(bench: Bench) -> None:
    body = """a
import concurrent.futures, multiprocessing
with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
    x = pool.submit(pooled, 1).result(30).x
"""
    assert bench.run(body, plain=(DEFINITIONS,)).left("a")["x"] == 3


def test_joblib_runs_a_function_of_the_flow(bench: Bench) -> None:
    pytest.importorskip("joblib")
    body = """a
from joblib import Parallel, delayed
xs = [each.x for each in Parallel(n_jobs=2)(delayed(helper)(i) for i in range(3))]
"""
    assert bench.run(body, plain=(DEFINITIONS,)).left("a")["xs"] == [2, 3, 4]


def test_a_function_that_reads_what_the_step_has_runs_in_joblib(bench: Bench) -> None:
    pytest.importorskip("joblib")
    body = """a
from joblib import Parallel, delayed
factor = 10
def times(x):
    return x * factor
def scaled(i):
    return times(helper(i).x)
xs = Parallel(n_jobs=2)(delayed(scaled)(i) for i in range(3))
"""
    assert bench.run(body, plain=(DEFINITIONS,)).left("a")["xs"] == [20, 30, 40]


def test_a_grid_search_with_a_transformer_of_the_flow(bench: Bench) -> None:
    pytest.importorskip("sklearn")
    definitions = """
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
class Scale(BaseEstimator, TransformerMixin):
    def __init__(self, by=1.0): self.by = by
    def fit(self, X, y=None): return self
    def transform(self, X): return X * self.by
def score(model, X, y):
    return -float(np.abs(model.predict(X) - y).mean())
"""
    body = """a
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
X = np.arange(20.0).reshape(-1, 1)
search = GridSearchCV(make_pipeline(Scale(), LinearRegression()), {"scale__by": [1.0, 2.0]}, scoring=score, n_jobs=2)
best = search.fit(X, X[:, 0]).best_score_
"""
    assert bench.run(body, plain=(definitions,)).left("a")["best"] == pytest.approx(0, abs=1e-9)


def test_a_plain_python_that_gets_the_path_opens_an_object_of_the_flow(bench: Bench) -> None:
    body = """a
import pickle, subprocess, sys
program = "import pickle, sys; sys.path[:] = eval(sys.argv[1]); print(pickle.load(sys.stdin.buffer).x)"
told = subprocess.run(
    [sys.executable, "-c", program, repr(sys.path)], input=pickle.dumps(helper(4)), capture_output=True
).stdout.decode()
"""
    assert bench.run(body, plain=(DEFINITIONS,)).left("a")["told"] == "6\n"


def test_what_is_not_the_flows_is_not_found(bench: Bench) -> None:
    body = """a
import subprocess, sys
program = "import sys; sys.path[:] = eval(sys.argv[1]); import nbflow_defs.other"
told = subprocess.run(
    [sys.executable, "-c", program, repr(sys.path)], capture_output=True
).stderr.decode().splitlines()[-1]
"""
    left = bench.run(body, plain=(DEFINITIONS,)).left("a")
    assert left["told"] == "ModuleNotFoundError: No module named 'nbflow_defs.other'"


def test_the_way_to_the_definitions_is_the_tasks_alone(bench: Bench) -> None:
    body = """a
import os, sys
path, code, python_path = sys.path[:], os.environ["NBFLOW_CODE"], os.environ.get("PYTHONPATH")
"""
    left = bench.run(body, plain=(DEFINITIONS,)).left("a")
    assert not any(each.endswith("importable") for each in sys.path)
    assert [each.endswith("importable") for each in left["path"]] == [*[False] * (len(left["path"]) - 1), True]
    assert "NBFLOW_CODE" not in os.environ
    assert left["python_path"] == os.environ.get("PYTHONPATH")
