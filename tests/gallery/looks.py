"""What cannot be looked at, compared or found."""

from __future__ import annotations

from gallery.example import Call, Example

SOUGHT = "from nbflow.views.task.sought import sought\nsought({!r}, expression=True)"

EXAMPLES: tuple[Example, ...] = (
    Call("V040", "an open bracket in the search of a log", SOUGHT.format("("), reason="'('"),
    Call("V041", "a search that could take for ever", SOUGHT.format("(a+)+$"), reason="(a+)+$"),
    Call("V008", "a mistyped filter", 'import nbflow\nnbflow.history(staus="failed")', reason="'staus'", fix="status="),
    Call("V011", "a run of some flow", 'import nbflow\nnbflow.compare("1", "2")', reason="'1'", fix="/1"),
    Call("V012", "a mistyped run", 'import nbflow\nnbflow.compare("sales/1", "latset")', reason="latset"),
    Call("V012", "nothing", "import nbflow\nnbflow.compare([])", reason="an empty list"),
    Call(
        "V014",
        "a condition that is no Python",
        'import nbflow\nnbflow.compare("sales/1", baseline="sales/1", fail_if="model >")',
        reason="model >",
    ),
    Call(
        "V014",
        "a number for a condition",
        'import nbflow\nnbflow.compare("sales/1", baseline="sales/1", fail_if=5)',
        reason="no text",
    ),
    Call(
        "V015",
        "a mistyped name in a condition",
        'import nbflow\nnbflow.compare("sales/1", baseline="sales/1", fail_if="modle > 1")',
        reason="'modle'",
        fix="'model'",
    ),
    Call("V042", "the timeline of a dict", "import nbflow\nnbflow.timeline({'run': 1})", reason="a value of type dict"),
    Call(
        "V042",
        "the timeline of a step",
        'from nbflow import Run, timeline\ntimeline(Run("sales/1")["train"])',
        reason="sales/1/train",
    ),
    Call("V043", "a look at a dict", "import nbflow\nnbflow.view({'run': 1})", reason="a value of type dict"),
)
