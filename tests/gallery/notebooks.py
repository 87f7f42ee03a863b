"""Cells of a saved notebook that make no sense. They stand below `doors.PLAIN`, so the first one is cell 4."""

from __future__ import annotations

from gallery.example import Notebook

RUN = "nbflow run case.ipynb -p "

HEADERS = (
    Notebook(
        "C001",
        "code above the header",
        ("import os\n%%step a\nx = 1",),
        place="cell 4",
        reason="first line of code",
        fix="split the cell",
        mended=("import os", "%%step a\nx = 1"),
    ),
    Notebook("C002", "two headers", ("%%step a\n%%step b\nx = 1",), place="cell 4", reason="two", fix="two cells"),
    Notebook(
        "C003",
        "a capital in the name",
        ("%%step Train\nx = 1",),
        place="cell 4",
        reason="lower-case",
        fix="train",
        mended=("%%step train\nx = 1",),
    ),
    Notebook(
        "C003", "a dash in the name", ("%%step load-data\nx = 1",), place="cell 4", reason="not a step", fix="load_data"
    ),
    Notebook("C003", "an accent in the name", ("%%step entraîner\nx = 1",), place="cell 4", fix="write entrainer"),
    Notebook("C003", "a number before the name", ("%%step 2nd\nx = 1",), place="cell 4", fix="write step_2nd"),
    Notebook(
        "C004", "a reserved name", ("%%step inputs\nx = 1",), place="cell 4", reason="reserved", fix="inputs_step"
    ),
    Notebook(
        "C005",
        "a mistyped option",
        ("%%step a --retires 3\nx = 1",),
        place="line 1",
        reason="--retires",
        fix="--retry",
        mended=("%%step a --retry 3\nx = 1",),
    ),
    Notebook("C006", "a size that is none", ("%%step a --memory 8Q\nx = 1",), place="cell 4", reason="8Q", fix="8G"),
    Notebook(
        "C007", "an option twice", ("%%step a --retry 1 --retry 2\nx = 1",), place="cell 4", reason="twice", fix="one"
    ),
    Notebook(
        "C008",
        "--as without --foreach",
        ("%%step a --as x\ny = 1",),
        place="cell 4",
        reason="--foreach",
        fix="--foreach",
    ),
    Notebook(
        "C009",
        "a header over two lines",
        ("%%step a \\\n --retry 1\nx = 1",),
        place="cell 4",
        reason="one line",
        fix="#|",
        mended=("%%step a\n#| retry: 1\nx = 1",),
    ),
    Notebook("C012", "an unclosed quote", ('%%step a --when "x > 1\ny = 1',), place="cell 4", fix='"'),
    Notebook("C013", "no name", ("%%step\nx = 1",), place="cell 4", reason="no name", fix="NAME"),
    Notebook("C014", "one dash too few", ("%%step a -foreach regions\nx = 1",), place="cell 4", fix="write --foreach"),
    Notebook(
        "C014",
        "a dash that a text program made long",
        ("%%step a —foreach regions\nx = 1",),
        place="cell 4",
        fix="write --foreach",
        mended=("%%step a --foreach regions\nx = 1",),
    ),
    Notebook("C014", "curly quotes in the header", ("%%step a --when “alpha > 1”\nx = 1",), fix="use straight quotes"),
    Notebook(
        "C014",
        "a list with blanks",
        ("%%step a --out x, y\nx = y = 1",),
        place="cell 4",
        fix="write --out x,y",
        mended=("%%step a --out x,y\nx = y = 1",),
    ),
)

BODIES = (
    Notebook(
        "C010", "return in a body", ("%%step a\nx = 1\nreturn x",), place="line 3", reason="return", fix="drop return"
    ),
    Notebook(
        "C010", "an open bracket", ("%%step a\nx = (1,\ny = 2",), place="line 2", reason="not Python", fix="close"
    ),
    Notebook("C010", "a prompt, pasted", ("%%step a\n>>> x = 1",), place="line 2", fix="drop the prompt"),
    Notebook("C010", "curly quotes in the code", ("%%step a\nx = “eu”",), place="line 2", fix="straight quotes"),
    Notebook(
        "C010",
        "tabs and blanks, pasted",
        ("%%step a\nif alpha:\n\tx = 1\n        y = 2",),
        place="line 4",
        reason="tabs",
        fix="spaces only",
    ),
    Notebook(
        "C011",
        "the same name twice",
        ("%%step a\nx = 1", "%%step a\ny = 1"),
        place="cell 5",
        reason="cell 4",
        fix="rename",
    ),
    Notebook(
        "C020",
        "exec of anything",
        ("%%step a\nexec('x = 1')",),
        place="line 2",
        reason="nobody sees",
        fix="dict",
        mended=("%%step a\nexec('x = 1', {})",),
    ),
    Notebook(
        "C021", "a kernel magic in a body", ("%%step a\n%sql select 1",), place="line 2", reason="%sql", fix="library"
    ),
    Notebook(
        "C022", "the kernel in a body", ("%%step a\nip = get_ipython()",), place="line 2", reason="kernel", fix="step"
    ),
    Notebook(
        "C023",
        "merging what a variable names",
        (
            "%%step a\nx = 1",
            "%%step b\ny = 1",
            "%%step c --join a,b\nnames = ['x']\nmerge_artifacts(inputs, include=names)",
        ),
        place="line 3",
        reason="literal",
        fix="exclude=",
    ),
    Notebook("C030", "--out of a name nobody binds", ("%%step a --out modle\nmodel = 1",), reason="modle", fix="model"),
    Notebook("C031", "--out of a private name", ("%%step a --out _x\n_x = 1",), reason="private", fix="without _"),
    Notebook("C032", "--out of a function", ("%%step a --out f\ndef f(): pass",), reason="definition", fix="drop it"),
    Notebook(
        "C040",
        "a condition that calls",
        ("%%step a\nx = 1", "%%step b --when 'open(x)'\ny = 1"),
        place="cell 5",
        reason="scalars",
        fix="--when go",
    ),
    Notebook(
        "C040",
        "a condition with one =",
        ("%%step a --when 'alpha = 1'\nx = 1",),
        place="cell 4",
        fix="==",
        mended=("%%step a --when 'alpha == 1'\nx = 1",),
    ),
    Notebook(
        "C041", "a condition on what the step makes", ("%%step a --when 'x > 1'\nx = 1",), reason="'x'", fix="above"
    ),
    Notebook(
        "C052", "--capture in a file", ("%%step a --capture hidden\nx = hidden",), reason="kernel", fix="a parameter"
    ),
)

TOGETHER = (
    Notebook(
        "G001",
        "a misspelt variable",
        ("%%step load\ndf = [1]", "%%step use\nn = len(dff)"),
        place="line 2",
        reason="'dff'",
        fix="'df' (step load)",
        mended=("%%step load\ndf = [1]", "%%step use\nn = len(df)"),
    ),
    Notebook(
        "G001",
        "an import in a cell of yesterday",
        ("%%step a\nx = np.zeros(3)",),
        place="line 2",
        fix="import numpy as np",
        mended=("import numpy as np", "%%step a\nx = np.zeros(3)"),
    ),
    Notebook("G001", "self in a notebook", ("%%step a\nself.x = 1",), place="line 2", fix="drop self."),
    Notebook("G001", "a join without --join", ("%%step a\nx = [task.y for task in inputs]",), fix="add --join STEP"),
    Notebook(
        "G002",
        "--after a step that is not there",
        ("%%step load\nx = 1", "%%step b --after laod\ny = 1"),
        place="cell 5",
        reason="laod",
        fix="load",
    ),
    Notebook("G003", "--after a step below", ("%%step a --after b\nx = 1", "%%step b\ny = 1"), fix="move"),
    Notebook(
        "G004", "a step after itself", ("%%step a --after a\nx = 1",), place="cell 4", reason="itself", fix="drop"
    ),
    Notebook(
        "G005",
        "cells in the wrong order",
        ("%%step use\nn = len(df)", "%%step load\ndf = [1]"),
        place="cell 4",
        reason="below",
        fix="move",
        mended=("%%step load\ndf = [1]", "%%step use\nn = len(df)"),
    ),
    Notebook(
        "G005",
        "two steps that wait for each other",
        ("%%step first\nx = y", "%%step second\ny = x"),
        place="cell 4",
        reason="below",
        fix="each waits for the other",
    ),
    Notebook(
        "G006",
        "--in of a name not left",
        ("%%step a\nx = 1", "%%step b --in m=a.m\ny = m"),
        place="cell 5",
        reason="a leaves x",
        fix="assign 'm' in a",
    ),
    Notebook(
        "G007",
        "a loop variable of the step above",
        ("%%step a\nfor i in range(3): pass", "%%step b\ny = i"),
        place="cell 5",
        reason="loop",
        fix="--out i on a",
        mended=("%%step a --out i\nfor i in range(3): pass", "%%step b\ny = i"),
    ),
    Notebook(
        "G009",
        "a function that may be a value",
        ("def scale(): pass", "%%step a --when 'alpha > 1'\nscale = 2", "%%step b\ny = scale"),
        place="cell 6",
        reason="if step a runs",
        fix="rename",
    ),
    Notebook(
        "G010",
        "two trainings, one name",
        ("%%step ridge\nmodel = 1", "%%step forest\nmodel = 2", "%%step report\nbest = model"),
        place="cell 6",
        reason="two writers",
        fix="--in model=",
        mended=(
            "%%step ridge\nmodel = 1",
            "%%step forest\nmodel = 2",
            "%%step report --in model=forest.model\nbest = model",
        ),
    ),
    Notebook(
        "G010",
        "one more writer behind a join",
        (
            "%%step train --foreach regions --as region\nmodel = 1",
            "%%step best --join train\nmodel = inputs[0].model",
            "%%step other\nmodel = 2",
            "%%step report\nbest = model",
        ),
        reason="three writers",
        fix="--join best,other here, or --after best on other",
        mended=(
            "%%step train --foreach regions --as region\nmodel = 1",
            "%%step best --join train\nmodel = inputs[0].model",
            "%%step other --after best\nmodel = 2",
            "%%step report\nbest = model",
        ),
    ),
    Notebook(
        "G012", "assigning a parameter", ("%%step a\nalpha = 2",), place="line 2", reason="parameter", fix="another"
    ),
    Notebook(
        "G014",
        "changing a constant",
        ("%%step a\nCONFIG['b'] = 2",),
        place="line 2",
        reason="definition",
        fix="copy",
        mended=("%%step a\nCONFIG_here = dict(CONFIG)\nCONFIG_here['b'] = 2",),
    ),
    Notebook(
        "G015",
        "a variable of a plain cell",
        ("%%step a\nn = hidden",),
        place="line 2",
        reason="cell 3",
        fix="--capture hidden",
    ),
    Notebook(
        "G016",
        "a function that uses what a step left",
        ("%%step load\ndf = [1]", "def rows(): return len(df)", "%%step use\nn = rows()"),
        reason="'rows' uses 'df'",
        fix="argument",
        mended=("%%step load\ndf = [1]", "def rows(df): return len(df)", "%%step use\nn = rows(df)"),
    ),
    Notebook(
        "G017",
        "a function that uses a constant a step changed",
        ("%%step load\nK = 5", "def rows(): return K", "%%step use\nn = rows() + K"),
        reason="'rows' uses 'K'",
        fix="argument",
    ),
    Notebook(
        "G020",
        "joining what runs once",
        ("%%step a\nx = 1", "%%step b --join a\ny = 1"),
        place="cell 5",
        reason="runs once",
        fix="without --join",
        mended=("%%step a\nx = 1", "%%step b\ny = x"),
    ),
    Notebook(
        "G022",
        "joining a foreach and a single step",
        ("%%step a --foreach regions\nx = 1", "%%step b\ny = 1", "%%step c --join a,b\nz = 1"),
        place="cell 6",
        reason="equally often",
    ),
    Notebook(
        "G023",
        "reading one value of many in a join",
        ("%%step a --foreach regions\nx = 1", "%%step b --join a\ny = x"),
        place="cell 5",
        reason="one value per item",
        fix="[task.x for task in inputs]",
        mended=("%%step a --foreach regions\nx = 1", "%%step b --join a\ny = [task.x for task in inputs]"),
    ),
    Notebook(
        "G024",
        "reading items of two lists",
        ("%%step a --foreach regions\nx = 1", "%%step b --foreach regions\ny = 1", "%%step c\nz = x + y"),
        place="cell 6",
        reason="neither zipped nor multiplied",
        fix="join one",
    ),
)

PARAMETERS = (
    Notebook(
        "P001",
        "a parameter without a value",
        ("%%parameters\nregion: str\nalpha: float = 0.1", "%%step a\nx = region"),
        RUN + "alpha=1",
        reason="'region' needs a value",
        fix="-p region=VALUE",
        alone=True,
    ),
    Notebook(
        "P006",
        "a parameter that is no name",
        ("%%parameters\nlambda_: float = 0.1\ninputs: int = 1", "%%step a\nx = 1"),
        reason="'inputs'",
        fix="another name",
        alone=True,
    ),
    Notebook(
        "P007",
        "a mistyped type",
        ("%%parameters\nalpha: flaot = 0.1", "%%step a\nx = 1"),
        place="cell 1 · line 2",
        reason="flaot",
        fix="write float",
        mended=("%%parameters\nalpha: float = 0.1", "%%step a\nx = 1"),
        alone=True,
    ),
    Notebook(
        "P008",
        "a default that fails",
        ("%%parameters\nn: int = 3\nshare: float = 1 / (n - 3)", "%%step a\nx = share"),
        RUN + "n=3",
        reason="division by zero",
        fix="correct the expression",
        alone=True,
    ),
    Notebook("P002", "not a number", ("%%step a\nx = alpha",), RUN + "alpha=high", reason="'high'", fix="float"),
    Notebook("P002", "a comma for a point", ("%%step a\nx = alpha",), RUN + "alpha=0,2", reason="'0,2'", fix="0.5"),
    Notebook("P003", "a misspelt parameter", ("%%step a\nx = alpha",), RUN + "apha=1", reason="apha", fix="alpha"),
    Notebook(
        "P002",
        "a word for a number, from papermill",
        ('# Parameters\nalpha = "high"', "%%step a\nx = alpha"),
        "nbflow run case.ipynb",
        place="cell 4",
        reason="'high'",
        fix="a number",
        mended=("# Parameters\nalpha = 0.5", "%%step a\nx = alpha"),
    ),
    Notebook(
        "P004",
        "a function in %%parameters",
        ("%%step a\nx = 1", "%%parameters\nb: int = 1\ndef f(): pass"),
        place="cell 5",
        reason="def f",
        fix="its own",
    ),
    Notebook(
        "P005",
        "two cells of parameters",
        ("%%parameters\nalpha: float = 0.5", "%%step a\nx = 1"),
        place="cell 4",
        reason="two",
        fix="together",
    ),
)

WARNINGS = (
    Notebook(
        "N007", "a name that only a function reads", ("def f(): return nowhere", "%%step a\nx = f()"), reason="nowhere"
    ),
    Notebook(
        "N011",
        "a parameter set beside other code",
        ("alpha = 0.5\nprint(alpha)", "%%step a\nx = alpha"),
        reason="keeps its value",
    ),
    Notebook(
        "N012",
        "a number for a text, from papermill",
        ("%%parameters\nregion: str", "# Parameters\nregion = 3", "%%step a\nx = region"),
        "nbflow run case.ipynb",
        reason="became the text '3'",
        alone=True,
    ),
    Notebook("N014", "import *", ("from math import *", "%%step a\nx = 1"), reason="does not reach", fix="import a, b"),
    Notebook(
        "N015",
        "a function that is defined twice",
        ("def f(): return 1", "%%step a\nx = f()", "def f(): return 2"),
        reason="'f'",
        fix="different names",
    ),
)

EXAMPLES = (*HEADERS, *BODIES, *TOGETHER, *PARAMETERS, *WARNINGS)
