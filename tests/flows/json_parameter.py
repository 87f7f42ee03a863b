"""A parameter that is JSON."""

from nbflow import FlowSpec, JSONType, Parameter, step


class JsonParameterFlow(FlowSpec):
    gdp = Parameter("gdp", type=JSONType, default='{"fi": 1}')
    shape = Parameter("shape", type=JSONType, default=[2, 3])

    @step
    def start(self):
        print(self.gdp["se"], self.shape)
        self.next(self.end)

    @step
    def end(self):
        print(sorted(self.gdp))


if __name__ == "__main__":
    JsonParameterFlow()
