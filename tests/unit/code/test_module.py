from __future__ import annotations

import importlib
import inspect
import pickle
import sys
import traceback
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from nbflow.code.module import LiveDefinitions
from nbflow.model.task import CodeStatement

flows = count()


def statement(
    source: str,
    *names: str,
    now: tuple[str, ...] = (),
    later: tuple[str, ...] = (),
    owner: str | None = None,
    cell: str | None = None,
    file: str = "<flow.ipynb · cell 1>",
    line: int = 1,
) -> CodeStatement:
    kind = "attached" if owner else "function"
    return CodeStatement(names, source, cell or source, file, line, f"{source}|{line}", now, later, kind, owner)


@pytest.fixture
def name() -> Iterator[str]:
    name = f"nbflow_defs.flow{next(flows)}"
    yield name
    sys.modules.pop(name, None)


def test_the_module_is_importable_and_a_name_is_executed_when_asked_for(name: str) -> None:
    live = LiveDefinitions(
        name, [statement("seen = []", "seen"), statement("seen.append(1); x = 1", "x", now=("seen",))]
    )
    module = importlib.import_module(name)
    assert module is live.module
    assert "x" not in vars(module)
    assert module.x == 1
    assert module.x == 1
    assert module.seen == [1]


def test_what_a_function_reads_later_is_there_when_it_is_called(name: str) -> None:
    live = LiveDefinitions(
        name,
        [
            statement("def outer(): return inner() + K", "outer", later=("inner", "K")),
            statement("def inner(): return outer and 1", "inner", later=("outer",)),
            statement("K = 2", "K"),
        ],
    )
    assert live.module.outer() == 3


def test_a_name_needed_to_execute_a_statement_is_executed_before_it_with_all_that_it_uses(name: str) -> None:
    live = LiveDefinitions(
        name,
        [
            statement("class A:\n    y = f()", "A", now=("f",)),
            statement("def f(): return g()", "f", later=("g",)),
            statement("def g(): return 5", "g"),
        ],
    )
    assert live.module.A.y == 5


def test_a_slice_is_executed_in_its_order_and_decides_what_names_mean(name: str) -> None:
    live = LiveDefinitions(
        name,
        [
            statement("log = []", "log"),
            statement("log.append('one'); f = lambda: 1", "f", now=("log",)),
            statement("log.append('two'); f = lambda: 2", "f", now=("log",), line=2),
            statement("def user(): return f()", "user", later=("f",)),
        ],
    )
    live.execute([0, 3, 1])
    assert live.module.user() == 1
    assert live.module.log == ["one"]


def test_the_latest_statement_of_a_name_counts(name: str) -> None:
    live = LiveDefinitions(name, [statement("k = 1", "k"), statement("k = 2", "k")])
    assert live.module.k == 2


def test_an_older_statement_of_several_names_does_not_take_back_a_newer_one(name: str) -> None:
    statements = [statement("b, c = 1, 1", "b", "c"), statement("b = 3", "b")]
    first = LiveDefinitions(name, statements).module
    assert (first.b, first.c, first.b) == (3, 1, 3)
    second = LiveDefinitions(name, statements).module
    assert (second.c, second.b) == (1, 3)


def test_statements_of_one_name_that_build_on_each_other_are_executed_in_order(name: str) -> None:
    live = LiveDefinitions(name, [statement("f = [1]", "f"), statement("f = [*f, 2]", "f", now=("f",))])
    assert live.module.f == [1, 2]


def test_attached_statements_are_executed_with_their_definition(name: str) -> None:
    live = LiveDefinitions(
        name,
        [
            statement("def show(x): return 'any'", "show"),
            statement("REGISTER = {}", "REGISTER"),
            statement("REGISTER['a'] = show", owner="REGISTER", now=("REGISTER", "show")),
        ],
    )
    registered = live.module.REGISTER
    assert registered == {"a": live.module.show}


@pytest.mark.parametrize("taken", ["update", "execute", "get", "adopt", "names", "body", "module", "_lock", "__live"])
def test_a_definition_may_have_any_name(name: str, taken: str) -> None:
    live = LiveDefinitions(name, [statement(f"def {taken}(): return 1", taken)])
    assert getattr(live.module, taken)() == 1


def test_an_unknown_name_is_an_attribute_error_with_a_hint(name: str) -> None:
    live = LiveDefinitions(name, [statement("def clean(): pass", "clean")])
    with pytest.raises(AttributeError, match="Did you mean 'clean'"):
        _ = live.module.claen
    assert not hasattr(live.module, "__wrapped__")


def test_dir_lists_what_was_not_executed_yet(name: str) -> None:
    live = LiveDefinitions(name, [statement("def clean(): pass", "clean")])
    assert "clean" in dir(live.module)
    assert "clean" not in vars(live.module)


def test_a_statement_that_fails_is_tried_again_and_shows_its_cell(name: str) -> None:
    cell = "# note\nratio = 1 / zero"
    live = LiveDefinitions(
        name, [statement("ratio = 1 / zero", "ratio", now=("zero",), cell=cell, line=2, file="<n · cell 4>")]
    )
    for _ in range(2):
        with pytest.raises(NameError) as caught:
            _ = live.module.ratio
        shown = "".join(traceback.format_exception(caught.value))
        assert '"<n · cell 4>", line 2' in shown
        assert "ratio = 1 / zero" in shown


def test_pickles_of_its_classes_and_functions_load_by_name_without_executing_others(name: str) -> None:
    statements = [
        statement(
            "class Point:\n    def __init__(self, x): self.x = x\n    def norm(self): return size(self.x)",
            "Point",
            later=("size",),
        ),
        statement("def size(x): return abs(x)", "size"),
        statement("import no_such_module", "no_such_module"),
    ]
    data = pickle.dumps(LiveDefinitions(name, statements).module.Point(-3))
    fresh = LiveDefinitions(name, statements)
    point = pickle.loads(data)
    assert type(point) is fresh.module.Point
    assert point.norm() == 3
    assert "no_such_module" not in vars(fresh.module)


def test_future_imports_hold_for_the_whole_cell(name: str) -> None:
    cell = "from __future__ import annotations\ndef f(x: Unknown): return x"
    live = LiveDefinitions(name, [statement("def f(x: Unknown): return x", "f", cell=cell, line=2)])
    assert live.module.f(1) == 1
    assert live.module.f.__annotations__ == {"x": "Unknown"}


def test_nbflows_own_future_imports_do_not_reach_definitions(name: str) -> None:
    live = LiveDefinitions(name, [statement("def f(x: int): return x", "f")])
    assert live.module.f.__annotations__ == {"x": int}


class TestSource:
    def test_of_a_function_is_the_cells(self, name: str) -> None:
        cell = "# a comment\n\ndef f(x):\n    return x  # kept\n"
        live = LiveDefinitions(name, [statement("def f(x):\n    return x", "f", cell=cell, line=3)])
        assert inspect.getsource(live.module.f) == "def f(x):\n    return x  # kept\n"

    def test_of_a_class_is_found(self, name: str) -> None:
        second = "class Point:\n    x = 1\n\n    def norm(self):\n        return self.x\n"
        live = LiveDefinitions(
            name,
            [
                statement("A = 1\n\n\n", "A"),
                statement(second, "Point", cell=f"\n\n{second}", line=3, file="<flow.ipynb · cell 2>"),
            ],
        )
        assert inspect.getsource(live.module.Point) == second
        assert inspect.getsource(live.module.Point.norm) == "    def norm(self):\n        return self.x\n"

    def test_of_a_class_is_found_by_its_first_line_in_newer_pythons(self, name: str) -> None:
        # Python 3.13 sets __firstlineno__ itself, to the line of the cell
        second = "class Point:\n    __firstlineno__ = 7\n"
        live = LiveDefinitions(
            name, [statement("A = 1", "A"), statement(second, "Point", cell="\n" * 6 + second, line=7)]
        )
        first: int = live.module.Point.__firstlineno__
        text = inspect.linecache.getlines(live.module.__file__)  # type: ignore[attr-defined]
        assert text[first - 1] == "class Point:\n"


class TestUpdate:
    def test_keeps_the_objects_of_unchanged_statements(self, name: str) -> None:
        point, helper = statement("class Point: pass", "Point"), statement("def f(): return 1", "f")
        live = LiveDefinitions(name, [point, helper])
        old, function = live.module.Point, live.module.f
        live.update([statement("x = 1", "x"), point, statement("def f(): return 2", "f")])
        assert live.module.Point is old
        assert live.module.f is not function
        assert live.module.f() == 2

    def test_drops_names_that_are_gone(self, name: str) -> None:
        live = LiveDefinitions(name, [statement("x = 1", "x")])
        assert live.module.x == 1
        live.update([])
        assert not hasattr(live.module, "x")

    def test_executes_again_what_was_made_from_what_changed(self, name: str) -> None:
        doubled = statement("double = 2 * k", "double", now=("k",))
        live = LiveDefinitions(name, [statement("k = 1", "k"), doubled])
        assert live.module.double == 2
        live.update([statement("k = 5", "k"), doubled])
        assert live.module.double == 10

    def test_a_kept_function_calls_what_its_names_mean_now(self, name: str) -> None:
        outer = statement("def outer(): return inner()", "outer", later=("inner",))
        live = LiveDefinitions(name, [outer, statement("def inner(): return 1", "inner")])
        function = live.module.outer
        assert function() == 1
        live.update([outer, statement("def inner(): return 2", "inner")])
        assert function() == 2

    def test_survives_a_changed_statement_that_cannot_be_executed(self, name: str) -> None:
        outer = statement("def outer(): return inner", "outer", later=("inner",))
        live = LiveDefinitions(name, [outer, statement("inner = 1", "inner")])
        function = live.module.outer
        live.update([outer, statement("inner = 1 / 0", "inner")])
        with pytest.raises(NameError):
            function()
        with pytest.raises(ZeroDivisionError):
            _ = live.module.inner


class TestAdopt:
    SOURCE = "class Point:\n    K = 1\n    class Inner: pass"

    def made(self, source: str = SOURCE, **names: Any) -> type:
        space: dict[str, Any] = {"__name__": "__main__", **names}
        exec(source, space)
        return space["Point"]  # type: ignore[no-any-return]

    def test_makes_a_class_of_the_kernel_the_modules_own(self, name: str) -> None:
        live = LiveDefinitions(name)
        cls = live.adopt("Point", "k1", self.made())
        assert live.module.Point is cls
        assert cls.__module__ == name
        assert type(pickle.loads(pickle.dumps(cls()))) is cls
        assert type(pickle.loads(pickle.dumps(cls.Inner()))) is cls.Inner  # type: ignore[attr-defined]

    def test_keeps_the_object_when_the_statement_did_not_change(self, name: str) -> None:
        live = LiveDefinitions(name)
        first = live.adopt("Point", "k1", self.made())
        assert live.adopt("Point", "k1", self.made()) is first
        assert live.adopt("Point", "k2", self.made()) is not first

    def test_takes_the_new_class_when_its_base_or_a_constant_changed(self, name: str) -> None:
        live = LiveDefinitions(name)
        source = "class Point(Base):\n    K = LIMIT"
        base = type("Base", (), {})
        first = live.adopt("Point", "k", self.made(source, Base=base, LIMIT=1))
        assert live.adopt("Point", "k", self.made(source, Base=base, LIMIT=1)) is first
        other = live.adopt("Point", "k", self.made(source, Base=base, LIMIT=2))
        assert other is not first
        assert live.adopt("Point", "k", self.made(source, Base=type("Base", (), {}), LIMIT=2)) is not other

    def test_outlives_an_update_with_the_same_statement(self, name: str) -> None:
        point = statement(self.SOURCE, "Point")
        live = LiveDefinitions(name)
        cls = live.adopt("Point", point.key, self.made())
        live.update([point])
        assert live.module.Point is cls
        live.update([statement("class Point: pass", "Point")])
        assert live.module.Point is not cls

    def test_takes_the_place_of_a_class_that_the_module_executed(self, name: str) -> None:
        point = statement(self.SOURCE, "Point")
        live = LiveDefinitions(name, [point])
        assert live.module.Point.K == 1
        cls = live.adopt("Point", point.key, self.made())
        assert live.module.Point is cls

    def test_is_not_executed_again(self, name: str) -> None:
        point = statement(self.SOURCE, "Point")
        live = LiveDefinitions(name, [point])
        cls = live.adopt("Point", point.key, self.made())
        assert live.get("Point") is cls


def test_a_definition_of_the_running_body_is_found_by_name(name: str) -> None:
    live = LiveDefinitions(name, [statement("class P: pass", "P"), statement("def f(): pass", "f")])
    body: dict[str, Any] = {"__name__": name, "x": 1}
    live.body = body
    exec("class P: pass\np = P()\ndef f(): pass", body)
    assert type(pickle.loads(pickle.dumps(body["p"]))) is body["P"]
    assert pickle.loads(pickle.dumps(body["f"])) is body["f"]


def test_what_a_body_makes_without_a_statement_is_not_found_by_name(name: str) -> None:
    live = LiveDefinitions(name)
    live.body = body = {"__name__": name, "x": 1}
    exec("P = type('P', (), {})\ndef f(): pass", body)
    for each in ("x", "P", "f"):
        with pytest.raises(AttributeError):
            getattr(live.module, each)


def test_two_flows_are_two_modules_of_one_package(name: str) -> None:
    first, second = LiveDefinitions(name), LiveDefinitions(f"{name}b")
    package = sys.modules["nbflow_defs"]
    assert getattr(package, name.rpartition(".")[2]) is first.module
    assert importlib.import_module(f"{name}b") is second.module
    del sys.modules[f"{name}b"]


def test_a_file_is_executed_whole_when_one_of_its_names_is_asked_for_and_knows_itself(name: str) -> None:
    source = "here = [__file__, __name__]\nclass P:\n    x = 1\ndef f():\n    return P\n"
    whole = statement(source, "here", "P", "f", file="/flows/flow.py")
    live = LiveDefinitions(name, [whole], "/flows/flow.py")
    assert "P" not in vars(live.module)
    assert live.get("f")() is live.module.P
    assert live.module.here == ["/flows/flow.py", name]
    assert (live.module.__file__, inspect.getfile(live.module.P)) == ("/flows/flow.py", "/flows/flow.py")


def test_the_source_of_a_file_is_what_was_executed_whatever_stands_on_the_disk_now(name: str, tmp_path: Path) -> None:
    path = tmp_path / "flow.py"
    path.write_text("class Q:\n    pass\n")
    live = LiveDefinitions(name, [statement("\nclass P:\n    x = 1\n", "P", file=str(path))], str(path))
    assert inspect.getsource(live.get("P")) == "class P:\n    x = 1\n"
