"""What people's own types of card are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from nbflow.errors import raise_for


class MetaflowCard:
    """A type of card: a subclass says in `render` how a task looks.

    Args:
        options: what `@card(options={…})` gives.
        components: what was appended to `current.card`, each as HTML, if `ALLOW_USER_COMPONENTS`.
        graph: the steps of the flow by name, as plain values.
        flow: the flow's `name`, `script_name` and `__doc__`.

    Example:
        ```python
        class Short(MetaflowCard):
            type = "short"

            def render(self, task):
                return f"<h1>{task.pathspec}</h1>"
        ```
    """

    #: a page that is looked at stays; is loaded anew each time; or when `reload_content_token` changes
    RELOAD_POLICY_NEVER: ClassVar[str] = "never"
    RELOAD_POLICY_ALWAYS: ClassVar[str] = "always"
    RELOAD_POLICY_ONCHANGE: ClassVar[str] = "onchange"
    #: stands in HTML for what changes with each drawing
    RELOAD_POLICY_TOKEN: ClassVar[str] = "[METAFLOW_RELOAD_TOKEN]"  # noqa: S105 - no secret

    #: what `@card(type=…)` calls it
    type: str | None = None
    #: components may be appended to it
    ALLOW_USER_COMPONENTS = False
    #: it is drawn while its task runs
    RUNTIME_UPDATABLE = False
    RELOAD_POLICY = RELOAD_POLICY_NEVER

    scope = "task"

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        components: Sequence[Any] = (),
        graph: Any = None,
        flow: Any = None,
    ) -> None:
        self.options = dict(options or {})
        self.components = list(components)
        self.graph = graph
        self.flow = flow

    def render(self, task: Any, data: Any = None) -> str:  # noqa: ARG002 - for subclasses
        """Return the card of a finished task as HTML."""
        raise_for("K001", type=self.type or type(self).__name__, method="render(task)")

    def render_runtime(self, task: Any, data: Any) -> str:  # noqa: ARG002 - for subclasses
        """Return the card of a task that runs as HTML; needed with `RUNTIME_UPDATABLE` only."""
        raise_for("K001", type=self.type or type(self).__name__, method="render_runtime(task, data)")

    def refresh(self, task: Any, data: Any) -> Any:  # noqa: ARG002 - for subclasses
        """Return what has changed since the card was drawn; nobody asks, as a card is drawn anew as a whole."""
        raise_for("K001", type=self.type or type(self).__name__, method="refresh(task, data)")

    def reload_content_token(self, task: Any, data: Any) -> str:  # noqa: ARG002 - for subclasses
        """Return a text that changes when the page must be loaded anew."""
        return "content-token"


CardType = MetaflowCard
