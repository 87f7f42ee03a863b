"""What IPython does for a cell, done in a worker: formatters, `display`, figures. The only user of IPython here.

IPython is imported when something rich is first displayed; in the zygote of a kernel once for all workers.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from nbflow.task.shown import Shown

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

#: matplotlib's backend whose figures are displayed, as in a notebook
INLINE = "module://matplotlib_inline.backend_inline"

_PLAIN = frozenset({bool, int, float, complex, str, bytes})


class _Stage:
    """Who is shown what this process displays: there is one IPython shell in a process."""

    def __init__(self) -> None:
        self.shell: InteractiveShell | None = None
        self.shown: Shown | None = None
        #: libraries whose first figure has been made
        self.ready: set[str] = set()


_stage = _Stage()


class Displayer:
    """What the body of one task calls to display things. Not `rich`: as plain text, without IPython."""

    def __init__(self, shown: Shown, *, rich: bool) -> None:
        self._shown = shown
        self._rich = rich
        _stage.shown = shown
        if rich and "IPython" in sys.modules:
            prepare()
        elif rich and not any(isinstance(each, _FirstDisplay) for each in sys.meta_path):
            sys.meta_path.insert(0, _FirstDisplay())
        #: figures are listed as they are drawn: not those that are made before there is a shell
        self._listed = _stage.shell is not None

    def display(self, *values: Any, **options: Any) -> Any:
        """Display `values`; the options are those of `IPython.display.display`."""
        if not self._rich:
            for value in values:
                self._shown.show({"text/plain": repr(value)})
            return None
        prepare()
        from IPython.display import display

        return display(*values, **options)

    def last(self, value: Any) -> None:
        """Display the value of a body's last expression."""
        if value is None:
            return
        if type(value) in _PLAIN or not self._rich:
            self._shown.show({"text/plain": repr(value)})
            return
        formatter = prepare().display_formatter
        assert formatter is not None
        data, metadata = formatter.format(value)
        if data:
            self._shown.show(data, metadata)

    def figures(self) -> None:
        """Display the figures that are open, and close them."""
        inline = sys.modules.get("matplotlib_inline.backend_inline")
        if inline is None or not self._rich:
            return
        shell = prepare()
        inline.configure_inline_support(shell, INLINE)
        if self._listed:
            inline.flush_figures()
        else:
            inline.show(True)


def prepare() -> InteractiveShell:
    """Return the shell whose formatters and publisher serve this process, made when it is first asked for."""
    if _stage.shell is None:
        _stage.shell = _make_shell()
    return _stage.shell


def prepare_figures() -> None:
    """Do once, for the libraries that are imported, what the first figure of each process would have to do."""
    for module, make in (("matplotlib.pyplot", _first_of_matplotlib), ("plotly", _first_of_plotly)):
        if module in sys.modules and module not in _stage.ready:
            _stage.ready.add(module)
            with contextlib.suppress(Exception):
                make()


def _first_of_matplotlib() -> None:
    """Choose the backend, and find the fonts."""
    from io import BytesIO

    from matplotlib import pyplot as plt
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    plt.switch_backend(INLINE)
    figure = Figure()
    figure.subplots().set_title("text")
    FigureCanvasAgg(figure).print_png(BytesIO())  # type: ignore[no-untyped-call]  # matplotlib's has no types


def _first_of_plotly() -> None:
    """Import what is imported when it is first needed: templates, validators, renderers."""
    from plotly.graph_objects import Figure, Scatter
    from plotly.io import renderers  # noqa: F401 - it takes a second to import what it checks with

    # it is not shown: a renderer that a person has chosen may start a browser
    Figure(Scatter(x=[0], y=[0])).to_json()
    express = sys.modules.get("plotly.express")
    if express is not None and "pandas" in sys.modules:
        express.scatter(x=[0], y=[0])


def is_handle(value: object) -> bool:
    """Whether `value` is what `display(…, display_id=True)` returns."""
    functions = sys.modules.get("IPython.core.display_functions")
    return functions is not None and isinstance(value, functions.DisplayHandle)


class _FirstDisplay(MetaPathFinder):
    """Waits for a body that has IPython imported behind its back, as `plt.show()` does: where no shell is, `display` prints."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002 - importlib's signature
        """Find the module of `display` as others do, and have a shell made when it is first called."""
        if fullname != "IPython.core.display_functions":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def loaded(module: Any) -> None:
                load(module)
                module.display = _with_shell(module.display)

            # on this loader alone, which was made for this import
            spec.loader.exec_module = loaded  # type: ignore[method-assign]  # see above: an instance gets a method of its own
        return spec


def _with_shell(display: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(display)
    def displayed(*values: Any, **options: Any) -> Any:
        shell = prepare()
        if (inline := sys.modules.get("matplotlib_inline.backend_inline")) is not None:
            # it was imported where no shell was, too: none knows yet how a figure becomes a picture
            inline.configure_inline_support(shell, INLINE)
        return display(*values, **options)

    return displayed


def _make_shell() -> InteractiveShell:
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(
            self,
            data: Any,
            metadata: Any = None,
            *_: Any,
            transient: Any = None,
            update: bool = False,
            **__: Any,
        ) -> None:
            if _stage.shown is not None:
                _stage.shown.show(data, metadata, transient, update=update)

        def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - IPython's signature
            """Leave what was shown: a task's output is its record."""

    class TaskShell(InteractiveShell):
        """A shell that takes nothing of the process over: no files, no `__main__`, no builtins, no path."""

        def init_profile_dir(self, profile_dir: Any) -> None:
            self.profile_dir = profile_dir

        def init_ipython_dir(self, ipython_dir: Any) -> None:
            """Have no folder in the person's home."""

        def init_sys_modules(self) -> None:
            """Leave `__main__` alone."""

        def init_virtualenv(self) -> None:
            """Leave `sys.path` alone."""

        def init_completer(self) -> None:
            """Complete nothing."""

    config = Config()
    # without it there is a thread that writes the history, and threads do not survive a fork
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    import builtins

    before = dict(vars(builtins))
    shell = TaskShell(config=config)  # type: ignore[no-untyped-call]  # IPython's has no types
    for name in vars(builtins).keys() - before.keys():
        delattr(builtins, name)
    for kind in InteractiveShell._walk_mro():  # noqa: SLF001  (what SingletonConfigurable.instance does)
        setattr(kind, "_instance", shell)  # noqa: B010 - mypy knows no such attribute of each class
    shell.display_pub = Publisher(parent=shell)  # type: ignore[no-untyped-call]  # nor has this
    return shell
