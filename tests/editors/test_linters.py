"""What ruff and black make of a notebook with steps, in either form."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from three_ways import write

from nbflow.cells.notebook import parse_notebook
from nbflow.frontends.cli.main import main

ISOLATED = "--isolated --no-cache"
Left = Callable[..., dict[str, dict[str, str]]]


def sources(name: str = "sales.ipynb") -> str:
    """Return the code of the notebook."""
    return "\n\n".join(cell.source for cell in parse_notebook(Path(name).read_text()).code)


def test_a_notebook_that_ruff_went_over_gives_the_same_results(folder: Path, tool: Any, left: Left) -> None:
    before, written = left(), sources()
    tool(f"ruff check --fix {ISOLATED} --select F401,F811,I,UP,E,W --ignore E501,E402,E701,E702 sales.ipynb")
    tool(f"ruff format {ISOLATED} sales.ipynb")

    after = sources()
    # it looked into the steps, and kept what only they use
    assert "import os" not in after and "import random" not in after and "import abc" not in after
    assert 'regions = ["eu", "us"]' in after and "score = score_of(region) + index" in after
    assert "import json" in after and "from pathlib import Path" in after
    # option lines above a function were parted from their header
    assert "%step train\n\n\n#| foreach: sorted(regions)\n#| as: region\ndef score_of" in after != written
    assert left() == before


@pytest.mark.skipif(importlib.util.find_spec("tokenize_rt") is None, reason="black[jupyter] needs it")
@pytest.mark.parametrize("form", ["percent", "double"])
def test_a_notebook_that_black_went_over_gives_the_same_results(folder: Path, tool: Any, left: Left, form: str) -> None:
    before = left()
    assert main(["fmt", "sales.ipynb", "--cells", form]) == 0
    magics = " ".join(f"--python-cell-magics {each}" for each in ("step", "parameters", "setup"))
    tool(f"black --quiet {magics} sales.ipynb")

    after = sources()
    assert 'regions = ["eu", "us"]' in after and "alpha: float = 0.1" in after
    assert "step train\n\n\n# | foreach: sorted(regions)\n# | as: region\ndef score_of" in after
    assert main(["fmt", "sales.ipynb", "--cells", form, "--check"]) == 0
    assert left() == before


def test_with_two_signs_ruff_deletes_the_imports_that_only_steps_use(folder: Path, tool: Any, capsys: Any) -> None:
    assert main(["fmt", "sales.ipynb", "--cells", "double"]) == 0
    tool(f"ruff check --fix {ISOLATED} --select F401 sales.ipynb")
    tool(f"ruff format {ISOLATED} sales.ipynb")

    after = sources()
    assert "import json" not in after and "from pathlib import Path" not in after
    assert "regions=[ 'eu',\"us\" ]" in after  # not formatted either
    assert main(["check", "sales.ipynb"]) == 2
    assert "'json'" in (said := capsys.readouterr().err) and "'Path'" in said

    # a notebook with such cells keeps them as the page says
    write(folder / "kept.ipynb", ["import json", "%%step a\nx = json.dumps(1)"])
    Path("pyproject.toml").write_text('[tool.ruff.lint.per-file-ignores]\n"*.ipynb" = ["F401"]\n')
    tool("ruff check --fix --no-cache kept.ipynb")
    assert main(["check", "kept.ipynb"]) == 0


def test_ruff_does_not_see_what_headers_read(folder: Path, tool: Any) -> None:
    cells = [
        "import math\nfrom datetime import date\nimport ast\nimport string  # noqa: F401",
        "%%parameters\nday: date = date(2024, 1, 1)",
        '%step a --foreach "range(int(math.tau))"\nx = item',
        '%step b --foreach "string.digits[:2].split()"\ny = ast, item',
    ]
    write(folder / "headers.ipynb", cells)
    tool(f"ruff check --fix {ISOLATED} --select F401 headers.ipynb")
    after = sources("headers.ipynb")
    assert "import math" not in after and "import date" not in after
    assert "import ast" in after and "import string" in after


def test_the_form_of_a_header_is_all_that_ruff_and_black_need_to_leave_alone(folder: Path, tool: Any) -> None:
    headers = [
        '%step a --env "GREETING=hello  world"   --retry   2  # why?',
        "%step b --foreach 'range( 3 )' --as=i",
        "%step c --after a,b --timeout 1h30m --memory 8G",
        """%step d --when "len(x) > 1 and x != 'é;'" """,
        "%step e",
    ]
    write(folder / "heads.ipynb", [f"# comment\n\n{header}\nx=1" for header in headers])
    tool(f"ruff format {ISOLATED} heads.ipynb && black --quiet heads.ipynb")
    after = sources("heads.ipynb").split("\n")
    assert "x = 1" in after and [line for line in after if line.startswith("%")] == [each.rstrip() for each in headers]
