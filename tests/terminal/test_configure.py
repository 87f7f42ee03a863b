"""`nbflow configure` as it is typed."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
import warm


class Configuring:
    """A home with no settings, and the command."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.file = home / ".config" / "nbflow" / "config.toml"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NBFLOW_", "AWS_", "XDG_"))}
        quiet = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull}
        return {**kept, **quiet, "HOME": str(self.home), "COLUMNS": "80", **more}

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return warm.run(["configure", *words], cwd=self.home, env=self.environment(**more), timeout=60)

    def ok(self, *words: str, **more: str) -> str:
        done = self.run(*words, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *words: str, **more: str) -> str:
        done = self.run(*words, **more)
        assert done.returncode == 2 and done.stdout == "", done.stdout
        return done.stderr


@pytest.fixture
def nbflow(tmp_path: Path) -> Configuring:
    return Configuring(tmp_path)


TEAM = ("--profile", "team", "--root", "s3://team/nbflow", "--queue", "main")


def test_options_make_a_profile_which_is_used_from_then_on(nbflow: Configuring) -> None:
    said = nbflow.ok(*TEAM, "--tag", "cost=7")
    assert "~/.config/nbflow/config.toml · profile team" in said and "profile team is used from now on" in said
    shown = nbflow.ok("show")
    assert re.search(r"^root +s3://team/nbflow +profile team, line 4$", shown, re.MULTILINE)
    assert re.search(r"^batch\.tags\.cost +7 +profile team$", shown, re.MULTILINE)
    assert re.search(r"^batch\.log_group +/aws/batch/job +default$", shown, re.MULTILINE)
    assert "not set: user, region" in shown


def test_without_a_profile_the_one_in_use_is_changed_and_what_was_is_said(nbflow: Configuring) -> None:
    nbflow.ok(*TEAM)
    assert re.search(r"batch\.queue +other \(was main\)", nbflow.ok("--queue", "other"))
    assert "nothing to change" in nbflow.ok("--queue", "other")
    # of AWS there are new ones, and other servers name theirs as they like
    nbflow.ok("--region", "eu-nowhere-7")
    nbflow.ok("--region", "garage", "--endpoint", "http://127.0.0.1:1")
    nbflow.ok("--for-all", "--user", "ada")
    assert nbflow.file.read_text().startswith('profile = "team"\nuser = "ada"\n')


def test_a_folder_is_kept_from_the_top(nbflow: Configuring) -> None:
    nbflow.ok("--root", "runs")
    assert nbflow.file.read_text() == f'root = "{nbflow.home}/runs"\n'


def test_profiles_are_listed_and_chosen(nbflow: Configuring) -> None:
    assert "no profiles" in nbflow.ok("list")
    nbflow.ok(*TEAM)
    said = nbflow.ok("--profile", "home", "--user", "ada")
    assert "nbflow configure use home" in said
    assert (
        nbflow.ok("list")
        == "* team  s3://team/nbflow · queue main\n  home  no root: the folder .nbflow where you work\n"
    )
    nbflow.ok("use", "home")
    assert "* home" in nbflow.ok("list")
    assert "Did you mean 'team'?" in nbflow.refused("use", "taem")


def test_a_setting_or_a_profile_is_taken_away_by_any_of_its_names(nbflow: Configuring) -> None:
    nbflow.ok(*TEAM, "--job-role", "arn:aws:iam::123456789012:role/jobs")
    assert "profiles.team.batch.queue is no longer set" in nbflow.ok("unset", "queue")
    assert "profiles.team.batch.job_role is" in nbflow.ok("unset", "batch.job_role")
    assert "Did you mean 'root'?" in nbflow.refused("unset", "rot")
    # written well, and not set
    assert "Did you mean" not in nbflow.refused("unset", "notify.on")
    said = nbflow.ok("unset", "profiles.team")
    assert "profile is no longer set" in said and nbflow.ok("show")


def test_what_the_environment_says_wins_and_is_said(nbflow: Configuring) -> None:
    assert "! NBFLOW_ROOT is set here and wins over root: /elsewhere" in nbflow.ok(*TEAM, NBFLOW_ROOT="/elsewhere")
    assert re.search(r"^root +/elsewhere +NBFLOW_ROOT$", nbflow.ok("show", NBFLOW_ROOT="/elsewhere"), re.MULTILINE)
    nbflow.ok("unset", "root")
    assert "comes from NBFLOW_ROOT" in nbflow.refused("unset", "root", NBFLOW_ROOT="/elsewhere")


def test_credentials_are_neither_kept_nor_shown(nbflow: Configuring) -> None:
    said = nbflow.ok("show", NBFLOW_ENDPOINT="http://key:hunter2@127.0.0.1:9000")
    assert "hunter2" not in said and "http://…@127.0.0.1:9000" in said
    nbflow.file.parent.mkdir(parents=True)
    nbflow.file.write_text('aws_secret_access_key = "hunter2"\n')
    said = nbflow.refused("show")
    assert "NBF-U005" in said and "hunter2" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "questions are asked in a terminal only"),
        ("--root s4://team/x", "NBF-U009"),
        ("--root arn:aws:s3:::team/x", "write it as s3://team/x"),
        ("--tag cost", "--tag KEY=VALUE"),
        ("--queue=", "nbflow configure unset batch.queue"),
        ("--quee=main", "Did you mean '--queue'?"),
        ("--quue x", "unknown option '--quue'. Did you mean '--queue'?"),
        ("--root s3://team/x --prof show --quue x", "unknown option '--quue'. Did you mean '--queue'?"),
        ("--region useast1", "perhaps it is us-east-1"),
        ("--notify-on failure,regresion", "'regresion' is no end of a run. Did you mean 'regression'?"),
        ("--links https://example.org/{flo}/{run}", "it knows {flow} and {run}, and no {flo}"),
        ("--region EU-Central-1a", "perhaps it is eu-central-1"),
        ("--region eu-central-1a", "write it as eu-central-1"),
        ("--profile a/b --queue x", "perhaps it is a-b"),
        ("--queue main show", "show sets nothing"),
        ("--profile a --for-all --queue b", "not allowed with"),
        ("shwo", "show"),
        ("--from-metaflow", "NBF-U010"),
    ],
)
def test_what_was_meant_is_said_and_nothing_is_written(nbflow: Configuring, words: str, said: str) -> None:
    assert said in nbflow.refused(*words.split())
    assert not nbflow.file.exists()


def test_a_file_with_errors_can_be_mended_by_the_command_that_its_message_names(nbflow: Configuring) -> None:
    nbflow.ok(*TEAM)
    text = nbflow.file.read_text()
    nbflow.file.write_text(text.replace("root =", "rot ="))
    fix = re.search(r"or: nbflow configure (.*)", nbflow.refused("show"))
    assert fix is not None
    nbflow.ok(*fix[1].split())
    assert "s3://" not in nbflow.ok("show")


def test_a_configuration_of_metaflow_is_taken_over_and_what_is_left_is_told(nbflow: Configuring) -> None:
    said = {
        "METAFLOW_DATASTORE_SYSROOT_S3": "s3://team/metaflow",
        "METAFLOW_BATCH_JOB_QUEUE": "main",
        "METAFLOW_SERVICE_URL": "https://key:hunter2@metadata/",
    }
    (nbflow.home / ".metaflowconfig").mkdir()
    (nbflow.home / ".metaflowconfig" / "config.json").write_text(json.dumps(said))
    out = nbflow.ok("--from-metaflow", "--profile", "team", "--image", "python:3.12")
    assert "METAFLOW_DATASTORE_SYSROOT_S3 (beside Metaflow's s3://team/metaflow" in out
    assert re.search(r"METAFLOW_SERVICE_URL +no service is needed", out) and "hunter2" not in out
    assert "s3://team/nbflow" in nbflow.ok("show") and "python:3.12" in nbflow.ok("show")


def answered(nbflow: Configuring, typed: bytes) -> tuple[int, str]:
    """Type answers ahead, and return the exit code and what was on the screen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "nbflow.frontends.cli.main", "configure"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=nbflow.home,
        env=nbflow.environment(AWS_ENDPOINT_URL="http://127.0.0.1:1"),
    )
    os.close(theirs)
    os.write(ours, typed)
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:
        # the other end is closed
        pass
    code = process.wait(60)
    os.close(ours)
    return code, seen.decode()


def test_questions_are_asked_in_a_terminal(nbflow: Configuring) -> None:
    # a name, and a root that is corrected
    code, seen = answered(nbflow, b"team\ns3:/team/runs\n~/runs\n")
    assert code == 0, seen
    assert "there are no credentials" in seen and "write it as s3://team/runs" in seen
    assert nbflow.file.read_text() == 'profile = "team"\n\n[profiles.team]\nroot = "~/runs"\n'


def test_an_end_of_the_answers_changes_nothing(nbflow: Configuring) -> None:
    code, seen = answered(nbflow, b"team\n\x04")
    assert code == 130 and "nothing was changed" in seen and "Traceback" not in seen
    assert not nbflow.file.exists()
