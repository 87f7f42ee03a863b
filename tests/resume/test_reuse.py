"""Results taken over from other runs: `--cache` on a step, `--reuse` on a run, `--fresh` against both."""

from __future__ import annotations

from collections import Counter

from counting import Bench

CACHED = "%%step load --cache\nimport numpy\nx = numpy.arange(20_000)"
WORK = "%%step work\ny = int(x.sum())"


def test_a_step_with_cache_takes_over_the_result_of_an_earlier_run(bench: Bench) -> None:
    bench.steps(CACHED, WORK)
    bench.ok("run", "nb.ipynb")
    assert bench.ran() == Counter(["load", "work"])
    told = bench.ok("run", "nb.ipynb")
    assert bench.ran() == Counter(["work"])
    assert "reused from nb/1" in told
    assert bench.digests("1") == bench.digests("2")


def test_reuse_takes_over_all_and_fresh_nothing(bench: Bench) -> None:
    bench.steps(CACHED, WORK)
    bench.ok("run", "nb.ipynb")
    bench.ran()
    bench.ok("run", "nb.ipynb", "--reuse")
    assert not bench.ran()
    bench.ok("run", "nb.ipynb", "--fresh", "--reuse")
    assert bench.ran() == Counter(["load", "work"])


def test_a_changed_parameter_runs_the_steps_that_read_it(bench: Bench) -> None:
    bench.steps("%%parameters\nn: int = 3\nm: int = 4", "%%step a --cache\nx = n", "%%step b --cache\ny = m")
    bench.ok("run", "nb.ipynb")
    bench.ran()
    bench.ok("run", "nb.ipynb", "-p", "n=5")
    assert bench.ran() == Counter(["a"])
    # an older run than the latest counts, too
    bench.ok("run", "nb.ipynb", "-p", "n=3")
    assert not bench.ran()


def test_a_changed_function_runs_the_steps_that_call_it(bench: Bench) -> None:
    steps = ("%%step a --cache\nx = f(1)", "%%step b --cache\ny = 2")
    bench.steps("def f(v): return g(v)\ndef g(v): return v", *steps)
    bench.ok("run", "nb.ipynb")
    bench.ran()
    bench.steps("def f(v): return g(v)\ndef g(v): return v + 1", *steps)
    bench.ok("run", "nb.ipynb")
    assert bench.ran() == Counter(["a"])


def test_an_edited_module_beside_the_notebook_runs_the_steps_that_import_it(bench: Bench) -> None:
    (bench.folder / "own.py").write_text("def f(v): return v")
    bench.steps("import own", "%%step a --cache\nx = own.f(1)", "%%step b --cache\ny = 2")
    bench.ok("run", "nb.ipynb")
    bench.ran()
    (bench.folder / "own.py").write_text("def f(v): return v + 1")
    bench.ok("run", "nb.ipynb")
    assert bench.ran() == Counter(["a"])


def test_a_result_whose_bytes_are_gone_is_made_again(bench: Bench) -> None:
    bench.steps(CACHED, WORK)
    bench.ok("run", "nb.ipynb")
    bench.ran()
    for blob in (bench.folder / ".nbflow" / "blobs").rglob("*"):
        if blob.is_file() and blob.stat().st_size > 100_000:
            blob.unlink()
    bench.ok("run", "nb.ipynb")
    assert bench.ran() == Counter(["load", "work"])
    assert bench.digests("1") == bench.digests("2")


def test_dry_tells_what_a_run_would_take_over(bench: Bench) -> None:
    bench.steps(CACHED, WORK)
    bench.ok("run", "nb.ipynb")
    bench.ran()
    told = bench.ok("run", "nb.ipynb", "--dry")
    assert not bench.ran()
    load, work = (next(line for line in told.splitlines() if f" {name} " in line) for name in ("load", "work"))
    assert "reused" in load and "reused" not in work


def test_an_item_that_is_still_on_the_list_keeps_its_result(bench: Bench) -> None:
    # it says its region: with its index it would say where on the list it stands
    body = "with open('ran', 'a') as log: print(region, file=log)\ny = region * 2"
    declared = "%%parameters\nregions: list[str] = ['eu', 'us']\nleast: int = 0"
    joined = "%%step all --join each\nys = [task.y for task in inputs]"
    bench.write(
        declared, f"%%step each --foreach 'sorted(regions)' --as region --when 'least < 5' --cache\n{body}", joined
    )
    bench.ok("run", "nb.ipynb")
    bench.ran()
    bench.ok("run", "nb.ipynb", "-p", 'regions=["us", "asia", "eu"]', "-p", "least=1")
    assert bench.ran() == Counter(["asia"])
    assert bench.stored("2").data.ys == ["asiaasia", "eueu", "usus"]
    bench.write(declared, f"%%step each --foreach 'regions[::-1]' --as region --cache\n{body}", joined)
    bench.ok("run", "nb.ipynb")
    assert not bench.ran()
    assert bench.stored("3").data.ys == ["usus", "eueu"]


def test_what_goes_on_from_a_fresh_run_takes_over_what_that_run_did_and_nothing_else(bench: Bench) -> None:
    last = "%%step last --cache\nimport pathlib\nz = y\nif pathlib.Path('broken').exists(): raise ValueError('broken')"
    bench.steps(CACHED, WORK, last)
    bench.ok("run", "nb.ipynb")
    (bench.folder / "broken").touch()
    assert bench.run("run", "nb.ipynb", "--fresh").returncode == 1
    bench.ran()
    for _ in range(2):
        assert bench.run("resume", "nb.ipynb").returncode == 1
        assert bench.ran() == Counter(["last"])
