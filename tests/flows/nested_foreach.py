"""A list in a list."""

from nbflow import FlowSpec, step


class NestedForeachFlow(FlowSpec):
    @step
    def start(self):
        self.shelves = ["a", "b"]
        self.next(self.shelf, foreach="shelves")

    @step
    def shelf(self):
        self.label = self.input
        self.books = range(1 + self.index)
        self.next(self.book, foreach="books")

    @step
    def book(self):
        self.title = f"{self.label}{self.input}"
        print(self.foreach_stack())
        self.next(self.read)

    @step
    def read(self):
        self.title = self.title.upper()
        self.next(self.close_shelf)

    @step
    def close_shelf(self, inputs):
        self.titles = [each.title for each in inputs]
        print(self.index, self.input, self.titles)
        self.next(self.close_all)

    @step
    def close_all(self, inputs):
        self.titles = [each.titles for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        print(self.titles)


if __name__ == "__main__":
    NestedForeachFlow()
