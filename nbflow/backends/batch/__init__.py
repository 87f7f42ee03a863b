"""Tasks on AWS Batch: a job for each, or one array job for many that are ready together.

What a job is told and what it says go through the bucket; Batch's own interface is asked only to submit, to look and to
end. `requests` is the pure part, `service` the thin one, `backend` what the scheduler sees; `start` and `inside` run in the
container.
"""
