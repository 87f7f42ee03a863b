"""Packages of steps that cannot be had. What uv answers is given, since no index is asked while these are typed."""

from __future__ import annotations

from gallery.example import Call, Example

HEARD = """from nbflow.environments.failures import tell
from nbflow.environments.indexes import Indexes
from nbflow.environments.target import Target

said = {said!r}
tell(said, who="step train", target=Target("3.12", "x86_64"), indexes=Indexes(), known=["pandas", "numpy"])"""
NO_SOLUTION = "  × No solution found when resolving dependencies:\n  cause: "


def heard(said: str) -> str:
    """Return a program to which uv says this of a step's packages."""
    return HEARD.format(said=said)


def asked(call: str, names: str) -> str:
    """Return a program that reads what a step asks for."""
    return f"from nbflow.environments.{names} import {call.partition('(')[0]}\n{call}"


EXAMPLES: tuple[Example, ...] = (
    Call(
        "E001",
        "two packages that do not go together",
        heard(
            f"{NO_SOLUTION}Because pandas==2.2.0 depends on numpy>=1.26 and you require pandas==2.2.0, we can conclude that "
            "numpy>=1.26 is needed. And because you require numpy==1.20, we can conclude that your requirements are unsatisfiable."
        ),
        reason="you require numpy==1.20",
        fix="loosen one of these versions",
    ),
    Call(
        "E002",
        "a mistyped package",
        heard(
            f"{NO_SOLUTION}Because pnadas was not found in the package registry and you require pnadas, we can conclude that "
            "your requirements are unsatisfiable."
        ),
        reason="'pnadas'",
        fix="correct the name",
    ),
    Call(
        "E003",
        "a version that nobody released",
        heard(
            f"{NO_SOLUTION}Because there is no version of pandas==9.9 and you require pandas==9.9, we can conclude that your "
            "requirements are unsatisfiable."
        ),
        reason="pandas==9.9",
        fix="a version that there is",
    ),
    Call(
        "E004",
        "a package for another Python",
        heard(
            f"{NO_SOLUTION}Because torch==2.0.0 has no wheels with a matching Python ABI tag and you require torch==2.0.0, we "
            "can conclude that your requirements are unsatisfiable.\n\nhint: You require CPython 3.12 (`cp312`), but we only "
            "found wheels for `torch` (v2.0.0) with the following Python ABI tags: `cp310`, `cp311`"
        ),
        reason="has no wheel for Python 3.12",
        fix="pip wheel torch==2.0.0",
    ),
    Call(
        "E005",
        "a private index without its login",
        heard(
            "error: Failed to fetch\n  cause: HTTP status client error (401 Unauthorized) for url (https://pypi.example.com/simple/ours/)"
        ),
        reason="wants a login (401 Unauthorized)",
        fix="~/.netrc",
    ),
    Call(
        "E006",
        "an index that does not answer",
        heard(
            "error: Failed to fetch: `https://pypi.example.com/simple/pandas/`\n  cause: error sending request\n  cause: "
            "dns error: failed to lookup address information"
        ),
        reason="failed to lookup address",
        fix="go online",
    ),
    Call(
        "E007",
        "no uv",
        "import os, shutil, sys\nfrom unittest import mock\nfrom nbflow.environments.uv import executable\n\n"
        "with mock.patch.dict(sys.modules, {'uv': None}), mock.patch.dict(os.environ, {'PATH': ''}):\n    executable()",
        reason="uv is not installed",
        fix="pip install uv",
    ),
    Call(
        "E008",
        "a Python of ten years ago",
        asked('python_version("2.7", "step train")', "names"),
        reason="no Python 2.7 for step train",
        fix="uv python install 2.7",
    ),
    Call(
        "E009",
        "a package of R",
        asked('from_conda("r-base=4.3", "step train")', "conda"),
        reason="'r-base'",
    ),
    Call("E009", "a compiler", asked('from_conda("gxx_linux-64", "step train")', "conda"), reason="'gxx_linux-64'"),
    Call(
        "E010",
        "a version with one =",
        asked('requirement("pandas=2.2", "step train")', "names"),
        reason="'pandas=2.2'",
        fix="pandas==2.2",
    ),
    Call(
        "E010",
        "a word for a version",
        asked('from_conda("pandas=newest one", "step train")', "conda"),
        reason="pandas=newest one",
        fix="pandas>=2,<3",
    ),
    Call(
        "E010",
        "no version of Python",
        asked('python_version("three", "step train")', "names"),
        reason="no version of Python",
        fix="3.12",
    ),
    Call(
        "E011",
        "a file of the project that is no TOML",
        "from pathlib import Path\nfrom nbflow.environments.indexes import Indexes\n"
        "from nbflow.environments.project import project_packages\n\n"
        'Path("pyproject.toml").write_text("[project\\n")\n'
        'try:\n    project_packages(Path("pyproject.toml"), Indexes())\nfinally:\n    Path("pyproject.toml").unlink()',
        reason="pyproject.toml",
        fix="correct the file",
    ),
    Call(
        "E012",
        "a package that no installer noted down",
        "from importlib.metadata import Distribution\nfrom pathlib import Path\nfrom nbflow.environments.carried import wheel_of\n"
        "from nbflow.environments.target import Target\n\n"
        'Path("tools-1.0.dist-info").mkdir(exist_ok=True)\nPath("tools-1.0.dist-info/METADATA").write_text("Name: tools\\n")\n'
        'wheel_of(Distribution.at("tools-1.0.dist-info"), Path(), Target.here())',
        reason="its installer did not note down",
        fix="--pypi",
    ),
    Call(
        "E013",
        "a disk that is full",
        heard("error: Failed to install: numpy-2.1.0.whl\n  cause: No space left on device (os error 28)"),
        reason="No space left on device",
        fix="correct what it names",
    ),
    Call(
        "E014",
        "a package that was published anew",
        heard(
            "error: Failed to download `ours==1.0`\n  cause: Hash mismatch for `ours==1.0`\nExpected:\n  sha256:ab\nComputed:\n  sha256:cd"
        ),
        reason="ours==1.0 is not what was locked",
        fix="--relock",
    ),
    Call(
        "E015",
        "a repository",
        asked('requirement("git+https://github.com/ours/tools", "step train")', "names"),
        reason="git+https",
        fix="build a wheel",
    ),
    Call(
        "E016",
        "a lock of another workspace",
        "from nbflow.environments.packs import pack_of\nfrom nbflow.workspace import Workspace\n"
        'pack_of("c0ffee" * 10, Workspace.open(".nbflow").store.blobs.storage)',
        reason="c0ffeec0ffee",
        fix="run the flow anew",
    ),
)
