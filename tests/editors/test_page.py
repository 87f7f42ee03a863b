"""The page on editors: every command it shows is run, with every setting it shows."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from jupytext.cli import jupytext
from three_ways import write

from nbflow.catalogue import CATALOGUE
from nbflow.frontends.cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "editors.md").read_text()


def blocks_of(language: str) -> list[str]:
    """Return the fenced blocks of the page that are marked with `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def mypy(words: Sequence[str]) -> int:
    # the package needs no mypy to be tested, but those who change it have it
    api = pytest.importorskip("mypy.api")
    out, err, code = api.run([*words])
    print(out, err)
    return int(code)


#: commands of Python run in this process, which is faster
HERE: dict[str, Callable[[Sequence[str]], int | None]] = {"nbflow": main, "jupytext": jupytext, "mypy": mypy}


def test_every_command_of_the_page_works_and_the_flow_gives_the_same_results(
    folder: Path, cells: list[str], tool: Any, left: Any, capsys: Any
) -> None:
    unseen, declared = blocks_of("python")
    assert unseen.startswith("%step train --foreach")
    write(folder / "sales.ipynb", [declared, *(cell for cell in cells if "await" not in cell)])
    ruff, black = blocks_of("toml")
    (paired,) = re.findall(r'`("sales\.py" = .*?)`', PAGE)
    (folder / "pyproject.toml").write_text(f"{ruff}{paired}\n{black}")
    assert main(["fmt", "sales.ipynb", "--cells", "double"]) == 0
    before = left()

    commands = [line for block in blocks_of("sh") for line in block.splitlines()]
    assert len(commands) >= 12
    for command in commands:
        program, *words = shlex.split(command)
        if program in HERE:
            assert not HERE[program](words), f"{command}\n{capsys.readouterr()}"
        else:
            tool(command)
    assert left() == before
    # the file of Python that was paired may be linted, too
    tool("ruff check sales.py && ruff format --check sales.ipynb")


def test_the_hook_of_the_page_stops_a_notebook_in_the_other_form(folder: Path) -> None:
    (block,) = blocks_of("yaml")
    (hook,) = yaml.safe_load(block)["repos"][0]["hooks"]
    program, *words = shlex.split(hook["entry"])
    assert program == "nbflow" and re.search(hook["files"], "folder/sales.ipynb")
    assert main([*words, "sales.ipynb"]) == 0
    main(["fmt", "sales.ipynb", "--cells", "double"])
    assert main([*words, "sales.ipynb"]) == 1


def test_the_page_names_only_what_exists() -> None:
    assert set(re.findall(r"\b[CGPTRSMN]\d{3}\b", PAGE)) <= set(CATALOGUE)
    assert all(tomllib.loads(block) for block in blocks_of("toml"))
    docs = Path(__file__).parents[2] / "docs"
    assert all((docs / name).is_file() for name in re.findall(r"\]\(([\w-]+\.md)\)", PAGE))
    titles = {re.sub(r"\W+", "-", title.lower()) for title in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) == titles
