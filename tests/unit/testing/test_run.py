"""Running one step with what a test gives it."""

from __future__ import annotations

import builtins
import decimal
import os
import sys
import threading
import traceback
import warnings
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import ParameterError, TaskError, UsageError

Loader = Any

PARAMETERS = "%%parameters\nalpha: float = 0.1\nstart: int = 1\nend: int = start + 7\nregion: str"


def test_a_step_leaves_what_it_leaves_in_a_run(loaded: Loader) -> None:
    result = loaded(
        "%%step load\nrows = [1]", "%%step use\nfor row in rows:\n    last = row\n_private = total = sum(rows)"
    )
    left = result.step("use").run(rows=[1, 2])
    assert dict(left) == {"last": 2, "total": 3}
    assert (left.total, left["total"], left.names, len(left), "row" in left) == (3, 3, ("last", "total"), 2, False)


def test_results_go_on_to_the_next_step(loaded: Loader) -> None:
    notebook = loaded("%%step one\na, b = 1, 2", "%%step two\nc = a + b")
    assert notebook.step("two").run(**notebook.step("one").run()).c == 3


class TestIsolation:
    def test_a_step_gets_copies(self, loaded: Loader) -> None:
        notebook = loaded("%%step one\nrows = [1]", "%%step two --out rows\nrows.append(2)")
        rows = [1]
        assert notebook.step("two").run(rows=rows).rows == [1, 2]
        assert rows == [1]

    def test_an_input_that_is_changed_and_not_left_is_an_error(self, loaded: Loader) -> None:
        notebook = loaded("%%step one\nrows = [1]", "%%step two\nn = len(rows)\nrows.sort()")
        assert notebook.step("two").run(rows=[1, 2]).n == 2
        with pytest.raises(TaskError, match=r"NBF-T012.*'rows'"):
            notebook.step("two").run(rows=[2, 1])

    def test_a_value_that_could_not_be_stored_is_refused(self, loaded: Loader) -> None:
        notebook = loaded("%%step one\nlock = None", "%%step two\nx = lock")
        with pytest.raises(TaskError, match=r"NBF-T011.*'lock' of step one.*lock"):
            notebook.step("two").run(lock={"a": threading.Lock()})

    def test_what_a_step_below_reads_must_be_storable(self, loaded: Loader) -> None:
        notebook = loaded("%%step one\nimport threading\nlock = threading.Lock()", "%%step two\nx = lock")
        with pytest.raises(TaskError, match=r"NBF-T011.*'lock' of step one"):
            notebook.step("one").run()

    def test_constants_are_as_new_in_each_run(self, loaded: Loader) -> None:
        notebook = loaded("log = []\ndef note():\n    log.append(1)\n    return len(log)", "%%step one\nx = note()")
        assert [notebook.step("one").run().x for _ in range(2)] == [1, 1]
        assert notebook.definitions.log == []

    def test_caches_are_empty_in_each_run(self, loaded: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
        notebook = loaded(
            "import functools\ndef fetch(): return 1\n@functools.cache\ndef once(): return fetch()",
            "%%step one\nx = once()",
        )
        assert notebook.step("one").run().x == 1
        monkeypatch.setattr(notebook.definitions, "fetch", lambda: 2)
        assert notebook.step("one").run().x == 2

    def test_the_process_is_as_it_was(self, loaded: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KEPT", "before")
        monkeypatch.delenv("MADE", raising=False)
        notebook = loaded(
            "%%step one --env GIVEN=1\nimport os, sys, warnings\nhere, given = os.getcwd(), os.environ['GIVEN']\n"
            "os.environ['MADE'] = os.environ['KEPT'] = 'x'\nfirst = sys.path[0]\nsys.path.insert(0, 'nowhere')\n"
            "os.chdir('/')\nwarnings.simplefilter('ignore')"
        )
        monkeypatch.chdir("/")
        filters = warnings.filters[:]
        result = notebook.step("one").run()
        assert (result.here, result.first, result.given) == (str(tmp_path), str(tmp_path), "1")
        assert (str(Path.cwd()), "nowhere" in sys.path, os.environ["KEPT"]) == ("/", False, "before")
        assert not {"MADE", "GIVEN", "MPLBACKEND"} & os.environ.keys()
        assert warnings.filters == filters

    def test_a_failed_step_takes_back_what_it_did_too(self, loaded: Loader) -> None:
        notebook = loaded("%%step one\nimport os\nos.environ['MADE'] = 'x'\n1 / 0")
        with pytest.raises(ZeroDivisionError):
            notebook.step("one").run()
        assert "MADE" not in os.environ


class TestSetup:
    def test_cells_run_first_in_each_run(self, loaded: Loader) -> None:
        notebook = loaded(
            "%%setup\nimport decimal\ndecimal.getcontext().prec = 3", "%%step one\nx = decimal.Decimal(1) / 3"
        )
        with decimal.localcontext():
            assert notebook.step("one").run().x == decimal.Decimal("0.333")


class TestParameters:
    def test_have_their_defaults_and_those_build_on_what_is_given(self, loaded: Loader) -> None:
        step = loaded(PARAMETERS, "%%step one\nx = alpha, end").step("one")
        assert step.run().x == (0.1, 8)
        assert step.run(start=10).x == (0.1, 17)
        assert step.run(end=2, alpha=1).x == (1.0, 2)
        assert type(step.run(alpha=1).x[0]) is float

    def test_come_from_cells_that_set_them_but_not_from_the_environment(
        self, loaded: Loader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NBFLOW_PARAM_ALPHA", "0.9")
        notebook = loaded(PARAMETERS, "start = 5", "%%step one\nx = alpha, end")
        assert notebook.step("one").run().x == (0.1, 12)

    def test_that_do_not_fit_their_type_are_refused(self, loaded: Loader) -> None:
        with pytest.raises(ParameterError, match="NBF-P002  alpha: 'low' is not a float"):
            loaded(PARAMETERS, "%%step one\nx = alpha").step("one").run(alpha="low")

    def test_that_only_the_foreach_reads_are_not_asked_for_by_the_body(self, loaded: Loader) -> None:
        step = loaded(
            "%%parameters\nregions: list[str]", "%%step one --foreach regions --as region\nx = region * 2"
        ).step("one")
        assert step.run(region="eu").x == "eueu"
        assert step.items(regions=["eu", "us"]) == ["eu", "us"]

    def test_of_an_enumeration_in_a_plain_cell_are_its_members(self, loaded: Loader) -> None:
        notebook = loaded(
            "import enum\nclass Mode(enum.Enum):\n    FAST = 1\n    SLOW = 2",
            "%%parameters\nmode: Mode = Mode.FAST",
            "%%step one\nx = mode is Mode.SLOW",
        )
        assert notebook.step("one").run().x is False
        assert notebook.step("one").run(mode=notebook.definitions.Mode.SLOW).x is True


class TestWhatIsGiven:
    def test_and_not_enough_lists_what_the_step_reads_and_from_whom(self, loaded: Loader) -> None:
        notebook = loaded(
            PARAMETERS,
            "%%step load\nrows, names = [1], ['a']",
            "%%step one --foreach names --as name\nx = rows, name, region, alpha",
        )
        with pytest.raises(UsageError) as caught:
            notebook.step("one").run(name="a")
        assert str(caught.value) == (
            "NBF-R030  step one needs rows and region, not given\n"
            "  why    it reads rows (load), name (item of one), alpha (parameter, 0.1 by default), region (parameter)\n"
            "  fix    .run(name=…, rows=…, region=…)"
        )

    def test_and_not_read_names_the_nearest(self, loaded: Loader) -> None:
        notebook = loaded(PARAMETERS, "%%step load\nrows = [1]", "%%step one\nx = rows")
        with pytest.raises(UsageError, match=r"NBF-R031.*does not read 'row'\. Did you mean 'rows'"):
            notebook.step("one").run(row=[1])
        with pytest.raises(UsageError, match=r"NBF-R031.*does not read 'alpha'"):
            notebook.step("one").run(rows=[1], alpha=1)

    def test_for_an_item_is_not_needed_where_the_body_does_not_read_it(self, loaded: Loader) -> None:
        step = loaded("%%step one --foreach range(3) --as trial\nx = index").step("one")
        assert dict(step.run(index=2)) == {"x": 2}
        assert dict(step.run(index=2, trial=7)) == {"trial": 7, "x": 2}

    def test_for_a_named_item_is_left_whatever_the_body_does_with_it(self, loaded: Loader) -> None:
        step = loaded("%%step one --foreach range(3) --as trial\nx = trial + 1\ndel trial").step("one")
        assert dict(step.run(trial=7)) == {"trial": 7, "x": 8}

    def test_of_an_unnamed_item_of_a_foreach_above(self, loaded: Loader) -> None:
        notebook = loaded("%%step one --foreach [1,2]\nx = item", "%%step two\ny = x + item + index")
        assert notebook.step("one").run(item=3).x == 3
        assert notebook.step("two").reads == {"x": "one", "item": "item of one", "index": "index of one"}
        assert notebook.step("two").run(x=1, item=3, index=1).y == 5

    def test_not_leaves_the_default_of_the_step(self, loaded: Loader) -> None:
        notebook = loaded(
            "%%step go\ngo = False", "%%step maybe --when go\nx = 1", "%%step use --default x=0\ny = x + 1"
        )
        assert notebook.step("use").run().y == 1
        assert notebook.step("use").run(x=5).y == 6

    def test_not_leaves_a_name_that_may_be_unbound_its_older_value(self, loaded: Loader) -> None:
        notebook = loaded("%%step one\nx, big = 1, True", "%%step two\nif big:\n    x = 2", "%%step three\ny = x")
        assert notebook.step("two").reads == {"big": "one", "x": "one"}
        assert notebook.step("two").run(big=False, x=1).x == 1
        assert notebook.step("two").run(big=True, x=1).x == 2

    def test_for_what_a_function_would_find_in_the_body_itself_is_not_needed(self, loaded: Loader) -> None:
        notebook = loaded("%%step one\nx = 1", "%%step two\ndef f(): return x\nx = 2\ny = f()")
        assert notebook.step("two").reads == {"x": "one"}
        assert notebook.step("two").run().y == 2


class TestForeachAndCondition:
    def test_items_are_listed_as_a_run_lists_them(self, loaded: Loader) -> None:
        notebook = loaded(
            "%%parameters\ntop: int = 2",
            "%%step load\nrows = {'a': 1}",
            "%%step one --foreach 'list(rows.items())[:top]' --as row\nx = row",
            "%%step two --foreach rows\nx = item",
        )
        assert notebook.step("one").items(rows={"a": 1, "b": 2, "c": 3}) == [("a", 1), ("b", 2)]
        assert notebook.step("two").items(rows={"a": 1}) == [("a", 1)]
        with pytest.raises(TaskError, match="NBF-T014"):
            notebook.step("two").items(rows="letters")
        with pytest.raises(UsageError, match=r"NBF-R030.*needs rows"):
            notebook.step("two").items()

    def test_a_condition_is_judged_by_scalars_parameters_and_constants(self, loaded: Loader) -> None:
        notebook = loaded(
            "%%parameters\nlimit: float = 2",
            "SLACK = 1",
            "%%step load\nrmse, rows = 1, []",
            "%%step answer --when 'rmse < limit + SLACK'\nx = rows",
            "%%step odd --when rows\nx = 1",
            "%%step late --when 'x > 3' --default x=3\ny = 1",
        )
        answer = notebook.step("answer")
        assert notebook.step("late").condition() is False
        assert (answer.condition(rmse=2.5), answer.condition(rmse=3), answer.condition(rmse=3, limit=4)) == (
            True,
            False,
            True,
        )
        with pytest.raises(TaskError, match=r"NBF-T013.*'rows' is a list"):
            notebook.step("odd").condition(rows=[1])

    def test_a_step_without_them_says_so(self, loaded: Loader) -> None:
        step = loaded("%%step one\nx = 1").step("one")
        with pytest.raises(UsageError, match="NBF-R033  step one has no --foreach"):
            step.items()
        with pytest.raises(UsageError, match="NBF-R033  step one has no --when"):
            step.condition()


class TestErrors:
    def test_of_the_body_arrive_as_they_are_on_the_lines_of_the_cell(self, loaded: Loader) -> None:
        notebook = loaded(
            "def inverse(x):\n    return 1 / x", "%%step load\nn = 1", "%%step one\n\nx = inverse(\n    n)"
        )
        with pytest.raises(ZeroDivisionError) as caught:
            notebook.step("one").run(n=0)
        frames = traceback.extract_tb(caught.value.__traceback__)
        inside = [frame for frame in frames if frame.filename.startswith("<")]
        assert [(frame.filename, frame.lineno, frame.line) for frame in inside] == [
            ("<sales.ipynb · cell 3>", 3, "x = inverse("),
            ("<sales.ipynb · cell 1>", 2, "return 1 / x"),
        ]
        assert not [frame for frame in frames if "nbflow/task" in frame.filename]

    def test_of_a_name_in_a_string_say_how_to_read_it(self, loaded: Loader) -> None:
        notebook = loaded("%%step load\nn = 1", "%%step one\nx = eval('n', {})")
        with pytest.raises(NameError) as caught:
            notebook.step("one").run()
        assert caught.value.__notes__ == ["If 'n' is meant, write --in n."]

    def test_that_are_caught_are_in_the_result(self, loaded: Loader, capsys: pytest.CaptureFixture[str]) -> None:
        notebook = loaded(
            "%%step load\nn = 1", "%%step one --catch problem --retry 2\nx = 1 / n", "%%step two\ny = problem, x"
        )
        failed, went_well = notebook.step("one").run(n=0), notebook.step("one").run(n=2)
        assert failed.caught is not None and failed.caught.type == failed.problem.type == "ZeroDivisionError"
        assert "line 2" in capsys.readouterr().err
        assert (went_well.caught, went_well.problem, went_well.x) == (None, None, 0.5)
        with pytest.raises(AttributeError, match="but --catch took ZeroDivisionError"):
            failed.x  # noqa: B018

    def test_of_ours_show_no_frame_of_ours(self, loaded: Loader) -> None:
        with pytest.raises(UsageError) as caught:
            loaded("%%step load\nn = 1", "%%step one\nx = n").step("one").run()
        assert {Path(frame.filename).name for frame in traceback.extract_tb(caught.value.__traceback__)} == {
            "test_run.py",
            "step.py",
        }


class TestOutput:
    def test_goes_where_pytest_looks_for_it(self, loaded: Loader, capfd: pytest.CaptureFixture[str]) -> None:
        loaded("%%step one\nprint('in Python')\n!echo in the shell").step("one").run()
        assert capfd.readouterr().out == "in Python\nin the shell\n"

    def test_that_is_displayed_is_kept_as_the_objects(self, loaded: Loader) -> None:
        notebook = loaded("def show(x): display(x)", "%%step one\nshow({'a': 1})\ndisplay(1, 2)\n[3]")
        assert notebook.step("one").run().displays == ({"a": 1}, 1, 2, [3])

    def test_display_is_no_builtin_of_the_test(self, loaded: Loader) -> None:
        loaded("%%step one\n1").step("one").run()
        assert not hasattr(builtins, "display")

    def test_figures_are_displayed_and_closed(self, loaded: Loader) -> None:
        notebook = loaded(
            "import matplotlib.pyplot as plt", "%%step one\nplt.plot([1, 2])\nplt.title('up')\nplt.show()"
        )
        import matplotlib.pyplot as plt

        mine = plt.figure()
        try:
            (figure,) = notebook.step("one").run().displays
            assert figure is not mine and figure.axes[0].get_title() == "up"
            assert plt.get_fignums() == [mine.number]
        finally:
            plt.close(mine)


class TestResult:
    def test_says_of_a_name_it_has_not_what_a_run_says(self, loaded: Loader) -> None:
        result = (
            loaded("%%step one\nimport threading\nlock = threading.Lock()\ntotal = 0\nif total:\n    big = 1")
            .step("one")
            .run()
        )
        with pytest.raises(AttributeError, match=r"NBF-T010[^\n]*'big'[^\n]*\n.*under 'if total', line 6"):
            result.big  # noqa: B018
        with pytest.raises(AttributeError, match=r"NBF-T010[^\n]*'lock'[^\n]*\n.*but _thread.lock cannot be stored"):
            result["lock"]
        with pytest.raises(AttributeError, match=r"NBF-M005.*Did you mean 'total'"):
            result.totl  # noqa: B018
        assert not hasattr(result, "big")

    def test_gives_the_same_object_each_time(self, loaded: Loader) -> None:
        result = loaded("%%step one\nrows = [1]").step("one").run()
        assert result.rows is result["rows"]

    def test_warns_of_what_may_have_changed(self, loaded: Loader) -> None:
        notebook = loaded(
            "class Odd:\n    def __reduce__(self):\n        self.n = getattr(self, 'n', 0) + 1\n        return Odd, (), {'n': self.n}",
            "%%step one\nodd = Odd()",
            "%%step two\nx = odd.__reduce__()[2]",
        )
        assert "NBF-T112" in notebook.step("two").run(odd=notebook.definitions.Odd()).notes[0]

    def test_lists_its_names_and_shows_what_they_are(self, loaded: Loader) -> None:
        result = loaded("%%step one\nrows = [1]\ncaught = 2").step("one").run()
        assert repr(result) == "<one left caught: int, rows: list 1 item>"
        assert {"rows", "displays", "names"} <= set(dir(result))
        assert (result.caught, result["caught"]) == (None, 2)


def test_what_a_step_appends_to_its_cards_can_be_asked_for(loaded: Loader) -> None:
    nb = loaded(
        "from nbflow import current",
        "%%card report --card --card table:blank\nx = 3\ncurrent.card.append(f'x is {x}')\n"
        "current.card['table'].append({'x': x})\ncurrent.card.refresh()\ncurrent.card['tabel'].append(1)",
    )
    result = nb.step("report").run()
    assert [each.text() for each in result.cards.components] == ["x is 3"]
    assert len(result.cards["table"].components) == 1
    assert result.notes == (
        "NBF-K022 step report has no card with the id tabel: the ids are table. Did you mean 'table'?",
    )
    assert not list(Path.cwd().glob("card*"))
