"""The checks of a store that people share: who one is, the bucket, what may be done in it, and the queue of AWS Batch."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.configuration.root import wrong_with
from nbflow.errors import StoreError
from nbflow.storage.base import Storage
from nbflow.storage.urls import open_storage, parse
from nbflow.upkeep.access import access
from nbflow.upkeep.aws import bucket, credentials, jobs, queue, roles
from nbflow.upkeep.aws.session import Session
from nbflow.upkeep.finding import Finding, broken, warning
from nbflow.upkeep.settings import blamed, option


def examine_shared(url: str, session: Session) -> Iterator[Finding]:
    """Yield what is to be said of the bucket at `url`; after what is broken nothing that stands on it is tried."""
    settings = session.settings
    if wrong := wrong_with(url):
        said = f"{url} is no place for a store: {wrong.why}"
        fix = wrong.fix.replace("write it as ", "")
        fixes = [option(settings, "root", fix)] if fix.startswith("s3://") else [wrong.fix]
        yield broken("bucket", said, *fixes, listed=[blamed(settings, "root")] if settings.root == url else [])
        return
    try:
        parts = parse(url)
    except StoreError as error:
        first = error.problems[0]
        yield broken("bucket", first.what, first.fix, listed=[first.why])
        return
    if parts.scheme == "s3":
        for check in ((credentials.credentials(session),), bucket.bucket(session, parts.bucket)):
            for found in check:
                yield found
                if found.level == "broken":
                    return

    def opened() -> Storage:
        return open_storage(url, region=settings.region, endpoint=settings.endpoint, profile=settings.aws_profile)

    yield access(opened, url)


def examine_batch(session: Session, url: str | None) -> Iterator[Finding]:
    """Yield what is to be said of AWS Batch, of which a queue is set; `url`: of the bucket, if the store is one."""
    settings = session.settings
    if url is None:
        said = "one is set, and runs are kept in a folder, which jobs cannot reach"
        yield warning(
            "queue", said, option(settings, "root", "s3://BUCKET/nbflow"), listed=[blamed(settings, "batch.queue")]
        )
        return
    found = queue.queue(session)
    yield found.finding
    if found.finding.about != "queue":
        # nobody answers, or asks in vain
        return
    yield roles.image(settings)
    yield from roles.roles(session, fargate=found.fargate)
    if found.finding.level != "broken":
        yield jobs.jobs(session)
