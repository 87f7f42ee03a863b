"""The first thing that runs in a container: it fetches what the task needs, and becomes its interpreter.

It travels in the job's command, and has Python's standard library alone: the image needs neither packages nor an index.
Requests to S3 are signed as AWS's documentation of Signature Version 4 has it, with the job's role or the credentials in
the environment; what is fetched is compared with its SHA-256.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import IO, Any, NoReturn

_TRIES = 5
_CHUNK = 1 << 20
_ROLE = "nbflow configure --job-role ARN, or @batch(iam_role=...)"
_METADATA = "http://169.254.169.254/latest"


def fail(text: str, status: int = 78) -> NoReturn:
    """End with a line that is found in the container's log."""
    sys.stderr.write("nbflow: " + text + "\n")
    sys.stderr.flush()
    sys.exit(status)


def fetch(url: str, headers: dict[str, str] | None = None, method: str = "GET", wait: float = 60) -> bytes:
    """Return what is at `url`."""
    found = io.BytesIO()
    save(url, found, headers, method, wait)
    return found.getvalue()


def save(url: str, to: IO[bytes], headers: dict[str, str] | None = None, method: str = "GET", wait: float = 60) -> None:
    """Write what is at `url` to a file; what may pass is tried again."""
    for number in range(_TRIES):
        try:
            asked = urllib.request.Request(url, headers=headers or {}, method=method)
            with urllib.request.urlopen(asked, timeout=wait) as answer:
                to.seek(0)
                to.truncate()
                shutil.copyfileobj(answer, to, _CHUNK)
                return
        except urllib.error.HTTPError as error:
            if error.code < 500 or number + 1 == _TRIES:
                raise
        except (urllib.error.URLError, OSError):
            if number + 1 == _TRIES:
                raise
        time.sleep(2**number * 0.3)


def credentials() -> dict[str, str]:
    """Return keys: of the environment, of the job's role, of the machine's."""
    env = os.environ
    if "AWS_ACCESS_KEY_ID" in env:
        return {
            "AccessKeyId": env["AWS_ACCESS_KEY_ID"],
            "SecretAccessKey": env["AWS_SECRET_ACCESS_KEY"],
            "Token": env.get("AWS_SESSION_TOKEN", ""),
        }
    if "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in env:
        return dict(json.loads(fetch("http://169.254.170.2" + env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])))
    if "AWS_CONTAINER_CREDENTIALS_FULL_URI" in env:
        headers = {}
        if "AWS_CONTAINER_AUTHORIZATION_TOKEN" in env:
            headers["Authorization"] = env["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        return dict(json.loads(fetch(env["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers)))
    # no role of its own: that of its machine, if that has one and lets it ask
    session = fetch(_METADATA + "/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "300"}, "PUT", 5).decode()
    asked = {"X-aws-ec2-metadata-token": session}
    role = fetch(_METADATA + "/meta-data/iam/security-credentials/", asked, wait=5).decode().split()[0]
    return dict(json.loads(fetch(_METADATA + "/meta-data/iam/security-credentials/" + role, asked, wait=5)))


class Bucket:
    """Reads from S3 below a prefix."""

    def __init__(self, store: str, region: str, endpoint: str) -> None:
        self.bucket, _, self.prefix = store.split("://", 1)[1].partition("/")
        self.region = region or "us-east-1"
        self.endpoint = endpoint
        try:
            self.keys = credentials()
        except (OSError, ValueError, IndexError) as error:
            fail("this job has no credentials (%s)\nset the role of jobs: %s" % (error, _ROLE))

    def get(self, key: str) -> bytes:
        """Return the bytes at `key`."""
        found = io.BytesIO()
        self.save(key, found)
        return found.getvalue()

    def save(self, key: str, to: IO[bytes]) -> None:
        """Write the bytes at `key` to a file: an archive may be larger than memory."""
        path = "/" + urllib.parse.quote((self.prefix + "/" if self.prefix else "") + key, safe="/-_.~")
        if self.endpoint:
            base, path = self.endpoint.rstrip("/"), "/" + self.bucket + path
        elif "." in self.bucket:
            base, path = "https://s3." + self.region + ".amazonaws.com", "/" + self.bucket + path
        else:
            base = "https://" + self.bucket + ".s3." + self.region + ".amazonaws.com"
        save(base + path, to, self.signed(urllib.parse.urlsplit(base).netloc, path))

    def signed(self, host: str, path: str) -> dict[str, str]:
        """Return the headers of a GET with its signature."""
        moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        nothing = hashlib.sha256(b"").hexdigest()
        headers = {"host": host, "x-amz-content-sha256": nothing, "x-amz-date": moment}
        if self.keys.get("Token"):
            headers["x-amz-security-token"] = self.keys["Token"]
        names = ";".join(sorted(headers))
        lines = "".join(name + ":" + headers[name] + "\n" for name in sorted(headers))
        request = "\n".join(["GET", path, "", lines, names, nothing])
        scope = moment[:8] + "/" + self.region + "/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = ("AWS4" + self.keys["SecretAccessKey"]).encode()
        for part in (moment[:8], self.region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        del headers["host"]
        headers["Authorization"] = (
            "AWS4-HMAC-SHA256 Credential="
            + self.keys["AccessKeyId"]
            + "/"
            + scope
            + ", SignedHeaders="
            + names
            + ", Signature="
            + signature
        )
        return headers


def unpack(bucket: Bucket, pack: dict[str, str], folder: str) -> None:
    """Unpack an archive of the bucket into `folder`."""
    with tempfile.TemporaryFile(dir=folder) as file:
        bucket.save(pack["key"], file)
        digest = hashlib.sha256()
        file.seek(0)
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            digest.update(chunk)
        if digest.hexdigest() != pack["sha256"]:
            fail(pack["key"] + " is damaged: its SHA-256 is another one")
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            archive.extractall(folder)  # noqa: S202 - made by nbflow, and compared


def main() -> None:
    """Fetch, unpack, and go on as the task."""
    env = os.environ
    if sys.version_info < (3, 11):
        fail("this image has Python %d.%d, and nbflow needs 3.11 or newer" % sys.version_info[:2])
    try:
        bucket = Bucket(
            env["NBFLOW_STORE"], env.get("NBFLOW_REGION") or env.get("AWS_REGION", ""), env.get("NBFLOW_ENDPOINT", "")
        )
        prefix = env.get("NBFLOW_TOLD")
        if prefix is None:
            prefix = json.loads(bucket.get(env["NBFLOW_ARRAY"]))[int(env["AWS_BATCH_JOB_ARRAY_INDEX"])]
        told = bucket.get(str(prefix) + "/told.json")
    except urllib.error.HTTPError as error:
        whose = "the keys in its environment" if "AWS_ACCESS_KEY_ID" in env else "the job's role"
        if not any(name.startswith(("AWS_ACCESS_KEY", "AWS_CONTAINER_CREDENTIALS")) for name in env):
            whose = "the role of its machine, since it has none of its own (%s)," % _ROLE
        fail("the bucket refused to be read (%s)\nmay %s read %s?" % (error, whose, env["NBFLOW_STORE"]))
    except (urllib.error.URLError, OSError) as error:
        fail("the bucket cannot be reached (%s): %s" % (error, env["NBFLOW_STORE"]))
    document: dict[str, Any] = json.loads(told)
    wanted = document.get("python")
    if wanted and wanted != "%d.%d" % sys.version_info[:2]:
        fail(
            "this image has Python %d.%d, and the packages of the step are for %s: name an image with that version"
            % (*sys.version_info[:2], wanted)
        )
    folder = tempfile.mkdtemp(prefix="nbflow-")
    site = os.path.join(folder, "site")
    os.mkdir(site)
    for pack in document["packs"]:
        unpack(bucket, pack, site)
    with open(os.path.join(folder, "told.json"), "wb") as file:
        file.write(told)
    path = [site] + ([env["PYTHONPATH"]] if env.get("PYTHONPATH") else [])
    # equal sets print in equal order everywhere, so that equal work gives equal digests
    more = {
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONHASHSEED": env.get("PYTHONHASHSEED", "0"),
        "NBFLOW_FOLDER": folder,
    }
    if "NBFLOW_TEMPDIR" in env:
        # of the task; packages would take up its memory
        more["TMPDIR"] = env["NBFLOW_TEMPDIR"]
    os.execve(sys.executable, [sys.executable, "-m", document["module"]], dict(env, **more))  # noqa: S606 - the same Python


if __name__ == "__main__":
    main()
