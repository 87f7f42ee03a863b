"""Whole notebooks that papermill cannot run, or whose cells fail: typed in a terminal, and as steps."""

from __future__ import annotations

from filled_notebooks import notebook

from gallery.commands import NOTES
from gallery.example import Call, Command, Example, Notebook

RUN = "nbflow run report.ipynb --papermill"
TAKES = {"report.ipynb": notebook(("alpha = 0.1", "parameters"), "print(alpha)")}
OF_R = {"report.ipynb": notebook("x <- 1", language="R", kernel="r-of-somebody")}

EXAMPLES: tuple[Example, ...] = (
    Notebook(
        "W001",
        "a mistyped notebook",
        ("%%step report --notebook sale.ipynb",),
        place="%%step report",
        reason="sale.ipynb",
        fix="'sales.ipynb'",
    ),
    Command(
        "W002",
        "a text as a step's notebook",
        "nbflow check case.ipynb",
        {"notes.txt": "to do", "case.ipynb": notebook("%%step report --notebook notes.txt")},
        reason="not JSON",
        fix="Jupyter opens",
    ),
    Notebook(
        "W003",
        "code below --notebook",
        ("%%step report --notebook sales.ipynb\nx = 1",),
        place="line 2",
        reason="is the body",
        fix="a step below",
    ),
    Command(
        "W004",
        "a parameter for a notebook that takes none",
        "nbflow run notes.ipynb --papermill -p alpha=1",
        {"notes.ipynb": NOTES},
        reason="was given alpha",
        fix="tag that 'parameters'",
    ),
    Command("P003", "a mistyped parameter", f"{RUN} -p alfa=0.2", TAKES, fix="'alpha'"),
    Command("P002", "a word for a number, and papermill", f"{RUN} -p alpha=high", TAKES, place="cell 1", fix="number"),
    Command("W005", "a mistyped kernel", f"{RUN} --kernel pyton3", TAKES, reason="'pyton3'", fix="leave --kernel out"),
    Command("W005", "a notebook of R without R", RUN, OF_R, reason="saved with it", fix="IRkernel::installspec()"),
    Call(
        "W006",
        "a Python without a kernel",
        "from nbflow.notebooks.kernel import need\nneed('ipykernel_of_nobody', 'report.ipynb')",
        reason="lacks ipykernel_of_nobody",
        fix="install",
    ),
    Command(
        "W007",
        "a folder that is not there",
        f"{RUN} --output out/filled.ipynb",
        TAKES,
        reason="no folder out",
        fix="mkdir",
    ),
    Command("W007", "the notebook itself", f"{RUN} --output report.ipynb", TAKES, fix="report-filled.ipynb"),
    Command("W007", "another kind of file", f"{RUN} --output report.html", TAKES, reason="no name of a notebook"),
    Command(
        "W008",
        "a cell that fails",
        RUN,
        {"report.ipynb": notebook("x = 0", "1 / x")},
        exits=1,
        reason="cell 2 of report.ipynb failed: ZeroDivisionError",
    ),
    Command(
        "W010",
        "a result that cannot be kept",
        RUN,
        {"report.ipynb": notebook("import nbflow, threading\nnbflow.result(lock=threading.Lock())")},
        exits=1,
        reason="'lock'",
    ),
    Call(
        "W012",
        "an object for a notebook of R",
        "from nbflow.notebooks.injected import with_parameters\n"
        "raw = {'cells': [], 'metadata': {}}\n"
        "with_parameters(raw, None, {'model': object()}, 'r', declares=False, path='report.ipynb')",
        reason="'model'",
        fix="in a step above",
    ),
    Command("W013", "a plan of a kernel's run", f"{RUN} --dry", TAKES, reason="every cell", fix="without --papermill"),
    Command(
        "W013",
        "an option of %flow run",
        "nbflow run sales.ipynb --papermill --max-workers 2",
        reason="the notebook's own",
        fix="%flow run --max-workers",
    ),
    Command("R004", "--output without --papermill", "nbflow run sales.ipynb --output out.ipynb", fix="add --papermill"),
    Call(
        "W014",
        "parameters around it that are no JSON",
        "from nbflow.notebooks.outside import with_parameters_around\n"
        "with_parameters_around({'NBFLOW_PARAMETERS': 'alpha=1'}, ['alpha'])",
        reason="no JSON",
        fix='{"alpha": 0.2',
    ),
    Command("W016", "a run without one", "nbflow notebook sales/1", reason="sales/1", fix="--papermill"),
    Call("W017", "a result without a name", "import nbflow\nnbflow.result(0.5)", fix="nbflow.result(rmse=rmse"),
    Command(
        "W018",
        "an address of the web",
        "nbflow run https://example.com/report.ipynb --papermill",
        reason="s3://",
        fix="download",
    ),
)
