"""Two ways to run a flow file, as the matrix of shapes and behaviours uses them: the terminal, and Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from flow_terminal import FlowTerminal


@dataclass
class Ended:
    """How a run ended: 0 when it succeeded; what was said."""

    code: int
    told: str


class Door(Protocol):
    """One way to run flows of a folder."""

    def run(self, file: Path, *, tags: tuple[str, ...] = (), env: Mapping[str, str] = {}, **how: Any) -> Ended:
        """Run the flow in a file; `how`: alpha, retries, namespace."""
        ...

    def resume(self, file: Path, step: str | None = None, *, origin: str | None = None) -> Ended:
        """Go on from its latest run, or from `origin`."""
        ...

    def close(self) -> None: ...


class TerminalDoor:
    """`python flow.py run`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, file: Path, *, tags: tuple[str, ...] = (), env: Mapping[str, str] = {}, **how: Any) -> Ended:
        words = ["--with", f"retry:times={how['retries']},minutes_between_retries=0"] if "retries" in how else []
        words += ["run", *(word for tag in tags for word in ("--tag", tag))]
        words += ["--alpha", str(how["alpha"])] if "alpha" in how else []
        words += ["--namespace", how["namespace"]] if "namespace" in how else []
        done = FlowTerminal(self._folder, file).run(*words, **env)
        return Ended(done.returncode, done.stdout + done.stderr)

    def resume(self, file: Path, step: str | None = None, *, origin: str | None = None) -> Ended:
        words = [*([step] if step else []), *(["--origin-run-id", origin] if origin else [])]
        done = FlowTerminal(self._folder, file).run("resume", *words)
        return Ended(done.returncode, done.stdout + done.stderr)

    def close(self) -> None:
        """Nothing stays."""


_HOST = """
import contextlib, importlib.util, io, json, os, sys

def loaded(path):
    name = os.path.basename(path)[:-3]
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    module = sys.modules[name]
    return next(each for each in vars(module).values() if isinstance(each, type) and each.__module__ == name)

for line in sys.stdin:
    asked = json.loads(line)
    for key, value in asked["env"].items():
        os.environ[key] = value
    told, code = io.StringIO(), 0
    with contextlib.redirect_stderr(told):
        try:
            flow = loaded(asked["file"])
            getattr(flow, asked["verb"])(*asked["words"], **asked["how"])
        except Exception as error:
            code = 1
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
    for key in asked["env"]:
        del os.environ[key]
    print(json.dumps([code, told.getvalue()]), flush=True)
"""


class PythonDoor:
    """`MyFlow.run(…)` in a Python process that stays."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "NBFLOW_ROOT": str(folder / ".nbflow"), "NBFLOW_USER": "tester"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _HOST],
            cwd=folder,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, file: Path, *, tags: tuple[str, ...] = (), env: Mapping[str, str] = {}, **how: Any) -> Ended:
        asked: dict[str, Any] = {"tags": list(tags)}
        if "retries" in how:
            asked["decospecs"] = [f"retry:times={how['retries']},minutes_between_retries=0"]
        asked |= {key: how[key] for key in ("alpha", "namespace") if key in how}
        return self._ask("run", file, (), asked, env)

    def resume(self, file: Path, step: str | None = None, *, origin: str | None = None) -> Ended:
        return self._ask("resume", file, (step,) if step else (), {"origin_run_id": origin}, {})

    def _ask(
        self, verb: str, file: Path, words: tuple[str, ...], how: Mapping[str, Any], env: Mapping[str, str]
    ) -> Ended:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"verb": verb, "file": str(file), "words": words, "how": how, "env": dict(env)}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return Ended(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()


DOORS: dict[str, Callable[[Path], Door]] = {"terminal": TerminalDoor, "python": PythonDoor}
