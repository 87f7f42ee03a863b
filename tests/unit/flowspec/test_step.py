from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import DecoratorError
from nbflow.flowspec.decorators_of_steps import retry
from nbflow.flowspec.step import StepMark, mark_of, step
from nbflow.flowspec.written import Written, here


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(DecoratorError) as caught:
        act()
    return str(caught.value)


def plain(self: Any) -> None:
    """Is no step."""


def test_a_step_is_the_function_itself_with_a_mark() -> None:
    def train(self: Any) -> str:
        return "trained"

    assert step(train) is train
    assert mark_of(train) == StepMark()
    assert train(None) == "trained"


def test_a_step_may_say_that_it_is_the_first_the_last_and_anything_else() -> None:
    @step(start=True, end=True, node_info={"owner": "me"})
    def only(self: Any) -> None: ...

    @step()
    def other(self: Any) -> None: ...

    assert mark_of(only) == StepMark(start=True, end=True, node_info={"owner": "me"})
    assert mark_of(other) == StepMark()


@pytest.mark.parametrize("thing", [plain, None, 3, StepMark(), type("Answers", (), {"__getattr__": lambda *_: 1})()])
def test_what_has_no_mark_is_no_step(thing: Any) -> None:
    assert mark_of(thing) is None


def test_a_function_around_a_step_that_is_named_like_it_is_the_step() -> None:
    @step
    def train(self: Any) -> None: ...

    @functools.wraps(train)
    def around(self: Any) -> None:
        train(self)

    assert mark_of(around)


def test_a_decorator_below_step_is_told_to_stand_above_it() -> None:
    def body() -> None:
        @step
        @retry
        def train(self: Any) -> None: ...

    text = refused(body)
    assert "NBF-D001  You tried to apply decorator *retry* on 'train' which is not declared as a @step" in text
    assert "where  test_step.py · line" in text
    assert "                 @retry\n" in text
    assert "@step stands on the line just before the function, and @retry above @step" in text
    assert text.endswith("@retry\n         @step\n         def train(self): …")


@pytest.mark.parametrize("thing", [int, classmethod(plain), functools.partial(plain)])
def test_step_stands_on_functions_only(thing: Any) -> None:
    assert "NBF-D010  @step stands on " in refused(lambda: step(thing))


def test_step_stands_there_once() -> None:
    assert "NBF-D011  'train' has @step twice" in refused(lambda: step(step(make("def train(self): ..."))))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("async def train(self): ...", "NBF-D012  step 'train' is an async function"),
        ("async def train(self): yield 1", "NBF-D012  step 'train' is an async function"),
        ("def train(self): yield 1", "NBF-D013  step 'train' yields"),
    ],
)
def test_a_step_whose_body_would_not_run_when_it_is_called_is_refused(source: str, said: str) -> None:
    assert said in refused(lambda: step(make(source)))


def test_a_line_of_a_file_is_shown_with_the_files_name_and_its_text() -> None:
    line = here(0)
    assert line.file == __file__
    assert line.place.notebook == "test_step.py"
    assert line.place.text == "    line = here(0)"


def test_a_line_of_a_notebook_is_shown_with_its_cell() -> None:
    assert str(Written("<sales.ipynb · cell 7>", 3).place) == "sales.ipynb · cell 7 · line 3"


@pytest.mark.parametrize("file", ["/tmp/ipykernel_41/2871.py", "<ipython-input-1-ab>", "<string>"])
def test_a_file_that_only_pretends_to_be_one_is_not_named(file: str) -> None:
    assert str(Written(file, 3).place) == "line 3"


def test_a_line_that_is_gone_has_no_text(tmp_path: Path) -> None:
    assert Written(str(tmp_path / "gone.py"), 3).place.text is None


def make(source: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace["train"]
