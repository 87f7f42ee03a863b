"""Environments on this machine: made once, whole or not at all, with this nbflow and nothing else of here."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path

import pytest
from package_index import Index

from nbflow.environments import locking
from nbflow.environments.indexes import indexes
from nbflow.environments.kept import Kept
from nbflow.environments.local import environment, place_of, python_of
from nbflow.environments.lock import Lock
from nbflow.environments.target import Target
from nbflow.environments.wanted import asked_by
from nbflow.model.options import Options
from nbflow.workspace import Workspace

LOOK = """
import json, sys, importlib.util, nbflow, tiny_sums
print(json.dumps([nbflow.__file__, tiny_sums.__file__, sys.path, importlib.util.find_spec("pytest") is None]))
"""


@pytest.fixture
def lock(no_needs: None, index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Lock:
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url_with_password)
    wanted = asked_by(Options(pypi=("tiny-sums",)), "step a")
    assert wanted is not None
    return locking.lock(
        wanted, Target.here(), folder=tmp_path, indexes=indexes(tmp_path, os.environ), kept=Kept(tmp_path)
    )


def test_it_has_this_nbflow_and_its_packages_and_nothing_that_is_installed_beside(lock: Lock, tmp_path: Path) -> None:
    import nbflow

    python = environment(lock, place=tmp_path, indexes=indexes(tmp_path, os.environ))
    assert python == place_of(lock.digest)
    done = subprocess.run([python, "-c", LOOK], cwd=tmp_path, capture_output=True, text=True, check=True)
    package, sums, path, alone = json.loads(done.stdout)
    assert package == nbflow.__file__
    assert Path(sums).is_relative_to(python.parents[1])
    assert alone and str(Path(nbflow.__file__).parents[1]) not in path


def test_of_many_who_want_it_at_once_one_makes_it(lock: Lock, tmp_path: Path) -> None:
    said: list[str] = []
    found: list[Path] = []

    def make() -> None:
        found.append(
            environment(lock, place=tmp_path, indexes=indexes(tmp_path, os.environ), who="step a", say=said.append)
        )

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 1 and said[0].startswith("installing 1 package for step a (first time)")
    assert set(found) == {place_of(lock.digest)} and len(found) == 4
    assert [each.name for each in place_of(lock.digest).parents[2].glob("[!.]*")] == [
        place_of(lock.digest).parents[1].name
    ]


def test_one_that_has_gone_since_is_made_anew_from_the_lock_that_is_kept(lock: Lock, tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    assert not place_of(lock.digest).exists()
    assert python_of(lock.digest, workspace).exists()
    # a Python that was removed
    place_of(lock.digest).unlink()
    assert python_of(lock.digest, workspace).exists()
