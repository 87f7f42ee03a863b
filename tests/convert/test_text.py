"""The text of a converted notebook: a person's own words where it can be, and a class where it must be."""

from __future__ import annotations

import pytest

from tests.convert.conftest import Convert, class_of, method
from tests.stand_in_flow import run_source


def test_a_small_notebook(convert: Convert) -> None:
    source = convert(
        "%load_ext nbflow\n%flow name nb",
        "%%parameters\nalpha: float = 1  # how much\nregions = ['eu', 'us']",
        "import zlib\nimport numpy as np, json\nfrom pathlib import Path",
        "# at most\n# so many\nLIMIT = 3  # of all\nOTHER = 4\nUNUSED = 5",
        "def scaled(values):\n    # by hand\n    return [LIMIT * each for each in values]",
        "%%step load\nrows = scaled([1, 2])  # the rows\n\n# and how many\nn = len(rows)\nnp.zeros(n), Path, zlib\n",
        "%%step train --foreach regions --as region\nscore = alpha * n",
        "%%step best --join train\nscores = {task.region: task.score for task in inputs}",
    ).source
    assert (
        source
        == '''"""The flow nb.

Converted from nb.ipynb. Run it with: python flow.py run
"""

import zlib
from pathlib import Path

import numpy as np
from nbflow import FlowSpec, JSONType, Parameter, step

# at most
# so many
LIMIT = 3  # of all


def scaled(values):
    # by hand
    return [LIMIT * each for each in values]


class Nb(FlowSpec):
    """The flow nb."""

    alpha = Parameter("alpha", default=1.0, help="how much")
    regions = Parameter("regions", type=JSONType, default='["eu", "us"]')

    @step(start=True)
    def load(self):
        """Cell 6 of nb.ipynb."""
        rows = scaled([1, 2])  # the rows

        # and how many
        n = len(rows)
        np.zeros(n), Path, zlib

        self.rows = rows
        self.n = n
        self.next(self.train, foreach="regions")

    @step
    def train(self):
        """Cell 7 of nb.ipynb."""
        alpha = self.alpha
        n = self.n

        score = alpha * n

        self.region = self.input
        self.score = score
        self.next(self.best)

    @step
    def best(self, inputs):
        """Cell 8 of nb.ipynb."""
        scores = {task.region: task.score for task in inputs}

        self.scores = scores
        self.next(self.end)

    @step
    def end(self):
        """All is done."""


if __name__ == "__main__":
    Nb()
'''
    )


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("x = 'a'", 'x = Parameter("x", default="a")'),
        ("x: str = 7", 'x = Parameter("x", default="7")'),
        ("x: int", 'x = Parameter("x", type=int, required=True)'),
        ("x: int = 2 * 3", 'x = Parameter("x", type=int, default=(2 * 3))'),
        ("x: float = 2  # so much", 'x = Parameter("x", default=2.0, help="so much")'),
        ("x: bool = True", 'x = Parameter("x", default=True)'),
        ("x: int | None = None", 'x = Parameter("x", type=int)'),
        ("x: Optional[str] = None", 'x = Parameter("x", type=str)'),
        ("x: Literal['a', 'b'] = 'a'", 'x = Parameter("x", default="a")'),
        ("x: dict[str, int] = {'a': 1}", """x = Parameter("x", type=JSONType, default='{"a": 1}')"""),
        ("x: Any = None", 'x = Parameter("x", type=JSONType)'),
        ("x: list[int] = list(range(3))", 'x = Parameter("x", type=JSONType, default=json.dumps(list(range(3))))'),
        ("x: date = date(2024, 1, 2)", "return date.fromisoformat(self.x_given)"),
        ('x: date = "2024-01-02"', 'x_given = Parameter("x", type=str, default="2024-01-02")'),
        ("x: timedelta = timedelta(1)", 'x_given = Parameter("x", type=float, default=timedelta(1).total_seconds())'),
        ("x: Path | None = None", "return None if self.x_given is None else Path(self.x_given)"),
        ("x: bytes = b'a'", 'x_given = Parameter("x", type=str, default=base64.b64encode(b"a").decode())'),
        ("x: tuple[int, str] = (1, 'a')", "return tuple(self.x_given)"),
        ("x: tuple[date, ...] = ()", "return tuple(date.fromisoformat(each) for each in self.x_given)"),
        ("x: set[float] = {1}", "return {float(each) for each in self.x_given}"),
        ("x: list[float] = [1]", 'x_given = Parameter("x", type=JSONType, default="[1.0]")'),
        ("x: dict[str, float] = {}", "return {key: float(value) for key, value in self.x_given.items()}"),
        ("x: dict[date, int] = {}", "return {date.fromisoformat(key): value for key, value in self.x_given.items()}"),
        (
            "y: int = 1\nx: int = y + 1",
            "if self.x_given is None:\n            return self.y + 1\n        return self.x_given",
        ),
    ],
)
def test_a_parameter_of_each_type(convert: Convert, declared: str, text: str) -> None:
    imports = (
        "from datetime import date, timedelta\nfrom pathlib import Path\nfrom typing import Any, Literal, Optional\n"
    )
    source = convert(f"%%parameters\n{imports}{declared}", "%%step a\nz = x").source
    assert text in source
    compile(source, "flow.py", "exec")


def test_an_assignment_cell_gives_a_default(convert: Convert) -> None:
    source = convert(
        "%%parameters\nalpha = 0.5\nname = 'a'", "alpha = 2\nname = eu", "%%step a\nz = alpha, name"
    ).source
    assert 'alpha = Parameter("alpha", default=2.0)' in source and 'name = Parameter("name", default="eu")' in source


def test_options_become_decorators(convert: Convert) -> None:
    text = method(
        convert(
            '%%step a --retry 2 --retry-wait 90s --timeout 2h --catch err --cpu 2 --memory 8G --env A=b --env C="d\'s"\nx = 1'
        ).source,
        "a",
    )
    assert text.startswith(
        '@catch(var="err")\n@retry(times=2, minutes_between_retries=1.5)\n@timeout(minutes=120)\n'
        '@resources(cpu=2, memory=8192)\n@environment(vars={"A": "b", "C": "d\'s"})\n@step(start=True, end=True)\n'
    )
    text = method(
        convert('%%step a --on batch --image me/it --pypi "pandas>=2,<3,numpy==1.26" --card c\nx = 1').source, "a"
    )
    assert text.startswith(
        '@card(id="c")\n@batch(image="me/it")\n@pypi(packages={"pandas": ">=2,<3", "numpy": "1.26"})\n'
    )


def test_secrets_go_along_by_where_they_are(convert: Convert) -> None:
    text = method(convert("%%step a --secret KEY\nx = 1").source, "a")
    assert text.startswith('@secrets(sources=["env.KEY"])\n')
    source = convert("%%step a --secret DB=prod/db#key\nx = 1").source
    assert '{"type": "aws-secrets-manager", "id": "prod/db#key", "options": {"env_var_name": "DB"}}' in source


def test_what_is_bound_before_a_caught_error_is_left(convert: Convert) -> None:
    text = method(convert("%%step o\nb = 0", "%%step a --catch err\nb = b + 1\nc = 1 / 0").source, "a")
    assert text == (
        '@catch(var="err")\n@step(end=True)\ndef a(self):\n    """Cell 2 of nb.ipynb."""\n    b = self.b\n\n'
        "    try:\n        b = b + 1\n        c = 1 / 0\n    finally:\n        self.b = b\n"
        '        if "c" in locals():\n            self.c = c\n'
    )


def test_a_choice_is_a_switch(convert: Convert) -> None:
    source = convert(
        "from math import isnan",
        "%%step load\nn = 3",
        '%%step small --when "n < 5"\nsize = "s"',
        '%%step middle --else-of small --when "n < 9"\nsize = "m"',
        "%%step big --else-of small,middle\nsize = 'b'",
        "%%step told\nsaid = size",
        '%%step extra --when "isnan(n)"\nmore = 1',
        "%%step after\nmost = more",
    ).source
    assert (
        '    self.after_load = "small" if self.n < 5 else "middle" if self.n < 9 else "big"\n'
        "    self.next(\n"
        '        {"small": self.small, "middle": self.middle, "big": self.big}, condition="after_load"\n    )\n'
    ) in method(source, "load")
    # one of the three ran, so `told` always does; `after` runs if `extra` did
    assert method(source, "middle").endswith("self.next(self.told)\n")
    assert 'self.after_told = "extra" if isnan(self.n) else "end"' in source and "from math import isnan\n" in source
    assert method(source, "extra").endswith("self.next(self.after)\n")


def test_a_condition_far_from_what_it_depends_on(convert: Convert) -> None:
    source = convert(
        "%%step a\nn = 3",
        '%%step b --when "n < 5"\nx = 1',
        "%%step c\ny = n",
        "%%step d --else-of b\nz = y",
        "%%step e --default x=0 --after d\nlast = x",
    ).source
    assert 'self.after_c = "d" if self.after_a != "b" else "e"' in source
    assert 'x = getattr(self, "x", 0)' in method(source, "e")


def test_branches_and_what_passes_through_their_join(convert: Convert) -> None:
    source = convert(
        "%%step load\nn = 3\nrest = 4",
        "%%step low\nm = n - 1",
        "%%step high\nm = n + 1",
        "%%step both --join low,high\nw = inputs.low.m + inputs.high.m + rest",
        "%%step told\nsaid = w, n",
    ).source
    assert "self.next(self.low, self.high)" in method(source, "load")
    assert method(source, "both") == (
        '@step\ndef both(self, inputs):\n    """Cell 4 of nb.ipynb."""\n'
        '    self.merge_artifacts(inputs, include=["n", "rest"])\n\n    rest = self.rest\n\n'
        "    w = inputs.low.m + inputs.high.m + rest\n\n    self.w = w\n    self.next(self.told)\n"
    )


def test_a_join_that_the_notebook_does_not_need(convert: Convert) -> None:
    source = convert("%%step a\nx = 1", "%%step b\nif x: y = 2", "%%step c\nz = x", "%%step d\nw = x, y, z").source
    assert method(source, "join_b_c") == (
        '@step\ndef join_b_c(self, inputs):\n    """Bring together b, c."""\n'
        '    self.merge_artifacts(inputs, include=["x"])\n    if hasattr(inputs.b, "y"):\n        self.y = inputs.b.y\n'
        "    self.z = inputs.c.z\n    self.next(self.d)\n"
    )
    assert '    if hasattr(self, "y"):\n        y = self.y\n' in method(source, "d")


def test_an_older_value_is_kept_under_a_name_of_its_own(convert: Convert) -> None:
    source = convert("%%step a\nm = 1", "%%step b --after a\nm = 2", "%%step c --in old=a.m\nq = old, m").source
    assert "    self.m = m\n    self.m_of_a = m\n" in method(source, "a")
    assert "    old = self.m_of_a\n" in method(source, "c") and "    m = self.m\n" in method(source, "c")


def test_merged_artifacts_are_named(convert: Convert) -> None:
    source = convert(
        "%%step o\nk = 0",
        "%%step a\nm = k; z = 4",
        "%%step b\nm = k",
        "%%step j --join a,b\nmerge_artifacts(inputs)\nq = m + 1",
    ).source
    assert (
        '    self.z = inputs.a.z\n    self.merge_artifacts(inputs, include=["m"])\n    m = self.m\n    q = m + 1\n'
    ) in method(source, "j")


def test_lines_of_the_kernel_become_python(convert: Convert) -> None:
    source = convert(
        "%%step a\n%matplotlib inline\nx = 1\n!echo {x} $x $HOME '{x:>3}'\nfound = !ls\n%time y = x\ny?",
        "%%step b\n%%time\nz = 3",
    ).source
    text = method(source, "a")
    assert """    subprocess.run(["bash", "-c", f"echo {x} {x} $HOME '{x:>3}'"], check=True)\n""" in text
    assert '["bash", "-c", "ls"]' in text and ").stdout.splitlines()" in text and "    y = x\n" in text
    assert "pass" not in text and "matplotlib" not in text and "import subprocess\n" in source
    assert "z = 3" in method(source, "b") and "__nbflow" not in source


def test_a_body_that_waits_gets_a_loop(convert: Convert) -> None:
    text = method(convert("%%step a\nimport asyncio\nawait asyncio.sleep(0)\nx = 1").source, "a")
    assert (
        "    async def work():\n        import asyncio\n\n        await asyncio.sleep(0)\n        x = 1\n\n        self.x = x\n"
        "\n    asyncio.run(work())\n"
    ) in text


def test_names_of_a_function_are_the_method_s(convert: Convert) -> None:
    source = convert(
        "N = 1",
        "%%step a\nN = N + 1\nsum = sum([N])\ndef set_it():\n    global found\n    found = N\nset_it()\ntotal = [sum, N]",
    ).source
    text = method(source, "a")
    assert '    N = globals()["N"]\n' in text and "    sum = builtins.sum\n" in text and "import builtins\n" in source
    assert "    found: object\n" in text and "        nonlocal found\n" in text


def test_a_string_of_several_lines_keeps_its_lines(convert: Convert) -> None:
    source = convert("%%step a\nx = 1\ntext = f'''one\n  {x}\n    two'''").source
    assert run_source(source).left["a", ()]["text"] == "one\n  1\n    two"


def test_definitions_of_a_body_that_others_use_stand_above(convert: Convert) -> None:
    source = convert(
        "%%step a\n# doubles\ndef twice(x):\n    return 2 * x\nimport math\nx = twice(1)\ndef own(): return x\ny = own()",
        "%%step b\nz = twice(math.pi)",
    ).source
    top = source[: source.index("class Nb")]
    assert "import math\n" in top and "# doubles\ndef twice(x):" in top and "own" not in top
    assert "twice(x)" not in method(source, "a") and "def own():" in method(source, "a")
    assert "import math" not in method(source, "a")


def test_set_up_runs_first_in_each_step(convert: Convert) -> None:
    source = convert(
        "%%setup\nimport random\nrandom.seed(1)\nrng = random.Random(2)", "%%step a\nx = rng.random()"
    ).source
    assert (
        'def set_up():\n    """Do what every step does first."""\n    global random, rng\n    import random\n\n'
        "    random.seed(1)\n    rng = random.Random(2)\n"
    ) in source
    assert method(source, "a").split('"""\n')[1].startswith("    set_up()\n\n    x = rng.random()")


def test_names_that_a_flow_has_itself_are_changed(convert: Convert) -> None:
    source = convert(
        "%%step start\nindex = 1\nname = 2", "%%step told\ntold = index + name", "%%step end\nlast = told, index"
    ).source
    assert "    self.index_ = index\n" in method(source, "start") and "    index = self.index_\n" in method(
        source, "told_step"
    )
    # what a flow itself calls `name` may be set
    assert "    self.name = name\n" in source
    assert source.count("@step\n") == 3 and "def end(self):" in source


def test_steps_named_start_and_end_elsewhere_are_renamed(convert: Convert) -> None:
    source = convert("%%step load\nx = 1", "%%step end\ny = x", "%%step start\nz = y").source
    assert "self.next(self.end_step)" in source and "self.next(self.start_step)" in source


def test_what_cannot_be_stored_is_not_left(convert: Convert) -> None:
    made = convert(
        "%%step o --foreach [1,2] --as n\nv = n",
        "%%step j --join o\nbest = max(inputs, key=lambda t: t.v)\nrest = [t for t in inputs if t is not best]\n"
        "values = [t.v for t in inputs]\nlines = (v for v in values)\ntop, n = best.v, len(inputs)\nfirst, *_others = inputs",
    )
    assert [line for line in method(made.source, "j").splitlines() if line.startswith("    self.")] == [
        "    self.values = values", "    self.top = top", "    self.n = n", "    self.next(self.end)",
    ]  # fmt: skip
    assert made.notes == tuple(
        f"step j does not leave '{name}', which cannot be stored" for name in ("best", "first", "lines", "rest")
    )


def test_headings_become_docstrings(convert: Convert, tmp_path: object) -> None:
    import json
    from pathlib import Path

    from nbflow.frontends.cli.notebook import open_notebook
    from nbflow.frontends.converting.convert import converted

    file = Path(str(tmp_path)) / "my notes.ipynb"
    cells = [
        ("markdown", "# All about `x`\n\nwords"), ("markdown", "## *Load* it\ntext"), ("code", "%%step load\nx = 1"),
        ("markdown", "no heading"), ("code", "%%step next_one\ny = x"),
    ]  # fmt: skip
    file.write_text(
        json.dumps({"cells": [{"cell_type": kind, "source": text} for kind, text in cells], "metadata": {}})
    )
    source = converted(open_notebook(str(file)), "mine.py").source
    assert source.startswith('"""All about x.\n\nConverted from my notes.ipynb. Run it with: python mine.py run\n"""')
    assert 'class MyNotes(FlowSpec):\n    """All about x."""' in source
    assert method(source, "load").count('"""Load it."""') == 1
    assert '"""Cell 5 of my notes.ipynb."""' in method(source, "next_one")


def test_nothing_is_lost_without_ruff(convert: Convert, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = ("%%parameters\nn = 3", "%%step a\nx = {'a': n,\n     'b': 2}", "%%step b\ny = x")
    with_it = convert(*cells).source
    monkeypatch.setattr("nbflow.frontends.converting.formatting._ruff", lambda: None)
    without = convert(*cells).source
    assert class_of(without) != class_of(with_it)
    compile(without, "flow.py", "exec")
    assert "{'a': n,\n             'b': 2}" in without


def test_the_class_has_a_name_of_its_own(convert: Convert) -> None:
    source = convert(
        "%flow name counter-2", "from collections import Counter as Counter2", "%%step a\nx = Counter2([1])"
    ).source
    assert "class Counter2Flow(FlowSpec):" in source and source.endswith("    Counter2Flow()\n")
