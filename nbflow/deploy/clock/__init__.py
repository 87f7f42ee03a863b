"""The clock of what is deployed: EventBridge Scheduler.

wanted.py    what is asked of it: pure
service.py   EventBridge Scheduler, by boto3
kept.py      the schedule of a deployment: checked, put, paused, deleted
"""
