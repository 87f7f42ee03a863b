"""Runner: the flow of a file, run from Python."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from terminal import Terminal

from nbflow import Flow, NbflowError, ParameterError, RunError, Runner, UsageError
from tests.runner.conftest import in_a_loop, processes_of, wait_until


def test_a_run_takes_parameters_and_options_and_gives_the_run(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Runner("slow.py") as runner:
        running = runner.run(names=["x", "y"], conf={"a": [1, 2]}, tags=["try", "two"], max_workers=1, max_num_splits=5)
        assert (running.status, running.returncode) == ("successful", 0)
        assert running.run.data.told == (["x", "y"], {"a": [1, 2]})
        assert running.run.user_tags == {"try", "two"}
        assert running.run.pathspec == "SlowFlow/1"
    out, err = capfd.readouterr()
    assert "waiting" in out and "Done!" in out and "Validating your flow" in err
    # what it wrote is there after its files are gone, and nothing lies about
    assert "waiting" in running.stdout and "Validating" in running.stderr
    assert sorted(each.name for each in folder.iterdir()) == [".nbflow", "slow.py"]
    assert not list((folder.parent / "temporary").iterdir())


def test_environment_working_directory_and_decorators(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    runner = Runner(
        folder / "slow.py",
        show_output=False,
        env={"COLOUR": "red"},
        cwd=tmp_path / "elsewhere",
        decospecs=["retry:times=1,minutes_between_retries=0"],
    )
    with runner.run(fail=True) as running:
        assert running.status == "failed" and running.returncode == 1
        assert "ValueError: as asked" in running.run.reason
        assert len(list(running.run["start"].task.metadata)) > 0
        assert running.stdout.count("ValueError: as asked") == 2, "it was tried again"
    with runner.run() as running:
        assert running.run.data.where == (str(tmp_path / "elsewhere"), "red")


def test_what_is_shown_can_be_kept_back(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Runner("slow.py", show_output=False, quiet=True).run() as running:
        assert running.status == "successful"
    assert capfd.readouterr() == ("", "")
    assert "Validating" not in running.stderr


def test_a_resumed_run_and_a_task_alone(folder: Path) -> None:
    runner = Runner("slow.py", show_output=False)
    first = runner.run(names=["q"])
    resumed = runner.resume("end", tags=["again"])
    assert resumed.run.origin_pathspec == first.run.pathspec
    assert resumed.run.data.told == (["q"], {})
    named = runner.resume(origin_run_id=first.run.id, step_to_rerun="end")
    assert named.run.origin_pathspec == first.run.pathspec
    spun = runner.spin("end")
    assert spun.status == "successful" and spun.task.data.told == (["q"], {})
    assert "ExecutingTask" in repr(spun) and "ExecutingRun SlowFlow/1: successful" in repr(first)
    runner.cleanup()


def test_runs_in_the_background(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        with await Runner("slow.py", show_output=False).async_run(held="go") as running:
            assert running.status == "running" and running.returncode is None
            assert running.run.status in {"pending", "running"}
            Path("go").touch()
            lines = [each async for each in running.stream_log("stdout")]
            assert running.status == "successful"
            texts = [line for _, line in lines]
            assert any(text.endswith("waiting") for text in texts) and texts[-1].endswith("Done!")
            position = lines[2][0]
            rest = [line async for _, line in running.stream_log("stdout", position=position)]
            assert rest == texts[3:]
            with pytest.raises(ValueError, match="stdout"):
                await anext(running.stream_log("nowhere"))  # type: ignore[arg-type]
        both = [await Runner("slow.py", show_output=False).async_run(seconds=0.1 * each) for each in range(2)]
        await asyncio.gather(*(each.wait() for each in both))
        assert [each.status for each in both] == ["successful", "successful"]
        again = await Runner("slow.py").async_resume("end")
        assert (await again.wait(stream="stdout")).status == "successful"
        alone = await Runner("slow.py").async_spin("end")
        assert (await alone.wait()).task.successful

    in_a_loop(main())
    out = capsys.readouterr().out
    assert "Done!" in out and "waiting" not in out, "only the resumed run was asked to be shown"


def test_a_run_that_takes_too_long_is_ended(folder: Path) -> None:
    async def main() -> None:
        running = await Runner("slow.py", show_output=False).async_run(seconds=60)
        await running.wait(timeout=0.2)
        assert running.status == "timeout" and running.returncode == 1
        assert running.run.status == "cancelled"

    in_a_loop(main())
    wait_until(lambda: not processes_of(folder), "a process is left")


def test_a_program_that_ignores_interrupts_can_end_its_runs(folder: Path, program: Callable[[str], Popen[str]]) -> None:
    # as one that a shell has started in its background
    process = program(
        "import asyncio, signal\n"
        "from nbflow import Runner\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "async def main():\n"
        "    running = await Runner('slow.py', show_output=False).async_run(seconds=300)\n"
        "    await running.wait(timeout=0.2)\n"
        "    print(running.status, running.run.status)\n"
        "asyncio.run(main())\n"
    )
    out, err = process.communicate(timeout=50)
    assert out.split() == ["timeout", "cancelled"], err


def test_a_notebook_is_a_flow_file_too(folder: Path) -> None:
    terminal = Terminal(folder)
    terminal.write(
        "%%parameters\nrows: list[int] = [1]", "%%step load\ntotal = sum(rows)", "%%step tell\ntold = total * 2"
    )
    with Runner("nb.ipynb", show_output=False) as runner:
        running = runner.run(rows=[1, 2], tags=["t"])
        assert running.status == "successful"
        assert running.run.data.told == 6 and running.run.pathspec == "nb/1"
        assert runner.resume("tell").run.origin_pathspec == "nb/1"
        assert runner.resume(origin_run_id="1").run.data.told == 6
        with pytest.raises(ParameterError, match=r"unknown parameter 'rowz'\. Did you mean 'rows'"):
            runner.run(rowz=1)
        with pytest.raises(UsageError, match=r"spin is nothing that .*nb.ipynb takes here"):
            runner.spin("tell")
        with pytest.raises(UsageError, match="namespace is nothing"):
            runner.run(namespace="x")
    with pytest.raises(UsageError, match="pylint is nothing"):
        Runner("nb.ipynb", pylint=False)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"secs": 1, "secondss": 1}, r"unknown parameter 'secondss'\. Did you mean 'seconds'\?"),
        ({"max_worker": 1}, r"unknown parameter 'max_worker'\. Did you mean 'max-workers'\?"),
        ({"seconds": "soon"}, r"slow.py did not start a run[\s\S]*seconds: 'soon' is not a float"),
        ({"conf": object()}, r"conf: a value of type object cannot be given to a run"),
        ({"max_workers": "many"}, r"did not start a run[\s\S]*many"),
    ],
)
def test_what_makes_no_sense_is_said_before_a_run_exists(folder: Path, given: dict[str, Any], says: str) -> None:
    with pytest.raises(NbflowError, match=says) as raised, Runner("slow.py", show_output=False) as runner:
        runner.run(**given)
    assert "executing SlowFlow" not in str(raised.value)
    assert not (folder / ".nbflow" / "metadata.db").exists() or not list(Flow("SlowFlow"))


def test_a_file_that_is_not_there_or_fails_by_itself(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file: slo.py\. Did you mean 'slow.py'"):
        Runner("slo.py")
    (folder / "broken.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(RunError, match="ModuleNotFoundError: No module named 'nothing_of_this_name'") as raised:
        Runner("broken.py", show_output=False).run()
    assert "leash" not in str(raised.value) and "runpy" not in str(raised.value)


def test_a_name_is_not_called_wrong_where_the_text_cannot_say(folder: Path) -> None:
    text = (folder / "slow.py").read_text()
    base = text[text.index("class SlowFlow") : text.index("    @step")].replace("SlowFlow", "Base")
    (folder / "based.py").write_text(text.replace("class SlowFlow(FlowSpec):", base + "\n\nclass SlowFlow(Base):"))
    with Runner("based.py", show_output=False).run(names="k,l") as running:
        assert running.run.data.told == (["k", "l"], {})
    with pytest.raises(RunError, match=r"unknown parameter 'nmaes'\. Did you mean 'names'"):
        Runner("based.py", show_output=False).run(nmaes="k")


def test_an_interrupt_ends_the_run_and_is_raised(folder: Path, program: Callable[[str], Popen[str]]) -> None:
    process = program(
        "from nbflow import Flow, Runner\n"
        "try:\n"
        "    Runner('slow.py').run(seconds=60)\n"
        "except KeyboardInterrupt:\n"
        "    print('ended', Flow('SlowFlow').latest_run.status)\n"
    )
    assert process.stdout is not None
    assert any("waiting" in line for line in process.stdout)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=50)
    assert "ended cancelled" in out and process.returncode == 0
    wait_until(lambda: not processes_of(folder), "a process is left")
    assert not list((folder.parent / "temporary").iterdir())


def test_a_run_ends_with_the_process_that_started_it(folder: Path, program: Callable[[str], Popen[str]]) -> None:
    process = program("from nbflow import Runner\nRunner('slow.py').run(seconds=60)")
    assert process.stdout is not None
    assert any("waiting" in line for line in process.stdout)
    process.kill()
    wait_until(lambda: not processes_of(folder), "a process is left")
    assert Flow("SlowFlow").latest_run.status == "cancelled"


def test_a_run_outlives_the_object_that_started_it(folder: Path) -> None:
    async def start() -> str:
        return (await Runner("slow.py", show_output=False).async_run(seconds=0.5)).run.pathspec

    assert in_a_loop(start()) == "SlowFlow/1"
    run = Flow("SlowFlow")["1"]
    assert run.wait(timeout=50).successful


def test_a_file_does_not_run_itself_without_end(folder: Path) -> None:
    text = (folder / "slow.py").read_text()
    (folder / "itself.py").write_text(
        f"{text}\nfrom nbflow import Runner\nRunner('itself.py')\n".replace("    SlowFlow()", "    pass")
    )
    with pytest.raises(RunError, match=r"itself\.py runs itself"):
        Runner("itself.py", show_output=False).run()
