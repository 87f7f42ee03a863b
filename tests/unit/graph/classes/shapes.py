"""Flows as classes at random, whole ones: every way of going on, within every other."""

from __future__ import annotations

import random


def flow_text(seed: int, depth: int = 3) -> str:
    """Return the steps of a flow that nothing is wrong with, in any order of definition."""
    writer = _Writer(random.Random(seed))
    start = writer.sequence(depth, "end")
    writer.put("start", f"self.next(self.{start})")
    writer.methods.append("def end(self): pass")
    writer.random.shuffle(writer.methods)
    return "\n".join(writer.methods)


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self.random = chance
        self.methods: list[str] = []
        self.joins: set[str] = set()
        self._count = 0

    def name(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def put(self, name: str, body: str, *, above: str = "") -> str:
        self.methods.append(f"{above}def {name}(self): {body}")
        return name

    def sequence(self, depth: int, after: str) -> str:
        """Write blocks that lead to `after` and return the first step."""
        for _ in range(self.random.randint(1, 3)):
            after = self.block(depth, after)
        return after

    def block(self, depth: int, after: str) -> str:
        kinds = (
            [self.linear] if depth == 0 else [self.linear, self.split, self.foreach, self.gang, self.switch, self.loop]
        )
        return self.random.choice(kinds)(depth - 1, after)

    def linear(self, depth: int, after: str) -> str:
        return self.put(self.name("l"), f"self.next(self.{after})")

    def join(self, after: str) -> str:
        name = self.name("j")
        self.joins.add(name)
        self.methods.append(f"def {name}(self, inputs): self.next(self.{after})")
        return name

    def split(self, depth: int, after: str) -> str:
        join = self.join(after)
        branches = [self.sequence(depth, join) for _ in range(self.random.randint(2, 3))]
        return self.put(self.name("s"), f"self.next({', '.join(f'self.{each}' for each in branches)})")

    def foreach(self, depth: int, after: str) -> str:
        first = self.sequence(depth, self.join(after))
        return self.put(self.name("f"), f"self.next(self.{first}, foreach='xs')")

    def gang(self, depth: int, after: str) -> str:
        join = self.join(after)
        step = self.put(self.name("g"), f"self.next(self.{join})", above="@parallel\n")
        return self.put(self.name("p"), f"self.next(self.{step}, num_parallel=2)")

    def unconditional(self, depth: int, after: str) -> str:
        return self.linear(depth, after) if after in self.joins else after

    def switch(self, depth: int, after: str) -> str:
        after = self.unconditional(depth, after)
        ways = [self.sequence(depth, after) for _ in range(self.random.randint(1, 3))]
        if len(ways) == 1 or self.random.random() < 0.3:
            ways.append(after)
        cases = ", ".join(f"{number}: self.{way}" for number, way in enumerate(ways))
        return self.put(self.name("w"), f"self.next({{{cases}}}, condition='v')")

    def loop(self, depth: int, after: str) -> str:
        after, name = self.unconditional(depth, after), self.name("r")
        return self.put(name, f"self.next({{'more': self.{name}, 'done': self.{after}}}, condition='v')")
