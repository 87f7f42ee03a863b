"""Who is to hear of a run: how it is written, and what of it may be seen."""

from __future__ import annotations

import pytest

from nbflow.model.notice import Notice, addresses_in, ends_of, notices_from, shown


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("env.SLACK_URL", ["env.SLACK_URL"]),
        ("slack://a/b/c, json://x:1/y", ["slack://a/b/c", "json://x:1/y"]),
        ("slack://a/b/c,env.OTHER", ["slack://a/b/c", "env.OTHER"]),
        ("mailto://u:p@h?to=a@x.org,b@x.org", ["mailto://u:p@h?to=a@x.org,b@x.org"]),
        ("  \n", []),
    ],
)
def test_addresses_stand_with_blanks_or_commas_between_and_keep_their_own_commas(
    text: str, addresses: list[str]
) -> None:
    assert list(addresses_in(text)) == addresses


@pytest.mark.parametrize(
    ("to", "seen"),
    [
        ("https://hooks.slack.com/services/T1/B2/secret", "https://hooks.slack.com/…"),
        ("slack://T1/B2/secret", "slack://…"),
        ("json://user:secret@host:81/secret", "json://host:81/…"),
        ("mailtos://user:secret@host", "mailtos://…"),
        ("hooks.slack.com/services/secret", "hooks.sl…"),
        ("env.SLACK_URL", "env.SLACK_URL"),
        ("aws-secrets-manager.team/slack#url", "aws-secrets-manager.team/slack#url"),
    ],
)
def test_what_may_be_a_key_in_an_address_is_not_seen(to: str, seen: str) -> None:
    assert shown(to) == Notice(to).shown == seen


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("failure", ("failure",)),
        ("regression, failed", ("failure", "regression")),
        (["error", "ok"], ("success", "failure")),
        ("all", ("success", "failure", "regression")),
    ],
)
def test_ends_are_named_as_people_name_them(said: str, ends: tuple[str, ...]) -> None:
    assert ends_of(said) == ends


def test_a_word_that_is_no_end_is_told_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"'succes' is no end of a run. Did you mean 'success'\?"):
        ends_of("succes")
    with pytest.raises(ValueError, match="names no end"):
        ends_of(" ")


def test_a_notice_survives_its_json() -> None:
    (notice,) = notices_from("env.X", "failure", "rmse > 2")
    assert Notice.from_json(notice.to_json()) == notice
    assert notice.source is not None
    assert notice.source.text == "env.X"
    assert Notice("slack://a/b/c").source is None
