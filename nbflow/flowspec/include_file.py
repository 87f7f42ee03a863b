"""IncludeFile: a parameter that is given as the path of a file, and is what stands in it."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.reading import Parser, content_of, decoded, parsed
from nbflow.flowspec.typed import Kind, MisfitError


class IncludeFile(Parameter):
    """A file that a run takes in: its content is read when the run begins, and is the value in every step.

        class TrainFlow(FlowSpec):
            stops = IncludeFile("stops", default="stopwords.txt", help="one word a line")

    Args:
        name: what a person types: `--stops other.txt`, or `--stops s3://bucket/key`.
        default: the path when none is given, or a function of ParameterContext that returns it.
        required: a path must be given, unless there is a default.
        is_text: the content is text; else bytes.
        encoding: of the text.
        help: a line for `run --help`.
        parser: makes the value of the content; a function, or its name as in "yaml.safe_load".
        show_default: `run --help` shows the default; it does unless this is False.
    """

    label: ClassVar[str] = "IncludeFile"
    arguments: ClassVar[tuple[str, ...]] = (
        "default", "required", "is_text", "encoding", "help", "parser", "show_default",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        default: Any = None,
        required: bool | None = None,  # noqa: FBT001  Metaflow's order
        is_text: bool | None = None,  # noqa: FBT001  Metaflow's order
        encoding: str | None = None,
        help: str | None = None,  # noqa: A002  Metaflow's name
        parser: str | Parser | None = None,
        show_default: bool | None = None,  # noqa: FBT001  Metaflow's order
        **unpacked: Any,
    ) -> None:
        written = {
            "default": default, "required": required, "is_text": is_text, "encoding": encoding, "help": help,
            "parser": parser, "show_default": show_default,
        }  # fmt: skip
        self._declare(name, written, unpacked)

    @property
    def kind(self) -> Kind:
        """What is given is a path."""
        return str

    @property
    def type_name(self) -> str:
        """The type of its values, as it is recorded and shown."""
        return "IncludeFile"

    def taken(self, value: object, _: Kind) -> Any:
        """Return what stands in the file `value`.

        Raises:
            MisfitError: it is no path.
            ParameterError: the file cannot be read.
            StoreError: its bucket cannot be reached.
        """
        if not isinstance(value, str | PathLike) or not str(value):
            raise MisfitError
        content: Any = content_of(value, "P022", {"name": self.name})
        if self.written.get("is_text", True):
            content = decoded(content, self.written.get("encoding", "utf-8"), name=self.name, path=value)
        parser = self.written.get("parser")
        return content if parser is None else parsed(parser, content, owner=f"IncludeFile '{self.name}'")

    def recorded(self, _: Any, given: object, /) -> Any:
        """Return the path: the content is an artifact, and may be long."""
        return str(given)

    def expected(self, _: Kind) -> tuple[str, str]:
        """Return what a value must be, as it reads after `is not`, and how it is typed."""
        return "the path of a file", "a path, as data/input.csv or s3://bucket/key"

    def _check_default(self, kind: Kind) -> None:
        # the file need not be there before a run begins
        if not isinstance(self.default, str | Path):
            super()._check_default(kind)
