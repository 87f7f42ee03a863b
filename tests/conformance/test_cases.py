"""The worked cases of the notebook's rules, by number, run in real workers."""

from __future__ import annotations

from typing import Any

FE = "--foreach regions --as region"


def test_01_a_step_reads_a_name_from_the_step_above_and_a_parameter(bench: Any) -> None:
    ran = bench.run("a\nx=1", "b\ny=x+alpha")
    assert ran.graph["b"].givers == ("a",)
    assert ran.graph["b"].parameters == {"alpha"}
    assert ran.left("b") == {"y": 1.1}


def test_02_a_step_that_rebinds_its_input_reads_the_one_above(bench: Any) -> None:
    ran = bench.run("a\ndf=[1]", "b\ndf=df+[2]", "c\nn=len(df)")
    assert ran.graph["c"].givers == ("b",)
    assert ran.left("c") == {"n": 2}
    assert ran.left("b") == {"df": [1, 2]}


def test_03_two_writers_of_which_neither_depends_on_the_other(bench: Any) -> None:
    text = bench.error("a\nm=1", "b\nm=2", "c\nprint(m)")
    assert "NBF-G010" in text and "'m'" in text and "a and b" in text.replace(", ", " and ")
    assert bench.run("a\nm=1", "b\nm=2").status == "succeeded"


def test_04_order_or_a_choice_settles_two_writers(bench: Any) -> None:
    ran = bench.run("a\nm=1", "b --after a\nm=2", "c\nq=m")
    assert ran.left("c") == {"q": 2}
    ran = bench.run("a\nm=1", "b\nm=2", "c --in m=a.m\nq=m")
    assert ran.left("c") == {"q": 1}


def test_05_a_name_only_a_step_below_leaves(bench: Any) -> None:
    assert bench.codes("a\nprint(x)", "b\nx=1") == ["G005"]


def test_06_unknown_and_hidden_names(bench: Any) -> None:
    assert bench.codes("a\nprint(zzz)") == ["G001"]
    text = bench.error("a\nprint(hid)")
    assert "NBF-G015" in text and "cell 3" in text


def test_07_parameters_never_change(bench: Any) -> None:
    assert bench.codes("a\nalpha=2") == ["G012"]
    assert bench.codes('a\nregions[0]="x"') == ["G012"]
    assert bench.codes("a --foreach regions --as alpha\ny=1") == ["G012"]
    assert bench.run("a\nfor alpha in []: pass").status == "succeeded"


def test_08_definitions_do_not_change_in_a_step(bench: Any) -> None:
    assert bench.codes('a\nCONFIG["b"]=1') == ["G014"]
    ran = bench.run("a\npd.opt=1")
    assert ran.left("a") == {}


def test_09_an_input_changed_by_subscript_is_read_and_left(bench: Any) -> None:
    ran = bench.run("a\nd={}", 'b\nd["k"]=1', "c\nq=d")
    assert ran.graph["c"].givers == ("b",)
    assert ran.left("c") == {"q": {"k": 1}}
    assert ran.left("a") == {"d": {}}


def test_10_a_change_made_by_a_call_is_never_lost_silently(bench: Any) -> None:
    ran = bench.run("a\nl=[]", "b\nl.append(1)", "c\nq=l")
    assert ran.graph["c"].givers == ("a",)
    assert ran.status == "failed" and "NBF-T012" in ran.failure and "'l'" in ran.failure
    assert bench.run("a\nl=[]", "b --out l\nl.append(1)", "c\nq=l").left("c") == {"q": [1]}


def test_11_a_name_perhaps_bound_keeps_its_older_value(bench: Any) -> None:
    ran = bench.run("a\nx=1; f=0", "b\nif f: x=2", "c\ny=x")
    assert "a" in ran.graph["b"].givers
    assert ran.record("b").manifest.artifacts["x"] == ran.record("a").manifest.artifacts["x"]
    assert ran.left("c") == {"y": 1}


def test_12_a_name_left_unbound_is_a_name_error_that_tells_where(bench: Any) -> None:
    ran = bench.run("a\nf=0", "b\nif f: x=2", "c\ny=x")
    assert ran.status == "failed"
    assert "NameError" in ran.failure and "b left no 'x'" in ran.failure and "if f" in ran.failure


def test_13_a_loop_variable_is_not_left(bench: Any) -> None:
    assert bench.codes("a\ni=1", "b\nfor i in [5]: pass", "c\nq=i") == ["G007"]
    ran = bench.run("a\ni=1", "b --out i --after a\nfor i in [5]: pass", "c\nq=i")
    assert ran.left("c") == {"q": 5}


def test_14_private_and_excluded_names_are_not_left(bench: Any) -> None:
    assert bench.codes("a\n_x=1", "b\nq=_x") == ["G007"]
    assert bench.codes("a --out y\nx=1; y=2", "b\nq=x") == ["G007"]


def test_15_a_deleted_name_is_not_an_older_one(bench: Any) -> None:
    assert bench.codes("a\nx=1", "b\ny=x; del x", "c\nq=x") == ["G007"]
    assert bench.run("a\nx=1", "b\ny=x; del x", "c --in x=a.x\nq=x").left("c") == {"q": 1}


def test_16_a_function_of_a_step_is_a_definition(bench: Any) -> None:
    ran = bench.run("a\ndef f(v): return v+1", "b\ny=f(1)")
    assert ran.graph["b"].givers == ()
    assert ran.left("b") == {"y": 2}


def test_17_a_function_of_a_step_that_may_be_skipped(bench: Any) -> None:
    assert bench.codes("a\nx=9", 'b --when "x>5"\ndef f(): return 1', "c\nf()") == ["G007"]


def test_18_position_decides_between_artifact_and_constant(bench: Any) -> None:
    assert bench.run("a\nK=5", "b\nq=K").left("b") == {"q": 5}
    assert bench.run("b\nq=K", "a\nK=5").left("b") == {"q": 3}


def test_19_a_function_whose_constant_a_step_shadows(bench: Any) -> None:
    plain = ("LIMIT = 2\ndef g(d): return d < LIMIT",)
    assert bench.codes("a\nLIMIT=1", "b\nz=g(1)", plain=plain) == ["G017"]


def test_20_a_lambda_that_reads_what_the_step_then_binds(bench: Any) -> None:
    ran = bench.run("a\nx=2", "b\nx=(lambda: x+1)()", "c\nq=x")
    assert ran.graph["b"].givers == ("a",)
    assert ran.left("c") == {"q": 3}


def test_21_code_that_hides_its_names(bench: Any) -> None:
    assert bench.codes('a\ns="1"', "b\nexec(s)") == ["C020"]
    assert bench.run('a\nexec("1", {})').status == "succeeded"
    plain = ("class M:\n    def eval(self): return 1",)
    assert bench.run("a\nm=M()", "b\nz=m.eval()", plain=plain).left("b") == {"z": 1}
    assert bench.codes("a\nfrom os import *") == ["C020"]


def test_22_an_exception_name_is_neither_left_nor_read(bench: Any) -> None:
    ran = bench.run('a\ntry:\n    v=int("x")\nexcept ValueError as e:\n    v=0')
    assert ran.left("a") == {"v": 0}


def test_23_a_with_target_is_not_left(bench: Any, tmp_path: Any) -> None:
    (tmp_path / "t.txt").write_text("hello")
    ran = bench.run(f"a\np={str(tmp_path / 't.txt')!r}", "b\nwith open(p) as fh: t=fh.read()")
    assert ran.left("b") == {"t": "hello"}


def test_24_a_join_sees_items_in_index_order(bench: Any) -> None:
    slow = "import time; time.sleep(0.2 if region == 'eu' else 0)\n"
    ran = bench.run(f"t {FE}\n{slow}m=region*2", "b --join t\nw=[i.m for i in inputs]; r=[i.region for i in inputs]")
    assert ran.graph["t"].scope == ("t",) and ran.graph["b"].scope == ()
    assert ran.left("b") == {"w": ["eueu", "usus"], "r": ["eu", "us"]}


def test_25_a_step_that_reads_a_per_item_name_runs_per_item(bench: Any) -> None:
    ran = bench.run(f"t {FE}\nm=region", "s\nk=m+region+str(index)", "b --join s\nw=[(i.k,i.m) for i in inputs]")
    assert ran.graph["s"].scope == ("t",)
    assert ran.left("b") == {"w": [("eueu0", "eu"), ("usus1", "us")]}


def test_26_a_join_does_not_read_inside_what_it_closes(bench: Any) -> None:
    assert bench.codes(f"t {FE}\nm=1", "b --join t\nprint(m)") == ["G023"]


def test_27_two_foreach_do_not_mix(bench: Any) -> None:
    assert bench.codes(f"t {FE}\nm=1", f"u {FE}\nk=1", "c\nprint(m,k)") == ["G024"]


def test_28_a_second_pass_over_the_items(bench: Any) -> None:
    ran = bench.run(
        f"t {FE}\nm=len(region)+index",
        "j --join t\nmu=sum(i.m for i in inputs)",
        "p\nd=m-mu",
        "e --join p\nw=[i.d for i in inputs]",
    )
    assert ran.graph["p"].scope == ("t",)
    assert ran.left("e") == {"w": [-3, -2]}


def test_29_nested_foreach(bench: Any) -> None:
    ran = bench.run(
        f"t {FE}\nk=[region]*2",
        "f --foreach k\nq=item+region+str(index)",
        "j --join f\na=[i.q for i in inputs]",
        "e --join j\nw=[i.a for i in inputs]",
    )
    assert [ran.graph[name].scope for name in "tfje"] == [("t",), ("t", "f"), ("t",), ()]
    assert ran.left("e") == {"w": [["eueu0", "eueu1"], ["usus0", "usus1"]]}


def test_30_branches_inside_a_foreach_join_per_item(bench: Any) -> None:
    ran = bench.run(
        f"t {FE}\np=region",
        'l\nm=p+"l"',
        'g\nm=p+"g"',
        "k --join l,g\nm=inputs.l.m+inputs.g.m",
        "e --join k\nw=[i.m for i in inputs]",
    )
    assert ran.graph["k"].scope == ("t",) and ran.graph["e"].scope == ()
    assert ran.left("e") == {"w": ["euleug", "usluSg".lower()]}


def test_31_zero_items_run_the_join_with_empty_inputs(bench: Any) -> None:
    ran = bench.run('t --foreach "[]"\nm=1', "b --join t\nn=len(inputs)")
    assert not [key for key in ran.outcome.results if key.step == "t"]
    assert ran.left("b") == {"n": 0}


def test_32_a_condition_is_judged_per_item(bench: Any) -> None:
    ran = bench.run(
        f"t {FE} --when \"region=='us'\"\nm=region",
        "b --join t\nw=[(i.index,i.m) for i in inputs]; s=list(inputs.skipped)",
    )
    assert ran.left("b") == {"w": [(1, "us")], "s": [0]}


def test_33_joins_that_make_no_sense(bench: Any) -> None:
    assert bench.codes("a\nx=1", f"t {FE}\nm=1", "b --join a,t\npass") == ["G022"]
    assert bench.codes("a\nx=1", f"t {FE}\nm=1", "b --join a\npass") == ["G020"]
    assert bench.codes("a\nx=1", f"t {FE}\nm=1", "b --join t --foreach regions\npass") == ["C008"]


def test_34_index_never_pulls_a_step_into_a_foreach(bench: Any) -> None:
    ran = bench.run("a\nindex=9", f"t {FE}\nm=index", "c\nq=index")
    assert ran.graph["c"].scope == ()
    assert ran.left("c") == {"q": 9}
    assert [ran.left("t", 0)["m"], ran.left("t", 1)["m"]] == [0, 1]


def test_35_merging_equal_artifacts(bench: Any) -> None:
    ran = bench.run("a\nm=1; z=4", "b\nm=1", "j --join a,b\nmerge_artifacts(inputs)", "c\nq=m+z")
    assert ran.left("j") == {"m": 1, "z": 4} and ran.left("c") == {"q": 5}
    ran = bench.run("a\nm=1; z=4", "b\nm=2", "j --join a,b\nmerge_artifacts(inputs)", "c\nq=m+z")
    assert ran.status == "failed" and "m" in ran.failure and "NBF-T015" in ran.failure
    assert not (ran.record("j").manifest and ran.record("j").manifest.artifacts)


def test_36_a_skipped_step_skips_what_needs_it(bench: Any) -> None:
    ran = bench.run("a\nx=1", 'b --when "x>5"\ny=x', "c\nz=y", "d --after c\nk=x")
    assert ran.skipped() == {"b", "c"}
    assert ran.left("d") == {"k": 1}
    ran = bench.run("a\nx=1", 'b --when "x>5"\ny=x', "c --default y=None\nz=y", "d --after c\nk=x")
    assert ran.left("c") == {"z": None}


def test_37_a_skipped_writer_does_not_hide_the_one_above(bench: Any) -> None:
    for value, expected in ((1, 0), (9, 1)):
        ran = bench.run(f"a\nx={value}; m=0", 'b --when "x>5"\nm=1', "c\nz=m")
        assert ran.left("c") == {"z": expected}


def test_38_else_runs_where_a_comparison_with_nan_is_false(bench: Any) -> None:
    steps = ('s --when "x<5"\nm="s"', 't --else-of s\nm="t"', "c\nz=m")
    assert bench.run('a\nx=float("nan")', *steps).left("c") == {"z": "t"}
    ran = bench.run("z0\ny=1", 'a --when "y>5"\nx=1', *steps)
    assert ran.skipped() == {"a", "s", "t", "c"}


def test_39_a_join_of_any_branch_that_ran(bench: Any) -> None:
    steps = ("a\nx=1", 'b --when "x>5"\nu="b"', 'c --when "x<5"\nu="c"')
    assert bench.run(*steps, "d --join b,c --any\nz=[i.u for i in inputs]").left("d") == {"z": ["c"]}
    assert "d" in bench.run(*steps, "d --join b,c\nz=[i.u for i in inputs]").skipped()


def test_40_a_caught_step_keeps_the_older_value(bench: Any) -> None:
    ran = bench.run("a\nx=1", "b --catch err\nx=1/0", "c\nz=x")
    record = ran.record("b")
    assert record.status.value == "succeeded" and record.caught
    assert ran.graph["b"].givers == ("a",)
    assert ran.left("c") == {"z": 1}
    assert "ZeroDivisionError" in repr(ran.left("b")["err"])


def test_one_object_under_two_names_is_told_where_a_step_changes_one_in_place(bench: Any) -> None:
    ran = bench.run("a\nx=[1]; w=x", "b\nx[0]=9", "c\ny=w")
    assert ran.status == "failed"
    assert "NBF-T018" in ran.failure
    assert bench.run("a\nx=[1]; w=x", "b\ny=x+w").left("b") == {"y": [1, 1]}
    assert bench.run("a\nx=[1]; w=list(x)", "b\nx[0]=9", "c\ny=w").left("c") == {"y": [1]}
