"""Q: messages about runs, and functions that are called when one is over."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

_SERVICES = "slack://, mailtos://, json:// and a hundred more are listed on appriseit.com/services"

ENTRIES = {
    "Q001": Entry(
        "'{to}' is no address that a message can go to",
        "{why}",
        "{fix}",
        mostly="https://hooks.slack.com/services/…, or mailtos://USER:PASSWORD@HOST?to=ada@example.org, or a secret that "
        "holds the address: env.SLACK_URL",
    ),
    "Q002": Entry(
        "no service for messages is called '{scheme}'.{hint}", "the address begins with {scheme}://", f"{_SERVICES}"
    ),
    "Q003": Entry(
        "the address {to} is not complete",
        "{service} needs more, or something else, than what stands there",
        "{fix}",
        mostly=_SERVICES,
    ),
    "Q004": Entry(
        "messages need the package apprise, which is not installed here",
        "{to} is to hear of the run",
        "pip install 'nbflow[notify]'",
    ),
    "Q005": Entry(
        "'{condition}' is no condition of a regression: {message}",
        "it is to hold where a run has become worse",
        'write it as in regression="rmse > 1.05 * baseline.rmse"',
    ),
    "Q006": Entry(
        "no message went to {to}: {why}",
        "the run itself is not touched by it",
        "{fix}",
        severity="warning",
        mostly="nbflow notify test ADDRESS  tries it again",
    ),
    "Q007": Entry(
        "the address that {source} is to hold cannot be read",
        "{why}",
        "{fix}",
        mostly="export SLACK_URL=… for env.SLACK_URL; for a secret of AWS, see whether aws secretsmanager describe-secret finds it",
    ),
    "Q008": Entry("{message}", "a message can tell of: success, failure, regression", 'write it as in on="failure"'),
    "Q009": Entry(
        "{hook}, which was to be called when {run} is over, failed: {message}",
        "the run itself is not touched by it",
        "{fix}",
        severity="warning",
        mostly="correct the function; for the next run it is called again",
    ),
    "Q010": Entry(
        "the setting links makes no address: {message}",
        "it is {links}",
        "nbflow configure --links 'https://example.org/runs/{{flow}}/{{run}}'",
        severity="warning",
    ),
    "Q011": Entry(
        "nobody is set to hear of runs",
        "there is no setting notify.to, and no address was given",
        "nbflow notify test https://hooks.slack.com/services/…, or: nbflow configure --notify-to env.SLACK_URL",
    ),
    "Q012": Entry(
        "whether {run} has become worse cannot be said: {message}",
        "the condition is {condition}",
        "{fix}",
        severity="warning",
        mostly="use names of numbers that the flow leaves, as in train.rmse > 1.05 * baseline.train.rmse",
    ),
    "Q013": Entry(
        "the settings about messages cannot be heeded: {message}",
        "the run itself is not touched by it",
        "{fix}",
        severity="warning",
        mostly="nbflow configure show  shows what is set",
    ),
    "Q014": Entry(
        "the address {to} stands in the code, which every run keeps",
        "whoever can read the store can read it, and send messages by it",
        'put it into a secret, and name that: to="env.SLACK_URL"',
        severity="warning",
    ),
}
