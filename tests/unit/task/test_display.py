from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Zygote = Any


@pytest.fixture(scope="module", params=[True, False], ids=["prepared", "unprepared"])
def rich(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """A zygote in which displays were made ready, as for a kernel, and one in which each task does it for itself."""
    driver_class = request.getfixturevalue("driver_class")
    driver = driver_class(tmp_path_factory.mktemp("rich"), HOME=str(tmp_path_factory.mktemp("home")))
    if request.param:
        assert driver.preload("pandas", "matplotlib.pyplot", rich=True)["failed"] == {}
    yield driver
    driver.close()


def run(zygote: Zygote, source: str, **fields: Any) -> Any:
    return zygote.run(source, rich=True, **fields)


def stored(ended: Any) -> list[dict[str, Any]]:
    return json.loads(ended.workspace.store.get_bytes(ended.done["displays"]))  # type: ignore[no-any-return]


def test_a_last_expression_has_its_rich_form(rich: Zygote) -> None:
    ended = run(rich, "import pandas\npandas.DataFrame({'a': [1]})")
    (shown,) = ended.shown
    assert set(shown["display"]) == {"text/plain", "text/html"}
    assert "<table" in shown["display"]["text/html"]
    assert (shown["update"], shown["transient"]) == (False, {})


def test_what_is_displayed_is_stored_with_the_task(rich: Zygote) -> None:
    ended = run(rich, "display(1)\n'two'")
    assert stored(ended) == [
        {"data": {"text/plain": "1"}, "metadata": {}},
        {"data": {"text/plain": "'two'"}, "metadata": {}},
    ]
    assert run(rich, "x = 1").done["displays"] is None


def test_a_display_stands_where_the_output_was(rich: Zygote) -> None:
    ended = run(rich, "import sys\nprint('abc')\ndisplay(1)\nprint('é', end='', file=sys.stderr)\ndisplay(2)")
    assert [(each["stdout_at"], each["stderr_at"]) for each in ended.shown] == [(4, 0), (4, 2)]


def test_a_display_is_updated_in_place(rich: Zygote) -> None:
    ended = run(rich, "h = display('a', display_id=True)\ndisplay('b')\nh.update('c')", leaves=())
    first, _, update = ended.shown
    assert first["transient"]["display_id"] == update["transient"]["display_id"]
    assert update["update"] is True
    assert [each["data"]["text/plain"] for each in stored(ended)] == ["'c'", "'b'"]


def test_ipythons_own_display_does_the_same(rich: Zygote) -> None:
    ended = run(rich, "from IPython.display import HTML, display as show\nshow(HTML('<b>x</b>'))")
    assert ended.shown[0]["display"]["text/html"] == "<b>x</b>"
    assert ended.stdout == ""


def test_figures_are_shown_at_the_end_and_by_show(rich: Zygote) -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\nprint('drawn')\nplt.figure(); plt.plot([2, 1]);"
    ended = run(rich, source)
    images = [each["display"]["image/png"] for each in ended.shown]
    assert len(images) == 2
    assert base64.b64decode(images[0]).startswith(b"\x89PNG")
    assert [each["stdout_at"] for each in ended.shown] == [6, 6]


def test_show_shows_a_figure_where_it_is_called(rich: Zygote) -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('after')"
    ended = run(rich, source)
    (figure,) = ended.shown
    assert "image/png" in figure["display"]
    assert figure["stdout_at"] == 0
    assert ended.stdout == "after\n"


def test_figures_of_a_body_that_fails_are_shown(rich: Zygote) -> None:
    ended = run(rich, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n1 / 0")
    assert ended.failure.type == "ZeroDivisionError"
    assert "image/png" in ended.shown[0]["display"]
    data = ended.workspace.store.get_bytes(ended.messages[-1]["displays"])
    assert len(json.loads(data)) == 1


def test_a_figure_of_plotly_brings_no_script_of_megabytes(rich: Zygote) -> None:
    ended = run(rich, "import plotly.graph_objects as go\ngo.Figure(go.Scatter(y=[1, 2])).show()")
    assert "application/vnd.plotly.v1+json" in ended.shown[-1]["display"]
    assert sum(len(json.dumps(each)) for each in ended.shown) < 100_000


def test_a_form_that_fails_leaves_the_others(rich: Zygote) -> None:
    source = (
        "class A:\n    def _repr_html_(self): raise ValueError('no html')\n    def __repr__(self): return 'plain'\nA()"
    )
    ended = run(rich, source)
    assert ended.texts == ["plain"]
    assert "no html" in ended.stdout + ended.stderr


def test_clearing_output_clears_nothing(rich: Zygote) -> None:
    ended = run(rich, "print('kept')\ndisplay(1)\nfrom IPython.display import clear_output\nclear_output()")
    assert ended.stdout == "kept\n"
    assert ended.texts == ["1"]


def test_displays_beyond_the_limit_are_left_out_with_a_note(rich: Zygote) -> None:
    source = "class Big:\n    def _repr_html_(self): return 'x' * 4_000_000\nfor _ in range(5): display(Big())\ndisplay('small')"
    ended = run(rich, source)
    assert ["text/html" in each["display"] for each in ended.shown] == [True, True, False, False]
    assert ended.texts[-2] == "(a display of 3.8 MB is left out: a task keeps 10 MB of displays)"
    assert len(stored(ended)) == 4


def test_a_display_that_is_updated_often_takes_the_room_of_one(rich: Zygote) -> None:
    source = "class Big:\n    def _repr_html_(self): return 'x' * 4_000_000\nh = display(Big(), display_id=True)\nfor _ in range(5): h.update(Big())"
    ended = run(rich, source, leaves=())
    assert ["text/html" in each["display"] for each in ended.shown] == [True] * 6


def test_an_update_that_has_no_room_is_left_out(rich: Zygote) -> None:
    source = """
class Big:
    def __init__(self, size): self.size = size
    def _repr_html_(self): return 'x' * self.size
display(Big(8_000_000))
h = display('small', display_id=True)
h.update(Big(4_000_000))
h.update('smaller')
"""
    ended = run(rich, source, leaves=())
    assert "left out" in ended.texts[2]
    assert [each["data"]["text/plain"][:9] for each in stored(ended)][1:] == ["'smaller'", "(a displa"]


def test_a_process_that_the_body_forks_displays_nothing_in_its_name(rich: Zygote) -> None:
    source = "import os\nif os.fork() == 0:\n    display('child')\n    os._exit(0)\nos.wait()\ndisplay('parent');"
    assert run(rich, source).texts == ["'parent'"]


def test_several_threads_may_display(rich: Zygote) -> None:
    source = "import threading\nts = [threading.Thread(target=display, args=('x' * 50_000,)) for _ in range(8)]\nfor t in ts: t.start()\nfor t in ts: t.join()"
    assert len(run(rich, source, leaves=()).shown) == 8


def test_nothing_is_taken_over_by_ipython(rich: Zygote) -> None:
    source = """
display(1)
import builtins, sys, os
from IPython import get_ipython
kernel = [n for n in ("get_ipython", "__IPYTHON__", "In", "exit_code") if hasattr(builtins, n)]
hooks = [sys.displayhook is sys.__displayhook__, sys.excepthook is sys.__excepthook__]
shell = type(get_ipython()).__mro__[1].__name__
home = os.listdir(os.environ["HOME"])
threads = __import__("threading").active_count()
main = sys.modules["__main__"].__name__
"""
    values = run(rich, source).values
    home = values.pop("home")
    assert ".ipython" not in home
    assert values == {
        "kernel": [],
        "hooks": [True, True],
        "shell": "InteractiveShell",
        "threads": 1,
        "main": "__main__",
    }


class TestPlain:
    def test_displays_are_text_without_ipython(self, zygote: Zygote) -> None:
        source = "import sys, pandas\ndisplay(pandas.Series([1]).sum())\nready = 'IPython' in sys.modules\npandas.DataFrame({'a': [1]})"
        ended = zygote.run(source, rich=False)
        assert ended.values == {"ready": False}
        assert ended.texts == ["np.int64(1)", "   a\n0  1"]
        assert all(set(each["display"]) == {"text/plain"} for each in ended.shown)


def test_a_zygote_that_is_told_makes_ipython_ready_once(start_zygote: Callable[..., Any], tmp_path: Path) -> None:
    zygote = start_zygote()
    zygote.preload(rich=True)
    assert zygote.run("import sys\nready = 'IPython.core.interactiveshell' in sys.modules").values == {"ready": True}


@pytest.mark.parametrize("renderer", ["plotly_mimetype", "png"])
def test_what_plotly_imports_for_its_first_figure_is_there(start_zygote: Callable[..., Any], renderer: str) -> None:
    zygote = start_zygote(PLOTLY_RENDERER=renderer)
    assert zygote.preload("plotly.express", rich=True)["failed"] == {}
    first = "import sys\nhere = set(sys.modules)\nimport plotly.express as px\nfigure = px.scatter(x=[1], y=[1])\n"
    ended = run(
        zygote,
        f"{first}figure.show('plotly_mimetype')\nlate = {{'nbformat'}} & (set(sys.modules) - here)",
        leaves=("late",),
    )
    assert "application/vnd.plotly.v1+json" in ended.shown[0]["display"]
    assert ended.values == {"late": set()}


def test_a_zygote_starts_light(start_zygote: Callable[..., Any]) -> None:
    source = "import sys\nheavy = sorted({'IPython', 'numpy', 'pandas', 'plotly', 'ipywidgets', 'matplotlib', 'cloudpickle', 'obstore', 'asyncio', 'sqlite3', 'nbflow.plan', 'nbflow.graph', 'nbflow.cells', 'nbflow.frontends'} & set(sys.modules))"
    assert start_zygote().run(source).values == {"heavy": []}
