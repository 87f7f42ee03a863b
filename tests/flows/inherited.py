"""A base class that is no flow by itself."""

from nbflow import FlowSpec, Parameter, step


class WithData(FlowSpec):
    scale = Parameter("scale", default=2)

    @step
    def start(self):
        self.data = [1, 2, 3]
        self.next(self.report)

    def total(self):
        return sum(self.data) * self.scale

    @step
    def end(self):
        print("never seen: a subclass has its own")
