"""Steps, parameters and decorators come from base classes, one of them in another file."""

from inherited import WithData

from nbflow import Parameter, step


class WithReport(WithData):
    title = Parameter("title", default="report")

    @step
    def report(self):
        print(self.title, self.total())
        self.next(self.end)


class InheritanceFlow(WithReport):
    """Only says how it ends."""

    @step
    def end(self):
        print("mine:", self.data, self.scale)


if __name__ == "__main__":
    InheritanceFlow()
