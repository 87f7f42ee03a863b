"""What a hurried person types behind `%flow` that is no verb, and the line that does what was meant."""

from __future__ import annotations

from nbflow.errors import did_you_mean
from nbflow.frontends.magics.verbs import VERBS

#: words → the line that is meant; {} is what stood behind the word, or what is in brackets
_LINES = {
    ("log", "logs", "task", "open", "inspect", "describe", "step", "output"): "%flow view {[STEP or RUN]}",
    ("runs", "ls", "list", "status", "ps", "search"): "%flow history",
    ("tags",): "%flow history",
    ("diff", "difference"): "%flow compare {}",
    ("chart", "plot"): "%flow compare --chart {METRIC}",
    ("stop", "kill", "abort", "end"): "%flow cancel {}",
    ("start", "execute", "exec", "go"): "%flow run {}",
    ("rerun", "retry", "continue", "restart"): "%flow resume {}",
    ("card", "report"): "%flow cards {}",
    ("artifact", "data", "dump", "variables", "vars", "values", "get"): "%flow artifacts {}",
    ("graph", "dag", "draw", "steps"): "%flow show",
    ("params", "parameters", "options"): "%flow run?",
    ("watch", "follow"): "%flow attach {}",
    ("load", "reload"): "%flow restore {}",
    ("delete", "remove", "rm"): "%flow drop {STEP}",
    ("dashboard", "board"): "import nbflow; nbflow.dashboard()",
    ("tag", "label"): "%flow run --tag {NAME}  for the next run; for one that is there tick it in  %flow history",
}
#: verbs of the terminal alone
_TERMINAL = frozenset({"convert", "fmt", "explain", "doctor", "configure", "notebook", "batch", "deployed"})
_MEANT = {word: line for words, line in _LINES.items() for word in words}


def meant_by(word: str, rest: str) -> tuple[str, str]:
    """Return a hint for `%flow word rest`, where `word` is no verb, and what to type instead."""
    known = word.lower()
    if known in VERBS:
        return f" Did you mean '{known}'?", f"%flow {known} {rest}".rstrip()
    if known in _MEANT:
        before, brace, behind = _MEANT[known].partition("{")
        wanted, _, after = behind.partition("}")
        return "", f"{before}{rest.strip() or wanted if brace else ''}{after}".rstrip()
    if known in _TERMINAL:
        return " It is one of the terminal's.", f"!nbflow {known} {rest}".rstrip()
    return did_you_mean(word, VERBS), f"%flow {', '.join(VERBS)}; %flow? explains them"
