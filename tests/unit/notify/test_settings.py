"""Settings about messages: kept as they are said, shown without what may be a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.configuration import file
from nbflow.configuration.settings import settings
from nbflow.errors import ConfigurationError
from nbflow.frontends.cli.main import main

KEY = "T0PSECRET"
URL = f"https://hooks.slack.com/services/T0/B0/{KEY}"


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("NBFLOW_CONFIG", str(path))
    for name in ("NBFLOW_NOTIFY", "NBFLOW_NOTIFY_ON", "NBFLOW_LINKS", "NBFLOW_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return path


def test_an_address_is_kept_and_never_shown(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["configure", "--for-all", "--notify-to", URL, "--notify-on", "failure"]) == 0
    assert settings().notify.to == URL
    assert settings().notify.on == "failure"
    monkeypatch.setenv("NBFLOW_NOTIFY", f"{URL}2 env.SLACK_URL")
    assert main(["configure", "--for-all", "--notify-to", f"{URL}1"]) == 0
    assert main(["configure", "show"]) == 0
    said = capsys.readouterr()
    assert KEY not in said.out + said.err
    assert "https://hooks.slack.com/…, env.SLACK_URL" in said.out
    assert "(was https://hooks.slack.com/…)" in said.out


def test_a_list_of_addresses_is_one_and_another_value_is_told_without_its_line(config: Path) -> None:
    config.write_text(f'[profiles.team.notify]\nto = ["{URL}", "env.SLACK_URL"]\n\n[notify]\non = ["failure"]\n')
    content = file.read(config)
    assert content.profiles["team"].values["notify.to"] == f"{URL}, env.SLACK_URL"
    assert content.shared.values["notify.on"] == "failure"
    config.write_text(f'[notify]\nto = {{ url = "{URL}" }}\n')
    with pytest.raises(ConfigurationError, match=r"'notify.to' in .* is a table") as caught:
        file.read(config)
    assert KEY not in str(caught.value)


def test_a_setting_under_another_name_is_told_with_the_right_one(config: Path) -> None:
    config.write_text(f'[notify]\nurl = "{URL}"\n')
    with pytest.raises(ConfigurationError) as caught:
        file.read(config)
    assert "notify.to" in str(caught.value)
    assert KEY not in str(caught.value)
