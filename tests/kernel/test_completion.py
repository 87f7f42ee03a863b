"""What Tab offers, asked as a front end asks: by the kernel's protocol."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

#: written before the cursor · what is offered first · what each is said to be
LINES: list[tuple[str, list[str], str]] = [
    ("%%step new --af", ["--after"], "LIST"),
    ("%step new --af", ["--after"], "LIST"),
    ("# a comment\n%%step new --af", ["--after"], "LIST"),
    ("%%step new --retry 2 --re", ["--retry-wait"], "DUR"),
    ("%%step new --out a --ou", ["--out"], "LIST"),
    ("%%step new --after ", ["maybe", "best", "train", "load"], "step"),
    ("%%step new --after=lo", ["load"], "step"),
    ("%%step new --after load,", ["maybe", "best", "train"], "step"),
    ("%%step new --join ", ["train", "maybe"], "foreach"),
    ("%%step new --else-of ", ["maybe"], "step"),
    ("%%step train --after ", ["load"], "step"),
    ("%%step new --foreach reg", ["region", "regions"], "str of train"),
    ('%%step new --foreach "zip(regions, mo', ["model", "mode"], "str of best"),
    ("%%step new --when 'x > 2 and al", ["alpha"], "parameter float"),
    ("%%step new --when 'x > LIM", ["LIMIT"], "constant"),
    ("%%step new --in m=", ["maybe.", "best.", "train.", "load."], "step"),
    ("%%step new --in m=train.", ["model", "region", "score"], "str of train"),
    ("%%step new --isolation p", ["process"], "--isolation"),
    ("%%step new --on ", ["local"], "--on"),
    ("%%step new --memory ", ["1G", "4G", "16G"], "--memory"),
    ("%%step new --foreach regions --as ", ["region", "item"], "name of the item"),
    ("%flow name ", ["case"], "name of the flow"),
    ("%%step new --capture ", ["held"], "Thread"),
    ("%%step new\n#| jo", ["join: "], "LIST"),
    ("%%step new\n#| after: lo", ["load"], "step"),
    ("%%step new --retry 2\n#| retr", ["retry-wait: "], "DUR"),
    ("%flow re", ["resume", "restore"], "verb"),
    ("%flow run --m", ["--mode", "--max-workers", "--max-items"], "Literal['fast', 'very slow'…"),
    ("%flow run ", ["--alpha", "--mode"], "float = 0.1"),
    ("if True:\n    run = %flow run --al", ["--alpha"], "float = 0.1"),
    ("%flow run --mode ", ["fast", '"very slow"'], "Literal['fast', 'very slow']"),
    ("%flow run --mode=f", ["fast"], "Literal['fast', 'very slow']"),
    ("%flow run --param mo", ["mode="], "Literal['fast', 'very slow'…"),
    ("%flow run --tag ", ["first"], "of case/1"),
    ("%flow resume ", ["maybe", "best", "train", "load", "2", "1", "case/"], "step"),
    ("%flow attach ", ["2", "1", "case/"], "succeeded"),
    ("%flow attach case/", ["case/2", "case/1"], "succeeded"),
    ("%flow debug train[", ["train[0]", "train[1]"], "reused"),
    ("%flow debug case/1/tr", ["case/1/train/"], "step"),
    ("%flow view ", ["maybe", "best", "train", "load", "2", "1", "case/"], "step"),
    ("%flow view tr", ["train"], "foreach"),
    ("%flow view train[", ["train[0]", "train[1]"], "reused"),
    ("%flow view case/1/", ["case/1/load/", "case/1/train/"], "step"),
    ("%flow view 1/train/", ["1/train/0", "1/train/1"], "reused"),
    ("%flow artifacts ", ["maybe", "best", "train", "load", "2", "1", "case/"], "step"),
    ("%flow artifacts case/1/load/0/r", ["case/1/load/0/regions"], "list"),
    ("%flow timeline ", ["2", "1", "case/"], "succeeded"),
    ("%flow cards be", ["best"], "join"),
    ("%flow schedule ", ["add", "list", "next", "pause"], "verb"),
    ("%flow schedule add --", ["--cron", "--hourly"], "EXPRESSION"),
    ("%flow schedule add --overlap ", ["skip", "queue", "allow"], "--overlap"),
    ("%flow schedule add --timezone Europe/Berl", ["Europe/Berlin"], "time zone"),
    ("%flow schedule add --after ", ["case"], "flow"),
    ("%flow schedule add -p al", ["alpha="], "float = 0.1"),
    ("%flow schedule logs ", ["nightly"], "schedule"),
    ("%flow deploy --na", ["--name", "--namespace"], "NAME"),
    ("%flow deploy --tag ", ["first"], "of case/1"),
    ("%flow compare --baseline ", ["latest_successful", "previous", "2", "1", "case/"], "word for a run"),
    ("%flow compare --fail-if 'x > 3 * baseline.", ["x", "z"], "metric"),
    ("%flow compare --chart ", ["x", "z"], "metric"),
    ("%flow compare --fail-if ", ["x", "z", "seconds", "baseline."], "metric"),
    ("%flow history --sort -x", ["x"], "metric"),
    ("%flow history --sort ", ["started", "took"], "of each run"),
    ("%flow history --where ", ["alpha", "mode"], "float = 0.1"),
    ("%flow history --user ", ["me"], "your own"),
    ("%flow notify --on success,", ["failure", "regression"], "--on"),
    ("%flow drop load ", ["maybe", "best", "train"], "step"),
    ("%flow history ", ["case"], "flow"),
    ("%flow config ", ["run_cells=true", "run_cells=false"], "setting"),
    ("run.data.", ["regions", "trap", "x"], "list"),
    ("y = [1, run.data.mo", ["model"], "str"),
    ('run["', ["load", "train"], "key"),
    ('run["train"].task.data.', ["model", "region", "score"], "str"),
    ('run["train"][', ["0", "1"], "index"),
    ("run['train'][1].artifacts.", ["model", "region", "score"], "artifact"),
    ('print(Run("case/1").data.sc', ["score"], "list of float"),
    ('Flow("case").latest_run.data.mo', ["model"], "str"),
    ('Run("case/', ["case/2", "case/1"], "succeeded"),
    ('nbflow.Task("case/1/train/', ["case/1/train/0", "case/1/train/1"], "reused"),
]

#: a flow that is run by the clock
OTHER = """
from nbflow import FlowSpec, step
class Other(FlowSpec):
    @step
    def start(self): self.next(self.end)
    @step
    def end(self): pass
"""

#: whatever is typed, it is no error
ODD = [
    '%%step "',
    "%%step a --in ,=.",
    "%flow run --mode='",
    "run[",
    "run[[[",
    ')("]).data.',
    "%flow why [",
    "#| x",
    "é%flow ",
]


def offered(kernel: Any, code: str, at: int | None = None) -> tuple[list[str], str, str]:
    """Return the texts, what the first one is said to be, and the text that they replace."""
    reply = kernel.client.complete(code, len(code) if at is None else at, reply=True, timeout=60)["content"]
    assert reply["status"] == "ok"
    kinds = [each["type"] for each in reply["metadata"].get("_jupyter_types_experimental", [])]
    assert not any(" " in kind for kind in kinds), "a front end would break the line there"
    return (
        reply["matches"],
        kinds[0].replace("\N{NO-BREAK SPACE}", " ") if kinds else "",
        code[reply["cursor_start"] : reply["cursor_end"]],
    )


def day(kernel: Any, folder: Path) -> None:
    """Two runs of a flow with a foreach, a join, a condition, and a value that tells when it is opened."""
    kernel.ok("from typing import Literal\nimport threading\nLIMIT = 3\nheld = threading.Thread()")
    kernel.ok("%%parameters\nalpha: float = 0.1\nmode: Literal['fast', 'very slow'] = 'fast'")
    kernel.ok(
        "class Trap:\n    def __setstate__(self, state):\n        open('opened', 'w').close()\n"
        "    def __getstate__(self):\n        return {'a': 1}"
    )
    kernel.ok("%%step load\nregions = ['a', 'b']\ntrap = Trap()\nx = 3")
    kernel.ok("%%step train --foreach regions --as region\nmodel = region * x\nscore = 1.5")
    kernel.ok("%%step best --join train\nmodel = inputs[0].model")
    kernel.ok("%%step maybe --when 'x > 2'\nz = 1")
    kernel.ok("from nbflow import Flow, Run\nimport nbflow\nrun = %flow run --tag first")
    (folder / "other.py").write_text(OTHER)
    kernel.ok("%flow run\n%flow schedule add other.py --name nightly --daily")


def test_tab_offers_what_may_stand_there_and_nothing_is_opened_for_it(kernel: Any, tmp_path: Path) -> None:
    day(kernel, tmp_path)
    (tmp_path / "opened").unlink()

    for code, wanted, kind in LINES:
        texts, said, _ = offered(kernel, code)
        assert (texts[: len(wanted)], said) == (wanted, kind), code
    for code in ODD:
        offered(kernel, code)

    assert not (tmp_path / "opened").exists()
    assert kernel.ok("1").text.strip() == "1", "nothing was printed meanwhile"

    # in the middle of a line, what is given behind the cursor counts, and only what is typed is replaced
    texts, _, _ = offered(kernel, "%%step new --re --retry 2", len("%%step new --re"))
    assert texts == ["--retry-wait"]
    assert offered(kernel, "%%step new --af load", len("%%step new --af"))[::2] == (["--after"], "--af")
    assert offered(kernel, "%%step new --out \none = 1\ntwo = 2", len("%%step new --out "))[0] == ["one", "two"]

    # without a store nothing is made
    shutil.rmtree(tmp_path / ".nbflow")
    for code in ("%flow attach ", "%flow resume ", 'Run("', "%flow run --tag ", "%%step a --after "):
        offered(kernel, code)
    assert not (tmp_path / ".nbflow").exists()

    kernel.ok("%unload_ext nbflow")
    assert offered(kernel, "%%step new --af")[0] == []
    assert kernel.value("[each for each in get_ipython().Completer.custom_matchers if 'nbflow' in repr(each)]") == "[]"
