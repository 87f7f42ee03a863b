"""A kernel in another place: whose its runs are, what is said where nothing stays, and what help says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HUB = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/", "JUPYTERHUB_USER": "ada", "NBFLOW_USER": ""}


def paged(kernel: Any, code: str) -> str:
    """Return what a cell sends to the pager."""
    asked = kernel.send(code)
    kernel.collect(asked)
    while (reply := kernel.client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != asked:
        pass
    return "\n".join(each["data"]["text/plain"] for each in reply["content"]["payload"] if each["source"] == "page")


def test_on_binder_it_is_said_once_that_runs_do_not_stay(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel(BINDER_REPO_URL="https://github.com/example/flows", **HUB)
    told = kernel.ok("%load_ext nbflow\n%flow name case").text
    assert f"runs are kept in {kernel.folder / '.nbflow'}, which is gone when Binder ends this server" in told
    assert "nbflow configure --root s3://BUCKET/nbflow" in told
    assert "is gone" not in kernel.ok("%%step load\nx = 1").text


def test_on_a_hub_runs_are_the_users_and_help_says_so(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel(**HUB)
    kernel.ok("%load_ext nbflow\n%flow name case")
    assert "is gone" not in kernel.ok("%%step load\nx = 1").text
    kernel.ok("run = %flow run")
    kernel.ok("import nbflow\nassert 'user:ada' in nbflow.Flow('case').latest_run.system_tags")
    kernel.ok("import os\nos.environ['NBFLOW_PROFILE'] = ''")
    assert " ".join(paged(kernel, "%flow?").split()).count("you ada, on JupyterHub") == 1
