"""Tables of figures for people, and the same as JSON for comparing later."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.doors import WORKERS
from benchmarks.timing import Figure

_COMPARED = "{:<40}{:>12}{:>12}{:>9}{:>11}{:>7}"
_ALONE = "{:<40}{:>12}{:>12}{:>9}{:>7}  {}"


def machine(metaflow: str) -> dict[str, Any]:
    """Return what the figures depend on; nothing that tells whose machine it is."""
    return {
        "nbflow": version("nbflow"),
        "metaflow": metaflow or None,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "workers": WORKERS,
        "load": [round(each, 2) for each in os.getloadavg()],
        "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    }


def show_machine(facts: dict[str, Any]) -> None:
    """Print what the figures depend on."""
    beside = f"Metaflow {facts['metaflow']}" if facts["metaflow"] else "no Metaflow"
    print(f"nbflow {facts['nbflow']}, {beside}, Python {facts['python']}, {facts['system']}, {facts['processor']}")
    print(f"{facts['cores']} cores, {facts['memory_gb']} GB, at most {WORKERS} tasks at once, load {facts['load'][0]}")


def show_heading(*, compared: bool) -> None:
    """Print the heading of a table."""
    if compared:
        print(
            "\nmedians in ms; ratios are Metaflow / nbflow: above 1, nbflow is that many times faster, or easier on processors"
        )
        print(_COMPARED.format("", "nbflow", "Metaflow", "ratio", "CPU ratio", "load"))
    else:
        print("\nnbflow alone: medians in ms, the range of the tries, and the median over that of starting Python")
        print(_ALONE.format("", "median", "range", "× Python", "load", "").rstrip())


def show_compared(figures: Sequence[Figure]) -> None:
    """Print a line for each of nbflow's doors, beside Metaflow if it was measured."""
    theirs = next((each for each in figures if each.machine == "Metaflow"), None)
    doors = [each for each in figures if each.machine == "nbflow"]
    for each in doors:
        name = f"{each.name}, {each.door}" if len(doors) > 1 else each.name
        beside, ratio = (f"{theirs.median:.1f}", f"{theirs.median / each.median:.1f}") if theirs else ("", "")
        easier = f"{theirs.cpu / each.cpu:.1f}" if theirs and theirs.cpu and each.cpu else ""
        print(_COMPARED.format(name, f"{each.median:.1f}", beside, ratio, easier, f"{each.load:.1f}"), flush=True)


def show_alone(figure: Figure, python: float) -> None:
    """Print a figure; `python`: milliseconds of starting Python."""
    spread = f"{min(figure.tries).wall:.0f}-{max(figure.tries).wall:.0f}"
    times = f"{figure.median / python:.1f}"
    line = _ALONE.format(figure.name, f"{figure.median:.1f}", spread, times, f"{figure.load:.1f}", figure.remark)
    print(line.rstrip(), flush=True)


def progress(text: str) -> None:
    """Say what goes on now, on a line of its own that the next one replaces; a file gets none of it."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def write(path: Path, facts: dict[str, Any], figures: Iterable[Figure]) -> None:
    """Write everything that was measured, every try of it, to `path`."""
    rows = [
        {
            "name": each.name,
            "door": each.door,
            "machine": each.machine,
            "median_ms": round(each.median, 2),
            "cpu_ms": each.cpu and round(each.cpu, 2),
            "tries_ms": [round(one.wall, 2) for one in each.tries],
            "load": round(each.load, 2),
        }
        for each in figures
    ]
    path.write_text(json.dumps({"machine": facts, "figures": rows}, indent=1) + "\n")


def _processor() -> str:
    """Return the model of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    found = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return found[0] if found else platform.machine()
