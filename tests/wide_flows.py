"""Random flows with branches and joins, foreach in foreach, conditions, and choices of a writer, in short notation."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.property.test_graph_top_to_bottom import FIRST, numbers

OUTER = ("x", "y", "z")
LINES = ("{n} = f({m}) + {k}", "{n} = f({m})", "if f({m}) % 2: {n} = {k}", "{n} += {k}", "{n} = [f({m}), {k}]")


class _Flow:
    """A flow while it is drawn."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.cells = [f"first: {FIRST.partition(': ')[2]}"]
        self._draw = draw
        self._writers = {name: ["first"] for name in OUTER}
        self._guarded: list[str] = []
        self._count = 0

    def one_of(self, *choices: Any) -> Any:
        return self._draw(st.sampled_from(choices))

    def chance(self, one_in: int) -> bool:
        return self._draw(st.integers(1, one_in)) == 1

    def name(self) -> str:
        self._count += 1
        return f"s{self._count}"

    def step(self, read: tuple[str, ...], write: tuple[str, ...], *, conditions: bool = True) -> str:
        mine = self.name()
        options = [*self._conditions(mine, read)] if conditions else []
        chosen = self.one_of(*read)
        if self.chance(6) and self._writers.get(chosen):
            options.append(f"--in {chosen}={self.one_of(*self._writers[chosen])}.{chosen}")
        if self.chance(7):
            options.append("--catch err")
        lines = [self._line(read, write) for _ in range(self._draw(st.integers(1, 2)))]
        self.add(mine, "\n".join(lines), *options)
        for each in write:
            if any(f"{each} " in line for line in lines):
                self._writers.setdefault(each, []).append(mine)
        return mine

    def add(self, name: str, body: str, *options: str) -> None:
        self.cells.append(f"{name}[{' '.join(options)}]: {body}" if options else f"{name}: {body}")

    def _conditions(self, mine: str, read: tuple[str, ...]) -> list[str]:
        if self.chance(4):
            self._guarded.append(mine)
            return [f'--when "{self.one_of(*read)} {self.one_of("==", "!=")} {self._draw(numbers)}"']
        return [f"--else-of {self.one_of(*self._guarded)}"] if self._guarded and self.chance(3) else []

    def _line(self, read: tuple[str, ...], write: tuple[str, ...]) -> str:
        return str(self.one_of(*LINES)).format(n=self.one_of(*write), m=self.one_of(*read), k=self._draw(numbers))

    def branches(self) -> None:
        own = self._draw(st.permutations(["x", "m", "n"]))[: self._draw(st.integers(2, 3))]
        ends = []
        for each in own:
            ends.append(self.step(OUTER, (each,), conditions=False))
            if self.chance(2):
                ends[-1] = self.step((each,), (each,), conditions=False)
        views = [f"f(getattr(inputs.{end}, '{each}', 0))" for end, each in zip(ends, own, strict=True)]
        self.add(self.name(), f"{self.one_of(*OUTER)} = {' + '.join(views)}", f"--join {','.join(ends)}")

    def foreach(self, *, nested: bool) -> None:
        opens = last = self.name()
        self.add(opens, f"p = e; q = f({self.one_of(*OUTER)}) + e", '--foreach "[1, 2]" --as e')
        for _ in range(self._draw(st.integers(0, 2))):
            last = self.step(("p", "q", "e", *OUTER), ("p", "q"), conditions=False)
        if nested:
            inner, last = self.name(), self.name()
            self.add(inner, "r = f(g) + f(p)", '--foreach "[p, q]" --as g')
            self.add(last, "q = [task.r for task in inputs] + [f(x)]", f"--join {inner}")
        if self.chance(2):
            self.step(OUTER, OUTER)
        self.add(self.name(), f"{self.one_of(*OUTER)} = sum(f(task.q) for task in inputs) + f(y)", f"--join {last}")


@st.composite
def wide_flows(draw: st.DrawFn) -> list[str]:
    made = _Flow(draw)
    for _ in range(draw(st.integers(1, 4))):
        match made.one_of("step", "step", "branches", "foreach", "nested"):
            case "step":
                made.step(OUTER, OUTER)
            case "branches":
                made.branches()
            case kind:
                made.foreach(nested=kind == "nested")
    return made.cells
