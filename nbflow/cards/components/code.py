"""Python code."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import LINE_HEIGHT, CardComponent, trouble
from nbflow.cards.html import FAINT, Html
from nbflow.cards.palette import AMBER, BLUE, GREEN, VIOLET
from nbflow.cards.printable import printable

#: kind of token, the nearest first → style
_LOOKS = (
    ("Token.Keyword", f"color:{VIOLET}"),
    ("Token.Literal.String", f"color:{GREEN}"),
    ("Token.Literal.Number", f"color:{AMBER}"),
    ("Token.Comment", FAINT),
    ("Token.Name.Decorator", f"color:{AMBER}"),
    ("Token.Name.Function", f"color:{BLUE}"),
    ("Token.Name.Class", f"color:{BLUE}"),
    ("Token.Operator.Word", f"color:{VIOLET}"),
)


class PythonCode(CardComponent):
    """Code in colours.

    Args:
        code_func: a function or class whose source is shown, or the code itself as text.
        code_string: the code as text.
    """

    needs = frozenset[str]()

    def __init__(self, code_func: Callable[..., Any] | str | None = None, code_string: str | None = None) -> None:
        self._wrong = ""
        self._code = ""
        given = code_string if code_func is None else code_func
        if isinstance(given, str):
            self._code = textwrap.dedent(given).strip("\n")
        elif given is None:
            self._wrong = "PythonCode takes a function, or code as text (code_string='…')"
        else:
            self._read(given)

    def _read(self, given: Any) -> None:
        try:
            self._code = textwrap.dedent(inspect.getsource(given)).strip("\n")
        except (OSError, TypeError) as failure:
            self._wrong = f"the source of {getattr(given, '__name__', type(given).__name__)} cannot be found: {failure}"

    def render(self) -> Html:
        return trouble("This code cannot be shown", self._wrong) if self._wrong else coloured(self._code)

    def text(self) -> str:
        return f"({self._wrong})" if self._wrong else printable(self._code)

    def height(self) -> int:
        return 24 + LINE_HEIGHT * (self._code.count("\n") + 1)


def coloured(code: str) -> Html:
    """Return Python code in colours that read on light and dark grounds."""
    return html.preformatted(html.join(_spans(code)))


def _spans(code: str) -> list[html.Content]:
    # pygments comes with IPython; without it code is plain
    try:
        from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]  # ships no types
    except ImportError:
        return [code]
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    spans: list[html.Content] = []
    for kind, text in lexer.get_tokens(code):
        style = next((style for name, style in _LOOKS if str(kind).startswith(name)), "")
        spans.append(html.text(text, style) if style and text.strip() else text)
    return spans
