"""What a job is told: by its command, by its environment, and by the document of its attempt."""

from __future__ import annotations

import ast
import base64
import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from nbflow.environments.own import own_pack
from nbflow.environments.packs import Pack, pack_of
from nbflow.errors import raise_for
from nbflow.model.task import TaskSpec
from nbflow.workspace import Workspace
from nbflow.workspace.shared import Shared

#: bytes that Batch takes for the overrides of a container
MOST = 8192
_INSIDE = "nbflow.backends.batch.inside"


class Documents:
    """Writes what the jobs of one workspace are told."""

    def __init__(self, workspace: Workspace) -> None:
        assert workspace.shared is not None, "checked before a run begins"
        assert workspace.far is not None, "as above"
        self._shared: Shared = workspace.shared
        self._far = workspace.far
        self._workspace = workspace
        self._packs: dict[str, Pack] = {}
        self._sent: set[str] = set()

    @property
    def url(self) -> str:
        """The bucket."""
        return self._shared.url

    def of(self, spec: TaskSpec) -> dict[str, Any]:
        """Return the document of one attempt, once all it names is in the bucket."""
        code = Path(spec.code)
        key = f"code/{code.name}"
        if key not in self._sent:
            self._far.put_new(key, [code.read_bytes()])
            self._workspace.store.settle()
            self._sent.add(key)
        package = spec.place.package if spec.place else None
        return {**self.program(_INSIDE, package, spec.environment), "spec": spec.to_json(), "code": key}

    def program(self, module: str, package: str | None, environment: str | None) -> dict[str, Any]:
        """Return what every container is told, once all it names is in the bucket.

        Args:
            module: what it runs, as in `python -m module`.
            package: blob of the flow's code package.
            environment: digest of the packages that its tasks find, beside those of nbflow.
        """
        packs = [self._own()]
        if environment is not None:
            packs.append(self._environment(environment))
        return {
            "module": module,
            "shared": self._shared.to_json() | {"profile": None},
            "package": package,
            "python": packs[1].python if environment is not None else None,
            "packs": [{"key": pack.key, "sha256": pack.sha256} for pack in packs],
        }

    def environment(self, step: str) -> dict[str, str]:
        """Return the variables of a container; which attempt it is for comes to them."""
        if not self._shared.url.startswith("s3://"):
            fix = "keep runs in S3, or run the step here"
            raise_for("R092", step=step, on="AWS Batch", why=f"the store is at {self._shared.url}", fix=fix)
        known = {
            "NBFLOW_STORE": self._shared.url,
            "NBFLOW_REGION": self._shared.region,
            "NBFLOW_ENDPOINT": self._shared.endpoint,
        }
        return {name: value for name, value in known.items() if value}

    @staticmethod
    def command(python: str) -> list[str]:
        """Return the command of a container."""
        return [python, "-c", _bootstrap()]

    def _own(self) -> Pack:
        return self._once("", lambda: own_pack(self._far))

    def _environment(self, digest: str) -> Pack:
        return self._once(digest, lambda: pack_of(digest, self._far))

    def _once(self, name: str, make: Any) -> Pack:
        if name not in self._packs:
            self._packs[name] = make()
        return self._packs[name]


@cache
def _bootstrap() -> str:
    """Return `start.py` as one line of Python that fits into a command."""
    source = Path(__file__).with_name("start.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    small = base64.b85encode(zlib.compress(ast.unparse(tree).encode(), 9)).decode()
    line = f"import base64,zlib;exec(zlib.decompress(base64.b85decode({small!r})))"
    assert len(json.dumps(line)) < MOST // 2, "Batch takes no longer command"
    return line
