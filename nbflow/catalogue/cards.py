"""K: cards."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {
    "K001": Entry(
        "the type of card {type} has no {method}",
        "its class is asked for it when a task has such a card",
        "write def {method} in it, which returns HTML",
    ),
    "K020": Entry("step {step} has no card that {call} could mean", fix="{fix}", severity="warning"),
    "K021": Entry(
        "{call} in step {step} does not say which card it means: {cards}",
        fix="{fix}",
        severity="warning",
    ),
    "K022": Entry("step {step} has no card with the id {id}", fix="the ids are {known}.{hint}", severity="warning"),
    "K023": Entry(
        "{card} of step {step} was not made: {message}",
        fix="the rest of the task is as it is without a card",
        severity="warning",
    ),
    "K024": Entry("there is no type of card called '{type}'", fix="the types are {known}.{hint}", severity="warning"),
    "K025": Entry(
        "several cards of step {step} have the same id: {ids}",
        fix="give each an id of its own; until then no name leads to them",
        severity="warning",
    ),
    "K026": Entry("{card} has no component {id}", fix="the ids of its components: {known}.{hint}", severity="warning"),
    "K027": Entry(
        "the data that {card} of step {step} was refreshed with is left out: {message}",
        fix="give dicts, lists, texts and numbers",
        severity="warning",
    ),
    "K028": Entry(
        "a card is set to a list of components, and this is a {kind}",
        fix="write current.card[…] = [component, …]",
        severity="warning",
    ),
    "K029": Entry(
        "cards of type {type} take no components", fix="append to a card of type default or blank", severity="warning"
    ),
    "K030": Entry(
        "{task} has no card {wanted}.{hint}", "{why}", "{fix}", mostly="nbflow card list shows which there are"
    ),
    "K031": Entry(
        "cards are of a task, and this is {what}",
        "{why}",
        "give a task or its pathspec, as in get_cards('{example}')",
    ),
    "K032": Entry("{place} has {count}", "a card is shown of one task", "{fix}", mostly="name the task, too"),
    "K033": Entry("the cards cannot be served on port {port}: {message}", fix="--port {free}"),
    "K034": Entry("{place} has no tasks whose cards could be shown.{hint}", fix="{fix}", mostly="run it first"),
}
