"""Values, files and buckets that the store cannot take or give."""

from __future__ import annotations

from gallery.example import Call, Example

#: a store of its own, so that the others stay whole
STORE = 'from nbflow.workspace import Workspace\nstore = Workspace.open("{name}").store\n'
BLOB = """from pathlib import Path
digest = store.put_bytes(b"sales " * 1000)
(file,) = Path("{name}/blobs").glob("*/*")
{damage}
store.get_bytes(digest)"""


def answered(code: str, status: int, message: str, action: str = "get", region: str = "") -> str:
    """Return a program that hears such an answer of a bucket's service."""
    where = f"<Region>{region}</Region>" if region else ""
    text = f"status code: {status}, <Code>{code}</Code><Message>{message}</Message>{where}"
    return _raised(f'OSError("{text}")', action)


def _raised(error: str, action: str = "get") -> str:
    return (
        "from nbflow.storage.failures import Where, failure\n\n"
        'where = Where("s3://sales/nbflow", "sales", "eu-central-1", identity="profile ada")\n'
        f'raise failure({error}, where, "{action}", "objects/ab")'
    )


S3 = 'import nbflow\n\nwith nbflow.S3(s3root="s3://sales/raw") as s3:\n    {line}'

EXAMPLES: tuple[Example, ...] = (
    Call(
        "S001",
        "a file of the store that changed on the disk",
        STORE.format(name="damaged")
        + BLOB.format(name="damaged", damage='file.write_bytes(file.read_bytes()[:-4] + b"????")'),
        reason="is damaged",
        fix="run the step that made it again",
    ),
    Call(
        "S002",
        "a file of the store that was deleted",
        STORE.format(name="emptied") + BLOB.format(name="emptied", damage="file.unlink()"),
        reason="is missing from the store",
        fix="run the step that made it again",
    ),
    Call(
        "S003",
        "a store of next year",
        "from pathlib import Path\nfrom nbflow.workspace import Workspace\n"
        'Path("newer").mkdir()\nPath("newer/format").write_text("nbflow store 99\\n")\nWorkspace.open("newer")',
        reason="format 99",
        fix="upgrade nbflow",
    ),
    Call(
        "S004",
        "a lock among plain values",
        STORE.format(name=".nbflow") + 'import threading\nstore.put({"rows": 3, "guard": threading.Lock()})',
        reason="'guard'",
        fix="can be pickled",
    ),
    Call(
        "S005",
        "a pickle where no code may run",
        STORE.format(name=".nbflow") + "from fractions import Fraction\n"
        "import email.message\nkept = store.put(email.message.Message())\nstore.get(kept, trusted=False)",
        reason="runs code",
        fix=".data",
    ),
    Call(
        "S006",
        "a file where the store is to be",
        'from nbflow.workspace import Workspace\nWorkspace.open("sales.ipynb/runs")',
        reason="Not a directory",
        fix="NBFLOW_ROOT",
    ),
    Call(
        "S007",
        "a class that is gone",
        STORE.format(name=".nbflow") + "import sys, types\n"
        'lib = sys.modules["lib"] = types.ModuleType("lib")\n'
        'lib.Model = type("Model", (), {"__module__": "lib"})\n'
        "kept = store.put(lib.Model())\ndel sys.modules['lib']\nstore.get(kept, name='model')",
        reason="No module named 'lib'",
        fix="install or define what is missing",
    ),
    Call(
        "S008",
        "a bucket that nobody made",
        answered("NoSuchBucket", 404, "The specified bucket does not exist"),
        reason="no bucket 'sales'",
        fix="aws s3 mb",
    ),
    Call(
        "S009",
        "a bucket of another region",
        answered("AuthorizationHeaderMalformed", 400, "the region is wrong", region="us-east-1"),
        reason="but in us-east-1",
        fix="AWS_REGION",
    ),
    Call(
        "S010",
        "nobody has logged in",
        _raised('OSError("External AWS credential provider: no credentials were found")'),
        reason="no credentials for s3://sales/nbflow",
        fix="aws configure",
    ),
    Call(
        "S011",
        "a login of yesterday",
        answered("ExpiredToken", 400, "The provided token has expired."),
        reason="profile ada",
        fix="aws sso login",
    ),
    Call(
        "S012",
        "a policy that forgot to let read",
        answered("AccessDenied", 403, "Access Denied"),
        reason="s3:GetObject is denied",
        fix="s3:ListBucket",
    ),
    Call(
        "S013",
        "a network that is not there",
        _raised('OSError("HTTP error: error sending request: dns error: no such host")'),
        reason="cannot be reached",
        fix="HTTPS_PROXY",
    ),
    Call(
        "S014",
        "more requests than the service takes",
        answered("SlowDown", 503, "Please reduce your request rate.", "put"),
        reason="Please reduce your request rate",
        fix="fewer tasks at once",
    ),
    Call(
        "S015",
        "a mistyped key",
        answered("SignatureDoesNotMatch", 403, "The signature does not match", "list"),
        reason="are not valid",
        fix="AWS_SECRET_ACCESS_KEY",
    ),
    Call(
        "S016",
        "what the service does not allow",
        answered("InvalidStorageClass", 400, "The storage class is not valid", "put"),
        reason="The storage class is not valid",
        fix="what its service allows",
    ),
    Call(
        "S017",
        "a bucket without its name",
        'import nbflow\nnbflow.S3(s3root="s3://").__enter__()',
        reason="names no place",
        fix="s3://bucket/prefix",
    ),
    Call(
        "S018",
        "a clock that is an hour slow",
        answered(
            "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large"
        ),
        reason="too large",
        fix="set the clock",
    ),
    Call(
        "S020",
        "a folder for a root",
        'import nbflow\nnbflow.S3(s3root="data/raw").__enter__()',
        reason="begins with s3://",
        fix="s3://bucket/prefix",
    ),
    Call(
        "S020",
        "a key without a root",
        'import nbflow\n\nwith nbflow.S3() as s3:\n    s3.get("raw/eu.csv")',
        reason="has no root",
    ),
    Call(
        "S021",
        "a file that is not there",
        S3.format(line='s3.put_files([("eu.csv", "eu.csv")])'),
        reason="no file is there",
    ),
    Call("S022", "a number for an object", S3.format(line='s3.put("rows", 3)'), reason="int", fix="give text, bytes"),
    Call(
        "S024",
        "a file where fetched objects are to be",
        'import nbflow\n\nwith nbflow.S3(s3root="s3://sales/raw", tmproot="sales.ipynb") as s3:\n    s3.get("eu.csv")',
        reason="cannot be written",
        fix="tmproot",
    ),
    Call(
        "S029",
        "a store with one slash",
        'from nbflow.workspace import Workspace\nWorkspace.open("s3:/sales/nbflow")',
        reason="two slashes",
        fix="s3://sales/nbflow",
    ),
    Call(
        "S029",
        "the address of a bucket's page",
        'from nbflow.workspace import Workspace\nWorkspace.open("https://sales.s3.amazonaws.com/nbflow")',
        fix="s3://sales/nbflow",
    ),
    Call(
        "S030",
        "a file before it is made",
        'import nbflow\nnbflow.File("report.pdf")',
        reason="report.pdf",
        fix="make it",
    ),
    Call(
        "S030",
        "a folder as a file",
        STORE.format(name=".nbflow") + 'import nbflow\nstore.put(nbflow.File(".nbflow"))',
        reason="a folder",
        fix="nbflow.Directory",
    ),
    Call(
        "S031",
        "a file that is written on",
        'from pathlib import Path\nimport nbflow\n\nPath("rows.csv").write_text("1\\n")\nrows = nbflow.File("rows.csv")\n'
        'Path("rows.csv").write_text("1\\n2\\n")\nrows.read_text()',
        reason="was changed",
        fix="after the last write",
    ),
    Call(
        "S033",
        "a secret that is left",
        STORE.format(name=".nbflow")
        + '# as in a step with --secret TOKEN=…\nstore.withheld = {"TOKEN": "correct horse"}\n'
        'store.put({"header": "Bearer correct horse"})',
        reason="the secret TOKEN",
        fix="local variable",
    ),
    Call(
        "S019",
        "a mistyped profile",
        'import os, nbflow\nos.environ["AWS_PROFILE"] = "adda"\n'
        + S3.removeprefix("import nbflow\n\n").format(line='s3.get("eu.csv")'),
        reason="'adda'",
        fix="aws configure list-profiles",
    ),
    Call(
        "S032",
        "a mistyped file of a directory",
        'from pathlib import Path\nimport nbflow\n\nPath("parts").mkdir(exist_ok=True)\nPath("parts/eu.csv").write_text("1")\n'
        'nbflow.Directory("parts") / "ue.csv"',
        reason="'ue.csv'",
        fix="'eu.csv'",
    ),
)
