"""The value of an artifact decides how it goes on; the ways meet again without a join."""

from nbflow import FlowSpec, Parameter, step


class SwitchFlow(FlowSpec):
    size = Parameter("size", default=7)

    @step
    def start(self):
        self.kind = "large" if self.size > 5 else "small"
        self.next({"small": self.small, "large": self.large}, condition="kind")

    @step
    def small(self):
        self.said = "small is beautiful"
        self.next(self.end)

    @step
    def large(self):
        self.said = f"{self.size} is large"
        self.next(self.end)

    @step
    def end(self):
        print(self.said)


if __name__ == "__main__":
    SwitchFlow()
