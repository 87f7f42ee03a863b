"""Which place this is, told by variables, files and modules. Pure: what is read is handed in.

The order matters: a job of SageMaker has variables of Studio, Binder has all those of a JupyterHub, and the address of
a container's credentials, which Studio, Batch and others have, tells nothing. What is known of each place, and how, stands with the
recorded environments of the tests.

    SageMaker: https://docs.aws.amazon.com/sagemaker/latest/dg/notebooks-run-and-manage-metadata.html
    JupyterHub: https://jupyterhub.readthedocs.io/en/stable/reference/services.html
    Proxied ports: https://jupyter-server-proxy.readthedocs.io/en/latest/arbitrary-ports-hosts.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping

from nbflow.hosted.host import Host

#: returns the text of a file, None where there is none that can be read
Read = Callable[[str], str | None]
Environ = Mapping[str, str]

METADATA = "/opt/ml/metadata/resource-metadata.json"
PROCESSING = "/opt/ml/config/processingjobconfig.json"
TRAINING = "/opt/ml/input/config/resourceconfig.json"
MOUNTS = "/proc/mounts"
#: where Colab mounts a person's Drive
_DRIVE = "/content/drive"
_PROXY = "jupyter-server-proxy"


def recognise(environ: Environ, read: Read, modules: Collection[str]) -> Host:
    """Return the place.

    Args:
        environ: variables of the environment.
        read: the text of a file by its absolute path, None where there is none.
        modules: names of the modules that are loaded.
    """
    return (
        _job(environ, read)
        or _sagemaker(environ, read)
        or _binder(environ)
        or _hub(environ)
        or _colab(environ, read, modules)
        or _vscode(environ)
        or Host()
    )


def _job(environ: Environ, read: Read) -> Host | None:
    region = _region(environ)
    if job := environ.get("AWS_BATCH_JOB_ID"):
        return Host("batch", f"job {job} of AWS Batch", keeps=False, region=region)
    if notebook := environ.get("SM_INPUT_NOTEBOOK_NAME"):
        return Host("notebook job", f"notebook job of SageMaker ({notebook})", keeps=False, region=region)
    if read(PROCESSING) is not None:
        return Host("processing job", "processing job of SageMaker", keeps=False, region=region)
    name = environ.get("TRAINING_JOB_NAME")
    if name or "SM_TRAINING_ENV" in environ or read(TRAINING) is not None:
        said = f" ({name})" if name else ""
        return Host("training job", f"training job of SageMaker{said}", keeps=False, region=region)
    return None


def _sagemaker(environ: Environ, read: Read) -> Host | None:
    facts = _metadata(read(METADATA))
    arn = facts.get("ResourceArn", "")
    region = arn.split(":")[3] if arn.count(":") > 3 else None
    region = _region(environ) or region
    app = _first(environ, "SAGEMAKER_APP_TYPE", "SM_APP_TYPE") or facts.get("AppType", "")
    if ":notebook-instance/" in arn:
        name = facts.get("ResourceName") or arn.rpartition("/")[2]
        folder = f"{environ.get('HOME') or '/home/ec2-user'}/SageMaker"
        at = f"https://{name}.notebook.{region}.sagemaker.aws"
        return Host(
            "notebook instance",
            f"notebook instance {name} of SageMaker",
            user=name,
            keeps=True,
            folder=folder,
            region=region,
            role=facts.get("ExecutionRoleArn"),
            port=f"{at}/proxy/{{port}}/",
            port_needs=_PROXY,
            notebook=f"{at}/lab/tree/{{path}}",
            top=folder,
        )
    space = _first(environ, "SAGEMAKER_SPACE_NAME", "SM_SPACE_NAME") or facts.get("SpaceName")
    image = _first(environ, "SAGEMAKER_INTERNAL_IMAGE_URI", "SM_INTERNAL_IMAGE_URI")
    if not (app or space or image or ":app/" in arn):
        return None
    person = facts.get("UserProfileName") or _first(environ, "SAGEMAKER_USER_PROFILE_NAME", "SM_USER_PROFILE_NAME")
    home = environ.get("HOME") or "/home/sagemaker-user"
    code = app.lower() == "codeeditor"
    shown = "Code Editor" if code else "JupyterLab" if app.lower() == "jupyterlab" else app
    return Host(
        "studio",
        "SageMaker Studio" + (f" ({shown})" if shown else ""),
        # a space without a person's name is mostly one person's
        user=person or space,
        keeps=True,
        folder=home,
        region=region,
        role=facts.get("ExecutionRoleArn"),
        port="/codeeditor/default/ports/{port}/" if code else "/jupyterlab/default/proxy/{port}/",
        port_needs="" if code else _PROXY,
        notebook=None if code else "/jupyterlab/default/lab/tree/{path}",
        top=home,
    )


def _binder(environ: Environ) -> Host | None:
    at = _first(environ, "BINDER_LAUNCH_HOST", "BINDER_REPO_URL", "BINDER_SERVICE_HOST", "BINDER_REQUEST")
    if not at:
        return None
    # the user's name is made up, and another one the next time
    return _served(Host("binder", "Binder", keeps=False), environ)


def _hub(environ: Environ) -> Host | None:
    if not environ.get("JUPYTERHUB_SERVICE_PREFIX"):
        return None
    return _served(Host("jupyterhub", "JupyterHub", user=environ.get("JUPYTERHUB_USER") or None), environ)


def _served(host: Host, environ: Environ) -> Host:
    """Return a place with the addresses that a hub gives to what it serves."""
    prefix = environ.get("JUPYTERHUB_SERVICE_PREFIX", "/")
    # whole since JupyterHub 5, where it is told its own address
    base = environ.get("JUPYTERHUB_PUBLIC_URL") or prefix
    base = base if base.endswith("/") else f"{base}/"
    return Host(
        host.kind,
        host.name,
        user=host.user,
        keeps=host.keeps,
        port=f"{base}proxy/{{port}}/",
        port_needs=_PROXY,
        notebook=f"{base}lab/tree/{{path}}",
        top=environ.get("JUPYTERHUB_ROOT_DIR") or environ.get("HOME"),
    )


def _colab(environ: Environ, read: Read, modules: Collection[str]) -> Host | None:
    if not (environ.get("COLAB_RELEASE_TAG") or "google.colab" in modules):
        return None
    mounted = any(line.split()[1:2] == [_DRIVE] for line in (read(MOUNTS) or "").splitlines())
    return Host("colab", "Colab", keeps=mounted, folder=f"{_DRIVE}/MyDrive" if mounted else None)


def _vscode(environ: Environ) -> Host | None:
    signs = ("VSCODE_PID", "VSCODE_CWD", "VSCODE_IPC_HOOK_CLI")
    if not _first(environ, *signs) and environ.get("TERM_PROGRAM") != "vscode":
        return None
    return Host("vscode", "VS Code")


def _metadata(text: str | None) -> dict[str, str]:
    """Return the texts of SageMaker's own file; none where it is missing or is not what it was."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): value for name, value in found.items() if isinstance(value, str) and value}


def _region(environ: Environ) -> str | None:
    return _first(environ, "AWS_REGION", "AWS_DEFAULT_REGION")


def _first(environ: Environ, *names: str) -> str | None:
    return next((value for name in names if (value := environ.get(name))), None)
