"""A file that becomes part of the run."""

from nbflow import FlowSpec, IncludeFile, step


class IncludeFileFlow(FlowSpec):
    table = IncludeFile("table", default="prices.csv")
    raw = IncludeFile("raw", default="prices.csv", is_text=False)
    rows = IncludeFile(
        "rows", default="prices.csv", parser=lambda text: [line.split(",") for line in text.splitlines()]
    )

    @step
    def start(self):
        print(self.table.splitlines()[0], type(self.raw).__name__, len(self.raw), self.rows[1])
        self.next(self.end)

    @step
    def end(self):
        print(len(self.table))


if __name__ == "__main__":
    IncludeFileFlow()
