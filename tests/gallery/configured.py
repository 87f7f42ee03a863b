"""Settings that make no sense: in the file, in a variable, in what another program left."""

from __future__ import annotations

from gallery.example import Call, Command, Example

READ = """import os
from pathlib import Path
from nbflow.configuration.settings import settings

Path("nbflow.toml").write_text({text!r})
os.environ["NBFLOW_CONFIG"] = "nbflow.toml"
settings()"""


def kept(text: str) -> str:
    """Return a program whose configuration file holds this."""
    return READ.format(text=text)


EXAMPLES: tuple[Example, ...] = (
    Call("U001", "a text without quotes", kept("user = ada\n"), place="line 1", reason="not TOML"),
    Call("U003", "a mistyped setting", kept('usr = "ada"\n'), place="line 1", reason="'usr'", fix="user"),
    Call(
        "U004", "a number for a text", kept("[batch]\nqueue = 3\n"), place="line 2", reason="'batch.queue'", fix="text"
    ),
    Call(
        "U005",
        "a key where others read it",
        kept('aws_secret_access_key = "abc"\n'),
        reason="'aws_secret_access_key'",
    ),
    Call(
        "U006",
        "a folder that is somewhere else for everybody",
        kept('root = "runs"\n'),
        reason="a relative folder: runs",
    ),
    Call(
        "U007",
        "a mistyped profile of nbflow",
        kept('[profiles.team]\nuser = "ada"\n').replace("settings()\n", "").removesuffix("settings()")
        + 'os.environ["NBFLOW_PROFILE"] = "taem"\nsettings()',
        reason="'taem'",
        fix="'team'",
    ),
    Command(
        "U011",
        "a list where Metaflow has an object",
        "nbflow configure --from-metaflow team.json",
        {"team.json": "[]"},
        reason="no JSON object",
    ),
    Command(
        "U010",
        "a file of Metaflow's that is not there",
        "nbflow configure --from-metaflow gone.json",
        reason="gone.json",
    ),
)
