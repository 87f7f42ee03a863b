"""Steps with secrets: they have them, and nothing that is kept or shown has."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flow_terminal import FlowTerminal
from on_disk import contents

from tests.terminal.conftest import Flow

VALUE = "hunter2-and-more"

KEPT = f"""
import os
from nbflow import FlowSpec, catch, secrets, step, card, environment


class KeyFlow(FlowSpec):
    @catch(var="problem")
    @secrets(sources=["env.API_KEY", "file.keys.env#DB"])
    @card
    @step
    def start(self):
        assert len(os.environ["API_KEY"]) == {len(VALUE)} and os.environ["DB"][::-1] == "{VALUE[::-1]}"
        self.length = len(os.environ["API_KEY"])
        key = os.environ["API_KEY"]
        display({{"key": key}})
        raise ValueError(f"cannot log in with {{key}} as {{[key]!r}}")
        self.next(self.end)

    @step
    def end(self):
        assert "DB" not in os.environ


if __name__ == "__main__":
    KeyFlow()
"""


def kept(flow: FlowTerminal) -> bytes:
    """Return every byte of the store."""
    return b"".join(contents(flow.root).values())


def notebook(folder: Path, *cells: str) -> None:
    made = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None} for text in cells
    ]
    (folder / "keys.ipynb").write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))


def test_a_step_of_a_class_has_its_secrets_and_the_store_has_none(flow: Flow) -> None:
    made = flow(KEPT, "key.py", API_KEY=VALUE)
    (made.folder / "keys.env").write_text(f"DB={VALUE}\n")
    done = made.run("run", "--with", 'secrets:sources=["env.API_KEY"]')
    everything = kept(made)
    assert b"cannot log in with ***" in everything, "it ran, and failed in its body"
    assert VALUE.encode() not in everything
    assert VALUE not in done.stdout + done.stderr and "D050" not in done.stderr


@pytest.mark.parametrize("how", ["left", "fails"])
def test_an_artifact_that_is_a_secret_is_not_kept(flow: Flow, how: str) -> None:
    text = KEPT.replace("key = os", "self.key = key = os") if how == "left" else KEPT
    text = text.replace('    @catch(var="problem")\n', "")
    text = text.replace("        raise ValueError", "        0 and ValueError") if how == "left" else text
    made = flow(text, "key.py", API_KEY=VALUE)
    (made.folder / "keys.env").write_text(f"DB={VALUE}\n")
    done = made.run("run")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert ("holds the secret" in said and "os.environ" in said) if how == "left" else "cannot log in with ***" in said
    assert VALUE.encode() not in kept(made) and VALUE not in said


def test_secrets_that_are_not_there_are_told_before_the_body_runs(flow: Flow) -> None:
    made = flow(KEPT.replace('    @catch(var="problem")\n', ""), "key.py")
    done = made.run("run")
    assert done.returncode != 0
    assert "NBF-T044" in done.stdout + done.stderr and "export API_KEY=" in done.stdout + done.stderr


def test_inline_sources_stand_in_the_code_only_and_not_in_with(flow: Flow) -> None:
    inline = f'[{{"type": "inline", "options": {{"env_vars": {{"API_KEY": "{VALUE}"}}}}}}]'
    made = flow(
        KEPT.replace('["env.API_KEY", "file.keys.env#DB"]', inline).replace(
            ' and os.environ["DB"]', ' or os.environ["DB"]'
        ),
        "key.py",
    )
    done = made.run("run")
    assert "NBF-D053" in done.stderr + done.stdout
    with closing(sqlite3.connect(made.root / "metadata.db")) as connection:
        assert VALUE not in "\n".join(connection.iterdump())
    refused = made.run("run", "--with", f"secrets:sources={inline}")
    assert refused.returncode != 0 and "NBF-D054" in refused.stderr
    assert VALUE not in refused.stderr + refused.stdout


def test_a_step_of_a_notebook_has_its_secrets(flow: Flow) -> None:
    made = flow(
        "import sys\nfrom nbflow.frontends.cli.main import main\nsys.exit(main(sys.argv[1:]))\n",
        "cli.py",
        API_KEY=VALUE,
    )
    notebook(
        made.folder,
        "import os",
        "%%setup\nready = 'API_KEY' in os.environ and 'KEY' in os.environ",
        "%%step start --secret API_KEY --secret KEY=env.API_KEY --retry 0\nkey = os.environ['KEY']\nlength = len(key)\nwas_ready = ready",
        "%%step check\nassert was_ready and 'KEY' not in os.environ\nprint('of', length)",
    )
    done = made.run("run", "keys.ipynb")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"of {len(VALUE)}" in made.run("logs", "keys/1/check").stdout
    assert VALUE.encode() not in kept(made)
    refused = made.run("run", "keys.ipynb", "--with", "batch")
    assert refused.returncode != 0 and "NBF-G025" in refused.stderr and "create-secret" in refused.stderr
