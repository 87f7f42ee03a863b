"""One step after the other; artifacts go along, changed in place, deleted, added."""

from nbflow import FlowSpec, step


class LinearFlow(FlowSpec):
    """Counts what goes along."""

    greeting = "hello"

    @step
    def start(self):
        """Make some values."""
        self.x = 1
        self.names = ["ada"]
        self.scratch = "not for long"
        print(self.greeting, self.x)
        self.next(self.middle)

    @step
    def middle(self):
        self.x += 1
        self.names.append("grace")
        del self.scratch
        print(self.x, self.names)
        self.next(self.end)

    @step
    def end(self):
        print(self.x, self.names, hasattr(self, "scratch"))


if __name__ == "__main__":
    LinearFlow()
