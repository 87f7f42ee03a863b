"""One step is a flow."""

from nbflow import FlowSpec, step


class SingleStepFlow(FlowSpec):
    @step
    def start(self):
        self.answer = 42
        print(self.answer, self.name)


if __name__ == "__main__":
    SingleStepFlow()
