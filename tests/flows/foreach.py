"""Once per item of a list, and of what Metaflow cannot go through: a set and a dict."""

from nbflow import FlowSpec, step


class ForeachFlow(FlowSpec):
    @step
    def start(self):
        self.words = ["one", "three", "eleven"]
        self.next(self.measure, foreach="words")

    @step
    def measure(self):
        self.length = len(self.input)
        print(self.index, self.input, self.foreach_stack())
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.lengths = [each.length for each in inputs]
        print([each.input for each in inputs], self.lengths)
        self.next(self.choose)

    @step
    def choose(self):
        self.letters = {"b", "a"}
        self.next(self.letter, foreach="letters")

    @step
    def letter(self):
        self.seen = self.input
        self.next(self.spell)

    @step
    def spell(self, inputs):
        self.merge_artifacts(inputs, exclude=["seen"])
        self.word = "".join(each.seen for each in inputs)
        self.next(self.shop)

    @step
    def shop(self):
        self.prices = {"tea": 2, "cake": 5}
        self.next(self.price, foreach="prices")

    @step
    def price(self):
        self.what, self.cost = self.input
        self.next(self.bill)

    @step
    def bill(self, inputs):
        print([(each.what, each.cost) for each in inputs])
        self.merge_artifacts(inputs, include=["word", "lengths"])
        self.next(self.end)

    @step
    def end(self):
        print(self.word, self.lengths)


if __name__ == "__main__":
    ForeachFlow()
