"""A step that goes on with itself until it is content."""

from nbflow import FlowSpec, current, step


class RecursionFlow(FlowSpec):
    @step
    def start(self):
        self.guess, self.rounds = 1.0, 0
        self.next(self.improve)

    @step
    def improve(self):
        self.guess = (self.guess + 2 / self.guess) / 2
        self.rounds += 1
        self.content = "yes" if abs(self.guess**2 - 2) < 1e-6 else "no"
        print(current.task_id, round(self.guess, 4))
        self.next({"no": self.improve, "yes": self.end}, condition="content")

    @step
    def end(self):
        print(self.rounds, round(self.guess, 6))


if __name__ == "__main__":
    RecursionFlow()
