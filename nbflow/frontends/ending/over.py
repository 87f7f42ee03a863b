"""The end of a run, in whichever process it was started: the one function that all faces call."""

from __future__ import annotations

from collections.abc import Callable

from nbflow.configuration.settings import settings
from nbflow.errors import NbflowError, Problem
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace


def over(workspace: Workspace, request: RunRequest, run: str, say: Callable[[str], None]) -> None:
    """Call the functions of `@exit_hook`, then tell whoever is to hear of the run. What goes wrong is said, and no more.

    It is for full runs that have ended, however they did; of others there is nothing to do. It takes as long as the
    functions take, and a message up to `nbflow.notify.sending.PATIENCE` seconds.

    Args:
        workspace: where the run is kept.
        request: what was asked for.
        run: its id.
        say: gets each line that a function prints, and each warning.
    """
    if request.kind != "run" or request.part is not None or not _asked(request):
        return
    # most runs end without
    from nbflow.notify.ending import ended
    from nbflow.notify.hooks import hooks_of, run_hooks

    problems: list[Problem] = []
    try:
        record = workspace.metadata.run(request.flow, run)
        if record is None or not record.status.ended:
            return
        hooks = hooks_of(request)
        if hooks is not None:
            problems += run_hooks(workspace, hooks, record, say)
        problems += ended(workspace, request.flow, run, notices=request.notices)
    except NbflowError as failed:
        problems += failed.problems
    for each in problems:
        say(told(each))


def _asked(request: RunRequest) -> bool:
    """Say whether something may be to be done; what it takes is not loaded for the many runs that ask for nothing."""
    uses = (request.about.get("graph") or {}).get("decorators", ())
    if request.notices or request.about.get("notify") or any(each["name"] == "exit_hook" for each in uses):
        return True
    try:
        return settings().notify.to is not None
    except NbflowError:
        # whoever reads them says what is wrong
        return True


def told(found: Problem) -> str:
    """Return a warning in a line."""
    return f"warning NBF-{found.code}: {found.what}{f'. {found.fix}' if found.fix else ''}"
