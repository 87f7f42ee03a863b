"""`nbflow configure` in a terminal: a question each, with what is set, and what there is to choose from."""

from __future__ import annotations

import os
from pathlib import Path

from nbflow.cards.printable import one_line
from nbflow.configuration import file
from nbflow.configuration.known import BY_KEY
from nbflow.configuration.region import wrong_region
from nbflow.configuration.root import Wrong, wrong_with
from nbflow.configuration.settings import Settings
from nbflow.frontends.cli.configured import Target, one_value, table_at, wrong_name
from nbflow.upkeep.aws import choices
from nbflow.upkeep.aws.choices import Choices
from nbflow.upkeep.aws.session import Session

_OF_BATCH = ("batch.image", "batch.job_role", "batch.execution_role")


def asked(path: Path, target: Target) -> tuple[Target, dict[str, str | None]]:
    """Ask, and return whose settings are to change, and how. Ends with KeyboardInterrupt where nothing is to."""
    print(
        f"settings in {file.shown(path)}. Enter keeps what is in brackets, - takes it away, Ctrl-C changes nothing.\n"
    )
    if target.profile is None and not table_at(path).get("profiles"):
        target = Target(_name())
    asking = _Asking(path, target)
    asking.ask("root", asking.buckets())
    if (asking.value("root") or "").startswith("s3://"):
        profiles = asking.choices("aws_profile")
        if len(profiles.names) > 1 or asking.value("aws_profile"):
            asking.ask("aws_profile", profiles)
        asking.ask("region", asking.choices("region"))
        asking.ask("batch.queue", asking.choices("batch.queue"))
        for key in _OF_BATCH if asking.value("batch.queue") else ():
            asking.ask(key, asking.choices(key))
    print()
    return target, asking.answers


class _Asking:
    """The answers so far."""

    def __init__(self, path: Path, target: Target) -> None:
        self._path = path
        self._target = target
        self.answers: dict[str, str | None] = {}

    def value(self, key: str) -> str | None:
        """Return what is answered, else what the file has."""
        if key in self.answers:
            return self.answers[key]
        for target in (self._target, Target(None)):
            if isinstance(found := one_value(self._path, target.key(key)), str):
                return found
        return None

    def ask(self, key: str, there: Choices) -> None:
        """Ask for one setting until the answer can be one."""
        while True:
            text = _chosen(BY_KEY[key].means, self.value(key), there)
            if text is None or (wrong := self._wrong(key, text)) is None:
                break
            print(f"  {wrong.why}: {wrong.fix}")
        if text != self.value(key):
            from nbflow.frontends.cli.configure import root_of

            self.answers[key] = root_of(text) if key == "root" and text else text

    def _wrong(self, key: str, text: str) -> Wrong | None:
        match key:
            case "root":
                return wrong_with(text)
            case "region":
                return wrong_region(text, self._here("endpoint"))
        return None

    def buckets(self) -> Choices:
        """Return roots that could be meant: one in each bucket."""
        found = choices.buckets(self._session())
        return Choices(tuple(f"s3://{name}/nbflow" for name in found.names), why=found.why)

    def choices(self, key: str) -> Choices:
        """Return what a setting could be."""
        session = self._session()
        match key:
            case "aws_profile":
                return choices.profiles(session)
            case "region":
                region = choices.region(session)
                return Choices((region,) if region else (), region or "")
            case "batch.queue":
                return choices.queues(session)
            case "batch.job_role":
                return choices.job_roles(session)
            case "batch.execution_role":
                return choices.execution_roles(session)
        return Choices()

    def _session(self) -> Session:
        """Return AWS as what is known so far reaches it."""
        return Session(
            Settings(
                region=self._here("region"), endpoint=self._here("endpoint"), aws_profile=self._here("aws_profile")
            )
        )

    def _here(self, key: str) -> str | None:
        known = BY_KEY[key]
        others = (os.environ.get(name) for name in known.fallbacks)
        return os.environ.get(known.variable) or self.value(key) or next((each for each in others if each), None)


def _name() -> str | None:
    """Ask until the name of a profile can be one; None: for all."""
    while name := _line("a name for these settings, such as team (empty: for all)", ""):
        if (wrong := wrong_name(name)) is None:
            return name
        print(f"  {wrong.why}: {wrong.fix}")
    return None


def _chosen(question: str, now: str | None, there: Choices) -> str | None:
    """Return the answer to one question: a text, one of what there is by its number, or None for nothing."""
    for number, name in enumerate(there.names, 1):
        print(f"  {number:>2}  {one_line(name)}")
    if there.why:
        print(f"  (nothing to choose from: {one_line(there.why)})")
    default = now or there.likely
    text = _line(question, default)
    if text.isdigit() and 1 <= int(text) <= len(there.names):
        return there.names[int(text) - 1]
    return None if text in {"", "-"} else text


def _line(question: str, default: str) -> str:
    answer = input(f"{question}{f' [{one_line(default)}]' if default else ''}: ").strip()
    return answer or default
