"""`--env OMP_NUM_THREADS=1` reaches libraries that a worker finds loaded."""

from __future__ import annotations

import os

import numpy as np  # noqa: F401 - loads the library that is asked
import pytest
from bench_flow import Bench, NewBench
from threadpoolctl import threadpool_info

IMPORTS = ("import numpy as np\nfrom threadpoolctl import threadpool_info",)
COUNT = (
    "\nnp.ones(2)\nthreads = "
    "[each['num_threads'] for each in threadpool_info() if each['user_api'] == 'blas' and 'numpy' in each['filepath']]"
)
#: as OpenBLAS counts where it is told nothing
USUAL = [
    each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas" and "numpy" in each["filepath"]
]

pytestmark = pytest.mark.skipif(
    (os.cpu_count() or 1) < 2 or USUAL == [1], reason="its libraries have one thread anyway"
)


@pytest.mark.parametrize("variable", ["OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1,4"])
def test_a_step_may_say_how_many_threads_libraries_use(bench: Bench, variable: str) -> None:
    bench.engine.preload(["numpy"])
    ran = bench.run(f"one --env {variable}{COUNT}", f"many{COUNT}", plain=IMPORTS)
    assert (ran.left("one")["threads"], ran.left("many")["threads"]) == ([1], USUAL)
    assert ran.record("one").notes == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "variables",
    ["MKL_NUM_THREADS=1", "OMP_NUM_THREADS=many", "OMP_NUM_THREADS=1\n#| env: OPENBLAS_NUM_THREADS=2", "A=1"],
)
def test_a_library_heeds_what_it_would_have_heeded(bench: Bench, variables: str) -> None:
    bench.engine.preload(["numpy"])
    assert bench.run(f"one --env {variables}{COUNT}", plain=IMPORTS).left("one")["threads"] == USUAL


def test_a_library_that_nobody_can_tell_is_named(new_bench: NewBench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = new_bench()
    bench.engine.preload(["numpy"])
    # as in an environment that has it not
    (bench.folder / "threadpoolctl.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(str(bench.folder))
    ran = bench.run(
        "one --env OMP_NUM_THREADS=1\nx = np.ones(1)", "many\nx = np.ones(2)", plain=("import numpy as np",)
    )
    (note,) = ran.record("one").notes  # type: ignore[union-attr]
    assert note.startswith("NBF-N019 OMP_NUM_THREADS of one came too late for openblas: install threadpoolctl")
    assert ran.record("many").notes == ()  # type: ignore[union-attr]


def test_where_no_library_is_loaded_nothing_is_said(new_bench: NewBench) -> None:
    bench = new_bench()
    ran = bench.run("one --env OMP_NUM_THREADS=1\nimport sys\nloaded = 'threadpoolctl' in sys.modules", plain=())
    assert ran.left("one") == {"loaded": False}
    assert ran.record("one").notes == ()  # type: ignore[union-attr]
