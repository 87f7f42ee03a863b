"""Where a live view is shown, in real kernels: what a notebook keeps, and what a front end is sent."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

from nbflow.views.live.scene import Scene
from nbflow.views.live.screens import PlainText
from tests.unit.views.records import START, run

WATCHED = """
import time
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.views.live.panel import LivePanel
from nbflow.views.live.screens import {screen}
class Going:
    status, parameters = "running", {{}}
    def snapshot(self):
        return RunRecord(
            "demo", "1", "run", RunStatus(self.status), "ada", 0.0, started_at=1.0, parameters=self.parameters
        ), ()
going, screen = Going(), {screen}()
panel = LivePanel(going, screen)
panel.open()
"""
END = """
going.status = "succeeded"
panel.settle()
"""


def executed(*cells: str, state: bool = False) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    NotebookClient(notebook, timeout=60, store_widget_state=state).execute()
    return notebook


def test_a_terminal_gets_the_last_picture_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    screen = PlainText()
    for status, final in (("running", False), ("succeeded", True)):
        screen.show(Scene(run(status), (), START), final=final, again=False, settled=False)
    assert capsys.readouterr().out.startswith("✓ quickstart/3 · succeeded")


def test_a_picture_is_one_stored_output_replaced_until_the_run_is_over() -> None:
    notebook = executed(WATCHED.format(screen="PictureOutput") + "time.sleep(1.5)" + END)
    (output,) = notebook.cells[0].outputs
    assert "demo/1" in output.data["text/html"]
    assert "succeeded" in output.data["text/html"]
    assert output.data["text/plain"].startswith("✓ demo/1 · succeeded")


def test_a_widget_stands_beside_its_last_picture_which_alone_says_anything_without_a_kernel() -> None:
    notebook = executed(WATCHED.format(screen="WidgetOutput") + END, state=True)
    picture, widget = notebook.cells[0].outputs
    assert picture.data["text/plain"].startswith("✓ demo/1 · succeeded")
    assert "succeeded" in picture.data["text/html"]
    assert set(picture.data) == {"text/html", "text/plain"}
    # a page made of the file shows nothing for it, or what a script from elsewhere draws
    assert set(widget.data) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert widget.data["text/plain"] == ""


def test_what_changes_is_numbered_and_everything_is_told_now_and_then_and_to_who_comes_anew() -> None:
    probe = """
sent = []
widget = screen._widget
widget.send = lambda message: sent.append(("changes", message["number"], message["changes"]))
widget.observe(lambda change: sent.append(("whole", change.new["number"], change.new["state"])), "snapshot")
began = time.monotonic()
for number in range(30):
    going.parameters = {"n": ("int", number, "given")}
    panel.see(None)
    time.sleep(0.1)
kinds = [kind for kind, _, _ in sent]
numbers = [number for _, number, _ in sent]
assert numbers == list(range(1, len(sent) + 1)), numbers
# one a second
assert 2 <= kinds.count("whole") <= 2 + time.monotonic() - began, kinds
assert 5 <= len(kinds) <= 40, kinds
assert all(set(what) == {"run"} for kind, _, what in sent if kind == "changes"), sent
widget._handle_custom_msg({"type": "hello"}, [])
while sent[-1][0] != "whole":
    assert time.monotonic() < began + 50, sent
    time.sleep(0.05)
time.sleep(0.5)
before = len(sent)
time.sleep(1.5)
assert len(sent) == before, "nothing happened, and something was said"
"""
    executed(WATCHED.format(screen="WidgetOutput"), probe, END)


def test_what_other_threads_send_still_belongs_to_their_cell_after_a_panel_was_shown() -> None:
    thread = """
import threading
found = []
thread = threading.Thread(target=lambda: found.append(get_ipython().kernel.get_parent("shell")))
thread.start()
thread.join()
assert found[0]["header"]["msg_type"] == "execute_request", found
"""
    executed(WATCHED.format(screen="WidgetOutput") + thread + END)
