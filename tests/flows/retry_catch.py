"""What fails is tried again; what goes on failing is caught; what takes too long is stopped."""

import time

from nbflow import FlowSpec, catch, current, retry, step, timeout


class RetryCatchFlow(FlowSpec):
    @retry(times=2, minutes_between_retries=0)
    @step
    def start(self):
        print("try", current.retry_count)
        if current.retry_count < 2:
            raise ValueError("not yet")
        self.next(self.risky)

    @catch(var="problem", print_exception=False)
    @retry(times=1, minutes_between_retries=0)
    @step
    def risky(self):
        self.before = "kept"
        self.value = 1 / 0
        self.next(self.slow)

    @catch(var="late", print_exception=False)
    @timeout(seconds=1)
    @step
    def slow(self):
        self.began = True
        time.sleep(60)
        self.next(self.calm)

    @catch(var="nothing")
    @step
    def calm(self):
        self.next(self.end)

    @step
    def end(self):
        print(self.problem.type.rpartition(".")[2], self.before, hasattr(self, "value"))
        print(self.late.type.rpartition(".")[2], self.began, self.nothing)


if __name__ == "__main__":
    RetryCatchFlow()
