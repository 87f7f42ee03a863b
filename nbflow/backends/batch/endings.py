"""What a job died of that left no word in the bucket, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_TERM = 15
_KILL = 9


def lost(job: str | None) -> tuple[int, str]:
    """Return the exit status and the story of a job that Batch knows no more."""
    return 1, f"AWS Batch no longer knows its job {job}\nit ended without a word, and longer ago than Batch remembers"


def death(job: Mapping[str, Any], log: Callable[[str], str]) -> tuple[int, str]:
    """Return the exit status (negative: a signal) of a described job that said nothing, and why it ended.

    `log` returns the end of what its container wrote, by the name of the stream.
    """
    container = job.get("container", {})
    reason, status_reason = container.get("reason", ""), job.get("statusReason", "")
    image = container.get("image", "")
    if status_reason.startswith("nbflow:"):
        return -_TERM, status_reason.removeprefix("nbflow: ")
    if "OutOfMemory" in reason:
        return -_KILL, "it used more memory than it asked for: give the step a larger --memory"
    if "executable file not found" in reason or "no such file or directory" in reason:
        return (
            127,
            f"image {image} has no python3\nname one that has it with --image, or where it is with @batch(executable=…)",
        )
    if reason.startswith(("CannotPullContainer", "CannotPull")):
        return 125, f"image {image} cannot be pulled: {reason}\ncheck its name, and that the execution role may pull it"
    if reason.startswith(("CannotStartContainer", "CannotCreateContainer", "ResourceInitialization")):
        return 125, f"its container did not start: {reason}"
    if status_reason.startswith("Host EC2"):
        return -_KILL, f"its machine was taken away, more often than a job is tried: {status_reason}"
    if "timeout" in status_reason.lower():
        return -_KILL, "it took longer than Batch was told to wait"
    return _left(container, log, reason or status_reason or "Batch gives no reason")


def _left(container: Mapping[str, Any], log: Callable[[str], str], told: str) -> tuple[int, str]:
    """Return the status and the story of a container that ended by itself."""
    stream, code = container.get("logStreamName"), container.get("exitCode")
    said = log(stream) if stream else ""
    status = code if isinstance(code, int) and code else 1
    if own := _own_words(said):
        # what nbflow itself said last in there tells more than that the container ended
        return status, own
    return status, f"{told}\n{said}" if said else told


def _own_words(log: str) -> str:
    lines = log.splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith(("nbflow: ", "NBF-"))]
    return "\n".join(lines[begins[-1] :]).removeprefix("nbflow: ") if begins else ""
