"""The secrets of a step: put in its environment just before its body, and kept out of all that is stored or told."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from nbflow.errors import raise_for
from nbflow.model.record import Failure
from nbflow.model.secret import SecretSource

#: shorter ones are in every other text by chance
SHORTEST = 4
_MASK = "***"


def masked(text: str, texts: Mapping[str, str]) -> str:
    """Return `text` without the secrets `texts`, as they are, as Python writes them and as JSON does."""
    # a long one may hold a short one
    for value in sorted(texts.values(), key=len, reverse=True):
        for form in dict.fromkeys((value, repr(value)[1:-1], json.dumps(value)[1:-1])):
            text = text.replace(form, _MASK)
    return text


class Secrets:
    """The secrets of one task."""

    def __init__(self) -> None:
        #: variable → its value
        self.values: dict[str, str] = {}

    def give(self, sources: Sequence[SecretSource], step: str, inline: Mapping[str, str] | None = None) -> None:
        """Put what the sources have in the environment.

        Raises:
            TaskError: T044 to T047, a secret cannot be had; T048, there is a variable of its name already.
        """
        if not sources:
            return
        # few steps have any
        from nbflow.task.secret_sources import read

        for source in sources:
            for name, value in read(source, inline or {}, step).items():
                before = os.environ.get(name)
                if before is not None and before != value and not source.override:
                    whose = "another secret" if name in self.values else "the environment"
                    raise_for("T048", name=name, secret=source.text, step=step, whose=whose)
                try:
                    os.environ[name] = value
                except ValueError:
                    fix = "store it as text, for example in base64"
                    raise_for("T047", secret=source.text, step=step, why="it holds a zero byte", fix=fix)
                self.values[name] = value

    @contextmanager
    def given_here(self, sources: Sequence[SecretSource], step: str) -> Iterator[None]:
        """Give them for a while, in a process that goes on afterwards."""
        before = dict(os.environ)
        try:
            self.give(sources, step)
            yield
        finally:
            for name in self.values:
                os.environ.pop(name, None)
                if name in before:
                    os.environ[name] = before[name]

    @property
    def texts(self) -> dict[str, str]:
        """Those that are long enough to be known by sight."""
        return {name: value for name, value in self.values.items() if len(value) >= SHORTEST}

    def masked(self, text: str) -> str:
        """Return `text` without them."""
        return masked(text, self.texts)

    def masked_failure(self, failure: Failure) -> Failure:
        """Return a failure whose texts are without them."""
        if not self.values:
            return failure
        return replace(
            failure,
            type=self.masked(failure.type),
            message=self.masked(failure.message),
            traceback=self.masked(failure.traceback),
        )
