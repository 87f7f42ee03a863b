"""Parameter: a value that is fixed when a run begins, given by whoever starts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from nbflow.errors import did_you_mean, raise_for
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.delayed import has_delayed, is_unpacked, resolved
from nbflow.flowspec.naming import check_name
from nbflow.flowspec.quoting import listed, shown
from nbflow.flowspec.typed import KINDS, JSONType, Kind, MisfitError, example, fitted, kind_of, name_of, phrase
from nbflow.flowspec.written import in_class

__all__ = ["JSONType", "Parameter", "ParameterContext"]

#: words for types → types
_WORDS = {
    **{word: word for word in ("str", "int", "float", "bool")},
    "string": "str", "number": "float", "integer": "int", "boolean": "bool", "json": "JSONType",
}  # fmt: skip


class Parameter:
    """A parameter of a flow.

        class TrainFlow(FlowSpec):
            alpha = Parameter("alpha", default=0.5, help="learning rate")

    A step reads `self.alpha` and cannot set it. `MyFlow.alpha` is the Parameter itself.

    Args:
        name: what a person types: `--alpha 0.6`. The attribute may be called otherwise.
        default: the value when none is given, or a function of ParameterContext that returns it.
        type: str, int, float, bool or JSONType. Without it, the type of the default; of a default that is a function,
            the type of what it returns; else str.
        help: a line for `run --help`.
        required: a value must be given, unless there is a default.
        show_default: `run --help` shows the default; it does unless this is False.
        separator: the value is a list of texts, given with this between them.
    """

    #: how messages call it
    label: ClassVar[str] = "Parameter"
    #: arguments by which a subclass is made, beside the name
    arguments: ClassVar[tuple[str, ...]] = ("default", "type", "help", "required", "show_default", "separator")

    def __init__(
        self,
        name: str,
        default: Any = None,
        type: Any = None,  # noqa: A002  Metaflow's name
        help: str | None = None,  # noqa: A002  Metaflow's name
        required: bool | None = None,  # noqa: FBT001  Metaflow's order
        show_default: bool | None = None,  # noqa: FBT001  Metaflow's order
        separator: str | None = None,
        **unpacked: Any,
    ) -> None:
        written = {
            "default": default, "type": type, "help": help, "required": required, "show_default": show_default,
            "separator": separator,
        }  # fmt: skip
        self._declare(name, written, unpacked)

    def _declare(self, name: str, written: Mapping[str, Any], unpacked: Mapping[str, Any]) -> None:
        check_name(name, self.label)
        for key in unpacked:
            if not is_unpacked(key):
                known, hint = listed(("name", *self.arguments)), did_you_mean(key, self.arguments)
                raise_for("P021", in_class(), kind=self.label, argument=key, hint=hint, known=known)
        self.name = name
        #: what was written, as it was
        self.written = {**{key: value for key, value in written.items() if value is not None}, **unpacked}
        self.default: Any = self.written.get("default")
        self.help: str = self.written.get("help", "")
        self.required: bool = self.written.get("required", False)
        self.show_default: bool = self.written.get("show_default", True)
        self.separator: Any = self.written.get("separator")
        self.type: Any = self.written.get("type")
        if not self.waits:
            self._check()

    @property
    def waits(self) -> bool:
        """A part of it comes from a config that is not known yet."""
        return has_delayed(self.written)

    def settled(self, values: Mapping[str, Any]) -> Parameter:
        """Return it with what comes from configs, whose `values` are known now.

        Raises:
            ParameterError: one cannot be evaluated, or what comes of it makes no sense.
        """
        return type(self)(self.name, **resolved(self.written, values)) if self.waits else self

    @property
    def computes_default(self) -> bool:
        """Its default is a function."""
        return callable(self.default)

    @property
    def kind(self) -> Kind | None:
        """The type of its values; None when it is known by what the default function returns, and not before."""
        if self.type is not None:
            declared: Kind = self.type
            return declared
        if self.separator is not None or self.default is None:
            return str
        # of a function there is none
        return kind_of(self.default)

    @property
    def type_name(self) -> str:
        """The type of its values, as it is recorded and shown."""
        if self.separator is not None:
            return "list[str]"
        return "" if self.kind is None else name_of(self.kind)

    def taken(self, value: object, kind: Kind) -> Any:
        """Return `value`, a person's text or a Python value, as one of this parameter.

        Raises:
            MisfitError: it is none.
        """
        if self.separator is None:
            return fitted(kind, value)
        if isinstance(value, list | tuple):
            return [fitted(str, each) for each in value]
        text: str = fitted(str, value)
        return text.split(self.separator) if text else []

    def recorded(self, value: Any, _: object, /) -> Any:
        """Return what the run's record shows for `value`; the second argument is what it was made of."""
        return value

    def expected(self, kind: Kind) -> tuple[str, str]:
        """Return what a value must be, as it reads after `is not`, and how it is typed."""
        if self.separator is not None:
            return "a list of texts", f"texts with {self.separator} between them, as a{self.separator}b"
        return phrase(kind), example(kind)

    def _check(self) -> None:
        for field in ("show_default", "separator", "required"):
            if callable(self.written.get(field)):
                raise_for("P019", in_class(), name=self.name, field=field)
        kind = self.kind
        if self.computes_default and self.type is None:
            self._check_separator()
            return
        if kind not in KINDS:
            raise_for("P017", in_class(), name=self.name, type=self._unknown(), fix=_fix(self._unknown(), self.default))
        self._check_separator()
        if self.default is not None and not self.computes_default:
            self._check_default(kind)

    def _check_separator(self) -> None:
        if self.separator is None:
            return
        if not isinstance(self.separator, str) or not self.separator:
            raise_for("P020", in_class(), name=self.name, why=f"the separator is {shown(self.separator)}")
        if self.kind is not str:
            raise_for("P020", in_class(), name=self.name, why=f"its type is {self.type!r}")
        if self.default is not None and not self.computes_default and not isinstance(self.default, str):
            raise_for("P020", in_class(), name=self.name, why=f"its default is {shown(self.default)}")

    def _check_default(self, kind: Kind) -> None:
        try:
            self.taken(self.default, kind)
        except MisfitError as misfit:
            what, how = self.expected(kind)
            why = "; ".join(part for part in (str(misfit), "it is the default") if part)
            raise_for(
                "P011", in_class(), name=self.name, value=shown(self.default), type=what, why=why, fix=f"write {how}"
            )

    def _unknown(self) -> str:
        kind = self.type if self.type is not None else type(self.default)
        return kind.__name__ if isinstance(kind, type) else kind if isinstance(kind, str) else shown(kind)

    def __repr__(self) -> str:
        parts = [repr(self.name)]
        for key, value in self.written.items():
            if is_unpacked(key):
                parts.append(f"**{value!r}")
            else:
                parts.append(f"{key}={_name_of(value) or shown(value)}")
        return f"{type(self).__name__}({', '.join(parts)})"


def _name_of(value: object) -> str:
    """Return how a function or a type is called; a `repr` need not show where in memory it is."""
    name = str(getattr(value, "__name__", ""))
    return "lambda ctx: …" if name == "<lambda>" else name


def _fix(word: str, default: object) -> str:
    if word in {"list", "dict", "tuple", "set"}:
        return "type=JSONType takes lists and dicts; separator=',' makes a list of texts"
    if word.lower() in _WORDS:
        return f"type={_WORDS[word.lower()]}"
    return (
        f"type=str, and make a {word} of it in the first step" if default is None else "default of one of these types"
    )
