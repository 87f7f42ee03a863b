"""Python that asks for what is not there: of runs, of flow files."""

from __future__ import annotations

from gallery.example import Call

EXAMPLES = (
    Call(
        "M001",
        "a mistyped flow",
        'from nbflow import Flow\nFlow("sale")',
        reason="sale",
        fix="'sales'",
        mended='from nbflow import Flow\nFlow("sales")',
    ),
    Call("M002", "a run that is not there", 'from nbflow import Run\nRun("sales/999")', reason="'999'", fix="history"),
    Call("M003", "a mistyped step", 'from nbflow import Run\nRun("sales/1")["trian"]', reason="'trian'", fix="'train'"),
    Call("M004", "an item too far", 'from nbflow import Run\nRun("sales/1")["train"][9]', reason="'9'", fix="from 0"),
    Call(
        "M005",
        "a mistyped name",
        'from nbflow import Run\nRun("sales/1").data.modle',
        reason="'modle'",
        fix="'model'",
        mended='from nbflow import Run\nRun("sales/1").data.model',
    ),
    Call(
        "M006", "a flow where a run is meant", 'from nbflow import Run\nRun("sales")', reason="FLOW/RUN", fix="FLOW/RUN"
    ),
    Call(
        "M019",
        "a folder in which nothing ran",
        "import contextlib, tempfile, nbflow\nwith contextlib.chdir(tempfile.mkdtemp()):\n    nbflow.view()",
        reason="nothing has run in",
        fix="nbflow run NOTEBOOK.ipynb",
    ),
    Call(
        "M010", "a tag of nothing", 'from nbflow import Run\nRun("sales/1").add_tag("")', reason="empty", fix="add_tag"
    ),
    Call(
        "M012",
        "another person's namespace",
        'from nbflow import Flow, namespace\nnamespace("user:nobody")\ntry:\n    Flow("sales")\nfinally:\n    namespace(None)',
        reason="user:nobody",
        fix="namespace(None)",
    ),
    Call(
        "M014",
        "removing who ran it",
        'from nbflow import Run\nRun("sales/1").remove_tag("user:you")',
        reason="system tags",
        fix="user_tags",
    ),
    Call(
        "M015",
        "a store that is not there",
        'from nbflow import metadata\nmetadata("local@/nowhere")',
        reason="/nowhere",
        fix="metadata('local@",
    ),
    Call(
        "M016",
        "replacing nothing",
        'from nbflow import Run\nRun("sales/1").replace_tags([], [])',
        reason="no tag",
        fix="replace_tags",
    ),
    Call(
        "M017",
        "an attempt too far",
        'from nbflow import Task\nTask("sales/1/train/0", attempt=5)',
        reason="no attempt 5",
        fix="task.attempts",
    ),
    Call(
        "M018",
        "what a step left, asked of the step",
        'from nbflow import Run\nRun("sales/1")["best"].data',
        reason="Step has no 'data'",
        fix='run["best"].task.data',
        mended='from nbflow import Run\nRun("sales/1")["best"].task.data',
    ),
    Call(
        "R001",
        "a mistyped file",
        'from nbflow import Runner\nRunner("sale.ipynb").run()',
        reason="sale.ipynb",
        fix="'sales.ipynb'",
    ),
    Call(
        "R082",
        "an object for a parameter",
        'from nbflow import Runner\nRunner("sales.ipynb").run(alpha=object())',
        reason="object",
        fix="a number",
    ),
)
