from __future__ import annotations

import pytest

from nbflow.model.secret import SecretSource, asked_in_class, asked_in_header, left_behind, packages_for

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("API_KEY", SecretSource("env", "API_KEY")),
        ("KEY=env.API_KEY", SecretSource("env", "API_KEY", variable="KEY")),
        ("KEY=aws-secrets-manager.prod/db", SecretSource("aws-secrets-manager", "prod/db", variable="KEY")),
        ("KEY=prod/db", SecretSource("aws-secrets-manager", "prod/db", variable="KEY")),
        ("KEY=prod/db#password", SecretSource("aws-secrets-manager", "prod/db", variable="KEY", key="password")),
        (f"KEY=aws-secrets-manager.{ARN}", SecretSource("aws-secrets-manager", ARN, variable="KEY")),
        (f"aws-secrets-manager.{ARN}", SecretSource("aws-secrets-manager", ARN)),
        ("aws-secrets-manager.a=b@c", SecretSource("aws-secrets-manager", "a=b@c")),
        ("file..env", SecretSource("file", ".env")),
        ("KEY=file.keys.json#a", SecretSource("file", "keys.json", variable="KEY", key="a")),
        ("gcp-secret-manager.x", SecretSource("gcp-secret-manager", "x")),
    ],
)
def test_a_header_names_a_variable_and_its_source(text: str, source: SecretSource) -> None:
    assert asked_in_header(text) == source
    assert SecretSource.from_json(source.to_json()) == source


@pytest.mark.parametrize(
    "text",
    ["", "KEY=", "KEY=aws-secrets-manager.", "KEY=inline.x", "KEY=env.A-B", "aws-secret-manager.x", "KEY=env.A#b"],
)
def test_what_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        asked_in_header(text)
    assert "aws-secret-manager" not in text or "Did you mean 'aws-secrets-manager'?" in str(refused.value)


def test_sources_of_a_class_keep_their_options_and_no_value() -> None:
    sources = [
        "prod/db",
        "env.TOKEN",
        {"type": "aws-secrets-manager", "id": "a", "role": "r", "options": {"env_var_name": "A", "json": False}},
        {"type": "inline", "options": {"env_vars": {"B": "hidden", "C": "too"}}},
    ]
    found = asked_in_class(sources, "arn:role", override=True)
    assert found == (
        SecretSource("aws-secrets-manager", "prod/db", role="arn:role", override=True),
        SecretSource("env", "TOKEN", role="arn:role", override=True),
        SecretSource("aws-secrets-manager", "a", variable="A", plain=True, role="r", override=True),
        SecretSource("inline", "B,C", override=True),
    )
    assert "hidden" not in repr(found)


def test_what_a_step_needs_for_its_secrets_and_what_stays_here() -> None:
    secrets = (SecretSource("env", "A"), SecretSource("file", ".env"), SecretSource("aws-secrets-manager", "b"))
    assert packages_for(secrets) == ("boto3",) and packages_for(secrets[:2]) == ()
    assert left_behind(secrets, "batch") == secrets[:2]
    assert left_behind(secrets, None) == left_behind(secrets, "local") == ()
