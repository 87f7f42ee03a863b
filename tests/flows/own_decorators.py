"""Decorators of a person's own: around a step, in its place, and on the whole flow."""

from nbflow import FlowMutator, FlowSpec, UserStepDecorator, environment, step, user_step_decorator


@user_step_decorator
def timed(step_name, flow, inputs, attributes):
    print("before", step_name, attributes.get("note"))
    yield
    print("after", step_name, flow.x)


@user_step_decorator
def fewer(step_name, flow, inputs, attributes):
    # in the place of the step's own body
    flow.x, flow.few = 2, flow.items[:2]
    yield {"foreach": "few"}


class calm(UserStepDecorator):  # noqa: N801 - it is used as a decorator
    def post_step(self, step_name, flow, exception=None, max_user_code_retries=None):
        print("calmed", type(exception).__name__)
        flow.y = 0


class everywhere(FlowMutator):  # noqa: N801 - it is used as a decorator
    def mutate(self, mutable_flow):
        for _, each in mutable_flow.steps:
            each.add_decorator(environment, deco_kwargs={"vars": {"WHERE": "everywhere"}})


@everywhere
class OwnDecoratorsFlow(FlowSpec):
    items = [1, 2, 3]

    @timed(note="first")
    @fewer
    @step
    def start(self):
        self.x = 1
        self.next(self.work, foreach="items")

    @calm
    @step
    def work(self):
        import os

        print(self.input, os.environ["WHERE"])
        self.y = 1 / (self.input - 1)
        self.next(self.join)

    @step
    def join(self, inputs):
        print([each.y for each in inputs])
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    OwnDecoratorsFlow()
