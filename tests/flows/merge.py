"""What ways agree on is merged; what they do not is decided, left out, or said."""

from nbflow import FlowSpec, step
from nbflow.exception import MissingInMergeArtifactsException, UnhandledInMergeArtifactsException


class MergeFlow(FlowSpec):
    @step
    def start(self):
        self.common, self.other, self.third = "c", "o", "t"
        self.next(self.left, self.right)

    @step
    def left(self):
        self.side, self.same, self.only_left = "left", [1, 2], True
        self.next(self.join)

    @step
    def right(self):
        self.side, self.same = "right", [1, 2]
        self.next(self.join)

    @step
    def join(self, inputs):
        try:
            self.merge_artifacts(inputs)
        except UnhandledInMergeArtifactsException as error:
            print(error.artifact_names, hasattr(self, "common"))
        try:
            self.merge_artifacts(inputs, include=["nowhere"])
        except MissingInMergeArtifactsException as error:
            print(error.artifact_names)
        self.side = "both"
        self.merge_artifacts(inputs, exclude=["third"])
        print(self.side, self.common, self.other, self.same, self.only_left, hasattr(self, "third"))
        self.next(self.part)

    @step
    def part(self):
        self.next(self.again, self.once_more)

    @step
    def again(self):
        self.next(self.last_join)

    @step
    def once_more(self):
        self.next(self.last_join)

    @step
    def last_join(self, inputs):
        self.merge_artifacts(inputs, include=["common"])
        print(self.common, hasattr(self, "other"))
        self.next(self.end)

    @step
    def end(self):
        print(self.common)


if __name__ == "__main__":
    MergeFlow()
