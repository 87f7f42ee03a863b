"""Schedules that make no sense: typed in a terminal, in a class, in a cell."""

from __future__ import annotations

from gallery.commands import NOTES
from gallery.example import Call, Cell, Command, Example, FlowFile
from gallery.flowfile import flow

ADD = "nbflow schedule add sales.ipynb"
STEPS = "@step\ndef start(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    pass"


def follower(decorator: str, name: str) -> str:
    """Return a flow file whose class has this decorator."""
    return flow(STEPS, f"FlowSpec, step, {name}").replace("class ", f"{decorator}\nclass ")


EXAMPLES: tuple[Example, ...] = (
    Command(
        "L001", "a time of day", f"{ADD} --cron 7:00", reason="of five, without the year", fix='--cron "0 7 * * 1"'
    ),
    Command("L001", "an hour that no clock shows", f"{ADD} --cron '0 25 * * *'", reason="25 is no hour"),
    Command(
        "L001", "both days as AWS does not take them", f"{ADD} --cron '0 7 1 * MON *'", fix='--cron "0 7 ? * MON *"'
    ),
    Command(
        "L001",
        "steps that no hour is long enough for",
        f"{ADD} --cron '*/90 * * * *'",
        reason="*/90 has steps of 90: they begin anew at minute 0, so the largest is 59",
    ),
    Command(
        "L001",
        "a week from Monday to Sunday",
        f"{ADD} --cron '0 7 * * MON-SUN'",
        reason="MON-SUN is no day of week: it goes backwards, and the day of week goes from SUN to SAT",
        fix='--cron "0 7 * * *"',
    ),
    Command(
        "L001",
        "hours over midnight",
        f"{ADD} --cron '0 22-2 * * *'",
        reason="it goes backwards",
        fix='--cron "0 22-23,0-2 * * *"',
        mended=f"{ADD} --cron '0 22-23,0-2 * * *' --no-fill --name nightly",
    ),
    Command("L002", "a city", f"{ADD} --daily --timezone berlin", reason="'berlin'", fix="'Europe/Berlin'"),
    Command("L002", "a mistyped zone", f"{ADD} --daily --timezone Europe/Berln", fix="'Europe/Berlin'"),
    Command("L003", "the 31st of February", f"{ADD} --cron '0 0 31 2 *'", reason="'0 0 31 2 *'", fix="the month"),
    Call(
        "L004",
        "two days for EventBridge",
        "from nbflow.schedules.timetable import Timetable, aws_expression\naws_expression(Timetable.read('0 7 13 * 5'))",
        reason="the day of the week",
        fix="two schedules",
    ),
    Command(
        "L005",
        "no rhythm",
        ADD,
        reason="a notebook does not say it itself",
        fix="--daily",
        mended=f"{ADD} --daily --no-fill --name mended",
    ),
    Command(
        "L006", "two rhythms", f"{ADD} --daily --weekly", reason="--daily and --weekly", fix="each with its --name"
    ),
    Command("L008", "a schedule that is not there", "nbflow schedule pause weekly", reason="'weekly'", fix="list"),
    Command(
        "L009",
        "a name with a blank",
        f"{ADD} --daily --no-fill --name 'every day'",
        reason="'every day'",
        fix="every-day",
    ),
    Command("L010", "no length of time", f"{ADD} --daily --within 'a while'", reason="'a while'", fix="--within 6h"),
    Command(
        "L010", "a number without its unit", f"{ADD} --daily --within 5", reason="'5'", fix="--within 5h, or 5m, 5d"
    ),
    Command("L011", "no suffix", "nbflow schedule add sales --daily", reason="There is sales.ipynb"),
    Command("L012", "a branch of a notebook", f"{ADD} --daily --production", reason="--production", fix="leave"),
    Command("R001", "a mistyped notebook on a schedule", "nbflow schedule add sale.ipynb --daily", fix="'sales.ipynb'"),
    Command(
        "R003",
        "a notebook without steps on a schedule",
        "nbflow schedule add notes.ipynb --daily --no-fill",
        {"notes.ipynb": NOTES},
        fix="%%step",
    ),
    Command("R004", "a parameter of a schedule without =", f"{ADD} --daily -p alpha", fix="-p alpha=VALUE"),
    Command("P002", "a word for a number on a schedule", f"{ADD} --daily -p alpha=high", reason="'high'"),
    Command("P003", "a mistyped parameter on a schedule", f"{ADD} --daily -p alhpa=0.2", fix="'alpha'"),
    FlowFile(
        "L005",
        "a class that does not say when",
        flow(STEPS, "FlowSpec, step"),
        "nbflow schedule add flow.py",
        reason="has no @schedule",
        fix="--weekly",
    ),
    FlowFile(
        "L014",
        "a class that waits for an event",
        follower('@trigger(event="data_ready")', "trigger"),
        "nbflow schedule add flow.py",
        reason="events come from a service",
        fix="@trigger_on_finish",
    ),
    FlowFile(
        "L015",
        "a project without its branch",
        follower('@trigger_on_finish(flow="sales.LoadFlow")', "trigger_on_finish"),
        "nbflow schedule add flow.py",
        reason="project.branch.Flow",
        fix="LoadFlow",
    ),
    Cell("L017", "a notebook without a file", "%flow schedule add --daily", reason="no file yet", fix="save"),
    Cell(
        "L018",
        "no verb",
        "%flow schedule --weekly",
        reason="'--weekly' stands behind add",
        fix="%flow schedule?",
    ),
    Cell("L018", "words", "%flow schedule every monday", reason="every", fix="%flow schedule?"),
    Cell("L018", "a mistyped option", "%flow schedule add --crn '0 7 * * *'", reason="'--crn'", fix="'--cron'"),
    Command("", "a parameter of a schedule as an option", f"{ADD} --daily --alpha 0.2", fix="-p alpha=0.2"),
    Command(
        "",
        "a notebook, and no verb",
        "nbflow schedule sales.ipynb --weekly",
        fix="nbflow schedule add sales.ipynb --weekly",
    ),
    Command(
        "",
        "a rhythm, and no verb",
        "nbflow schedule --cron '0 7 * * 1'",
        fix="nbflow schedule add NOTEBOOK.ipynb --cron '0 7 * * 1'",
    ),
    Command(
        "",
        "a cron expression without quotes",
        f"{ADD} --cron 0 7 sales.ipynb 1",
        fix='quotes, all of its fields:  --cron "0 7',
    ),
    Command("", "a mistyped verb of schedules", "nbflow schedule lst", fix="'list'"),
)
