from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from nbflow.task import body

Zygote = Any
CELL = "<test.ipynb · cell 1>"


class TestLastExpression:
    @pytest.mark.parametrize(
        ("source", "texts"),
        [
            ("1 + 1", ["2"]),
            ("'text'", ["'text'"]),
            ("1 + 1;", []),
            ("1 + 1 ; # quiet", []),
            ("x = 'a;b'\nx", ["'a;b'"]),
            ("'a;'", ["'a;'"]),
            ("None", []),
            ("x = 1", []),
            ("1\n2", ["2"]),
            ("if True:\n    3", []),
            ("", []),
            ("# nothing", []),
            ("display(1, 'two')\n3", ["1", "'two'", "3"]),
        ],
    )
    def test_is_displayed_unless_a_semicolon_ends_it(self, zygote: Zygote, source: str, texts: list[str]) -> None:
        ended = zygote.run(source)
        assert ended.texts == texts
        assert "__nbflow_last__" not in ended.manifest.artifacts


class TestAwait:
    def test_stands_at_top_level(self, zygote: Zygote) -> None:
        source = """
import asyncio
async def double(v):
    await asyncio.sleep(0)
    return 2 * v
async def numbers():
    yield 7
x = await double(2)
y = [await double(v) for v in (1, 2)]
async with asyncio.timeout(5):
    z = [v async for v in numbers()]
waiting = asyncio.create_task(double(4))
await waiting
await double(5)
"""
        ended = zygote.run(source, leaves=("x", "y", "z"))
        assert ended.values == {"x": 4, "y": [2, 4], "z": [7]}
        assert ended.texts == ["10"]

    def test_is_not_needed_to_run_a_loop(self, zygote: Zygote) -> None:
        source = "import asyncio\nasync def f(): return 1\nx = asyncio.run(f())"
        assert zygote.run(source, leaves=("x",)).values == {"x": 1}

    def test_can_be_interrupted(self, zygote: Zygote) -> None:
        flight = zygote.start(
            zygote.spec("import asyncio, os, signal\nos.kill(os.getpid(), signal.SIGINT)\nawait asyncio.sleep(60)")
        )
        assert zygote.wait(flight, timeout=10).failure.type == "KeyboardInterrupt"


class TestGlobals:
    def test_are_fresh_and_without_kernel_names(self, zygote: Zygote) -> None:
        source = "import builtins\nseen = sorted(n for n in globals() if not n.startswith('__'))\nkernel = [n for n in ('get_ipython', 'In', 'Out', '_') if hasattr(builtins, n)]"
        assert zygote.run(source).values == {"seen": ["builtins"], "kernel": []}

    def test_have_the_definitions_they_read(self, zygote: Zygote, definition: Any) -> None:
        statements = [definition("def f(v): return v + K", "f", later=("K",)), definition("K = 10", "K")]
        ended = zygote.run(
            "x = f(1)\nname = __name__\nhas = 'K' in globals()", statements=statements, slice=(1, 0), roots=("f",)
        )
        assert ended.values == {"x": 11, "name": "nbflow_defs.test", "has": False}

    def test_have_display_in_definitions_too(self, zygote: Zygote, definition: Any) -> None:
        statements = [definition("def show(v): display(v)", "show")]
        assert zygote.run("show(3)", statements=statements, slice=(0,), roots=("show",)).texts == ["3"]

    def test_begin_with_what_setup_cells_do(self, zygote: Zygote, definition: Any) -> None:
        statements = [definition("def twice(v): return 2 * v", "twice")]
        setup = ["import os\nos.environ['BY_SETUP'] = str(twice(4))\nawait __import__('asyncio').sleep(0)\nmade = 1"]
        ended = zygote.run("x = os.environ['BY_SETUP']\ny = made", statements=statements, setup=setup)
        assert ended.values == {"x": "8", "y": 1}

    def test_future_imports_are_honoured_and_ours_are_not(self, zygote: Zygote) -> None:
        assert zygote.run("def f(x: int): pass\nkind = str(f.__annotations__['x'])", leaves=("kind",)).values == {
            "kind": "<class 'int'>"
        }
        source = "from __future__ import annotations\ndef f(x: Unknown): pass\nkind = f.__annotations__['x']"
        assert zygote.run(source, leaves=("kind",)).values == {"kind": "Unknown"}


class TestFailure:
    CELL_TEXT = "%%step a --retry 1\n\ndef inner(v):\n    return 1 / v\nx = inner(0)\n"

    def failed(self, zygote: Zygote, source: str, **fields: Any) -> Any:
        return zygote.run(source, **fields).failure

    def test_shows_the_cells_lines_at_their_numbers_and_no_frame_of_ours(self, zygote: Zygote) -> None:
        body = "\n".join(self.CELL_TEXT.splitlines()[1:])
        failure = self.failed(zygote, body, line=2, cell=self.CELL_TEXT)
        assert (failure.type, failure.message, failure.line) == ("ZeroDivisionError", "division by zero", 4)
        lines = failure.traceback.splitlines()
        assert lines[0] == "Traceback (most recent call last):"
        assert lines[1] == f'  File "{CELL}", line 5, in <module>'
        assert lines[2] == "    x = inner(0)"
        assert f'  File "{CELL}", line 4, in inner' in lines
        assert "nbflow" not in failure.traceback
        assert lines[-1] == "ZeroDivisionError: division by zero"

    def test_in_a_definition_shows_its_cell_and_the_steps_line(self, zygote: Zygote, definition: Any) -> None:
        statements = [definition("def f(v):\n    return [][v]", "f")]
        failure = self.failed(zygote, "x = 1\ny = f(3)", statements=statements, slice=(0,), roots=("f",))
        assert failure.line == 2
        assert 'File "<test.ipynb · f>", line 2, in f' in failure.traceback
        assert "return [][v]" in failure.traceback

    def test_in_a_library_shows_where_it_was_raised_and_no_frame_between(self, zygote: Zygote) -> None:
        failure = self.failed(zygote, "import json\njson.loads('{')")
        frames = [line for line in failure.traceback.splitlines() if line.startswith("  File")]
        assert len(frames) == 2
        assert "decoder.py" in frames[1]

    def test_shows_what_it_came_from(self, zygote: Zygote) -> None:
        source = (
            "import json\ntry:\n    json.loads('{')\nexcept ValueError as e:\n    raise KeyError('no such row') from e"
        )
        failure = self.failed(zygote, source)
        assert (failure.type, failure.message, failure.line) == ("KeyError", "'no such row'", 5)
        assert "JSONDecodeError: Expecting property name" in failure.traceback
        assert "direct cause" in failure.traceback
        # of the cause the body and where it was raised, and the body again
        assert failure.traceback.count("  File ") == 3

    def test_of_a_group_shows_its_members(self, zygote: Zygote) -> None:
        source = "raise ExceptionGroup('both', [ValueError('one'), TypeError('two')])"
        failure = self.failed(zygote, source)
        assert "ValueError: one" in failure.traceback
        assert "TypeError: two" in failure.traceback

    def test_without_a_text_is_still_a_failure(self, zygote: Zygote) -> None:
        source = "class Bad(Exception):\n    def __str__(self): raise RuntimeError\nraise Bad"
        assert self.failed(zygote, source).type == "Bad"

    def test_with_a_very_long_text_is_shortened(self, zygote: Zygote) -> None:
        failure = self.failed(zygote, "raise ValueError('x' * 10_000_000)")
        assert len(failure.message) < 30_000

    def test_of_endless_recursion_is_short(self, zygote: Zygote) -> None:
        failure = self.failed(zygote, "def f(): f()\nf()")
        assert failure.type == "RecursionError"
        assert len(failure.traceback) < 5_000

    @pytest.mark.parametrize("raised", ["BaseException('b')", "GeneratorExit", "KeyboardInterrupt"])
    def test_may_be_of_any_class(self, zygote: Zygote, raised: str) -> None:
        assert self.failed(zygote, f"raise {raised}").type == raised.partition("(")[0]

    def test_of_a_definition_that_cannot_be_executed_shows_its_cell(self, zygote: Zygote, definition: Any) -> None:
        statements = [definition("import no_such_module", "no_such_module")]
        failure = self.failed(zygote, "x = 1", statements=statements, slice=(0,))
        assert failure.type == "ModuleNotFoundError"
        assert '"<test.ipynb · no_such_module>", line 1' in failure.traceback

    def test_keeps_what_was_bound_so_far(self, zygote: Zygote) -> None:
        ended = zygote.run("x = 1\nimport threading\nlock = threading.Lock()\ny = 1 / 0", leaves=("x", "lock", "y"))
        assert ended.failure.type == "ZeroDivisionError"
        assert ended.so_far == {"x": 1}

    def test_for_want_of_memory_is_a_failure_like_others(self, zygote: Zygote) -> None:
        ended = zygote.run("x = 1\ny = bytearray(1 << 30)", memory=200 << 20)
        assert ended.failure.type == "MemoryError"
        assert ended.so_far == {"x": 1}

    def test_of_memory_is_no_failure_once_the_body_has_ended(self, zygote: Zygote) -> None:
        source = "import atexit, resource\natexit.register(lambda: print(resource.getrlimit(resource.RLIMIT_DATA)[0]))"
        assert zygote.run(source, memory=200 << 20).stdout == "-1\n"

    def test_does_not_come_from_memory_that_was_asked_for(self, zygote: Zygote) -> None:
        assert zygote.run("n = len(bytearray(100 << 20))", memory=200 << 20).values == {"n": 100 << 20}


class TestUnbound:
    TEXT = "b left no 'x' in this run (assigned under 'if flag', line 1)"

    def test_names_raise_what_the_giver_did_not_do(self, zygote: Zygote) -> None:
        failure = zygote.run("y = x", unbound={"x": self.TEXT}).failure
        assert (failure.type, failure.message, failure.code) == ("NameError", self.TEXT, "T010")

    def test_names_hide_builtins(self, zygote: Zygote) -> None:
        assert zygote.run("y = sum([1])", unbound={"sum": self.TEXT}).failure.code == "T010"
        source = "def f(): return sum([1])\ny = f()"
        assert zygote.run(source, unbound={"sum": self.TEXT}).failure.code == "T010"

    def test_names_may_be_tried_and_bound(self, zygote: Zygote) -> None:
        source = "try:\n    x\nexcept NameError:\n    x = 2"
        assert zygote.run(source, unbound={"x": self.TEXT}, leaves=("x",)).values == {"x": 2}

    def test_other_names_are_plain_errors(self, zygote: Zygote) -> None:
        assert zygote.run("y = z", unbound={"x": self.TEXT}).failure.code is None


class TestShell:
    """The forms in which `!` and `%` lines arrive from nbflow.cells.body."""

    def test_output_of_commands_is_the_tasks(self, zygote: Zygote) -> None:
        source = "print('before')\n__nbflow_shell__('echo out; echo err >&2')\nprint('after')"
        ended = zygote.run(source)
        assert (ended.stdout, ended.stderr) == ("before\nout\nafter\n", "err\n")
        assert ended.texts == []

    def test_commands_that_fail_fail_the_step(self, zygote: Zygote) -> None:
        failure = zygote.run("x = 1\n__nbflow_shell__('exit 3')").failure
        assert failure.type == "CommandError"
        assert failure.message == "!exit 3 ended with exit code 3. If that is no failure, write: exit 3 || true"
        assert failure.line == 2
        assert zygote.run("__nbflow_shell__('false || true')").done

    def test_lines_of_a_command_are_a_value(self, zygote: Zygote) -> None:
        assert zygote.run("x = __nbflow_shell_lines__('printf \"a\\nb\"; echo c >&2')").values == {"x": ["a", "bc"]}
        ended = zygote.run("x = __nbflow_shell_lines__('echo said; false')")
        assert ended.failure.type == "CommandError"
        assert "said" in ended.stderr

    def test_dollar_names_are_filled_in_from_locals_then_globals(self, zygote: Zygote) -> None:
        source = """
n = 1
class C: k = [1]
def f():
    n = 2
    return __nbflow_dollar__('n', globals(), locals())
x = [f(), __nbflow_dollar__('n', globals(), locals()), __nbflow_dollar__('C.k', globals(), locals()),
     __nbflow_dollar__('C.no', globals(), locals()), __nbflow_dollar__('HOME', globals(), locals())]
"""
        assert zygote.run(source, leaves=("x",)).values == {"x": ["2", "1", "[1]", "$C.no", "$HOME"]}

    def test_time_prints_and_shows_the_value(self, zygote: Zygote) -> None:
        ended = zygote.run("with __nbflow_time__(): 1 + 1")
        assert ended.texts == ["2"]
        assert ended.stdout.startswith("CPU times: user ")
        assert "Wall time: " in ended.stdout

    def test_time_of_the_whole_body_ends_with_it(self, zygote: Zygote) -> None:
        ended = zygote.run("__nbflow_time__().__enter__();\nx = 1\nprint('body')")
        assert [line.partition(":")[0] for line in ended.stdout.splitlines()] == ["body", "CPU times", "Wall time"]
        assert ended.texts == []
        assert "Wall time" in zygote.run("__nbflow_time__().__enter__();\n1 / 0").stdout


def test_a_body_that_awaits_runs_also_where_a_loop_runs_already() -> None:
    code = body.compiled("import asyncio\nawait asyncio.sleep(0)\nx = 1", 1, "<cell>")
    space: dict[str, Any] = {}

    async def cell() -> None:
        body.run(code, space)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, cell()).result()
    assert space["x"] == 1
