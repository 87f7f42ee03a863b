"""A config from YAML decides what decorators and parameters say."""

from nbflow import Config, FlowSpec, Parameter, config_expr, environment, resources, step
from nbflow.flowspec.parsers import yaml_parser


class ConfigYamlFlow(FlowSpec):
    settings = Config("settings", default="settings.yaml", parser=yaml_parser)
    alpha = Parameter("alpha", default=settings.model.alpha)

    @environment(vars={"MODE": config_expr("settings.mode.upper()")})
    @resources(cpu=settings.cpu)
    @step
    def start(self):
        import os

        print(self.alpha, os.environ["MODE"], self.settings.model.layers, self.settings["mode"])
        self.next(self.end)

    @step
    def end(self):
        print(dict(self.settings.model))


if __name__ == "__main__":
    ConfigYamlFlow()
