"""Cards that are not there, are not meant or cannot be made."""

from __future__ import annotations

from gallery.example import Call, Command, Example, FlowFile
from gallery.flowfile import RUN, flow

#: all that a step can get wrong with its cards, in one run: nothing of it stops the step
WRONG = flow(
    """
    @card(id="table")
    @card(id="plot")
    @card(id="twice")
    @card(id="twice")
    @card(id="json", type="default_json")
    @card(type="defualt")
    @card(type="ours")
    @step
    def start(self):
        current.card.append("all well")
        current.card["tabel"].append("all well")
        current.card["table"].append("0 %", id="progress")
        del current.card["table"].components["progres"]
        current.card["table"].refresh({"model": object()})
        current.card["plot"] = "all well"
        current.card["json"].append("all well")
        self.next(self.end)

    @step
    def end(self):
        current.card.append("all well")
    """,
    "FlowSpec, card, current, step",
    above='from nbflow.cards import MetaflowCard\n\n\nclass Ours(MetaflowCard):\n    type = "ours"\n\n\n',
)


def wrong(code: str, title: str, reason: str, fix: str) -> FlowFile:
    """Return the example of one of them."""
    return FlowFile(code, title, WRONG, RUN, exits=0, reason=reason, fix=fix)


EXAMPLES: tuple[Example, ...] = (
    Call(
        "K001",
        "a type of card that cannot draw",
        'from nbflow.cards import MetaflowCard\n\n\nclass Ours(MetaflowCard):\n    type = "ours"\n\n\nOurs().render(None)',
        reason="the type of card ours has no render(task)",
        fix="def render(task)",
    ),
    wrong("K020", "a card that nobody asked for", "step end has no card that current.card.append", "@card"),
    wrong("K021", "one of several cards", "does not say which card it means", 'current.card["table"].append'),
    wrong("K022", "a mistyped id of a card", "the id tabel", "'table'"),
    wrong("K023", "a card that cannot be drawn", "was not made", "as it is without a card"),
    wrong("K024", "a mistyped type of a card", "'defualt'", "'default'"),
    wrong("K025", "two cards of one id", "the same id: twice", "an id of its own"),
    wrong("K026", "a mistyped component", "no component progres", "'progress'"),
    wrong("K027", "data that is no plain value", "object is not JSON serializable", "give dicts"),
    wrong("K028", "a text for a list", "this is a str", "[component, …]"),
    wrong("K029", "a text for a card of data", "cards of type default_json", "default or blank"),
    Command(
        "K030",
        "a card that no step asked for",
        "nbflow card get sales/1/best --id table",
        exits=1,
        reason="with the id table",
        fix="ask for one of these",
    ),
    Call(
        "K031",
        "a run where a task is meant",
        'from nbflow import get_cards\nget_cards("sales/1")',
        reason="'sales/1'",
        fix="sales/1/report/0",
    ),
    Call(
        "K031",
        "a step of two tasks",
        'from nbflow import get_cards\nget_cards("sales/1/train")',
        reason="2 tasks",
        fix="sales/1/train/0",
        mended='from nbflow import get_cards\nget_cards("sales/1/train/0")',
    ),
    Command(
        "K032",
        "a step of two tasks in a terminal",
        "nbflow card get sales/1/train",
        exits=1,
        reason="2 tasks",
        fix="nbflow card get sales/1/train/0",
        mended="nbflow card get sales/1/train/0",
    ),
    Command(
        "K033", "a port that is none", "nbflow card server sales --port 70000", exits=1, reason="70000", fix="--port"
    ),
)
