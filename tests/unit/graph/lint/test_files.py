from __future__ import annotations

import pytest

from nbflow.graph.local_paths import local_paths
from tests.unit.graph.classes import notation as classes
from tests.unit.graph.notation import built


@pytest.mark.parametrize(
    "code",
    [
        'open("x.csv")',
        'with open("data/x.csv", "rb") as f: pass',
        'open(file="x.csv", mode="r")',
        'pd.read_csv("data/x.csv")',
        'pl.scan_parquet("x.parquet")',
        'read_csv("x.csv")',
        'pd.read_csv(filepath_or_buffer="x.csv")',
        'pd.read_csv(Path("x.csv"))',
        'Path("x").read_text()',
        'pathlib.Path("x").open().read()',
        'np.load("x.npy", mmap_mode="r")',
        'joblib.load("model.joblib")',
        'torch.load("~/model.pt")',
        'pickle.load(open("/home/me/x.pkl", "rb"))',
        'pq.read_table("x.parquet")',
        'Image.open("cat.png")',
        'plt.imread("../cat.png")',
        'h5py.File("x.h5")',
        'gzip.open("x.gz")',
        'pd.read_excel(r"C:\\data\\x.xlsx")',
        'load_svmlight_file("x.txt")',
        'df = pd.read_csv("x.csv")\ndf.to_csv("y.csv")',
        'await f(open("x.csv"))',
    ],
)
def test_a_literal_path_that_is_read_is_found(code: str) -> None:
    assert len(local_paths(code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        'open("x.csv", "w")',
        'open("x.csv", mode)',
        "open(path)",
        'open(f"{name}.csv")',
        'open("/tmp/x.csv")',
        'open("/etc/hosts")',
        'open("/opt/model/x")',
        'pd.read_csv("s3://bucket/x.csv")',
        'pd.read_csv("https://host/x.csv")',
        "pd.read_json('{\"a\": 1}')",
        'pd.read_xml("<a/>")',
        'pd.read_csv("a,b\\n1,2")',
        "pd.read_table(frame)",
        'spark.read_table("db.table")',
        'json.load("x")',
        'yaml.load("a: 1")',
        'webbrowser.open("page")',
        'Path("x").write_text("y")',
        'Path("x").open("w")',
        'Path("x").exists()',
        'h5py.File("x.h5", "w")',
        'np.memmap("x", mode="w+")',
        'df.to_csv("x.csv")\npd.read_csv("x.csv")',
        'with open("x.csv", "w") as f: pass\nopen("x.csv")',
        'sys.stdin.open("x")',
        'nbflow.File("x")',
        'text = "open(\\"x\\")"',
        "def (",
        'open("")',
    ],
)
def test_what_may_be_there_or_is_no_path_is_left_alone(code: str) -> None:
    assert local_paths(code) == ()


def test_a_step_on_batch_is_told_of_what_it_reads_here() -> None:
    plain = ("import math as pd", 'def table(): return pd.read_csv("words.csv")', 'def unused(): return open("other")')
    found = built('a[--on batch]: y = 1\nx = open("x.csv").read()\nz = table()', plain=plain).problems
    assert [(each.code, each.severity) for each in found] == [("N021", "warning")] * 2
    one, other = sorted(found, key=lambda each: each.what)
    assert one.what == "a reads 'words.csv' with pd.read_csv, and runs on another machine"
    assert (one.place.cell, one.place.text) == ("cell 2", 'def table(): return pd.read_csv("words.csv")')
    assert (other.place.line, other.place.text) == (3, 'x = open("x.csv").read()')
    assert "nbflow.File('x.csv')" in other.fix


@pytest.mark.parametrize("options", ["", "[--on local]: "])
def test_a_step_that_runs_here_reads_what_it_likes(options: str) -> None:
    assert not built(f'a{options or ": "}x = open("x.csv").read()').problems


def test_an_open_of_ones_own_is_not_judged() -> None:
    assert not built('a[--on batch]: x = open("x.csv")', plain=("from math import open",)).problems
    assert not built('a[--on batch]: from math import open\nx = open("x.csv")').problems


def test_a_step_of_a_class_with_batch_is_told_too() -> None:
    text = """
        @step
        def start(self): self.next(self.end)
        @batch
        @step
        def end(self):
            x = 1
            self.text = open("x.csv").read()
    """
    found = classes.the_problem(text)
    assert (found.code, found.severity) == ("F043", "warning")
    assert found.what == "Step *end* reads 'x.csv' with open, and runs on another machine"
    assert (found.place.line, found.place.text) == (8, '        self.text = open("x.csv").read()')
    assert classes.codes(text.replace("@batch", "@resources")) == []
