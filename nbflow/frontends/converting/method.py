"""One method of the class, as text."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nbflow.frontends.converting.bodytext import BodyText, body_text, bound_here, indented
from nbflow.frontends.converting.checks import check_body
from nbflow.frontends.converting.decorating import decorators
from nbflow.frontends.converting.leaving import left
from nbflow.frontends.converting.merging import merged
from nbflow.frontends.converting.naming import Names
from nbflow.frontends.converting.original import Original
from nbflow.frontends.converting.sketch import Onward, Sketch
from nbflow.frontends.converting.taking import Taken, taken
from nbflow.frozen import frozen
from nbflow.graph.resolved import ResolvedStep


@frozen
class MethodText:
    """The text of a method, not indented."""

    lines: tuple[str, ...]
    #: modules that it needs beyond those of the notebook
    modules: frozenset[str]
    #: names it needs of nbflow
    imports: frozenset[str]


class MethodWriter:
    """Writes methods. Responsibilities: the order of a method's parts."""

    def __init__(self, original: Original, names: Names, setup: str, moved: Collection[str]) -> None:
        self._original = original
        self._names = names
        #: the function that every step calls first; empty: none
        self._setup = setup
        #: keys of the statements of bodies that stand outside the class
        self._moved = moved

    def written(self, sketch: Sketch, *, first: bool, last: bool) -> MethodText:
        """Return the text of `sketch`."""
        made = decorators(sketch.step) if sketch.step else []
        lines = [f"@{name}" + (f"({arguments})" if arguments else "") for name, arguments in made]
        ends = [f"{word}=True" for word, is_it in (("start", first), ("end", last)) if is_it and sketch.name != word]
        lines.append(f"@step({', '.join(ends)})" if ends else "@step")
        lines.append(f"def {sketch.name}(self{', inputs' if sketch.joins else ''}):")
        lines.append(f'    """{self._doc(sketch)}"""')
        modules: set[str] = set()
        parts = [_takeovers(sketch)]
        if sketch.step:
            body = self._body(sketch, sketch.step, modules)
            parts = [[f"{self._setup}()"] if self._setup else [], *parts, *body]
        parts[-1:] = [[*parts[-1], *_onward(sketch)]]
        found = [part for part in parts if part]
        for number, part in enumerate(found):
            lines += ["", *indented(part, 4)] if number else indented(part, 4)
        return MethodText(tuple(lines), frozenset(modules), frozenset(name for name, _ in made))

    def _doc(self, sketch: Sketch) -> str:
        if sketch.step is None:
            return sketch.doc
        cell = sketch.step.draft.place.cell or "a cell"
        heading = self._original.headings.get(sketch.step.name)
        return heading or f"{cell[:1].upper()}{cell[1:]} of {self._original.notebook}."

    def _body(self, sketch: Sketch, step: ResolvedStep, modules: set[str]) -> list[list[str]]:
        """Return the parts: what is taken, the body, what is left."""
        check_body(self._original, step)
        given = list(taken(self._original, sketch))
        modules |= {"builtins" for each in given if each.value.startswith("builtins.")}
        local = {*step.draft.body.names.bindings, *(each.name for each in given)}
        text = body_text(
            step.draft.body,
            moved=self._moved,
            local=local - self._moved_names(step),
            joined=self._joined(sketch, step),
            merge=merged(self._original, self._names, step) if step.draft.body.names.merge else "",
        )
        modules |= text.modules
        first = [line for each in given for line in each.lines] + _declared(step, given)
        end = list(left(self._original, self._names, step, {each.name for each in given if not each.when}))
        if not text.waits:
            return _parts(step, first, text, end)
        modules.add("asyncio")
        inside = [line for part in _parts(step, first, text, end) if part for line in ("", *part)][1:]
        return [["async def work():", *indented(inside, 4)], ["asyncio.run(work())"]]

    def _moved_names(self, step: ResolvedStep) -> set[str]:
        return {name for each in step.draft.statements if each.key in self._moved for name in each.names}

    def _joined(self, sketch: Sketch, step: ResolvedStep) -> dict[str, str]:
        """Return what the attributes of `inputs` are called in the class, where that is otherwise."""
        if not sketch.joins:
            return {}
        if step.closes:
            return {step.join[0]: "inputs"}
        called = {name: self._names.methods[name] for name in step.join}
        return {name: f"inputs.{method}" for name, method in called.items() if name != method}


def _parts(step: ResolvedStep, first: list[str], text: BodyText, end: list[str]) -> list[list[str]]:
    body = list(text.lines) if any(line.strip() for line in text.lines) else []
    if step.draft.options.catch is None:
        return [first, body, end]
    # what was bound before an error is left, too
    return [first, ["try:", *indented(body or ["pass"], 4), "finally:", *indented(end or ["pass"], 4)], []]


def _declared(step: ResolvedStep, given: Collection[Taken]) -> list[str]:
    """Return lines that make names the method's own that only functions in it bind, by `global` in the notebook."""
    here = bound_here(step.draft.body) | {each.name for each in given}
    outside = [
        name
        for name, binding in step.draft.body.names.bindings.items()
        if name not in here and binding.under.startswith("global ")
    ]
    return [f"{name}: object" for name in outside]


def _takeovers(sketch: Sketch) -> list[str]:
    """Return the lines by which a join takes over what is read below."""
    if not sketch.joins:
        return []
    lines = []
    if same := [name for name, certain in sketch.takes.items() if certain and not sketch.offers[name]]:
        listed = ", ".join(f'"{name}"' for name in same)
        lines.append(f"self.merge_artifacts(inputs, include=[{listed}])")
    for name, certain in sketch.takes.items():
        if name in same:
            continue
        giver = f"inputs.{sketch.offers[name]}" if sketch.offers[name] else "inputs[0]"
        line = f"self.{name} = {giver}.{name}"
        lines += [line] if certain else [f'if hasattr({giver}, "{name}"):', f"    {line}"]
    return lines


def _onward(sketch: Sketch) -> Iterator[str]:
    """Yield the last lines: how the method goes on."""
    onward = sketch.onward
    if onward is not None and onward.kind == "switch":
        yield f"self.{onward.variable} = {_choice(onward)}"
    yield from (f"self.{name} = {expression}" for name, expression in sketch.sets.items())
    if onward is None:
        return
    targets = ", ".join(f"self.{name}" for name in onward.targets)
    match onward.kind:
        case "foreach":
            yield f'self.next({targets}, foreach="{onward.variable}")'
        case "switch":
            cases = ", ".join(f'"{name}": self.{name}' for name in _cases(onward))
            yield f'self.next({{{cases}}}, condition="{onward.variable}")'
        case _:
            yield f"self.next({targets})"


def _cases(onward: Onward) -> list[str]:
    return [*onward.conditions, *([onward.otherwise] if onward.otherwise else [])]


def _choice(onward: Onward) -> str:
    parts = [f'"{name}" if {condition}' if condition else f'"{name}"' for name, condition in onward.conditions.items()]
    return " else ".join([*parts, *([f'"{onward.otherwise}"'] if onward.otherwise else [])])
