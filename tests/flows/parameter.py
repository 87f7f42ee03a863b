"""Parameters of every type, given, defaulted, computed."""

from nbflow import FlowSpec, Parameter, current, project, step


@project(name="letters")
class ParameterFlow(FlowSpec):
    alpha = Parameter("alpha", default=0.1, help="how much")
    count = Parameter("how-many", default=3)
    person = Parameter("who", required=True)
    parts = Parameter("parts", separator=",", default="a,b")
    careful = Parameter("careful", default=True)
    # no type is needed: the value has one
    trial = Parameter("trial", default=lambda _: not current.is_production)
    label = Parameter("label", default=lambda context: f"{context.flow_name}/{context.parameter_name}")

    @step
    def start(self):
        print(self.alpha, self.count, self.person, self.parts, self.careful, self.trial, self.label)
        try:
            self.alpha = 2
        except AttributeError as error:
            print(str(error).partition(":")[0])
        self.next(self.end)

    @step
    def end(self):
        print(sorted(current.parameter_names))


if __name__ == "__main__":
    ParameterFlow()
