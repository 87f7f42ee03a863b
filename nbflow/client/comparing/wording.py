"""Numbers, deltas and shares as a comparison says them."""

from __future__ import annotations

from nbflow.client.comparing.side import Number


def number_text(given: Number) -> str:
    """Return a number with as many digits as tell two apart: six."""
    if isinstance(given, float):
        return f"{given:.6g}"
    return str(given) if given.bit_length() < 64 else f"{given:.4e}" if given.bit_length() < 1000 else "a huge number"


def delta_text(given: Number | None) -> str:
    """Return a delta with its sign: `+0.25`, `−3`."""
    if given is None:
        return ""
    return f"{'−' if given < 0 else '+'}{number_text(abs(given))}" if given else "0"


def percent_of(part: float) -> str:
    """Return a share as `+4.2%`, `−12%`, `+1.2e+07%`."""
    number = abs(part) * 100
    shown = f"{number:.1f}" if number < 99.95 else f"{number:,.0f}" if number < 99_999 else f"{number:.1e}"
    return f"{'−' if part < 0 else '+'}{shown}%"
