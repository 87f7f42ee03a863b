"""Secrets read from where they are: AWS Secrets Manager, an environment variable, a file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from nbflow.errors import raise_for
from nbflow.model.secret import SecretSource

_LATER = {"gcp-secret-manager": "Google Cloud", "az-key-vault": "Azure"}
#: codes of AWS's refusals → of ours
_DENIED = {"AccessDeniedException", "AccessDenied", "DecryptionFailure", "KMSAccessDeniedException"}
_EXPIRED = {"ExpiredTokenException", "ExpiredToken", "RequestExpired"}
_INVALID = {"UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch"}
_NO_KEYS = {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "CredentialRetrievalError"}
_SSO = {"TokenRetrievalError", "SSOTokenLoadError", "UnauthorizedSSOTokenError"}
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*\Z")


def read(source: SecretSource, inline: Mapping[str, str], step: str) -> dict[str, str]:
    """Return the environment variables that a source gives. No value of it is in any error.

    Args:
        source: of manager inline it names what is in `inline`.
        inline: what stands in the code.
        step: who asks, for errors.

    Raises:
        TaskError: T044, there is no such secret; T045, it may not be read; T046, the credentials are no good; T047, it is
            nothing that variables can be made of.
    """
    reader = _Reader(source, step)
    if source.manager == "inline":
        return {name: inline[name] for name in source.id.split(",") if name in inline}
    if source.manager == "env":
        return {source.variable or source.id: reader.of_environment()}
    if source.manager == "file":
        return reader.of_file()
    if source.manager in _LATER:
        reader.cannot(f"secrets of {_LATER[source.manager]} are not supported yet", "put it in AWS Secrets Manager")
    return reader.of_aws()


class _Reader:
    """Reads one source."""

    def __init__(self, source: SecretSource, step: str) -> None:
        self._source = source
        self._step = step

    def cannot(self, why: str, fix: str) -> NoReturn:
        raise_for("T047", secret=self._source.text, step=self._step, why=why, fix=fix)

    def _missing(self, why: str, fix: str) -> NoReturn:
        raise_for("T044", secret=self._source.text, step=self._step, why=why, fix=fix)

    def of_environment(self) -> str:
        name = self._source.id
        if name not in os.environ:
            self._missing(
                f"the environment has no variable {name}", f"export {name}=… before the kernel or nbflow starts"
            )
        return os.environ[name]

    def of_file(self) -> dict[str, str]:
        path = Path(self._source.id).expanduser()
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            self._missing(
                f"there is no file {path.absolute()}", "correct the path; it is relative to the flow's folder"
            )
        except UnicodeDecodeError:
            self.cannot("the file is no text", "write it as NAME=value lines, or as a JSON object")
        except OSError as error:
            raise_for(
                "T045",
                secret=self._source.text,
                step=self._step,
                who="this user",
                why=error.strerror or "",
                fix=f"chmod u+r {path}",
            )
        if text.lstrip().startswith("{"):
            return self._variables(text)
        return self._chosen(self._lines(text))

    def of_aws(self) -> dict[str, str]:
        import boto3

        from nbflow.storage.aws import session_with

        source = self._source
        parts = source.id.split(":")
        region = source.region or (parts[3] if source.id.startswith("arn:") and len(parts) > 3 else None)
        try:
            session = session_with(source.role, {}, {}) or boto3.Session()
            client = session.client("secretsmanager", **({"region_name": region} if region else {}))
            found = client.get_secret_value(SecretId=source.id)
        except Exception as error:
            self._refused(error)
        if "SecretString" not in found:
            self.cannot("it is binary", "store it as text, for example in base64")
        return self._variables(str(found["SecretString"]))

    def _variables(self, text: str) -> dict[str, str]:
        """Return a JSON object as several variables, any other text as one."""
        source = self._source
        try:
            value = None if source.plain else json.loads(text)
        except ValueError:
            value = None
        if isinstance(value, dict) and (source.key or not source.variable):
            return self._chosen(
                {_named(key): each if isinstance(each, str) else json.dumps(each) for key, each in value.items()}, value
            )
        if source.key:
            self.cannot("it is no JSON object, and has no entries", f"leave #{source.key} away")
        return {source.variable or _named(_short(source.id)): text}

    def _chosen(self, variables: dict[str, str], raw: Mapping[str, Any] | None = None) -> dict[str, str]:
        source = self._source
        if source.key is None:
            if source.variable is not None:
                self.cannot("a file is several variables", f"name one: {source.variable}={source.text}#KEY")
            return variables
        name = _named(source.key)
        if source.key not in (raw or variables):
            known = ", ".join(raw or variables) or "none"
            self._missing(f"it has no entry '{source.key}'", f"its entries are {known}")
        return {source.variable or name: variables[name]}

    def _lines(self, text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            parts = _LINE.match(line)
            if parts is None:
                # the line itself may be a secret
                self.cannot(f"line {number} is no NAME=value", "write one variable a line, or a JSON object")
            found[parts[1]] = _unquoted(parts[2])
        return found

    def _refused(self, error: Exception) -> NoReturn:
        """Say in our words what boto3 raised."""
        reply = getattr(error, "response", {}).get("Error", {})
        code, kind = str(reply.get("Code", "")), type(error).__name__
        said = str(reply.get("Message") or error)
        facts = {"secret": self._source.text, "step": self._step}
        if code == "ResourceNotFoundException":
            fix = f"aws secretsmanager create-secret --name {_short(self._source.id)} --secret-string …"
            self._missing(f"Secrets Manager has none of that name in {self._region(error)}", fix)
        if code == "InvalidRequestException":
            self._missing(said, f"aws secretsmanager restore-secret --secret-id {self._source.id}")
        if code in _DENIED:
            who = f"role {self._source.role}" if self._source.role else "whoever runs the task"
            fix = "let its policy allow secretsmanager:GetSecretValue on it, and kms:Decrypt where a key of its own encrypts it"
            raise_for("T045", who=who, why=said, fix=fix, **facts)
        if code in _EXPIRED or kind in _SSO:
            raise_for("T046", why=f"the credentials have expired: {said}", fix="log in again: aws sso login", **facts)
        if code in _INVALID or kind in _NO_KEYS:
            raise_for(
                "T046", why=said, fix="set AWS_PROFILE, or keys that are valid; on Batch give the job a role", **facts
            )
        if kind == "NoRegionError":
            self.cannot("no region is set", "set AWS_DEFAULT_REGION, or name the secret by its ARN")
        if kind == "ImportError" or isinstance(error, ImportError):
            self.cannot("boto3 is not installed where the step runs", "add boto3 to its packages")
        self.cannot(f"{kind}: {said}", "try again; nbflow doctor looks at what can be reached")

    def _region(self, error: Exception) -> str:
        import boto3

        del error
        return self._source.region or boto3.Session().region_name or "this region"


def _short(name: str) -> str:
    """Return what a secret is called, without its ARN, the suffix that AWS adds, and folders before it."""
    if name.startswith("arn:"):
        name = re.sub(r"-[A-Za-z0-9]{6}\Z", "", name.split(":", 6)[-1])
    return name


def _named(text: str) -> str:
    """Return a text as the name of a variable."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", text)
    return f"_{name}" if name[:1].isdigit() else name


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].replace("\\n", "\n") if text[0] == '"' else text[1:-1]
    return re.sub(r"\s+#.*\Z", "", text)
