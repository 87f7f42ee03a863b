"""A: flows deployed to AWS."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "A001": Entry(
        "{flow} cannot be deployed from this store: {root}",
        "AWS runs it without this machine, and cannot read a folder of it",
        "keep runs in a bucket: nbflow configure --root s3://BUCKET/nbflow  (or NBFLOW_ROOT=s3://BUCKET/nbflow)",
    ),
    "A002": Entry(
        "no role is set by which Step Functions starts jobs",
        "a state machine acts by a role of its own",
        "nbflow configure --states-role ARN  (or NBFLOW_DEPLOY_STATES_ROLE); nbflow deploy --template makes one",
    ),
    "A003": Entry(
        "{name} was deployed by {user}, and you are {me}",
        "others rely on it. Nothing was changed",
        "ask {user} for its token, then once: {command} --authorize TOKEN{hint}",
    ),
    "A004": Entry(
        "the state machine of {flow} would have {size}, and AWS takes {most}",
        "every step is described in it",
        "make one step of several, or a foreach of steps that are alike. Nothing was created",
    ),
    "A005": Entry(
        "step '{step}' cannot be deployed: {why}",
        "Step Functions starts its tasks one by one, each on a machine of its own",
        "{fix}",
    ),
    "A006": Entry(
        "there is a state machine '{name}' already, and nbflow did not make it from this store",
        "{why}",
        "choose another name: --name NAME. Nothing was changed",
    ),
    "A007": Entry(
        "what is given to jobs of step '{step}' has {size} bytes, and AWS Batch takes {most}",
        "environment variables and parameters go along with each job",
        "put what is long into a file of the bucket, and give its address",
    ),
    "A008": Entry(
        "the input of an execution is to name parameters, and says {given}",
        fix='{{"Parameters": {{"alpha": 0.5}}}}',
    ),
    "A009": Entry(
        "{flow} has no value for {names}",
        "nobody is asked when AWS starts it",
        "give it when you deploy or trigger: -p NAME=VALUE",
    ),
    "A010": Entry(
        "{flow} has no parameter '{name}'.{hint}",
        "it takes: {known}",
        "correct the name",
    ),
    "A011": Entry(
        "nothing is deployed under '{name}'.{hint}",
        "in this store there are: {known}",
        "nbflow deployed list  shows them; nbflow deploy FILE  makes one",
    ),
    "A012": Entry(
        "that is not the token of {name}",
        "its token was printed when it was deployed, and is the namespace of its runs: production:TOKEN",
        "ask {user}, who deployed it",
    ),
    "A013": Entry(
        "'{given}' is no name for a deployment",
        "AWS takes letters, digits, - and _, at most {most} of them",
        "{fix}",
        mostly="--name weekly-report",
    ),
    "A014": Entry(
        "{option} {given}: {message}",
        fix="{fix}",
    ),
    "A015": Entry(
        "{flow} has parameters without a value, and a schedule: {names}",
        "nobody gives a value when the clock starts it",
        "-p NAME=VALUE, or a default",
    ),
    "A016": Entry(
        "{run} is no run of {name} that is under way.{hint}",
        "{why}",
        "nbflow deployed runs {name}  lists them",
    ),
    "A017": Entry(
        "{name} is paused, deleted or was never made in AWS: there is no state machine '{machine}' in {region}",
        "it may have been deleted in the console, or another region or account is set",
        "deploy it again, or correct the region: nbflow configure --region REGION",
    ),
    "A018": Entry(
        "{flow} has no {what} that a schedule could be made of",
        "{why}",
        "--cron '0 7 * * 1', --hourly, --daily or --weekly; or @schedule on the class",
    ),
    "A060": Entry(
        "no role is set by which EventBridge starts what is scheduled",
        "a schedule acts by a role of its own",
        "nbflow configure --scheduler-role ARN  (or NBFLOW_DEPLOY_SCHEDULER_ROLE); nbflow deploy --template makes one. "
        "Nothing was created",
    ),
    "A061": Entry(
        "there is no group of schedules '{group}' in {region}.{hint}",
        "there are: {known}",
        "aws scheduler create-schedule-group --name {group}, or nbflow configure --schedule-group NAME. Nothing was created",
    ),
    "A062": Entry(
        "there is a schedule '{name}' in the group {group} already, and nbflow did not make it from this store",
        "{why}",
        "choose another name: --name NAME. Nothing was changed",
    ),
    "A063": Entry(
        "EventBridge takes no schedule {expression} in {zone}",
        "it says: {message}",
        "write another: --cron '0 7 * * 1', --hourly, --daily or --weekly",
    ),
    "A064": Entry(
        "{service} may not act by the role {role}",
        "{why}",
        "have the role's trust policy allow sts:AssumeRole for {principal}, or name another: nbflow configure {option} ARN; "
        "nbflow deploy --template makes one",
    ),
    "A065": Entry(
        "you may not give {service} the role {role}",
        "{message}",
        "have iam:PassRole allowed for you on that role",
    ),
    "A066": Entry(
        "the schedule of {name} is gone: there is no {schedule} in {region}",
        "it may have been deleted in the console, or another region or account is set",
        "deploy it again, or correct the region: nbflow configure --region REGION",
    ),
    "A067": Entry(
        "{path} is a notebook of {language}, and the image that is set has Python",
        "it runs with the kernel {kernel}, which has to be in the image",
        "name an image with that kernel, Python, papermill and nbflow's packages: --image IMAGE. Nothing was created",
    ),
    "A068": Entry(
        "{name} is deployed already, as a flow whose steps are jobs of their own",
        "a notebook that is filled in as a whole is another thing, and would take its place",
        "nbflow deployed delete {name}  first, or choose another name: --name NAME. Nothing was changed",
    ),
    "A019": Entry(
        "{to} cannot be told from a deployed run",
        "an address may hold a key, and what is deployed is kept in the bucket; what is on this machine is not on others",
        "keep it in AWS Secrets Manager, and name it: --notify aws-secrets-manager.NAME",
    ),
    "A020": Entry(
        "{name} is a notebook that one job fills in: it has no executions",
        "its runs are those of the flow {flow}",
        "nbflow history {flow}; nbflow batch list|kill for a job under way",
    ),
    "A021": Entry(
        "--include {pattern} names no file below {folder}.{hint}",
        "files that travel with a flow are below its folder, and come to be at the same place there",
        "--include evaluations  for a folder, --include 'queries/*.sql'  for some files",
    ),
    "A022": Entry(
        "--include {pattern} is more than {most}",
        "what travels with the code is unpacked for every task",
        "put data into the bucket, and read it with nbflow.S3",
    ),
    "A023": Entry(
        "@{decorator} of {flow} is not heard where it is deployed",
        "EventBridge starts a deployed flow by the clock, and nothing here tells it of events or of other flows",
        "{fix}",
    ),
    "A024": Entry(
        "'{given}' is no ARN of a role",
        "{service} acts by a role, and that is how AWS names one",
        "nbflow configure {option} arn:aws:iam::ACCOUNT:role/NAME; nbflow deploy --template makes one. Nothing was created",
    ),
    "A025": Entry(
        "there is no secret {secret} in {region}",
        "AWS Secrets Manager does not know it, and each run would fail of that",
        "aws secretsmanager create-secret --name {name} --secret-string …, or correct its name. Nothing was created",
    ),
    "A026": Entry(
        "nothing is deployed from this store: {root}",
        "AWS runs flows whose store is a bucket, and keeps there what is deployed; this one is a folder",
        "name the bucket: nbflow configure --root s3://BUCKET/nbflow  (or NBFLOW_ROOT=s3://BUCKET/nbflow)",
    ),
    "A080": Entry(
        "'{prefix}' is no prefix for names",
        "it is part of the names of a bucket and of roles: 3 to {longest} of a-z, 0-9 and single dashes, a letter first",
        "{fix}",
        mostly="--prefix sales-team",
    ),
    "A081": Entry(
        "{given} without {missing}",
        "containers are started in subnets of one network, and their firewall belongs to the network",
        "name both, or neither: a network is made then",
    ),
    "A082": Entry(
        "'{word}' is no id of {what}",
        "it looks like {form}",
        "aws ec2 describe-{ask}  lists what there is; without --vpc and --subnets a network is made",
    ),
    "A083": Entry(
        "'{bucket}' is no name of a bucket",
        "it has 3 to 63 characters, of a-z, 0-9, '.' and '-'",
        "{fix}",
        mostly="--bucket NAME, or leave it out: one is made",
    ),
    "A084": Entry(
        "{option} says something of a template, and none is asked for",
        fix="nbflow deploy --template {option} …, or leave {option} out",
    ),
    "A085": Entry(
        "a template has no flow in it: nothing of {name}",
        "it makes what all flows share, once for an account",
        "nbflow deploy --template  first, then  nbflow deploy {name}",
    ),
}
