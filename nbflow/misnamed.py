"""What a module of ours says of a name that it does not have: what was meant, and the line that asked for it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from opcode import opmap
from types import CodeType
from typing import Any, NoReturn

from nbflow.errors import did_you_mean, own_places


def refuse(module: str, name: str, known: Iterable[str]) -> NoReturn:
    """Raise what Python raises for a name that a module does not have, with the one of `known` that was meant.

    It is called by the `__getattr__` of `module`: an AttributeError, or an ImportError where the line is
    `from module import name`.
    """
    # others ask for names with underscores, to see what a module is
    found = "" if name.startswith("_") else did_you_mean(name, known)
    hint = f".{found}" if found else ""
    asking = sys._getframe(2)  # noqa: SLF001 - Python has no other door to the line that asks
    if _imports(asking.f_code, asking.f_lasti):
        # Python would put another error, without the hint, in the place of an AttributeError
        raise _NoImportError(f"cannot import name {name!r} from {module!r}{hint}", name=module)
    # Python would look for what is like it a second time, in an object that is given here
    raise _NoAttributeError(f"module {module!r} has no attribute {name!r}{hint}", name=name, obj=None)


def _imports(code: CodeType, at: int) -> bool:
    return at >= 0 and code.co_code[at] == opmap["IMPORT_FROM"]


class _ToldError(Exception):
    """Shows itself in a notebook without frames of ours."""

    def _render_traceback_(self) -> list[str]:
        own = own_places(self.__traceback__)
        where = [f"  where  {own[-1]}", *([f"         {own[-1].text}"] if own[-1].text else [])] if own else []
        return [f"{type(self).__name__}: {self}", *where]


class _NoAttributeError(_ToldError, AttributeError):
    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return AttributeError, self.args


class _NoImportError(_ToldError, ImportError):
    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return ImportError, self.args


# to everybody else they are Python's own
for _kind in (_NoAttributeError, _NoImportError):
    _own = _kind.__mro__[2]
    _kind.__name__, _kind.__qualname__, _kind.__module__ = _own.__name__, _own.__name__, _own.__module__
