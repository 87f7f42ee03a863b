"""Flows that AWS runs by itself: state machines of Step Functions, on the clock of EventBridge, with the jobs of Batch.

    shape.py        graph → rows, forks, one for each item
    states.py       → the state machine's definition
    limits.py       what AWS takes, and what of a flow cannot go there
    jobs.py         what the state machine says of the jobs of a step
    deployment.py   what is deployed, under which name, and who may replace it
    keys.py         where all this is in the bucket
    service.py      Step Functions, by boto3
    clock/          EventBridge Scheduler
    template/       what an account needs, as a template of CloudFormation

The program in the jobs is `nbflow.frontends.deployed`.
"""
