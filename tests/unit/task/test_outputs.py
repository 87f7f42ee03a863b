from __future__ import annotations

from typing import Any

import pytest

from nbflow.model.caught import CaughtError
from nbflow.model.task import InputsSpec, ViewSpec

Zygote = Any


class TestKept:
    def test_are_the_names_to_leave_that_are_bound(self, zygote: Zygote) -> None:
        ended = zygote.run("x = 1\ny = 2\nif x > 5: z = 3", leaves=("x", "z"))
        assert ended.values == {"x": 1}
        assert ended.manifest.dropped == {}

    def test_may_be_functions_and_classes_that_are_asked_for(self, zygote: Zygote) -> None:
        ended = zygote.run("k = 2\ndef f(v): return v * k", leaves=("f",), required=("f",))
        assert ended.done
        assert zygote.run("y = f(4)", inputs=ended.manifest.artifacts).values == {"y": 8}

    def test_unchanged_inputs_pass_by_reference(self, zygote: Zygote) -> None:
        big = zygote.store.put(list(range(50_000)))
        ended = zygote.run("x = big\nbig = big", inputs={"big": big}, leaves=("big", "x"))
        assert ended.manifest.artifacts["big"] == big
        assert ended.manifest.artifacts["x"] == big

    def test_values_of_views_pass_by_reference(self, zygote: Zygote) -> None:
        model = zygote.store.put({"weights": [1, 2, 3]})
        ended = zygote.run(
            "other = [7, 8]\nm = inputs[0].model",
            tables=({"model": model},),
            joined=InputsSpec((ViewSpec("t", 0, (0,)),), over="t"),
        )
        assert ended.manifest.artifacts["m"] == model
        assert ended.manifest.artifacts["other"].header.blob != model.header.blob

    def test_mapped_arrays_pass_by_reference_and_changed_ones_do_not(self, zygote: Zygote) -> None:
        numpy = pytest.importorskip("numpy")
        ref = zygote.store.put(numpy.zeros(100_000))
        same = zygote.run("s = float(a.sum())", inputs={"a": ref}, leaves=("a", "s"))
        assert same.manifest.artifacts["a"] == ref
        other = zygote.run("a[3] = 1", inputs={"a": ref}, leaves=("a",))
        assert other.manifest.artifacts["a"].digest != ref.digest
        assert other.values["a"].sum() == 1
        assert zygote.store.get(ref).sum() == 0

    def test_memory_of_an_input_that_is_rebound_is_given_back(self, zygote: Zygote) -> None:
        source = "import weakref, collections\nw = weakref.ref(c)\nc = None\nalive = w() is not None"
        made = zygote.run("import collections\nc = collections.Counter('abc')", leaves=("c",))
        ended = zygote.run(source, inputs=made.manifest.artifacts, leaves=("c", "alive"))
        assert ended.values == {"c": None, "alive": False}


class TestNotStorable:
    SOURCE = "import threading\nok = 1\nlock = threading.Lock()\nheld = {'deep': [lock]}"

    def test_that_nobody_reads_are_dropped_with_a_reason(self, zygote: Zygote) -> None:
        ended = zygote.run(self.SOURCE)
        assert ended.values == {"ok": 1}
        assert ended.manifest.dropped["lock"] == "_thread.lock cannot be stored"
        assert ended.manifest.dropped["held"] == "dict cannot be stored: its ['deep'][0] is a _thread.lock"

    def test_that_a_later_step_reads_fail_the_task(self, zygote: Zygote) -> None:
        ended = zygote.run(self.SOURCE, required=("held",))
        assert ended.failure.code == "T011"
        first, *_ = ended.failure.message.splitlines()
        assert first == "'held' of step a cannot be stored: dict: its ['deep'][0] is a _thread.lock"
        assert "leave something that can be pickled" in ended.failure.message
        assert ended.so_far == {"ok": 1}

    def test_views_are_never_left(self, zygote: Zygote) -> None:
        views = {
            "tables": ({"model": zygote.store.put(1)},),
            "joined": InputsSpec((ViewSpec("t", 0, (0,)),), over="t"),
            "step": "best",
        }
        source = "winner = inputs[0]\nallofthem = inputs[:]\nn = 1"
        ended = zygote.run(source, **views)
        assert ended.values == {"n": 1}
        assert not ended.manifest.dropped
        failure = zygote.run(source, required=("winner",), **views).failure
        assert failure.code == "T011"
        assert "write model = winner.model in best" in failure.message
        inside = zygote.run("held = [inputs[0]]", required=("held",), **views).failure
        assert inside.code == "T011"
        assert "a window into the store" in inside.message

    def test_handles_of_displays_are_never_left(self, zygote: Zygote) -> None:
        ended = zygote.run("h = display(1, display_id=True)\nn = 1", rich=True)
        assert ended.values == {"n": 1}
        assert ended.manifest.dropped == {"h": "DisplayHandle cannot be stored"}


class TestChangedInputs:
    def test_that_are_not_left_fail_the_task(self, zygote: Zygote) -> None:
        failure = zygote.run("l.append(1)", give={"l": []}).failure
        assert failure.code == "T012"
        assert failure.message.splitlines() == [
            "step a changed its input 'l' in place and does not leave it",
            "later steps would see the old value",
            "write 'l = …' in the body, or --out l",
        ]

    def test_that_are_left_are_new_values(self, zygote: Zygote) -> None:
        assert zygote.run("l.append(1)", give={"l": []}, leaves=("l",)).values == {"l": [1]}

    @pytest.mark.parametrize(
        ("made", "change"),
        [
            ("__import__('numpy').zeros(3)", "v += 1"),
            ("__import__('numpy').zeros(100_000)", "v[7] = 1"),
            ("__import__('pandas').DataFrame({'a': [2, 1]})", "v.sort_values('a', inplace=True)"),
            ("__import__('pandas').DataFrame({'a': [2, 1]})", "v['b'] = 1"),
            ("{'k': [1]}", "v['k'].append(2)"),
            ("{1, 2}", "v.add(3)"),
        ],
    )
    def test_of_each_kind_are_found(self, zygote: Zygote, made: str, change: str) -> None:
        ref = zygote.run(f"v = {made}").manifest.artifacts["v"]
        assert zygote.run("n = len(v)", inputs={"v": ref}).done
        assert zygote.run(change, inputs={"v": ref}, leaves=()).failure.code == "T012"

    def test_are_found_when_the_name_was_bound_anew(self, zygote: Zygote) -> None:
        assert zygote.run("l.append(1)\nl = None", give={"l": []}, leaves=()).failure.code == "T012"

    def test_that_are_pickles_are_a_warning(self, zygote: Zygote) -> None:
        ref = zygote.run("import argparse\nv = argparse.Namespace(a=1)", leaves=("v",)).manifest.artifacts["v"]
        ended = zygote.run("v.a = 2", inputs={"v": ref}, leaves=())
        assert ended.done["warnings"] == [["T112", {"step": "a", "name": "v"}]]
        assert zygote.run("n = v.a", inputs={"v": ref}).done["warnings"] == []


class TestParameters:
    PARAMETERS = {"regions": ("list[str]", ["eu"]), "rate": ("float", {"$float": "nan"}), "n": ("int", 1)}

    @pytest.mark.parametrize("change", ["regions.append('us')", "regions[:] = [object()]"])
    def test_that_the_body_changes_in_place_fail_the_task(self, zygote: Zygote, change: str) -> None:
        failure = zygote.run(change, parameters=self.PARAMETERS, leaves=()).failure
        assert failure.code == "T017"
        assert failure.message.splitlines() == [
            "step a changed parameter 'regions' in place",
            "parameters never change in a run: no other step sees the change",
            "copy it first: my_regions = list(regions)",
        ]

    def test_may_be_read_and_hidden_by_private_names(self, zygote: Zygote) -> None:
        source = "x = [*regions, rate != rate]\nfor regions in []: pass"
        assert zygote.run(source, parameters=self.PARAMETERS, leaves=("x",)).values == {"x": ["eu", True]}


class TestCatch:
    def test_makes_a_failed_body_a_success_with_what_it_had_bound(self, zygote: Zygote) -> None:
        ended = zygote.run("x = 1\ny = 1 / 0\nz = 2", catches=True, catch_name="err")
        assert list(ended.values) == ["x", "err"]
        assert ended.done["caught"]["type"] == "ZeroDivisionError"
        assert ended.done["caught"]["line"] == 2
        error = ended.values["err"]
        assert isinstance(error, CaughtError)
        assert (error.type, str(error)) == ("ZeroDivisionError", "ZeroDivisionError: division by zero")
        assert "line 2" in error.traceback
        assert "ZeroDivisionError" in ended.stderr

    def test_without_a_name_keeps_the_error_in_the_report(self, zygote: Zygote) -> None:
        ended = zygote.run("exit(3)", catches=True)
        assert ended.done["caught"]["type"] == "SystemExit"
        assert ended.values == {}

    def test_hands_older_values_on(self, zygote: Zygote) -> None:
        ended = zygote.run("y = 1 / 0\nx = 2", catches=True, give={"x": 1}, leaves=("x", "y"))
        assert ended.values == {"x": 1}

    def test_leaves_none_when_nothing_was_raised(self, zygote: Zygote) -> None:
        assert zygote.run("x = 1", catches=True, catch_name="err").values == {"x": 1, "err": None}

    def test_does_not_catch_an_interrupt(self, zygote: Zygote) -> None:
        assert zygote.run("raise KeyboardInterrupt", catches=True).failure.type == "KeyboardInterrupt"

    def test_does_not_catch_what_is_found_after_the_body(self, zygote: Zygote) -> None:
        assert zygote.run("l.append(1)", give={"l": []}, catches=True, leaves=()).failure.code == "T012"

    def test_tells_of_inputs_that_the_failed_body_changed(self, zygote: Zygote) -> None:
        ended = zygote.run("l.append(1)\n1 / 0", give={"l": []}, catches=True, leaves=())
        assert ended.done["warnings"] == [["T112", {"step": "a", "name": "l"}]]
