"""Whether a failed attempt is followed by another."""

from __future__ import annotations

from typing import Any


def again(strategy: dict[str, Any], attempts: int, exit_code: int | None, reason: str, status_reason: str) -> bool:
    """Tell it for the `attempts`-th one.

    The first condition of `evaluateOnExit` decides whose parts all fit; where none fits, there is another attempt, as long
    as `attempts` of the strategy are not used up.
    """
    if attempts >= int(strategy.get("attempts") or 1):
        return False
    facts = {
        "onExitCode": "" if exit_code is None else str(exit_code),
        "onReason": reason,
        "onStatusReason": status_reason,
    }
    for condition in strategy.get("evaluateOnExit") or []:
        if all(_fits(condition[name], fact) for name, fact in facts.items() if condition.get(name)):
            return bool(condition["action"].upper() == "RETRY")
    return True


def _fits(pattern: str, fact: str) -> bool:
    """Tell whether a fact is the pattern, or begins with it where that ends with an asterisk."""
    return fact.startswith(pattern[:-1]) if pattern.endswith("*") else fact == pattern
