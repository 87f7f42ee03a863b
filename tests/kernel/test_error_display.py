"""What a notebook shows of an error, by every door: what, where, why, fix, and the person's own code only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbflow

OURS = str(Path(nbflow.__file__).parent)

#: a cell · its error's class · lines that must be there, in their order
DOORS: list[tuple[str, str, list[str]]] = [
    (
        "%%step bad --aftr load\nz = 1",
        "CellError",
        ["NBF-C005  unknown option --aftr. Did you mean '--after'?", "  where  In [", "  fix    %%step? lists"],
    ),
    (
        "%%step bad\nz = xx + yy",
        "GraphError",
        [
            "NBF-G001  'xx' not found. Did you mean 'x' (step load)?",
            "  where  In [",
            "  why    no step above leaves it",
            "  fix    correct the name",
            "",
            "NBF-G001  'yy' not found.",
            "  where",
        ],
    ),
    (
        "def half(v):\n    return 1 / v",
        "",
        [],
    ),
    (
        "%%step bad\nz = half(0)",
        "ZeroDivisionError",
        ["Traceback", '  File "<In [', "    z = half(0)", '  File "<In [', "    return 1 / v", "ZeroDivisionError"],
    ),
    (
        "%%step bad\nimport json\nz = json.loads('{')",
        "JSONDecodeError",
        ["Traceback", "    z = json.loads('{')", "  raised in json/decoder.py · line ", "json.decoder.JSONDecodeError"],
    ),
    ("%%step bad --here\nz = half(0)", "ZeroDivisionError", ["Traceback", '  File "<In [', "ZeroDivisionError"]),
    ("%%step bad --foreach '[0]'\nz = 1 / item", "ZeroDivisionError", ["in bad[0]:", "Traceback", "    z = 1 / item"]),
    (
        "%%step bad\nkept.append(4)",
        "TaskFailed",
        ["NBF-T012  step bad changed its input", "  where  In [", "  why    later steps", "  fix    write 'kept"],
    ),
    (
        "%step bad\nkept.append(4)",
        "TaskFailed",
        ["NBF-T012  step bad changed its input", "  where  In [", " · %step bad"],
    ),
    (
        "%%step bad\nimport os\nos._exit(3)",
        "TaskFailed",
        ["NBF-T003  the worker of bad died", "  where  In [", "%%step bad", "  why    os._exit() or a library"],
    ),
    (
        "%%step bad --foreach [0]\nimport os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
        "TaskFailed",
        ["in bad[0]:", "NBF-T003", "  where  In [", "  why    something outside", "  fix    run it again"],
    ),
    (
        "%%step bad\nbreakpoint()",
        "BdbQuit",
        ["bdb.BdbQuit: a worker has no keyboard", "With --here in the step's header, pdb.set_trace() asks"],
    ),
    (
        "%step bad\nz = nowhere",
        "GraphError",
        ["NBF-G001", " · %step bad · line 2"],
    ),
    (
        "%%step bad\nraise ValueError('x' * 5000 + '\\n' * 500 + 'end')",
        "ValueError",
        ["Traceback", "ValueError: xxx", "… ", "end"],
    ),
    (
        "x = 1\n%flow rnu",
        "UsageError",
        [
            "NBF-R006  unknown verb 'rnu'. Did you mean 'run'?",
            "  where  In [",
            "         %flow rnu",
            "  fix    %flow run, resume,",
        ],
    ),
    (
        "x = 1\n\n%flow run --aplha 3",
        "CellError",
        [
            "NBF-C005  unknown option --aplha. Did you mean '--alpha'?",
            "line 3",
            "         %flow run --aplha 3",
            "                   ^",
            "  fix",
        ],
    ),
    ("%flow run --lr 3", "CellError", ["unknown option --lr.", "the parameters are --alpha; %flow run --help"]),
    ("%flow logs load", "UsageError", ["NBF-R006  unknown verb 'logs'.", "  fix    %flow view load"]),
    ("%flow show 99", "CellError", ["NBF-C014  '99' is not an option", "%flow view 99"]),
    ("%flow run --alpha big", "ParameterError", ["NBF-P002  alpha: 'big' is not a float", "  where  In [", "  fix"]),
    ("%flow debug laod", "UsageError", ["NBF-R005  there is no step 'laod'", "Did you mean 'load'", "  where  In ["]),
    ("%flow debug csae/1", "NotFoundError", ["there is no flow 'csae' here. Did you mean 'case'?", "  where  In ["]),
    ("%flow timeline first", "NotFoundError", ["NBF-M002  flow 'case' has no run 'first'. Its runs are 1", "  where"]),
    ("%flow attach 77", "NotFoundError", ["NBF-M002  flow 'case' has no run '77'. Its runs are 1", "  where  In ["]),
    ("%flow config run_cels=true", "UsageError", ["Did you mean 'run_cells=true'?"]),
    (
        "%flow run",
        "ZeroDivisionError",
        ["ZeroDivisionError: division by zero", "in In [", "%flow debug looks into it"],
    ),
    (
        "flow.run(aplha=3)",
        "ParameterError",
        ["NBF-P003  unknown parameter 'aplha'. Did you mean 'alpha'?", "  where  In ["],
    ),
    ("flow.run(max_workrs=3)", "ParameterError", ["Did you mean 'max_workers'?", "  where  In ["]),
    ("flow.runn()", "UnknownVerbError", ["NBF-R006  unknown verb 'runn'. Did you mean 'flow.run'?", "  where  In ["]),
    (
        "flow.history(statsu='failed')",
        "ViewError",
        ["no 'statsu'. Did you mean 'status'?", "  where  In [", "  fix    flow.history(status='failed')"],
    ),
    ("nbflow.Rnu", "AttributeError", ["Did you mean 'Run'?", "  where  In [", "         nbflow.Rnu"]),
    ("from nbflow import Rnu", "ImportError", ["Did you mean 'Run'?", "         from nbflow import Rnu"]),
    ("flow.run()", "ZeroDivisionError", ["ZeroDivisionError: division by zero"]),
    (
        "def look():\n    return Run('case/9')\nlook()",
        "NotFoundError",
        [
            "NBF-M002  flow 'case' has no run '9'",
            "  where  In [",
            "line 2",
            "         return Run('case/9')",
            "         called from In [",
            "  fix",
        ],
    ),
    ("Run('csae/1')", "NotFoundError", ["NBF-M001", "Did you mean 'case'?", "  where  In [", "  why", "  fix"]),
    ("Run('case/1')['laod']", "MissingError", ["NBF-M003", "Did you mean 'load'?", "  where"]),
    ("Run('case/1')['load'][3]", "MissingError", ["NBF-M004", "Its only task is 0.", "  where"]),
    ("run.data.kpet", "MissingArtifactError", ["NBF-M005", "Did you mean 'kept'?", "  where", "  why    it left"]),
    ("run['load'].task.artifacts.kpet", "MissingArtifactError", ["NBF-M005", "Did you mean 'kept'?", "  where"]),
    ("run.stauts", "UnknownAttributeError", ["NBF-M018  Run has no 'stauts'. Did you mean 'status'?", "  where"]),
    (
        (
            "class F(FlowSpec):\n    @step\n    def start(self):\n        self.next(self.ed)\n"
            "    @step\n    def end(self):\n        pass\nF.run()"
        ),
        "LintError",
        ["NBF-F017", "Did you mean 'end'?", "  where  In [", "  fix"],
    ),
    (
        (
            "class F(FlowSpec):\n    @step\n    def start(self):\n        self.x = 1 / 0\n        self.next(self.end)\n"
            "    @step\n    def end(self):\n        pass\nF.run()"
        ),
        "ZeroDivisionError",
        ["ZeroDivisionError: division by zero", "in In [", "step start"],
    ),
    (
        (
            "class F(FlowSpec):\n    @step\n    def start(self):\n        breakpoint()\n        self.next(self.end)\n"
            "    @step\n    def end(self):\n        pass\nF.run()"
        ),
        "BdbQuit",
        ["a worker has no keyboard, so nobody answers the debugger\n"],
    ),
    ("F.run(max_workrs=3)", "ParameterError", ["Did you mean 'max_workers'?", "  where  In ["]),
    ("F.run(aa=3)", "ParameterError", ["NBF-P012  unknown parameter 'aa'", "  where  In [", "         F.run(aa=3)"]),
]


def errors(kernel: Any, cell: str) -> list[tuple[str, str]]:
    """Run a cell and return all errors that it shows: the class of each, and what it looks like."""
    asked, shown = kernel.send(cell), []
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        kind, content = message["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != asked:
            continue
        if kind == "error":
            shown.append((content["ename"], "\n".join(content["traceback"])))
        if kind == "status" and content["execution_state"] == "idle":
            return shown


def test_every_door_shows_the_problem_and_the_persons_code_only(kernel: Any) -> None:
    kernel.ok("import nbflow\nfrom nbflow import FlowSpec, Run, flow, step")
    kernel.ok("%%parameters\nalpha: float = 0.1")
    kernel.ok("%%step load\nx = 3\nkept = [1]")
    kernel.ok("run = %flow run")

    for cell, kind, wanted in DOORS:
        if cell == "%flow run":
            kernel.ok("%%step bad --define\nz = 1 / 0")
        reply = kernel.run(cell)
        assert (reply.ename or "") == kind, f"{cell}\n{reply.text}"
        shown, at = reply.traceback, 0
        for each in wanted:
            assert each in shown[at:], f"{cell}\n{each}\n{shown}"
            at = shown.index(each, at) + len(each)
        assert not any(word in shown for word in (OURS, "get_ipython", "__nbflow__")), f"{cell}\n{shown}"
        assert len(shown.splitlines()) <= 70 and max(map(len, shown.splitlines()), default=0) <= 500, cell

    # a plain cell that names what a step leaves that was only defined: the step's error, then its own
    kernel.ok("%flow drop bad")
    kernel.ok("%%step part --define\nw = 1 / 0")
    assert [kind for kind, _ in errors(kernel, "print(w)")] == ["ZeroDivisionError", "NameError"]
