"""S: the store."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "S001": Entry("blob {digest} is damaged", "{why}", "run the step that made it again; nbflow keeps no second copy"),
    "S002": Entry(
        "blob {digest} is missing from the store",
        "it was deleted, or the store is another one",
        "run the step that made it again",
    ),
    "S003": Entry(
        "{path} was written by a newer nbflow (format {found}, this one reads up to {known})", fix="upgrade nbflow"
    ),
    "S004": Entry("a value of type {type} cannot be stored{member}", "{why}", "leave something that can be pickled"),
    "S005": Entry(
        "'{name}' is stored as a pickle, which is not opened here", "opening a pickle runs code", "load it with .data"
    ),
    "S006": Entry(
        "the store at {path} cannot be written: {message}", fix="free some space or set NBFLOW_ROOT to another folder"
    ),
    "S007": Entry("'{name}' cannot be loaded: {message}", "{why}", "{fix}"),
    "S008": Entry(
        "there is no bucket '{bucket}'",
        "{url} was looked for at {endpoint}",
        "check its name, or make it (aws s3 mb s3://NAME makes one of S3)",
    ),
    "S009": Entry(
        "bucket '{bucket}' is not in region {region} but in {found}",
        "{reason}",
        "set the region, in the profile or by AWS_REGION, to the bucket's",
    ),
    "S010": Entry(
        "there are no credentials for {url}",
        "{reason}",
        "run aws configure or aws sso login, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    "S011": Entry(
        "the credentials for {url} have expired ({identity})",
        "{reason}",
        "log in again, with aws sso login for a profile of that kind, or set new keys: they are seen without a restart",
    ),
    "S012": Entry(
        "{action} is denied for {place} ({identity})",
        "{reason}{more}",
        "let the policy of that user or role list the bucket, and get, put and delete its objects: on S3 that is"
        " s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject; aws sts get-caller-identity says who it is",
    ),
    "S013": Entry(
        "{url} cannot be reached",
        "{endpoint} does not answer: {reason}",
        "check the network, the proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL",
    ),
    "S014": Entry(
        "the service of {url} is too busy",
        "it was asked several times, and answered at last: {reason}",
        "try again in a while, or with fewer tasks at once",
    ),
    "S015": Entry(
        "the keys for {url} are not valid ({identity})",
        "{reason}",
        "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws configure",
    ),
    "S016": Entry("{place} cannot be used", "{reason}", "check the URL and what its service allows"),
    "S017": Entry("'{url}' names no place for bytes", "{why}", "write it as s3://bucket/prefix"),
    "S018": Entry(
        "the clock of this machine is wrong", "{reason}", "set the clock: requests to {url} are signed with the time"
    ),
    "S019": Entry(
        "there is no AWS profile '{profile}'",
        "neither ~/.aws/config nor ~/.aws/credentials has it",
        "set AWS_PROFILE to one that aws configure list-profiles names",
    ),
    "S029": Entry("'{root}' names no store", "{why}", "{fix}"),
    "S030": Entry(
        "{path} cannot be taken as an nbflow.{kind}", "{why}", "{fix}", mostly="make the file before the value"
    ),
    "S031": Entry(
        "{path} was changed {when}",
        "an nbflow.{kind} is what was there when it was made, and that is gone",
        "make the nbflow.{kind} after the last write, and close what wrote",
    ),
    "S033": Entry(
        "a value of type {type} is not stored{member}",
        "{why}",
        "keep it in a local variable, or in a name with _ before it: each step that has the secret can read os.environ",
    ),
    "S032": Entry("there is no '{path}' in directory '{directory}'.{hint}", fix="its .files are what it has"),
    "S020": Entry("'{key}' does not say which object is meant", "{why}", "{fix}"),
    "S021": Entry(
        "there is no object {url}", "{why}", "list_recursive() gives what there is; return_missing=True does not raise"
    ),
    "S022": Entry(
        "what is to be put under '{key}' is a {type}",
        "objects are bytes",
        "give text, bytes, or a file opened with 'rb'",
    ),
    "S023": Entry("{url} has {size} bytes, none from {offset}", fix="ask for a part that begins before its end"),
    "S024": Entry(
        "{url} cannot be written to {path}", "{why}", "free some space, or give tmproot a folder where there is more"
    ),
}
