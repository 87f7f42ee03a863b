"""Every setting there is: how it is called in the file, by which variable it is given, and what it is for."""

from __future__ import annotations

from nbflow.frozen import frozen

#: the variable that chooses a profile
PROFILE = "NBFLOW_PROFILE"
#: the variable that names the file, in place of the one below ~/.config
FILE = "NBFLOW_CONFIG"


@frozen
class Setting:
    """One setting, a text."""

    #: as in the file; a dot where it stands in a table of its own
    key: str
    #: the variable that wins over the file
    variable: str
    #: in a few words, as a person is asked for it
    means: str
    #: variables of other programs that count where nothing else says it
    fallbacks: tuple[str, ...] = ()


SETTINGS = (
    Setting("root", "NBFLOW_ROOT", "where runs are kept: a folder, or s3://bucket/prefix"),
    Setting("user", "NBFLOW_USER", "the name that your runs get (default: the login's)"),
    Setting("region", "NBFLOW_REGION", "the AWS region of bucket and queue", ("AWS_REGION", "AWS_DEFAULT_REGION")),
    Setting("endpoint", "NBFLOW_ENDPOINT", "the URL of a server that speaks AWS's language", ("AWS_ENDPOINT_URL",)),
    Setting("aws_profile", "NBFLOW_AWS_PROFILE", "the profile of ~/.aws with the credentials"),
    Setting("links", "NBFLOW_LINKS", "the address of a run's page, as https://example.org/{flow}/{run}"),
    Setting("batch.queue", "NBFLOW_BATCH_QUEUE", "the AWS Batch queue that steps go to"),
    Setting("batch.image", "NBFLOW_BATCH_IMAGE", "the container image that steps run in"),
    Setting("batch.job_role", "NBFLOW_BATCH_JOB_ROLE", "the role by which steps reach the bucket"),
    Setting("batch.execution_role", "NBFLOW_BATCH_EXECUTION_ROLE", "the role that pulls images and writes logs"),
    Setting("batch.log_group", "NBFLOW_BATCH_LOG_GROUP", "the CloudWatch group of the logs (default: /aws/batch/job)"),
    Setting("deploy.states_role", "NBFLOW_DEPLOY_STATES_ROLE", "the role by which Step Functions starts jobs"),
    Setting("deploy.scheduler_role", "NBFLOW_DEPLOY_SCHEDULER_ROLE", "the role by which schedules start flows"),
    Setting(
        "deploy.schedule_group", "NBFLOW_DEPLOY_SCHEDULE_GROUP", "the group that schedules are in (default: default)"
    ),
    Setting(
        "deploy.name_prefix", "NBFLOW_DEPLOY_NAME_PREFIX", "what names of deployed flows begin with (default: nbflow)"
    ),
    Setting("notify.to", "NBFLOW_NOTIFY", "where messages about your runs go: addresses, or secrets as env.SLACK_URL"),
    Setting("notify.on", "NBFLOW_NOTIFY_ON", "which ends are told (default: success,failure,regression)"),
)

BY_KEY = {each.key: each for each in SETTINGS}

#: a table of texts: each job gets them
TAGS = "batch.tags"

#: tables of settings within a profile, or outside of them
TABLES = ("batch", "deploy", "notify")

#: settings that may be lists
LISTS = ("notify.to", "notify.on")

#: names of what belongs into ~/.aws, never into a file of ours
SECRETS = ("access_key", "secret", "token", "password", "credential")


def option_of(key: str) -> str:
    """Return how a setting is called on a command line."""
    table, _, name = key.rpartition(".")
    # `--to` alone would not say what
    return f"{'notify-' if table == 'notify' else ''}{name}".replace("_", "-")


def is_secret(key: str) -> bool:
    """Return whether a key looks like the name of a secret."""
    return any(word in key.lower().replace("-", "_") for word in SECRETS)
