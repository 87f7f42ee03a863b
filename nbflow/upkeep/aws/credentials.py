"""Check of the credentials: whether there are any, where they come from, and whether AWS takes them.

None is ever shown: of a key nothing, of an identity its ARN.
"""

from __future__ import annotations

import os

from nbflow.configuration.region import wrong_region
from nbflow.upkeep.aws.refusal import Refusal, refusal
from nbflow.upkeep.aws.session import Session
from nbflow.upkeep.finding import Finding, broken, fine, warning
from nbflow.upkeep.settings import blamed, meant

_ABOUT = "credentials"
#: how botocore calls what it took them from
_FROM = {
    "env": "variables AWS_…",
    "shared-credentials-file": "~/.aws/credentials",
    "config-file": "~/.aws/config",
    "assume-role": "a role that ~/.aws/config takes on",
    "assume-role-with-web-identity": "a role taken on by a web identity",
    "sso": "single sign-on",
    "login": "aws login",
    "custom-process": "a program that ~/.aws/config names",
    "container-role": "the role of this container",
    "iam-role": "the role of this machine",
}


def credentials(session: Session) -> Finding:
    """Whether AWS knows who is asking."""
    try:
        found = session.boto3.get_credentials()
        if found is None:
            return _none(session)
        # those that are fetched are fetched here
        found.get_frozen_credentials()
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        return credentials_refused(session, refusal(error), "")
    source = _FROM.get(found.method, found.method)
    if session.is_apart:
        return fine(_ABOUT, f"from {source}{_named(session)}, for {session.client('s3').meta.endpoint_url}")
    try:
        answer = session.client("sts").get_caller_identity()
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        return credentials_refused(session, refusal(error), found.method)
    return fine(_ABOUT, f"{answer['Arn']} · from {source}{_named(session)}")


def _named(session: Session) -> str:
    profile = _profile(session)
    return f", profile {profile}" if profile else ""


def _profile(session: Session) -> str:
    return session.settings.aws_profile or os.environ.get("AWS_PROFILE", "")


def _none(session: Session) -> Finding:
    return broken(
        _ABOUT,
        "there are none: AWS would not know who is asking",
        "aws configure  or aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        *_other_profiles(session),
    )


def _other_profiles(session: Session) -> list[str]:
    there: list[str] = session.boto3.available_profiles
    return [f"nbflow configure --aws-profile NAME  takes one of ~/.aws: {', '.join(there)}"] if there else []


def credentials_refused(session: Session, found: Refusal, method: str = "") -> Finding:
    """Return what is wrong with credentials that were refused; `method`: where botocore has them from."""
    method = method or session.method
    source = _FROM.get(method, method)
    by = [f"they come from {source}{_named(session)}"] if source else []
    match found.kind:
        case "no profile":
            return _no_profile(session)
        case "no credentials":
            fix = "give both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither"
            fix = (
                fix
                if found.code == "PartialCredentialsError"
                else "see that what gives them works: aws sts get-caller-identity"
            )
            return broken(_ABOUT, found.said, fix)
        case "expired":
            return broken(_ABOUT, "they have expired", _renewed(session, method), listed=by)
        case "unknown":
            wrong = {"SignatureDoesNotMatch": "the secret does not fit the key", "InvalidToken": "the token is wrong"}
            said = wrong.get(found.code, "AWS does not know the access key")
            fix = "correct them, or take others: aws configure; is AWS_SESSION_TOKEN left over from other ones?"
            return broken(_ABOUT, said, fix, listed=by)
        case "clock":
            return broken("time", f"this machine's clock is wrong: {found.said}", "set it by a time server")
        case "unreachable":
            return unreachable(session, found)
    if found.kind == "other" and session.settings.endpoint:
        # a server that is not AWS has buckets, and perhaps nothing else
        return fine(_ABOUT, f"from {source}{_named(session)}; {session.settings.endpoint} does not say whose")
    return warning(_ABOUT, f"from {source}{_named(session)}, but AWS does not say whose they are", listed=[found.said])


def _no_profile(session: Session) -> Finding:
    profile = _profile(session)
    import botocore.session

    there = botocore.session.Session().available_profiles
    hint = meant(profile, there)
    known = f"it has: {', '.join(there)}" if there else "it has none"
    by = blamed(session.settings, "aws_profile") if session.settings.aws_profile else f"AWS_PROFILE is {profile}"
    fix = f"aws configure --profile {profile}  makes it; nbflow configure --aws-profile NAME  takes another"
    return broken(_ABOUT, f"~/.aws has no profile '{profile}'{hint}", fix, listed=[by, known])


def _renewed(session: Session, method: str) -> str:
    profile = _profile(session)
    flag = f" --profile {profile}" if profile else ""
    if method in {"sso", ""}:
        return f"aws sso login{flag}"
    if method == "env":
        return "export new ones: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN"
    if method in {"shared-credentials-file", "config-file"}:
        return f"get new ones into ~/.aws: aws configure{flag}, or what your company has for it"
    return f"log in again, and see: aws sts get-caller-identity{flag}"


def unreachable(session: Session, found: Refusal) -> Finding:
    """Return that nobody answers, and by which setting."""
    endpoint = session.settings.endpoint
    if endpoint:
        fix = "start that server, or take the setting away: nbflow configure unset endpoint"
        source = session.settings.sources.get("endpoint", "")
        if source.isupper():
            fix = f"start that server, or: unset {source}"
        return broken("endpoint", f"{endpoint} does not answer", fix, listed=[blamed(session.settings, "endpoint")])
    region = session.region
    own = [name for name in sorted(os.environ) if name.startswith("AWS_ENDPOINT_URL") and os.environ[name]]
    listed = [
        *([blamed(session.settings, "region")] if region else []),
        *(f"{name} is set" for name in own),
        found.said,
    ]
    if region and not own and (wrong := wrong_region(region, None)):
        fix = f"{wrong.fix}: nbflow configure --region REGION"
        return broken("region", f"'{region}' is no region: {wrong.why}", fix, listed=listed[:1])
    fix = "is this machine online, behind a proxy (HTTPS_PROXY), and is the region one that there is?"
    return broken("endpoint", f"AWS does not answer{f' in {region}' if region else ''}", fix, listed=listed)
