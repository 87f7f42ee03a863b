"""Parameters that come from around a notebook: of a SageMaker notebook job, or of whoever sets NBFLOW_PARAMETERS.

    NBFLOW_PARAM_ALPHA=0.2                one parameter, as text; beats the two below
    NBFLOW_PARAMETERS={"alpha": 0.2}      several, as a JSON object
    hyperparameters.json                  what a SageMaker job was given, in SM_INPUT_CONFIG_DIR (/opt/ml/input/config)

SageMaker's file is read only in a notebook job, which SM_INPUT_NOTEBOOK_NAME tells: a training job's own settings stand
in such a file, too. There every value is a text, sometimes JSON in a text; names of no parameter are SageMaker's own.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from nbflow.errors import did_you_mean, error, problem, raise_for
from nbflow.plan.parameters import ENVIRONMENT

VARIABLE = "NBFLOW_PARAMETERS"
#: where SageMaker puts what a job is told
_FOLDER = "/opt/ml/input/config"
_FILE = "hyperparameters.json"


def set_around(environ: Mapping[str, str]) -> bool:
    """Say whether parameters may be set around the notebook; where not, nobody has to look."""
    return bool(environ.get(VARIABLE) or environ.get("SM_INPUT_NOTEBOOK_NAME"))


def with_parameters_around(environ: Mapping[str, str], names: Collection[str]) -> Mapping[str, str]:
    """Return `environ` with a variable NBFLOW_PARAM_NAME for each parameter that is set around the notebook.

    Args:
        environ: the process's variables.
        names: the parameters that are declared.

    Raises:
        NotebookError: W014, NBFLOW_PARAMETERS or the file is no JSON object.
        ParameterError: P003, NBFLOW_PARAMETERS names what is no parameter.
    """
    found: dict[str, Any] = {}
    if environ.get("SM_INPUT_NOTEBOOK_NAME"):
        file = Path(environ.get("SM_INPUT_CONFIG_DIR") or _FOLDER, _FILE)
        if file.is_file():
            told = _object(file.read_text(encoding="utf-8"), str(file))
            found |= {name: value for name, value in told.items() if name in names}
    if text := environ.get(VARIABLE):
        told = _object(text, VARIABLE)
        if unknown := [name for name in told if name not in names]:
            known = ", ".join(names) or "none"
            raise error([problem("P003", name=each, hint=did_you_mean(each, names), known=known) for each in unknown])
        found |= told
    return {**{ENVIRONMENT + name.upper(): _text(value) for name, value in found.items()}, **environ}


def as_variables(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables that set parameters to these values, as far as a text says them.

    What a notebook declares without a default has its value so before the cell that puts it in has run.
    """
    found = {}
    for name, value in values.items():
        with contextlib.suppress(TypeError):
            found[ENVIRONMENT + name.upper()] = _text(json.loads(json.dumps(value, default=_as_text)))
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, date | Decimal | PurePath | UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def _object(text: str, source: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as wrong:
        raise_for("W014", source=source, message=f"they are no JSON ({wrong})")
    if not isinstance(found, dict):
        raise_for("W014", source=source, message=f"they are a JSON {type(found).__name__}")
    return found


def _text(value: Any) -> str:
    """Return a value as a variable has it."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        inside = json.loads(value)
    except ValueError:
        return value
    return inside if isinstance(inside, str) else value
