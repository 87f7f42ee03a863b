"""Check of the settings, and the words for who is to blame: which setting it is, and where it was made."""

from __future__ import annotations

import os
from collections.abc import Iterable

from nbflow.configuration import file
from nbflow.configuration.known import BY_KEY, option_of
from nbflow.configuration.settings import Settings
from nbflow.configuration.settings import settings as found_settings
from nbflow.errors import ConfigurationError, did_you_mean
from nbflow.upkeep.finding import Finding, broken, fine


def settings() -> tuple[Finding, Settings | None]:
    """Whether the settings make sense, and what they are."""
    try:
        found = found_settings()
    except ConfigurationError as error:
        first, *more = error.problems
        where = [str(first.place)] if str(first.place) else []
        rest = [f"and {each.what}" for each in more]
        return broken("settings", first.what, first.fix, listed=[*where, *rest]), None
    path = file.place(os.environ)
    variables = [name for name in sorted(os.environ) if name.startswith("NBFLOW_") and name in _VARIABLES]
    parts = [f"profile {found.profile}"] if found.profile else []
    parts += [file.shown(path)] if path.exists() else []
    parts += [", ".join(variables)] if variables and os.environ.keys() & set(variables) else []
    return fine("settings", " · ".join(parts) or "none made; the defaults hold"), found


_VARIABLES = frozenset({"NBFLOW_PROFILE", *(each.variable for each in BY_KEY.values())})


def blamed(settings: Settings, key: str) -> str:
    """Return which setting has which value, and where that was set."""
    value = settings.value(key)
    if value is None:
        return f"{key} is not set"
    return f"{key} is {value}, says {settings.sources.get(key, 'the default')}"


def meant(name: str, there: Iterable[str]) -> str:
    """Return `. Did you mean 'x'?` for the nearest of what there is, or nothing: behind what is no sentence."""
    hint = did_you_mean(name, there)
    return f".{hint}" if hint else ""


def nearest(name: str, there: Iterable[str]) -> str:
    """Return the nearest of what there is, empty where nothing is near."""
    return did_you_mean(name, there).partition("'")[2].rpartition("'")[0]


def option(settings: Settings, key: str, value: str) -> str:
    """Return what to type to give a setting another value: where it is set now, it is to be set."""
    variable = BY_KEY[key].variable
    if settings.sources.get(key) == variable:
        return f"export {variable}={value}"
    return f"nbflow configure --{option_of(key)} {value}"
