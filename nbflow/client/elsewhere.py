"""What is done with runs and tasks by a verb, and not by a method of theirs: who looks for one is told the verb."""

from __future__ import annotations

#: verb → from which depth to which it is for (1: a flow, 2: a run, … 5: an artifact), and what to type
_VERBS = {
    "attach": (2, 2, "%flow attach {place},  or  nbflow attach {place}  in a terminal"),
    "cards": (2, 4, "nbflow.cards('{place}'),  or  %flow cards {place}"),
    "compare": (2, 2, "nbflow.compare('{place}', baseline='previous'),  or  %flow compare {place} --baseline previous"),
    "debug": (2, 4, "%flow debug {place}"),
    "history": (1, 1, "nbflow.history('{place}'),  or  %flow history {place}"),
    "restore": (2, 2, "%flow restore {place}"),
    "resume": (2, 2, "%flow resume {id}  in its notebook,  or  nbflow resume {place}  in a terminal"),
    "timeline": (2, 2, "nbflow.timeline('{place}'),  or  %flow timeline {place}"),
    "view": (2, 4, "nbflow.view('{place}'),  or  %flow view {place}"),
}


def verb_for(name: str, place: str) -> str:
    """Return what to type for verb `name` with what is at `place`, a pathspec; empty: there is no such verb for it."""
    parts = place.split("/")
    least, most, typed = _VERBS.get(name, (0, 0, ""))
    return typed.format(place=place, id=parts[-1]) if least <= len(parts) <= most else ""
