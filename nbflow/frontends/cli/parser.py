"""Argparse whose errors look like ours: one line that says what was meant, and the usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """A parser that knows which option was meant, and takes `-1e-3` and `-x` for values where one is due."""

    #: who speaks
    speaker = "nbflow"
    #: says of what was understood, and of the words that nothing took, what was meant by these; or nothing
    meant: Callable[[argparse.Namespace, Sequence[str]], str] | None = None
    #: says of all words, before one of them is read, which line was meant; or nothing
    forgotten: Callable[[Sequence[str]], str] | None = None

    # argparse declares overloads for namespaces of one's own; ours has one form
    def parse_known_args(  # type: ignore[override]  # see above
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[Any, list[str]]:
        """Parse, and exit at the first word that nothing takes."""
        words = list(sys.argv[1:] if args is None else args)
        if self.forgotten is not None and (said := self.forgotten(words)):
            self.error(said)
        parsed, rest = super().parse_known_args(self._joined(words), namespace)
        if rest and not self._took_late(parsed, rest):
            self._say_meant(parsed, rest)
            self.unknown(rest)
        return parsed, []

    def _took_late(self, parsed: argparse.Namespace, rest: Sequence[str]) -> bool:
        """Take the word that may be left out and stands behind options: argparse has given it up by then."""
        places = [each for each in self._actions if not each.option_strings and each.nargs == argparse.OPTIONAL]
        left = [each for each in places if getattr(parsed, each.dest) is each.default]
        if len(rest) != 1 or rest[0].startswith("-") or len(left) != 1:
            return False
        try:
            setattr(parsed, left[0].dest, self._get_value(left[0], rest[0]))
        except argparse.ArgumentError as error:
            self.error(str(error))
        return True

    def unknown(self, words: Sequence[str]) -> NoReturn:
        """Say of the first of `words` that nothing takes it, and which option was meant."""
        word = _first_of(words)
        if not word.startswith("-"):
            self.error(f"unexpected '{word}'")
        self.error(f"unknown option '{word}'.{self._option_like(word)}")

    def _say_meant(self, parsed: argparse.Namespace, words: Sequence[str]) -> None:
        """Exit with what was meant by `words`, where that is no option of this command."""
        word = _first_of(words)
        if self.meant is None or (word.startswith("-") and self._option_like(word)):
            return
        if said := self.meant(parsed, words):
            self.error(f"{'unknown option' if word.startswith('-') else 'unexpected'} '{word}'.{said}")

    def _option_like(self, word: str) -> str:
        """Return ` Did you mean '--fresh'?` where `word` is a slip for an option. Dashes are no likeness."""
        from nbflow.errors import did_you_mean

        return did_you_mean(word.lstrip("-"), [each[2:] for each in self.long_options()], "--{}")

    # of argparse's own, which names all there is in words that differ from one Python to the next
    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            from nbflow.errors import did_you_mean

            known = [str(each) for each in action.choices]
            hint = did_you_mean(str(value), known) or f" There are {', '.join(known)}."
            raise argparse.ArgumentError(action, f"invalid choice: '{value}'.{hint}")

    def action_of(self, option: str) -> argparse.Action | None:
        """Return what `--option` does here; None when nothing knows it."""
        return self._option_string_actions.get(option)

    def options(self) -> list[argparse.Action]:
        """Return everything that may be given by an option, the help left out."""
        return [each for each in self._actions if each.option_strings and each.dest != "help"]

    def long_options(self) -> list[str]:
        """Return the options that may be meant."""
        return [each for each in self._option_string_actions if each.startswith("--")]

    def error(self, message: str) -> NoReturn:
        """Exit with code 2 and the usage."""
        print(f"{self.speaker}: {message}\n{self.format_usage().rstrip()}", file=sys.stderr)
        sys.exit(2)

    def _joined(self, words: list[str]) -> list[str]:
        """Return `words` with each value that looks like an option made one word with the option it belongs to."""
        found: list[str] = []
        for word in words:
            action = self._option_string_actions.get(found[-1]) if found and "--" not in found else None
            # two dashes are more likely an option than a value: one that was mistyped is told so
            dashed = word.startswith("-") and not word.startswith("--") and word not in self._option_string_actions
            if dashed and action is not None and action.nargs is None:
                found[-1] = f"{found[-1]}={word}"
            else:
                found.append(word)
        return found


def _first_of(words: Sequence[str]) -> str:
    """Return the first option among `words`, without its value, else the first word."""
    return next((each.partition("=")[0] for each in words if each.startswith("-")), words[0])


def whole_number(text: str) -> int:
    """Return the number that `text` says, which is at least 1."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number") from None
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number
