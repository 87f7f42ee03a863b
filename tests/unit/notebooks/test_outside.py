"""Parameters that are set around a notebook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nbflow.errors import NbflowError
from nbflow.notebooks.outside import set_around, with_parameters_around

NAMES = ("alpha", "region", "regions")


def values(environ: dict[str, str]) -> dict[str, str]:
    found = with_parameters_around(environ, NAMES)
    return {
        name.removeprefix("NBFLOW_PARAM_"): value for name, value in found.items() if name.startswith("NBFLOW_PARAM_")
    }


def test_the_variable_holds_several_and_one_of_its_own_beats_it() -> None:
    environ = {"NBFLOW_PARAMETERS": '{"alpha": 0.2, "regions": ["eu"], "region": "eu"}', "NBFLOW_PARAM_ALPHA": "0.3"}
    assert set_around(environ)
    assert values(environ) == {"ALPHA": "0.3", "REGIONS": '["eu"]', "REGION": "eu"}


def test_a_sagemaker_job_has_them_in_a_file_as_texts_beside_its_own(tmp_path: Path) -> None:
    told = {"alpha": "0.2", "region": '"eu"', "regions": '["eu", "us"]', "sagemaker_program": "x.py"}
    (tmp_path / "hyperparameters.json").write_text(json.dumps(told))
    environ = {"SM_INPUT_NOTEBOOK_NAME": "nb.ipynb", "SM_INPUT_CONFIG_DIR": str(tmp_path)}
    assert set_around(environ)
    assert values(environ) == {"ALPHA": "0.2", "REGION": "eu", "REGIONS": '["eu", "us"]'}


def test_the_file_of_a_training_job_that_runs_no_notebook_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "hyperparameters.json").write_text('{"alpha": "1"}')
    assert not set_around({"SM_INPUT_CONFIG_DIR": str(tmp_path)})
    assert values({"SM_INPUT_CONFIG_DIR": str(tmp_path)}) == {}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [("{", "W014", "JSON"), ("[1]", "W014", "a JSON list"), ('{"alfa": 1}', "P003", "Did you mean 'alpha'?")],
)
def test_what_makes_no_sense_is_said(text: str, code: str, said: str) -> None:
    with pytest.raises(NbflowError) as caught:
        values({"NBFLOW_PARAMETERS": text})
    assert caught.value.code == f"NBF-{code}" and said in str(caught.value)
