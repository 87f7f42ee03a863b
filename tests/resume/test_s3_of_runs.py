"""`S3(run=self)`: what a run put is there in the runs that are resumed from it, and stays as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flow_terminal import FlowTerminal
from s3_fixtures import here, s3, server

from nbflow import S3
from nbflow.client import Run
from nbflow.exception import MetaflowS3NotFound, MetaflowS3URLException
from nbflow.model.record import RunRecord, RunStatus
from nbflow.workspace import Workspace

__all__ = ["here", "s3", "server"]

TEXT = """
import os

from nbflow import FlowSpec, S3, current, step


class Data(FlowSpec):
    @step
    def start(self):
        with S3(run=self) as s3:
            self.url = s3.put("parts/a", f"a of {current.run_id}", content_type="text/plain")
            s3.put("parts/b", f"b of {current.run_id}")
        self.next(self.end)

    @step
    def end(self):
        if "FAIL" in os.environ:
            raise ValueError("on purpose")
        with S3(run=current) as s3:
            self.before = [(each.key, each.text) for each in s3.get_recursive(["parts"])]
            s3.put("parts/b", f"b of {current.run_id}")
            self.after = sorted((each.key, each.text) for each in s3.get_recursive(["parts"]))
            self.one = s3.get("parts/a").text, s3.info("parts/a").content_type, s3.get("parts/a").key
            self.listed = sorted(each.key for each in s3.list_recursive()), [each.key for each in s3.list_paths()]


if __name__ == "__main__":
    Data()
"""


@pytest.fixture(params=["local", "shared"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    root = str(tmp_path / "root")
    if request.param == "shared":
        request.getfixturevalue("s3")
        root = f"s3://unit/{tmp_path.name}-{os.getpid()}"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NBFLOW_ROOT", root)
    return Workspace.open(root)


def test_a_resumed_run_has_what_its_origins_put(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "data.py").write_text(TEXT)
    terminal = FlowTerminal(tmp_path, tmp_path / "data.py", NBFLOW_ROOT=os.environ["NBFLOW_ROOT"])
    assert terminal.run("run", FAIL="1").returncode
    assert terminal.run("resume", FAIL="1").returncode
    terminal.ok("resume")

    first, last = (Run(f"Data/{number}", workspace=workspace) for number in (1, 3))
    data = last["end"].task.data
    assert data.before == [("a", "a of 1"), ("b", "b of 1")]
    assert data.after == [("a", "a of 1"), ("b", "b of 3")]
    assert data.one == ("a of 1", "text/plain", "parts/a")
    assert data.listed == (["parts/a", "parts/b"], ["parts"])
    home = workspace.url or f"file://{workspace.root}"
    assert data.url == f"{home}/data/Data/1/parts/a"
    with S3(run=first, tmproot=str(tmp_path)) as tool:
        assert [each.text for each in tool.get_many(["parts/a", "parts/b"])] == ["a of 1", "b of 1"]
        with pytest.raises(MetaflowS3NotFound):
            tool.get("parts/c")
    with S3(run="Data/3", tmproot=str(tmp_path)) as tool:
        assert tool.get("parts/b").text == "b of 3"
        with pytest.raises(MetaflowS3NotFound, match="nor is it in"):
            tool.get("parts/c")
        assert not tool.info("parts/c", return_missing=True).exists


def test_what_a_run_put_whose_results_nobody_took_is_there_along_the_line(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "root")
    for origin in (None, "1", "2"):
        workspace.metadata.create_run(RunRecord("F", "", "run", RunStatus.FAILED, "ada", 1.0, origin_run=origin))
        run = workspace.metadata.runs("F")[0]
        with S3(run=Run(f"F/{run.id}", workspace=workspace), tmproot=str(tmp_path)) as tool:
            if origin is None:
                tool.put("x", "of the first")
            assert tool.get("x").text == "of the first"
            assert [each.key for each in tool.list_recursive()] == ["x"]


def test_outside_a_flow_a_run_must_be_named() -> None:
    from nbflow import current

    for bad in (current, "Data", "Data/1/start"):
        with pytest.raises(MetaflowS3URLException) as caught:
            S3(run=bad)
        assert caught.value.code == "NBF-S020"
