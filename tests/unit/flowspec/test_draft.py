from __future__ import annotations

import functools
import importlib.util
import linecache
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nbflow.errors import FlowError, LintError, Place
from nbflow.flowspec.config import Config
from nbflow.flowspec.decorators_of_steps import catch, environment, retry, timeout
from nbflow.flowspec.draft import draft_of
from nbflow.flowspec.flow import FlowBody
from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.step import step
from nbflow.flowspec.wrappers import UserStepDecorator, user_step_decorator
from nbflow.graph.classes import build_class
from nbflow.model.flowclass import ClassDraft, DecoratorSpec, MethodDraft
from nbflow.model.options import Catch

PRELUDE = """
from nbflow.flowspec.flow import FlowBody as FlowSpec
from nbflow.flowspec.step import step
from nbflow.flowspec.decorators_of_steps import *
from nbflow.flowspec.wrappers import *
"""


def timed(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


class Whole(FlowBody):
    """What it does.

    In full.
    """

    alpha = Parameter("alpha", default=1)
    setting = Config("setting", default_value={"mode": "fast", "levels": [1, 2], "deep": {"x": None}})

    @step
    def start(self):
        """Where it begins."""
        import json
        import os.path
        from collections import abc

        self.x = json, os, abc
        self.next(self.split)

    @retry(
        times=2,
        minutes_between_retries=1,
    )
    @environment(vars={"MODE": str(object)})
    @step
    def split(self):
        self.text = """
no indentation here
"""
        self.next(self.work, foreach="xs")

    @catch(var="failure")
    @timeout(seconds=30)
    @step
    def work(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        # a comment
        self.next(self.choose)

    @step
    def choose(self):
        self.next({self.setting.mode: self.end, self.setting["levels"][1]: self.late}, condition="x")

    @step
    def late(self): self.next(self.end)  # fmt: skip

    @step
    def end(self):
        pass


def drafted(flow: type, **place: Any) -> ClassDraft:
    return draft_of(prepare(flow), flow_class=flow.__name__, **place)


@pytest.fixture(scope="module")
def whole() -> ClassDraft:
    return drafted(Whole)


def named(draft: ClassDraft, name: str) -> MethodDraft:
    return next(each for each in draft.steps if each.name == name)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """Executes text as a module in a file."""

    def load(text: str, name: str = "flow_of_test") -> ModuleType:
        path = tmp_path / f"{name}.py"
        path.write_text(PRELUDE + textwrap.dedent(text))
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec and spec.loader
        made = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, made)
        spec.loader.exec_module(made)
        return made

    return load


def cell(text: str, file: str) -> dict[str, Any]:
    """Execute text as a kernel does a cell."""
    whole = textwrap.dedent(text)
    linecache.cache[file] = (len(whole), None, whole.splitlines(keepends=True), file)
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(PRELUDE, space)
    exec(compile(whole, file, "exec"), space)
    return space


def test_a_class_is_read_as_a_whole(whole: ClassDraft) -> None:
    assert (whole.name, whole.flow_class) == ("Whole", "Whole")
    assert [each.name for each in whole.steps] == ["start", "split", "work", "join", "choose", "late", "end"]
    assert whole.constants == {"alpha", "setting"}
    assert whole.doc == "What it does.\n\nIn full."


def test_a_step_has_its_text_and_where_it_stands(whole: ClassDraft) -> None:
    split = named(whole, "split")
    lines = Path(__file__).read_text().splitlines()
    assert split.body.source.startswith("@retry(\n    times=2,\n")
    assert split.body.source.endswith('self.next(self.work, foreach="xs")\n')
    assert '"""\nno indentation here\n"""' in split.body.source
    assert lines[split.body.line - 1] == "    @retry("
    assert split.place.line and lines[split.place.line - 1] == "    def split(self):"
    assert split.body.cell == Path(__file__).read_text()
    assert split.body.file == __file__
    assert split.place == Place("test_draft.py", step="split", line=split.place.line, method=True)


def test_transitions_have_lines_of_the_file(whole: ClassDraft) -> None:
    lines = Path(__file__).read_text().splitlines()
    for each in whole.steps[:-1]:
        (said,) = each.transitions
        assert "self.next(" in lines[said.line - 1]
        assert each.ends_with_next
    assert named(whole, "end").transitions == ()


def test_arguments_text_and_modules_are_read(whole: ClassDraft) -> None:
    assert named(whole, "join").arguments == ("self", "inputs") and named(whole, "join").joins
    assert named(whole, "late").arguments == ("self",)
    assert named(whole, "start").doc == "Where it begins."
    assert named(whole, "start").body.modules == ("json", "os.path", "collections")


def test_decorators_become_options_and_what_is_shown(whole: ClassDraft) -> None:
    split, work = named(whole, "split"), named(whole, "work")
    assert (split.options.retry.times, split.options.retry.wait) == (2, 60.0)
    assert work.options.catch == Catch("failure") and work.options.timeout == 30
    assert split.decorators[0] == DecoratorSpec("retry", {"times": 2, "minutes_between_retries": 1})
    assert [each.name for each in work.decorators] == ["catch", "timeout"]


def test_cases_are_read_from_configs(whole: ClassDraft) -> None:
    assert named(whole, "choose").transitions[0].cases == (("fast", "end"), (2, "late"))


def test_configs_that_are_given_decide_cases() -> None:
    prepared = prepare(Whole, config_values={"setting": {"mode": None, "levels": [1, 2.5]}})
    found = draft_of(prepared, flow_class="Whole")
    assert named(found, "choose").transitions[0].cases == ((None, "end"), (2.5, "late"))


def test_a_draft_is_built_into_a_graph(whole: ClassDraft) -> None:
    found = build_class(whole, ())
    assert not found.problems, "\n".join(map(str, found.problems))
    assert [node.name for node in found.graph.nodes] == ["start", "split", "work", "join", "choose", "late", "end"]


def test_a_case_that_no_config_holds_is_refused_with_all_others() -> None:
    class Odd(FlowBody):
        setting = Config("setting", default_value={"mode": "fast", "levels": [1, 2]})

        @step
        def start(self):
            self.next({self.setting.mood: self.end, self.mode: self.end, "x": self.end}, condition="v")

        @step
        def a(self):
            self.next({self.setting.levels: self.end, self.setting[self.x]: self.end}, condition="v")

        @step
        def end(self):
            pass

    with pytest.raises(LintError) as caught:
        drafted(Odd)
    assert [each.code for each in caught.value.problems] == ["F042"] * 4
    said = [each.what.replace("of its self.next() cannot be told: ", "") for each in caught.value.problems]
    assert said == [
        "Step *start*: the case `self.setting.mood` there is no 'mood' in it",
        "Step *start*: the case `self.mode` it is no value of a Config of the flow",
        "Step *a*: the case `self.setting.levels` it is a ConfigList",
        "Step *a*: the case `self.setting[self.x]` [self.x] is not known before the flow runs",
    ]
    assert caught.value.problems[0].place.text == (
        '            self.next({self.setting.mood: self.end, self.mode: self.end, "x": self.end}, condition="v")'
    )


def test_steps_of_a_base_class_in_another_file_have_that_file(module: Callable[..., ModuleType]) -> None:
    module(
        """
        class Base(FlowSpec):
            @step
            def start(self):
                self.next(self.end)
        """,
        "flow_base",
    )
    flow = module(
        """
        from flow_base import Base
        class Child(Base):
            @step
            def end(self):
                pass
        """
    ).Child
    found = drafted(flow, place=Place("child.ipynb", "cell 3"))
    start, end = named(found, "start"), named(found, "end")
    assert start.body.file.endswith("flow_base.py") and start.place.notebook == "flow_base.py"
    assert start.body.cell != end.body.cell
    assert str(end.place) == "child.ipynb · cell 3 · step end · line 10"


def test_a_step_in_the_cell_of_a_kernel_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
        get_ipython().run_line_magic('load_ext', 'nbflow') if False else None
        class F(FlowSpec):
            @step
            def start(self): self.next(self.end)
            @step
            def end(self): pass
        """
    flow = cell(text, "/tmp/ipykernel_12/34.py")["F"]
    start = named(drafted(flow, place=Place("nb.ipynb", "In [7]")), "start")
    assert str(start.place) == "nb.ipynb · In [7] · step start · line 5"
    assert start.body.source == "@step\ndef start(self): self.next(self.end)\n"
    assert str(named(drafted(flow), "start").place) == "step start · line 5"


def test_a_step_among_definitions_has_the_cell_of_its_file_name() -> None:
    text = "class F(FlowSpec):\n    @step\n    def start(self): pass\n"
    start = named(drafted(cell(text, "<nb.ipynb · cell 7>")["F"]), "start")
    assert str(start.place) == "nb.ipynb · cell 7 · step start · line 3"


def test_a_cell_with_magics_elsewhere_is_read_all_the_same() -> None:
    text = "%load_ext nbflow\nclass F(FlowSpec):\n    @step\n    def start(self): pass\n!ls\n"
    whole = text.replace("%load_ext nbflow", "").replace("!ls", "")
    space = cell(whole, "<magic>")
    linecache.cache["<magic>"] = (len(text), None, text.splitlines(keepends=True), "<magic>")
    assert named(drafted(space["F"]), "start").body.cell == text


def test_a_function_that_another_one_wraps_is_read_itself() -> None:
    class Wrapped(FlowBody):
        @step
        @timed
        def start(self):
            self.next(self.end)

        @step
        def end(self):
            pass

    assert named(drafted(Wrapped), "start").transitions[0].targets == ("end",)


def test_a_text_that_is_nowhere_is_an_error_that_names_every_step() -> None:
    space: dict[str, Any] = {}
    exec(PRELUDE, space)
    exec(
        "class F(FlowSpec):\n    @step\n    def start(self): self.next(self.end)\n    @step\n    def end(self): pass",
        space,
    )
    with pytest.raises(LintError) as caught:
        drafted(space["F"], place=Place("flow.py"))
    assert [each.code for each in caught.value.problems] == ["F041", "F041"]
    assert caught.value.problems[0].what == "The text of step *start* cannot be found: there is no text of <string>"


def test_a_file_that_changed_since_is_an_error(module: Callable[..., ModuleType]) -> None:
    made = module("class F(FlowSpec):\n    @step\n    def start(self): pass\n")
    assert made.__file__
    Path(made.__file__).write_text("x = 1\n")
    with pytest.raises(LintError, match="has changed since it was imported"):
        drafted(made.F)
    Path(made.__file__).write_text(PRELUDE + "class F(FlowSpec):\n    @step\n    def start(self:\n")
    with pytest.raises(LintError, match="has changed since it was imported"):
        drafted(made.F)


def test_a_decorator_of_many_lines_is_no_part_of_the_function(module: Callable[..., ModuleType]) -> None:
    made = module(
        """
        class F(FlowSpec):
            @environment(
                vars=dict(a=str(1), b=(lambda: 'def start(self)')()),
            )
            @retry(times=int('1'),
                   minutes_between_retries=0)
            @step
            def start(
                self,
            ):
                if True:
                    x = 1
                # comment
              # another
                self.next(self.end)
            # after
            @step
            def end(self): pass
        """
    )
    start = named(drafted(made.F), "start")
    assert start.ends_with_next
    assert start.body.source.splitlines()[0] == "@environment("


# ---- digest


def digest(text: str) -> str:
    return named(drafted(cell(text, "<digest>")["F"]), "start").body.digest


PLAIN = "class F(FlowSpec):\n    @step\n    def start(self):\n        self.x = 1\n        self.next(self.end)\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("self.x = 1", "self.x  =  1  # comment"),
        PLAIN.replace("        self.x", "        # comment\n\n        self.x"),
        PLAIN.replace("        self.x", "        'What it does.'\n        self.x"),
        PLAIN.replace("    @step", "    @retry\n    @step"),
        PLAIN.replace("\n    ", "\n  ").replace("class F", "x = 1\nclass F"),
    ],
    ids=["spaces", "comments", "docstring", "decorators", "place"],
)
def test_form_does_not_count_for_the_digest(text: str) -> None:
    assert digest(text) == digest(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("self.x = 1", "self.x = 2"),
        PLAIN.replace("(self)", "(self, inputs)"),
        PLAIN.replace("self.end", "self.other"),
        PLAIN.replace("        self.x", "        2\n        self.x"),
    ],
)
def test_what_a_step_does_counts_for_the_digest(text: str) -> None:
    assert digest(text) != digest(PLAIN)


WRAPPER = """
@user_step_decorator
def d(step_name, flow, inputs, attributes):
    yield

class C(UserStepDecorator):
    def pre_step(self, step_name, flow, inputs=None):
        print(1)
    @property
    def skip_step(self):
        return False

class D(C):
    def init(self, x=1): self.x = x
"""


def test_the_text_of_a_wrapper_counts_for_the_digest() -> None:
    wrapped = WRAPPER + PLAIN.replace("@step", "@d\n    @D(x=2)\n    @step")
    assert digest(wrapped) != digest(PLAIN)
    assert digest(wrapped) == digest(wrapped.replace("yield", "yield  # comment"))
    for old, new in (("yield", "print()\n    yield"), ("print(1)", "print(2)"), ("False", "True"), ("x=2", "x=3")):
        assert digest(wrapped.replace(old, new)) != digest(wrapped), new


def test_a_wrapper_without_a_text_counts_by_its_code() -> None:
    def with_wrapper(body: str) -> str:
        space: dict[str, Any] = {}
        exec(
            PRELUDE + f"\n@user_step_decorator\ndef d(step_name, flow, inputs, attributes):\n    {body}\n    yield\n",
            space,
        )

        class F(FlowBody):
            @space["d"]
            @step
            def start(self):
                pass

        return named(drafted(F), "start").body.digest

    assert with_wrapper("print(1)") == with_wrapper("print(1)")
    assert len({with_wrapper("print(1)"), with_wrapper("repr(1)"), with_wrapper("print(2)")}) == 3


def test_wrappers_are_shown_among_the_decorators() -> None:
    @user_step_decorator
    def watched(step_name: str, flow: Any, inputs: Any, attributes: Any) -> Any:
        yield

    class Loud(UserStepDecorator):
        def init(self, volume: int = 1) -> None:
            self.volume = volume

    class F(FlowBody):
        @watched
        @retry
        @Loud(volume=3)
        @step
        def start(self):
            pass

    found = named(drafted(F), "start").decorators
    assert [each.name for each in found] == ["retry", "watched", "Loud"]
    assert found[2].attributes == {"volume": 3}


def test_marks_of_the_first_and_last_step_are_kept() -> None:
    class F(FlowBody):
        @step(start=True)
        def one(self):
            self.next(self.two)

        @step(end=True)
        def two(self):
            pass

    one, two = drafted(F).steps
    assert (one.start, one.end, two.start, two.end) == (True, False, False, True)


def test_problems_of_options_are_errors_of_the_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    from nbflow.errors import problem

    monkeypatch.setattr(
        "nbflow.flowspec.draft.options_of", lambda step, flow: (None, (problem("F029", Place(), name=step.name),))
    )
    with pytest.raises(FlowError, match="F029"):
        drafted(Whole)
