"""The whole file of a converted flow."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

from nbflow.frontends.converting.bodytext import body_text, bound_here, indented
from nbflow.frontends.converting.carrying import carry
from nbflow.frontends.converting.definitions import import_lines, needed, text_of, used_names
from nbflow.frontends.converting.formatting import formatted
from nbflow.frontends.converting.layout import laid_out
from nbflow.frontends.converting.method import MethodText, MethodWriter
from nbflow.frontends.converting.naming import Names
from nbflow.frontends.converting.order import ends, ordered
from nbflow.frontends.converting.original import Original, refuse
from nbflow.frontends.converting.parameters import ParameterText, parameter_texts
from nbflow.frontends.converting.sketch import Sketch
from nbflow.frozen import frozen
from nbflow.model.ids import StepName
from nbflow.model.step import Statement


@frozen
class FlowFile:
    """A converted flow."""

    source: str
    class_name: str
    #: steps that only the class has
    added: tuple[str, ...]
    #: step → its method: of another name where that is taken
    methods: Mapping[StepName, str]


def flow_file(original: Original, folder: Path, file: str = "flow.py") -> FlowFile:
    """Return the file of a class that does what the notebook does.

    Args:
        original: the notebook.
        folder: where the notebook stands: modules in it are the person's own.
        file: how the file will be called.

    Raises:
        UsageError: R070, a class cannot say it.
    """
    blocks = ordered(original.flow)
    names = Names.of(original, ends(blocks))
    sketches = laid_out(original, blocks, names)
    carry(original, names, sketches)
    writer = _Writer(original, names, folder, file)
    source = formatted("\n".join(writer.lines(sketches)))
    return FlowFile(
        source, writer.class_name, tuple(each.name for each in sketches if each.step is None), names.methods
    )


class _Writer:
    """Puts the parts of the file together."""

    def __init__(self, original: Original, names: Names, folder: Path, file: str) -> None:
        self._original = original
        self._names = names
        self._folder = folder
        self._file = file
        self._statements = needed(original)
        moved = frozenset(each.key for each in self._statements if each.step is not None)
        taken = {name for each in original.graph.statements for name in each.names}
        self.class_name = _free(_class_name(original.name), taken, "Flow")
        taken |= {name for step in original.flow.steps for name in step.draft.body.names.bindings}
        self._setup = _free("set_up", taken, "_every_step") if original.graph.setup else ""
        self._methods = MethodWriter(original, names, self._setup, moved)
        self._modules: set[str] = set()

    def lines(self, sketches: Sequence[Sketch]) -> Iterator[str]:
        """Yield the lines of the file."""
        parameters = list(parameter_texts(self._original))
        methods = [
            self._methods.written(each, first=each is sketches[0], last=each.onward is None) for each in sketches
        ]
        setup = list(self._setup_lines())
        self._modules = self._modules.union(*(each.modules for each in parameters), *(each.modules for each in methods))
        imports = {"FlowSpec", "step"} | ({"Parameter"} if parameters else set())
        imports = imports.union(*(each.imports for each in parameters), *(each.imports for each in methods))
        self._check_names(imports)
        yield f'"""{self._title()}\n\nConverted from {self._original.notebook}. Run it with: python {self._file} run\n"""'
        yield ""
        yield from self._imports(imports)
        yield from self._definitions()
        yield from setup
        yield from ("", "", f"class {self.class_name}(FlowSpec):")
        yield f'    """{self._title()}"""'
        yield from self._class_lines(parameters, methods)
        yield from ("", "", 'if __name__ == "__main__":', f"    {self.class_name}()", "")

    def _check_names(self, imports: set[str]) -> None:
        """Refuse a definition that has the name of one of nbflow's that the file needs."""
        for each in self._statements:
            if both := sorted(imports & set(each.names)):
                why = "the file needs nbflow's own of that name"
                refuse(each.place, f"the definition of '{both[0]}'", why, "give it another name")

    def _title(self) -> str:
        return self._original.title or f"The flow {self._original.name}."

    def _imports(self, names: set[str]) -> Iterator[str]:
        others = [f"import {module}" for module in sorted(self._modules)]
        others.append(f"from nbflow import {', '.join(sorted(names, key=_as_isort))}")
        if any("display" in step.draft.body.names.reads for step in self._original.flow.steps):
            others.append("from IPython.display import display")
        singles = [each for each in self._statements if each.kind == "import"]
        used = used_names(self._original, self._statements)
        yield from import_lines(singles, used, others, self._folder)

    def _definitions(self) -> Iterator[str]:
        before: Statement | None = None
        for each in self._statements:
            if each.kind == "import":
                continue
            lines = text_of(each)
            if not _belongs_to(each, before):
                wide = each.kind in {"function", "class"} or (
                    before is not None and before.kind in {"function", "class"}
                )
                yield from ["", ""] if wide else [""]
            yield from lines
            before = each

    def _setup_lines(self) -> Iterator[str]:
        cells = self._original.graph.setup
        if not cells:
            return
        bound: set[str] = set()
        lines: list[str] = []
        for each in cells:
            parameters = self._original.parameters & each.body.names.reads.keys()
            if parameters:
                why = "it is run by a function outside the class"
                refuse(each.place, f"%%setup, which reads {min(parameters)}", why, "do it in the steps")
            text = body_text(each.body)
            self._modules |= text.modules
            bound |= bound_here(each.body)
            lines += ["", *text.lines]
        yield from ("", "", f"def {self._setup}():", '    """Do what every step does first."""')
        if bound:
            yield f"    global {', '.join(sorted(bound))}"
        yield from indented(lines[1:], 4)

    def _class_lines(self, parameters: Sequence[ParameterText], methods: Sequence[MethodText]) -> Iterator[str]:
        if parameters:
            yield ""
        yield from (f"    {each.declaration}" for each in parameters)
        for lines in (*(each.reader for each in parameters if each.reader), *(each.lines for each in methods)):
            yield ""
            yield from indented(lines, 4)


def _belongs_to(each: Statement, before: Statement | None) -> bool:
    """Whether `each` stands directly below `before` in the same cell."""
    if before is None or before.cell != each.cell or before.file != each.file:
        return False
    lines = text_of(each)
    begins = each.line - (len(lines) - 1 - each.source.count("\n"))
    return begins <= before.line + before.source.count("\n") + 1


def _as_isort(name: str) -> tuple[int, str]:
    """Constants first, then classes, then functions, as ruff sorts names."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _class_name(flow: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", flow)
    return "".join(word[:1].upper() + word[1:] for word in words)


def _free(wanted: str, taken: Container[str], ending: str) -> str:
    return f"{wanted}{ending}" if wanted in taken else wanted
