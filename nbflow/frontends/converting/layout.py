"""Forms → the methods of the class and how they lead to each other, with the steps that only a class needs.

Along the way it is followed which step's value each artifact has at each method, and compared with what the notebook
says: where another step would have overwritten it, its own step keeps it under a further name; where even that does not
help, the notebook is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.frontends.converting.blocks import Alone, Block, Blocks, Choice, Fork, Loop
from nbflow.frontends.converting.following import Follower, joined_branches, joined_loop
from nbflow.frontends.converting.guards import Guards
from nbflow.frontends.converting.naming import Names
from nbflow.frontends.converting.original import Original
from nbflow.frontends.converting.sketch import Env, Onward, Sketch
from nbflow.frontends.converting.views import check_views
from nbflow.graph.resolved import ResolvedStep
from nbflow.model.ids import StepName


def laid_out(original: Original, blocks: Blocks, names: Names) -> list[Sketch]:
    """Return the methods in an order in which they can run.

    Raises:
        UsageError: R070, a step would get another value than in the notebook.
    """
    follower = Follower(original, names)
    while True:
        builder = _Builder(original, names.copy(), follower)
        builder.whole(blocks)
        if not follower.keep_more():
            return builder.sketches


class _Builder:
    """Lays blocks one after the other. Responsibilities: open ends meet; steps are added where a form needs one."""

    def __init__(self, original: Original, names: Names, follower: Follower) -> None:
        self.sketches: list[Sketch] = []
        self._original = original
        self._names = names
        self._follower = follower
        self._guards = Guards(original, names, follower)
        #: methods that do not say yet what follows them
        self._ends: list[Sketch] = []
        #: the artifacts as they are there
        self._env: Env = {}

    def whole(self, blocks: Blocks) -> None:
        """Lay the blocks of the whole flow."""
        self._lay(blocks)
        last = self._ends[0]
        if len(self._ends) > 1 or last.onward is not None or last.joins:
            self._add("end", "All is done.")

    def _lay(self, blocks: Blocks) -> None:
        for block in blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Alone(step=step):
                self._place(self._sketch(step))
            case Loop():
                self._loop(block)
            case Fork():
                self._fork(block)
            case Choice(ways=ways):
                self._choice(ways)

    # ---- forms

    def _loop(self, loop: Loop) -> None:
        name = self._names.methods[loop.opens.name]
        at = self._free(f"list_{name}", f"List what {name} runs for.")
        at.onward = Onward("foreach", variable=self._guards.list_of(loop.opens, at, self._env))
        around = self._env
        self._place(self._sketch(loop.opens))
        self._lay(loop.inside)
        end = self._joinable(name)
        if loop.joins:
            check_views(self._original, self._follower, loop.joins, {loop.joins.join[0]: self._env})
        join = self._join(loop.joins, [end], f"join_{name}", f"Gather the items of {name}.")
        join.offers = joined_loop(around, self._env)
        join.env = {each: around[each] for each in join.offers}
        self._env = self._follower.entered(join, join.env)

    def _fork(self, fork: Fork) -> None:
        heads = [self._names.methods[_first(branch[0]).name] for branch in fork.branches]
        at = self._free(f"before_{heads[0]}", f"Part into branches: {', '.join(heads)}.")
        at.onward = Onward("split")
        around = self._env
        ends: list[Sketch] = []
        envs: dict[str, Env] = {}
        for branch, head in zip(fork.branches, heads, strict=True):
            self._ends, self._env = [at], around
            self._lay(branch)
            ends.append(self._joinable(head))
            envs[ends[-1].name] = self._env
        if fork.joins:
            named = {end.step.name: envs[end.name] for end in ends if end.step}
            check_views(self._original, self._follower, fork.joins, named)
        join = self._join(fork.joins, ends, f"join_{'_'.join(heads)}"[:50], f"Bring together {', '.join(envs)}.")
        join.env, join.offers = joined_branches(around, envs)
        self._env = self._follower.entered(join, join.env)

    def _choice(self, ways: Sequence[Sequence[ResolvedStep]]) -> None:
        heads = [self._names.methods[way[0].name] for way in ways]
        at = self._free(f"choose_{heads[0]}", f"Choose whether {' or '.join(heads)} runs.")
        at.onward = Onward("switch", variable=self._names.new(f"after_{at.name}"))
        at.onward.conditions = self._guards.choose(ways, at, at.onward.variable, self._env)
        # nobody has written it, yet it is there
        around = {**self._env, at.onward.variable: ()}
        ends = [] if "" in at.onward.conditions.values() else [at]
        after = dict(around)
        for way in ways:
            self._ends, self._env = [at], around
            with self._follower.within(way, ways):
                for step in way:
                    self._place(self._sketch(step))
            ends += self._ends
            after = _with_changes(after, around, self._env)
        self._ends, self._env = ends, after

    # ---- ends

    def _place(self, sketch: Sketch) -> None:
        """Put `sketch` where all open ends lead to."""
        self._lead_to(sketch, self._ends)
        self._env = self._follower.entered(sketch, self._env)

    def _join(self, step: ResolvedStep | None, ends: list[Sketch], name: str, doc: str) -> Sketch:
        """Put a join behind `ends`: that of the notebook, else one of its own."""
        join = self._sketch(step) if step else Sketch(self._names.new(name), doc=doc)
        join.joins = True
        self._lead_to(join, ends)
        return join

    def _lead_to(self, sketch: Sketch, ends: list[Sketch]) -> None:
        for end in ends:
            end.onward = end.onward or Onward()
            end.onward.targets.append(sketch.name)
        self._ends = [sketch]
        self.sketches.append(sketch)

    def _sketch(self, step: ResolvedStep) -> Sketch:
        return Sketch(self._names.methods[step.name], step)

    def _add(self, name: str, doc: str) -> Sketch:
        """Put a step that only leads on."""
        sketch = Sketch(self._names.new(name), doc=doc)
        self._place(sketch)
        return sketch

    def _free(self, name: str, doc: str) -> Sketch:
        """Return the one end, which may go on in any way; add one where there is none."""
        if not self.sketches:
            return self._add("start", "Begin.")
        if len(self._ends) == 1 and self._ends[0].is_free:
            return self._ends[0]
        return self._add(name, doc)

    def _joinable(self, head: str) -> Sketch:
        """Return the one end of a branch, which a join may follow; add one where there is none."""
        if len(self._ends) == 1 and self._ends[0].onward is None:
            return self._ends[0]
        return self._add(f"{head}_done", "Meet again.")


def _first(block: Block) -> ResolvedStep:
    """Return the step that runs first."""
    match block:
        case Alone(step=step):
            return step
        case Loop(opens=opens):
            return opens
        case Fork(branches=branches):
            return _first(branches[0][0])
        case Choice(ways=ways):
            return ways[0][0]


def _with_changes(after: Env, around: Env, env: Env) -> dict[str, tuple[StepName, ...]]:
    """Return `after` with what one way of a choice, which leads from `around` to `env`, may have written."""
    found = dict(after)
    for name, writers in env.items():
        known = around.get(name, ())
        if writers != known:
            found[name] = (*writers[: len(writers) - len(known)], *found.get(name, ()))
    return found
