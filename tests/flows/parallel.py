"""Tasks that run side by side and know of each other."""

from nbflow import FlowSpec, current, parallel, step


class ParallelFlow(FlowSpec):
    @step
    def start(self):
        self.seed = 5
        self.next(self.work, num_parallel=3)

    @parallel
    @step
    def work(self):
        me = current.parallel
        self.node = me.node_index
        self.value = self.seed * (1 + me.node_index)
        print(me.node_index, me.num_nodes, me.main_ip, me.control_task_id, self.input)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.values = [each.value for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        print(self.values)


if __name__ == "__main__":
    ParallelFlow()
