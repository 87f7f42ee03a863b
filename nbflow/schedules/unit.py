"""A unit of systemd for the user by which `nbflow schedule serve` is always there. Pure."""

from __future__ import annotations

from collections.abc import Sequence

#: what it is called
NAME = "nbflow-schedules.service"

_TEXT = """\
[Unit]
Description=nbflow schedules of {root}
After=network-online.target

[Service]
ExecStart={command}
WorkingDirectory={folder}
Environment={environment}
Restart=always
RestartSec=5
# runs that are under way go on when the supervisor is started again
KillMode=process

[Install]
WantedBy=default.target
"""


def unit(command: Sequence[str], folder: str, root: str) -> str:
    """Return the unit's text.

    Args:
        command: the program, by its absolute path, and its words.
        folder: where it runs.
        root: the store, a folder or a URL.
    """
    return _TEXT.format(
        root=_percent(root),
        # variables are put into commands only
        command=" ".join(_word(each).replace("$", "$$") for each in command),
        # neither quoted nor split (systemd.exec(5))
        folder=_percent(folder),
        environment=_word(f"NBFLOW_ROOT={root}"),
    )


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """Return a word as systemd reads it: without specifiers, quoted where it has to be (systemd.syntax(7))."""
    plain = _percent(text)
    if not any(each in plain for each in " \t\"'\\;"):
        return plain
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'
