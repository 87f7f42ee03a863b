"""The text of a lock, its identity, and the locks that a workspace keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nbflow.environments.kept import Kept
from nbflow.environments.lock import Lock, entries, in_one_form
from nbflow.environments.target import Target
from nbflow.errors import PackageError

TARGET = Target("3.12", "x86_64")
COMPILED = """\
pandas==2.3.1 \\
    --hash=sha256:bb \\
    --hash=sha256:aa
    # via -r -
Python_Dateutil==2.9 \\
    --hash=sha256:cc
"""


def test_a_lock_is_sorted_by_name_and_hash_and_without_comments() -> None:
    text = in_one_form(COMPILED, target=TARGET)
    assert text == (
        "pandas==2.3.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\npython-dateutil==2.9 \\\n    --hash=sha256:cc\n"
    )
    assert in_one_form(text, target=TARGET) == text
    assert Lock(text, TARGET).packages == ("pandas==2.3.1", "python-dateutil==2.9")


def test_what_counts_for_another_platform_is_left_out_and_markers_with_it() -> None:
    text = (
        "a==1 ; sys_platform == 'win32' \\\n    --hash=sha256:aa\n"
        "b==1 ; python_full_version < '3.13' and sys_platform != 'win32' \\\n    --hash=sha256:bb\n"
        "b==2 ; python_full_version >= '3.13' \\\n    --hash=sha256:cc\n"
        "c==1 ; platform_machine == 'aarch64' \\\n    --hash=sha256:dd\n"
    )
    assert list(entries(in_one_form(text, target=TARGET))) == ["b==1"]
    assert list(entries(in_one_form(text, target=Target("3.13", "aarch64")))) == ["b==2", "c==1"]


def test_of_two_texts_the_first_says_which_version() -> None:
    assert list(entries(in_one_form("a==1\n", "a==2\nnbflow==0.1\nz==1\n", target=TARGET))) == ["a==1", "z==1"]


def test_its_digest_is_of_the_packages_the_python_and_the_platform() -> None:
    digests = {
        Lock(COMPILED, TARGET).digest,
        Lock(COMPILED, Target("3.13", "x86_64")).digest,
        Lock(COMPILED, Target("3.12", "aarch64")).digest,
        Lock(COMPILED.replace("2.9", "2.8"), TARGET).digest,
    }
    assert len(digests) == 4
    assert Lock(COMPILED, TARGET).digest == Lock(COMPILED, TARGET).digest


def test_a_lock_comes_out_of_its_json_as_it_went_in() -> None:
    lock = Lock(COMPILED, TARGET, (("a-1-py3-none-any.whl", "aa"),))
    assert Lock.from_json(json.loads(json.dumps(lock.to_json()))) == lock


def test_a_kept_lock_is_found_by_what_was_asked_and_by_its_digest(tmp_path: Path) -> None:
    kept, lock = Kept(tmp_path), Lock(COMPILED, TARGET)
    assert kept.find("k") is None
    kept.keep("k", lock)
    assert Kept(tmp_path).find("k") == Kept(tmp_path).get(lock.digest) == lock
    kept.keep("k", newer := Lock("a==1\n", TARGET))
    assert kept.find("k") == newer
    assert kept.get(lock.digest) == lock, "runs that were locked with it may still be resumed"


def test_a_lock_that_somebody_has_changed_is_none(tmp_path: Path) -> None:
    kept, lock = Kept(tmp_path), Lock(COMPILED, TARGET)
    kept.keep("k", lock)
    file = tmp_path / "environments" / f"{lock.digest}.json"
    file.write_text(file.read_text().replace("2.3.1", "2.3.2"))
    assert kept.find("k") is None
    with pytest.raises(PackageError, match="NBF-E016"):
        kept.get(lock.digest)
