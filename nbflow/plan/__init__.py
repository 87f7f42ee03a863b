"""From a graph, parameters and past results to what must run: pure, without a clock, a file or a process."""
