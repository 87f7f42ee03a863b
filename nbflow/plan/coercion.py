"""A parameter's value from text (a terminal, the environment) and from Python, by the type that it declares."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.plan import fromtext, fromvalue
from nbflow.plan.fromtext import NONE_WORDS, MisfitError, enum_of, nearest
from nbflow.plan.fromvalue import plain, unboxed
from nbflow.plan.typeform import ANY, TypeForm

__all__ = ["Became", "MisfitError", "coerce_text", "coerce_value", "hint"]

_EXAMPLES = {
    "int": "a whole number, as 42 or -1 or 1_000",
    "float": "a number, as 0.5 or 1e-3 or inf",
    "bool": "true or false (also 1 0 yes no on off)",
    "date": "a date, as 2024-12-31",
    "datetime": "a date and time, as 2024-12-31T18:30",
    "timedelta": "a duration, as 90s, 1h30m, 2d or P1DT2H",
    "UUID": "a UUID, as 123e4567-e89b-12d3-a456-426614174000",
    "Decimal": "a decimal number, as 1.10",
    "bytes": "base64 text, as aGVsbG8=",
}

#: (value, its text) of numbers given for a text
Became = list[tuple[object, str]]


def coerce_text(form: TypeForm, text: str) -> object:
    """Return what `text` means as a `form`.

    Raises:
        MisfitError: it means nothing as that.
    """
    if form.kind == "str":
        return text
    if form.kind == "Literal":
        return _literal_text(form, text)
    if form.kind == "union":
        return _union_text(form, text)
    if form.kind in {"list", "set", "tuple"}:
        return _items_text(form, text)
    if form.kind in {"dict", "Any"}:
        return coerce_value(form, _json(text))
    return fromtext.SCALARS[form.kind](form, text.strip())


def coerce_value(form: TypeForm, value: object, became: Became | None = None) -> object:
    """Return the Python value `value` as a `form`; a text for anything but a `str` is read as text.

    Args:
        form: the type asked for.
        value: the value given.
        became: takes the numbers that were turned into text, which deserve a word.

    Raises:
        MisfitError: it cannot be that without loss.
    """
    became = [] if became is None else became
    value = unboxed(value)
    if form.kind == "Any":
        return plain(value)
    if form.kind == "union":
        return _union_value(form, value, became)
    if form.kind == "Literal":
        return _literal_value(form, value)
    if isinstance(value, str) and not isinstance(value, Enum) and form.kind != "str":
        return coerce_text(form, value)
    if form.kind == "str":
        return _str_value(value, became)
    if form.kind in {"list", "set", "tuple"}:
        return _items_value(form, value, became)
    if form.kind == "dict":
        return _dict_value(form, value, became)
    return fromvalue.SCALARS[form.kind](form, value)


def hint(form: TypeForm) -> str:
    """Return how a value of `form` is written, or an empty string."""
    if form.kind == "Literal":
        return form.phrase
    if form.kind == "Enum" and form.enum is not None:
        return "one of " + one_line(", ".join(form.enum.__members__), 80)
    if form.kind in {"list", "set", "tuple"} and all(each.scalar for each in form.args):
        return 'items with commas between them, or JSON: a,b,c or ["a", "b"]'
    if form.kind in {"list", "set", "tuple", "dict", "Any"}:
        return 'JSON, as {"a": 1} or ["x", "y"]; in a shell put it in single quotes'
    return _EXAMPLES.get(form.kind, "")


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise MisfitError(f"as JSON it is wrong: {error}") from None


def _items_text(form: TypeForm, text: str) -> object:
    if text.lstrip().startswith("["):
        return _items_value(form, _json(text), [])
    if not all(each.scalar for each in form.args):
        raise MisfitError("lists of lists or of dicts are written as JSON")
    words = [word.strip() for word in text.split(",")] if text.strip() else []
    return _assembled(form, words, lambda item, word: coerce_text(item, str(word)))


def _literal_text(form: TypeForm, text: str) -> object:
    for value in form.values:
        if text == value or (isinstance(value, Enum) and text == value.name):
            return value
    word = text.strip()
    for value in form.values:
        kind = "None" if value is None else type(value).__name__
        if kind in {"int", "bool", "None", "bytes"}:
            try:
                read = fromtext.SCALARS[kind](form, word)
            except MisfitError:
                continue
            if read == value:
                return value
    raise MisfitError(fix=nearest(text, {str(value): repr(value) for value in form.values}))


def _union_text(form: TypeForm, text: str) -> object:
    if form.optional and text.strip().lower() in NONE_WORDS:
        # a member that is called so by name comes first
        named = [each for each in form.args if each.kind in {"Literal", "Enum"}]
        return _first(named, lambda each: coerce_text(each, text), otherwise=None)
    return _first([each for each in form.args if each.kind != "None"], lambda each: coerce_text(each, text))


_NO_DEFAULT = object()


def _first(members: Iterable[TypeForm], read: Callable[[TypeForm], object], otherwise: object = _NO_DEFAULT) -> object:
    misfits = []
    for each in members:
        try:
            return read(each)
        except MisfitError as misfit:
            misfits.append(misfit)
    if otherwise is _NO_DEFAULT:
        # where several could have been meant, what one of them lacks says little
        told = {(str(misfit), misfit.fix) for misfit in misfits if misfit.args[0] or misfit.fix}
        raise MisfitError(*told.pop()) if len(told) == 1 else MisfitError
    return otherwise


def _str_value(value: Any, became: Became) -> str:
    if isinstance(value, str) and not isinstance(value, Enum):
        return str(value)
    if isinstance(value, bool | int | float):
        became.append((value, str(value)))
        return str(value)
    raise MisfitError


def _literal_value(form: TypeForm, value: object) -> object:
    for each in form.values:
        # True == 1, and Literal[1] does not mean True
        if type(each) is type(value) and each == value:
            return each
    if isinstance(value, str):
        return _literal_text(form, value)
    raise MisfitError


def _union_value(form: TypeForm, value: Any, became: Became) -> object:
    exact = [each for each in form.args if _is_already(each, value)]

    def read(member: TypeForm) -> object:
        noted: Became = []
        made = coerce_value(member, value, noted)
        became.extend(noted)
        return made

    return _first([*exact, *form.args], read)


def _is_already(form: TypeForm, value: object) -> bool:
    names = {each.__name__ for each in type(value).__mro__}
    if form.kind == "None":
        return value is None
    if form.kind == "Enum":
        return isinstance(value, enum_of(form))
    if form.kind == "Literal":
        return any(type(each) is type(value) and each == value for each in form.values)
    return type(value).__name__ == form.kind or (form.kind == "Path" and "PurePath" in names)


def _items_value(form: TypeForm, value: Any, became: Became) -> object:
    if isinstance(value, AbstractSet):
        # a set has no order of its own, and a run must not depend on one
        try:
            value = sorted(value)
        except TypeError:
            value = sorted(value, key=repr)
    if not isinstance(value, list | tuple | range):
        raise MisfitError
    return _assembled(form, list(value), lambda item, each: coerce_value(item, each, became))


def _assembled(form: TypeForm, items: Sequence[object], read: Callable[[TypeForm, object], object]) -> object:
    forms = form.args * len(items) if form.kind != "tuple" or form.repeated else form.args
    if len(forms) != len(items):
        raise MisfitError(f"it has {len(items)} items, not {len(forms)}")
    made = []
    for number, (inner, item) in enumerate(zip(forms, items, strict=True)):
        try:
            made.append(read(inner, item))
        except MisfitError as misfit:
            raise _inside(f"item {number + 1}", inner, item, misfit) from None
    try:
        return {"list": list, "tuple": tuple, "set": set}[form.kind](made)
    except TypeError as error:
        raise MisfitError(str(error)) from None


def _dict_value(form: TypeForm, value: Any, became: Became) -> object:
    if not isinstance(value, Mapping):
        raise MisfitError
    keys, values = form.args or (ANY, ANY)
    made = {}
    for key, item in value.items():
        try:
            made[coerce_value(keys, key, became)] = coerce_value(values, item, became)
        except TypeError as error:
            raise MisfitError(f"key {_shown(key)}: {error}") from None
        except MisfitError as misfit:
            raise _entry(key, item, (keys, values), misfit) from None
    return made


def _entry(key: object, item: object, forms: tuple[TypeForm, TypeForm], misfit: MisfitError) -> MisfitError:
    try:
        coerce_value(forms[0], key)
    except MisfitError:
        return _inside("key", forms[0], key, misfit)
    return _inside(f"value of {_shown(key)}", forms[1], item, misfit)


def _inside(where: str, form: TypeForm, value: object, misfit: MisfitError) -> MisfitError:
    why = f"{where}: {_shown(value)} is not {form.phrase}" + (f" ({misfit})" if str(misfit) else "")
    if isinstance(value, str) and " " in value.strip():
        # the words may be right, with no commas between them: the fix for the whole says that
        return MisfitError(why)
    return MisfitError(why, misfit.fix or (hint(form) if form.kind in {"Literal", "Enum"} else ""))


def _shown(value: object) -> str:
    return one_line(repr(value), 60)
