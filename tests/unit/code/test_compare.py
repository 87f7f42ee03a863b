from __future__ import annotations

import pytest

from nbflow.code.compare import definitions_by_name, text_diff
from nbflow.code.package import CodePackage

DEFINITIONS = """\
import numpy as np, os.path

from math import pi as PI

@cache
def clean(text):
    return text.strip()

class Model:
    pass

CONFIG: dict = {"a": 1}

CONFIG["b"], first = 2, 3

(low, [high, *rest]) = 1, (2, 3)

clean.calls = 0

if PI > 3:
    def guess(): ...
else:
    fallback = 1
"""


def test_each_name_has_the_text_that_defines_it() -> None:
    found = definitions_by_name(CodePackage("f", definitions=DEFINITIONS))
    assert set(found) == {
        *("np", "os", "PI", "clean", "Model", "CONFIG", "first", "low", "high", "rest", "guess", "fallback"),
    }
    assert found["np"] == found["os"] == "import numpy as np, os.path"
    assert found["rest"] == "(low, [high, *rest]) = 1, (2, 3)"
    assert found["guess"] == found["fallback"] == "if PI > 3:\n    def guess(): ...\nelse:\n    fallback = 1"


def test_what_adds_to_a_definition_belongs_to_it() -> None:
    found = definitions_by_name(CodePackage("f", definitions=DEFINITIONS))
    assert found["clean"] == "@cache\ndef clean(text):\n    return text.strip()\nclean.calls = 0"
    assert found["CONFIG"] == 'CONFIG: dict = {"a": 1}\nCONFIG["b"], first = 2, 3'


@pytest.mark.parametrize("text", ["def broken(:", ""])
def test_definitions_that_are_none_have_no_names(text: str) -> None:
    assert definitions_by_name(CodePackage("f", definitions=text)) == {}


def test_a_diff_has_no_file_names_and_equal_texts_have_none() -> None:
    assert text_diff("a\nb", "a\nc") == "@@ -1,2 +1,2 @@\n a\n-b\n+c"
    assert text_diff("a", "a") == ""
