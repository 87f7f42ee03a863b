"""What it takes to watch a foreach of 1,200 tasks live, in JupyterLab: `python -m benchmarks.watching`.

The same run twice in fresh kernels, once with the live panel and once with pictures, beside each other: messages and bytes a
second on their way to the browser, the longest task of the browser's main thread, and what the kernel holds.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# the tests' own server and browser
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from lab import CHROMIUM, FLAGS, opened, serving, write
from playwright.sync_api import WebSocket, sync_playwright

TASKS = 1200
CELLS = {
    "load": "%load_ext nbflow\n%flow name watched\nimport time\n{rss}\n%env NBFLOW_VIEWS={views}",
    "items": "%%step items --define\nn = {tasks}",
    "work": "%%step work --foreach range(n) --as k --define\nprint('item', k)\ny = k * k",
    "total": "%%step total --join work --define\nresult = sum(each.y for each in inputs)",
    # what a notebook has before its first run
    "small": "print(resident())",
    "run": "began = time.time()\nrun = %flow run --fresh\ntook = time.time() - began",
    "held": "print(resident(), took, run.data.result)",
}
#: MB that the kernel holds at the moment
RESIDENT = "def resident(): return round(int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6, 1)"
#: what the browser's main thread does for longer than 50 ms; begins with such a thing, to see that it is noted
LONG_TASKS = """async () => {
    window.tasks = [];
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) window.tasks.push(entry.duration);
    }).observe({ type: "longtask" });
    await new Promise(done => setTimeout(() => {
        const until = performance.now() + 120;
        while (performance.now() < until);
        setTimeout(done, 200);
    }, 100));
    return window.tasks.splice(0).length;
}"""


@dataclass
class Seen:
    """What came over the socket of the kernel."""

    messages: int = 0
    size: int = 0
    counting: bool = False

    def listen(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framereceived", self.take)

    def take(self, frame: bytes | str) -> None:
        if self.counting:
            self.messages += 1
            self.size += len(frame)


def watched(views: str) -> dict[str, Any]:
    """Watch the run once, and return the figures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root, private = Path(folder, "work"), Path(folder, "private")
        root.mkdir()
        private.mkdir()
        with serving(root, private) as server:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1300, "height": 1000})
            seen = Seen()
            page.on("websocket", seen.listen)
            path = root / "watched.ipynb"
            write(path, {cell: text.format(views=views, tasks=TASKS, rss=RESIDENT) for cell, text in CELLS.items()})
            notebook = opened(server, page, path)
            notebook.run_cells("load", "items", "work", "total", "small")
            if not page.evaluate(LONG_TASKS):
                sys.exit("this browser does not tell of long tasks")
            seen.counting = True
            notebook.run_cells("run")
            seen.counting = False
            tasks = page.evaluate("() => window.tasks")
            notebook.run_cells("held")
            before = float(notebook.output_of("small").inner_text())
            after, took, result = notebook.output_of("held").inner_text().split()
            browser.close()
    if int(result) != sum(k * k for k in range(TASKS)):
        sys.exit(f"the run gave {result}")
    seconds = float(took)
    return {
        "seconds": seconds,
        "messages a second": seen.messages / seconds,
        "kB a second": seen.size / seconds / 1000,
        "longest browser task, ms": max(tasks, default=0.0),
        "browser tasks over 50 ms": len(tasks),
        "kernel before, MB": before,
        "kernel grew by, MB": float(after) - before,
    }


def main() -> None:
    """Print both beside each other."""
    views = ("widget", "static")
    figures = {each: watched(each) for each in views}
    print(f"a foreach of {TASKS} tasks, watched in JupyterLab\n\n{'':<28}{'live panel':>12}{'pictures':>12}")
    for name in figures["widget"]:
        print(f"{name:<28}" + "".join(f"{figures[each][name]:>12.1f}" for each in views))
    if "--json" in sys.argv:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
