"""L: schedules, and what starts by them."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "L001": Entry(
        "'{expression}' is no cron expression",
        "what is wanted is {expected}. Nothing was scheduled",
        'five fields, minute hour day-of-month month day-of-week: --cron "{example}"; or --hourly, --daily, --weekly',
        mostly='five fields, minute hour day-of-month month day-of-week, in quotes: --cron "0 7 * * 1"',
    ),
    "L002": Entry(
        "there is no time zone '{name}'.{hint}",
        "a zone is named by its region and city, so that it is known when its clocks change. Nothing was scheduled",
        "--timezone Europe/Berlin, or UTC",
    ),
    "L003": Entry(
        "'{expression}' never comes",
        "no date of the next twenty years fits it. Nothing was scheduled",
        "correct the day, the month or the year",
    ),
    "L004": Entry(
        "EventBridge has no expression for '{expression}'",
        "it restricts the day of the month and the day of the week; cron takes one or the other, EventBridge knows "
        "either alone. Nothing was created",
        "make two schedules of it, one for each of the two days",
    ),
    "L005": Entry(
        "it is not said when {what} is to run",
        "{why}. Nothing was scheduled",
        'nbflow schedule add {what} --cron "0 7 * * 1"; or --hourly, --daily, --weekly',
    ),
    "L006": Entry(
        "{said} say two different times",
        "one schedule has one timetable. Nothing was scheduled",
        "leave one of them out, or add two schedules, each with its --name",
    ),
    "L007": Entry(
        "there is a schedule '{name}' already: {file}, {when}",
        "nothing was changed",
        "nbflow schedule remove {name}, or give this one a name of its own: --name {free}",
    ),
    "L008": Entry(
        "there is no schedule '{name}'.{hint}",
        "nothing was changed",
        "nbflow schedule list",
    ),
    "L009": Entry(
        "'{name}' cannot be the name of a schedule",
        "a name has letters, digits, '-', '_' and '.', begins with a letter or a digit, and has at most 80 of them. "
        "Nothing was scheduled",
        "--name {example}",
    ),
    "L010": Entry(
        "'{value}' is no length of time",
        "--within says for how long a missed run is still worth making up for, with its unit. Nothing was scheduled",
        "--within {example}",
        mostly="--within 6h, or 90m, 2d",
    ),
    "L011": Entry(
        "{file} is neither a notebook nor a file of Python",
        "{why} Nothing was scheduled",
        "name a .ipynb file with steps, or a .py file with a flow class",
    ),
    "L012": Entry(
        "{option} is for {what}, and {file} is {kind}",
        "nothing was scheduled",
        "leave {option} out",
    ),
    "L013": Entry(
        "papermill is not installed, which fills in the notebook",
        "a scheduled notebook is run from top to bottom and kept as it then looks. Nothing was scheduled",
        "pip install papermill, or --no-fill: the steps alone run, in parallel, and no notebook is filled in",
    ),
    "L014": Entry(
        "the flow {flow} of {file} starts by {decorator}, which this machine does not do",
        "events come from a service, and there is none here. Nothing was scheduled",
        "say when it is to run, as --daily; after a run of another flow: @trigger_on_finish",
    ),
    "L015": Entry(
        "@trigger_on_finish of {flow} names {named}, which cannot be followed here",
        "{why}. Nothing was scheduled",
        '@trigger_on_finish(flow="LoadFlow"), with the name of a class or a notebook\'s flow',
    ),
    "L016": Entry(
        "schedule '{name}' cannot be read: {why}",
        "it was written by another version, or by hand; others are not touched",
        "nbflow schedule remove {name}, then add it again",
    ),
    "L017": Entry(
        "{what} cannot be scheduled: this notebook has no file yet",
        "a schedule runs the file, not this kernel. Nothing was scheduled",
        "save the notebook, or name it: %flow schedule add sales.ipynb --daily",
    ),
    "L018": Entry(
        "%flow schedule: {message}",
        "behind it stands  {words}  and nothing was scheduled or changed",
        "{fix}",
    ),
}
