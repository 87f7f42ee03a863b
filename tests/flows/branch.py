"""Two ways at once, joined in the order in which they were named."""

from nbflow import FlowSpec, step


class BranchFlow(FlowSpec):
    @step
    def start(self):
        self.base = 10
        self.next(self.zebra, self.apple)

    @step
    def zebra(self):
        self.way = "zebra"
        self.value = self.base + 1
        self.next(self.join)

    @step
    def apple(self):
        self.way = "apple"
        self.value = self.base + 2
        self.next(self.join)

    @step
    def join(self, inputs):
        print([each.way for each in inputs], inputs.zebra.value, inputs[1].value, hasattr(self, "base"))
        self.total = sum(each.value for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        print(self.total)


if __name__ == "__main__":
    BranchFlow()
