"""A view on a notebook's page, in a real kernel: what is sent to who shows it, and when it is let go of."""

from __future__ import annotations

import nbformat
from nbclient import NotebookClient

#: a view of its own, the widget of its page, and what that sends
SHOWN = """
import time
from nbflow.cards import html as h
from nbflow.views.inline import stage as stages
from nbflow.views.inline.shared import SharedView
class Counting:
    name, count, fails = "counting", 0, False
    def regions(self): return {"fixed": h.block("fixed"), "count": h.block(f"count {self.count}")}
    def static(self): return h.block(f"picture of {self.count}")
    def text(self): return f"text of {self.count}"
    def act(self, act, argument, fields): self.count += 1
    def poll(self):
        if self.fails: raise OSError("the disk <is> gone")
        return False
view = Counting()
shared = SharedView(view)
def open_page():
    stage, sent = stages.Stage(shared), []
    stage.open()
    widget = stage._widget
    widget.send = sent.append
    widget.observe(lambda change: sent.append({"type": "whole", **change.new}), "page")
    return stage, widget, sent
def until(true):
    for _ in range(400):
        if true(): return True
        time.sleep(0.02)
stage, widget, sent = open_page()
ask = lambda widget, **message: widget._handle_custom_msg(message, [])
"""
SAID = """
ask(widget, type="act", act="more")
assert until(lambda: sent), sent
(changes,) = sent
assert (changes["type"], changes["number"], changes["names"]) == ("changes", 1, ["fixed", "count"]), changes
assert [(name, between) for name, _, _, between, _ in changes["set"]] == [("count", "1")], changes
ask(widget, type="hello")
assert until(lambda: len(sent) == 2), sent
assert (sent[1]["type"], sent[1]["number"]) == ("whole", 2), sent
assert "count 1" in dict(sent[1]["regions"])["count"]
"""
TWO = """
second, other, told = open_page()
ask(other, type="act", act="more")
assert until(lambda: len(told) == 1 and len(sent) == 3), (sent, told)
assert sent[2]["set"] == told[0]["set"], (sent, told)
"""
FAILS = """
view.fails = True
assert until(lambda: len(sent) == 4), sent
assert sent[3]["message"] == "this did not work: OSError: the disk <is> gone", sent
view.fails = False
assert until(lambda: len(sent) == 5), sent
assert sent[4]["message"] == "", sent
"""
FORGOTTEN = """
assert widget.comm is not None
stage.forget()
assert widget.comm is None
assert not stage.due(time.monotonic() + 1000)
"""


def test_a_page_is_sent_what_changed_and_is_let_go_of_with_its_widget() -> None:
    cells = [nbformat.v4.new_code_cell(each) for each in (SHOWN, SAID, TWO, FAILS, FORGOTTEN)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, store_widget_state=False).execute()
    picture, widget = notebook.cells[0].outputs
    assert picture.data["text/plain"].startswith("text of")
    assert widget.data["text/plain"] == ""
