"""A flow's definitions as one importable module, `nbflow_defs.<flow>`, in workers and in the kernel.

In comes the list of statements; each is executed at most once, when it or something that needs it is asked for. So a
pickle finds its class without running what it does not need, and a class is the same object wherever it is named.
Names of definitions are the person's: the module itself has no attribute of its own beside them.
"""

from __future__ import annotations
import __future__

import contextlib
import linecache
import re
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

from nbflow.errors import did_you_mean
from nbflow.model.task import CodeStatement

_FUTURE = re.compile(r"^from[ \t]+__future__[ \t]+import[ \t]+([^#\n;]+)", re.MULTILINE)
#: values of class attributes that can be compared without running anyone's code
_PLAIN = (type(None), bool, int, float, complex, str, bytes)


class DefinitionsModule(ModuleType):
    """What `import nbflow_defs.<flow>` gives: a name that was not executed yet is executed when asked for."""

    __slots__ = ("__live",)

    def __init__(self, name: str, live: LiveDefinitions) -> None:
        super().__init__(name, "The definitions of a flow's notebook.")
        self.__live = live

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return self.__live.get(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__live.names})


class LiveDefinitions:
    """The statements of a flow, those of them that were executed, and the module that holds what they bound.

    Responsibilities: put the module where `import` finds it; execute a statement before anything that reads its
    names; keep the objects of statements that did not change; show tracebacks and `inspect` the cells' own lines.
    """

    def __init__(self, name: str, statements: Sequence[CodeStatement] = (), path: str | None = None) -> None:
        self.module = DefinitionsModule(name, self)
        #: the file that is the module, for a flow that is one
        self._path = path
        #: globals of a running body, whose own classes and functions are found here too: pickles name them
        self.body: Mapping[str, Any] = {}
        self._name = name
        self._statements: tuple[CodeStatement, ...] = ()
        self._done: set[int] = set()
        self._adopted: dict[str, tuple[str, type]] = {}
        self._givers: dict[str, int] = {}
        self._attached: dict[str, list[int]] = {}
        self._lines: dict[int, int] = {}
        # a view that unpickles on its own thread may ask while a cell is executed
        self._lock = threading.RLock()
        self.install()
        self.update(statements)

    @property
    def names(self) -> frozenset[str]:
        """Every name that some statement binds."""
        return frozenset(self._givers)

    @property
    def adopted(self) -> Mapping[str, tuple[str, type]]:
        """Classes the kernel made, by name, with the digests of their statements."""
        return dict(self._adopted)

    def get(self, name: str) -> Any:
        """Return what `name` stands for, after executing all that it needs, now and when it is used.

        Raises:
            AttributeError: no statement binds it.
        """
        own = self.body.get(name) if name in self._givers else None
        # what no statement makes (`P = namedtuple("P", "x")` in a body) must not be pickled by name: nobody could open it
        if isinstance(own, type | FunctionType) and (own.__module__, own.__qualname__) == (self._name, name):
            self._require_alone(own, name)
            return own
        with self._lock:
            if name not in self._givers:
                raise AttributeError(f"{self._name} has no definition {name!r}.{did_you_mean(name, self._givers)}")
            self._need(self._givers[name])
            self._forget_stale()
            if name in self.module.__dict__:
                return self.module.__dict__[name]
        raise AttributeError(f"{self._name}: the statement that defines {name!r} did not bind it")

    def install(self) -> None:
        """Be what `import` finds under the module's name."""
        _install(self.module)

    def execute(self, numbers: Iterable[int]) -> None:
        """Execute the statements `numbers`, in this order; what they bind is what their names mean from now on."""
        order = tuple(numbers)
        with self._lock:
            for number in order:
                self._give(number)
            for number in order:
                self._start(number)
            for number in order:
                self._complete(number)
            self._forget_stale()

    def update(self, statements: Sequence[CodeStatement]) -> None:
        """Take `statements` for the flow's; objects of those that did not change stay, others are dropped."""
        with self._lock:
            lasting = self._lasting({each.key for each in statements})
            bound = {name for number in self._done for name in self._statements[number].names}
            self._statements = tuple(statements)
            self._givers, self._attached = {}, {}
            for number, statement in enumerate(statements):
                self._give(number)
                if statement.owner is not None:
                    self._attached.setdefault(statement.owner, []).append(number)
            self._done = {number for number, each in enumerate(statements) if each.key in lasting}
            self._readopt()
            given = {name for name, number in self._givers.items() if number in self._done}
            for name in bound - given:
                self.module.__dict__.pop(name, None)
            self._publish()
            for number in sorted(self._done):
                # what stays may call what changed; where that cannot be executed, the call says so
                with contextlib.suppress(Exception):
                    self._complete(number)
            self._forget_stale()

    def adopt(self, name: str, key: str, cls: type) -> type:
        """Return the class that `name` is from now on: `cls`, made the module's, or the one it had.

        Args:
            name: top-level name of the class statement that was just executed outside the module (in the kernel).
            key: digest of that statement. An unchanged statement that is executed again keeps its object, so that
                older instances stay instances.
            cls: what the statement made.
        """
        with self._lock:
            old_key, old = self._adopted.get(name, ("", None))
            if old is not None and old_key == key and _alike(old, cls):
                cls = old
            _move(cls, cls.__module__, self._name)
            self._adopted[name] = key, cls
            self.module.__dict__[name] = cls
            number = self._givers.get(name)
            if number is not None and self._statements[number].key == key:
                self._done.add(number)
            return cls

    def _require_alone(self, own: type | FunctionType, name: str) -> None:
        """Raise AttributeError where another process could not use what it finds here: it is not pickled by name."""
        if isinstance(own, FunctionType):
            from nbflow.code.standing import stands_alone

            if not stands_alone(own, self.body, self._givers):
                raise AttributeError(f"{self._name}: {name!r} reads what only the running step has")

    # ---- executing

    def _need(self, number: int | None) -> None:
        if number is not None and number not in self._done:
            self._start(number)
            self._complete(number)

    def _start(self, number: int) -> None:
        """Execute the statement and what belongs to it, after all that it reads while it is executed."""
        if number in self._done:
            return
        self._done.add(number)
        statement = self._statements[number]
        try:
            for name in statement.now:
                self._need(self._giver(name, number))
            self._run(statement, number)
        except BaseException:
            self._done.discard(number)
            raise
        for name in statement.names:
            if self._givers.get(name) == number:
                for attached in self._attached.get(name, ()):
                    self._start(attached)

    def _complete(self, number: int) -> None:
        # a global that a function reads is never asked of a module's __getattr__: it must be there
        for name in self._statements[number].later:
            self._need(self._giver(name, number))

    def _giver(self, name: str, reader: int) -> int | None:
        giver = self._givers.get(name)
        if giver != reader:
            return giver
        # statements of one name that build on each other
        earlier = (number for number in range(reader - 1, -1, -1) if name in self._statements[number].names)
        return next(earlier, None)

    def _run(self, statement: CodeStatement, number: int) -> None:
        space = self.module.__dict__
        later_bound = {
            name: space[name]
            for name in statement.names
            if self._givers.get(name, number) != number and self._givers[name] in self._done and name in space
        }
        remember_source(statement.file, statement.cell)
        source = "\n" * (statement.line - 1) + statement.source
        code = compile(source, statement.file, "exec", flags=_future_flags(statement.cell), dont_inherit=True)
        exec(code, space)
        space.update(later_bound)
        for name in statement.names:
            value = space.get(name)
            if isinstance(value, type) and value.__module__ == self._name and "__firstlineno__" in vars(value):
                # Python 3.13 takes a class's first line from here, but its file from the module
                self._reline(value, statement, number)

    # ---- keeping

    def _give(self, number: int) -> None:
        statement = self._statements[number]
        if statement.kind != "attached":
            self._givers.update(dict.fromkeys(statement.names, number))

    def _lasting(self, keys: set[str]) -> set[str]:
        """Return the keys of executed statements that are still there and stand on nothing that changed."""
        lasting = {number for number in self._done if self._statements[number].key in keys}
        while True:
            gone = {name for number in self._done - lasting for name in self._statements[number].names}
            fewer = {number for number in lasting if gone.isdisjoint(self._statements[number].now)}
            if fewer == lasting:
                return {self._statements[number].key for number in lasting}
            lasting = fewer

    def _readopt(self) -> None:
        for name, (key, cls) in self._adopted.items():
            number = self._givers.get(name)
            if number is not None and self._statements[number].key == key:
                self._done.add(number)
                self.module.__dict__[name] = cls
            elif self.module.__dict__.get(name) is cls:
                del self.module.__dict__[name]

    def _forget_stale(self) -> None:
        """Drop names that an older statement bound in passing, so that asking for them finds the latest."""
        for number in self._done:
            for name in self._statements[number].names:
                if self._givers.get(name, number) not in self._done:
                    self.module.__dict__.pop(name, None)

    # ---- showing

    def _publish(self) -> None:
        """Give the module a file that `linecache` knows: `inspect` looks for a class in its module's file."""
        if self._path is not None:
            # its text is remembered when it is executed: what stands on the disk may be newer
            self.module.__file__ = self._path
            self._lines = {number: statement.line for number, statement in enumerate(self._statements)}
            return
        text: list[str] = []
        for number, statement in enumerate(self._statements):
            self._lines[number] = len(text) + 1
            text.extend([*statement.source.splitlines(), "", ""])
        self.module.__file__ = f"<{self._name}>"
        remember_source(self.module.__file__, "\n".join(text))

    def _reline(self, cls: type, statement: CodeStatement, number: int) -> None:
        first: int = vars(cls)["__firstlineno__"]
        # Python has it since 3.13, and types are checked as of 3.11
        with contextlib.suppress(TypeError, AttributeError):
            cls.__firstlineno__ = self._lines[number] + first - statement.line  # type: ignore[attr-defined]  # see above


def remember_source(file: str, text: str) -> None:
    """Make tracebacks and `inspect` show the lines of `text` under the name `file`."""
    # no modification time: linecache never checks the entry against a file
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)


def _install(module: ModuleType) -> None:
    package, _, name = module.__name__.rpartition(".")
    if package:
        parent = sys.modules.get(package)
        if parent is None:
            parent = sys.modules[package] = ModuleType(package, "The definitions of flows, each a module.")
            parent.__path__ = []
        setattr(parent, name, module)
        module.__package__ = package
    sys.modules[module.__name__] = module


def _future_flags(cell: str) -> int:
    """Return the compiler flags that the cell's `from __future__` lines ask for, which hold for all of it."""
    flags = 0
    for match in _FUTURE.finditer(cell):
        for name in re.findall(r"\w+", match[1].split(" as ")[0]):
            feature = getattr(__future__, name, None)
            flags |= getattr(feature, "compiler_flag", 0)
    return flags


def _alike(old: type, new: type) -> bool:
    """Whether two classes made by one statement would do the same, as far as its bases and plain values say."""
    if old.__bases__ != new.__bases__ or type(old) is not type(new):
        return False
    mine, other = vars(old), vars(new)
    return all(
        type(value) is type(other.get(name)) and (value == other[name] or value != value)  # noqa: PLR0124 - NaN is itself here
        for name, value in mine.items()
        if not name.startswith("__") and isinstance(value, _PLAIN)
    )


def _move(cls: type, old: str, new: str) -> None:
    """Make `cls`, and the classes defined inside it, of the module `new`."""
    cls.__module__ = new
    for inner in list(vars(cls).values()):
        if (
            isinstance(inner, type)
            and inner.__module__ == old
            and inner.__qualname__.startswith(f"{cls.__qualname__}.")
        ):
            _move(inner, old, new)
