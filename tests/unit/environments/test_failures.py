"""What uv says when it cannot go on, as it says it, in a person's words. That uv says so is tried in tests/environments."""

from __future__ import annotations

import pytest

from nbflow.environments.failures import tell
from nbflow.environments.indexes import Indexes
from nbflow.environments.target import Target
from nbflow.errors import PackageError

INDEXES = Indexes(named=("http://127.0.0.1:5000/simple",))
SOLUTION = "error: No solution found when resolving dependencies\n  cause: "


def told(said: str) -> str:
    with pytest.raises(PackageError) as wrong:
        tell(said, who="step train", target=Target("3.12", "x86_64"), indexes=INDEXES, known=["pandas", "tiny-sums"])
    return str(wrong.value)


@pytest.mark.parametrize(
    ("said", "code", "parts"),
    [
        (
            (
                f"{SOLUTION}Because tiny-sum was not found in the package registry and you require tiny-sum, we can conclude that "
                "your requirements are unsatisfiable."
            ),
            "E002",
            ["'tiny-sum'", "Did you mean 'tiny-sums'?", "http://127.0.0.1:5000/simple"],
        ),
        (
            (
                f"{SOLUTION}Because there is no version of tiny-sums==3 and you require tiny-sums==3, we can conclude that your "
                "requirements are unsatisfiable."
            ),
            "E003",
            ["there is no tiny-sums==3, which step train needs"],
        ),
        (
            (
                f"{SOLUTION}Because only tiny-sums<=1.1 is available and you require tiny-sums>=2, we can conclude that your "
                "requirements are unsatisfiable."
            ),
            "E003",
            ["there is no tiny-sums>=2", "only tiny-sums<=1.1 is available"],
        ),
        (
            (
                f"{SOLUTION}Because winonly==1.0 has no wheels with a matching platform tag (e.g., `manylinux_2_28_x86_64`) and only "
                "winonly==1.0 is available, we can conclude that all versions of winonly cannot be used.\n\n"
                "hint: Wheels are available for `winonly` (v1.0) on the following platform: `win_amd64`"
            ),
            "E004",
            ["winonly==1.0 has no wheel for Python 3.12 on Linux x86_64", "`win_amd64`"],
        ),
        (
            (
                f"{SOLUTION}Because all versions of needy depend on tiny-sums<1.1 and you require needy, we can conclude that you "
                "require tiny-sums<1.1.\n         And because you require tiny-sums==1.1, we can conclude that your requirements are "
                "unsatisfiable."
            ),
            "E001",
            ["all versions of needy depend on tiny-sums<1.1", "and because you require tiny-sums==1.1"],
        ),
        (
            (
                f"{SOLUTION}Because tiny-sums was not found in the package registry and you require tiny-sums, we can conclude that "
                "your requirements are unsatisfiable.\n\nhint: An index URL (http://127.0.0.1:5000/simple) could not be queried due to "
                "a lack of valid authentication credentials (401 Unauthorized)"
            ),
            "E005",
            ["http://127.0.0.1:5000/simple wants a login (401 Unauthorized)", ".netrc"],
        ),
        (
            (
                "error: Failed to fetch: http://127.0.0.1:9/simple/tiny-sums/\n  cause: client error (Connect)\n"
                "  cause: Connection refused (os error 111)"
            ),
            "E006",
            ["http://127.0.0.1:9/simple/tiny-sums/", "Connection refused"],
        ),
        (
            "error: Hash mismatch for `tiny-sums==1.0`\n\nExpected: a\nComputed: b",
            "E014",
            ["tiny-sums==1.0", "--relock"],
        ),
        ("error: No interpreter found for Python 3.12 in managed installations", "E008", ["no Python 3.12"]),
        ("error: something that nobody has seen\n  cause: of late", "E013", ["something that nobody has seen"]),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) == 4 else "",
)
def test_each_failure_has_its_code_and_says_what_matters(said: str, code: str, parts: list[str]) -> None:
    text = told(said)
    assert text.startswith(f"NBF-{code}")
    assert not [part for part in parts if part not in text]
    assert "we can conclude" not in text


def test_a_long_story_is_cut_short() -> None:
    assert len(told(f"error: {'it went wrong ' * 200}")) < 700
