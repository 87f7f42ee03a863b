"""U: settings of the user."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "U001": Entry("{path} is not TOML: {message}", fix="correct that line, or move the file away"),
    "U002": Entry("{path} cannot be read: {message}", fix="make it readable for you, or move it away"),
    "U003": Entry(
        "there is no setting '{key}', which {path} gives.{hint}",
        "the settings are: {known}",
        "correct the name, or: nbflow configure unset {key}",
    ),
    "U004": Entry(
        "'{key}' in {path} is {found}", "it is to be {wanted}", "correct it, or: nbflow configure unset {key}"
    ),
    "U005": Entry(
        "'{key}' in {path} looks like a secret",
        "nbflow keeps no credentials; it finds those that the AWS command line finds",
        "delete that line, and name a profile of ~/.aws by aws_profile, or set AWS_ACCESS_KEY_ID and its like",
    ),
    "U006": Entry(
        "the root in {path} is a relative folder: {root}",
        "a file that holds everywhere cannot say what it is relative to",
        "write it from / or ~, or as s3://bucket/prefix",
    ),
    "U007": Entry(
        "there is no profile '{name}', which {source} asks for.{hint}",
        "{why}",
        "{fix}",
        mostly="nbflow configure list  shows the profiles there are",
    ),
    "U008": Entry("{path} cannot be written: {message}", fix="make it writable for you, and its folder"),
    "U009": Entry("{root} is no place for a store: {why}", fix="{fix}", mostly="a folder, or s3://bucket/prefix"),
    "U010": Entry(
        "there is no Metaflow configuration {where}.{hint}",
        "{why}",
        "name its file, or its profile: nbflow configure --from-metaflow FILE",
    ),
    "U011": Entry("{path} is no configuration of Metaflow: {message}", fix="name another file, or correct it"),
    "U012": Entry("{what}", "{why}", "{fix}", mostly="nbflow configure --help  lists what can be set"),
    "U020": Entry(
        "there is no stack '{name}' in {region}.{hint}",
        "its stacks are: {known}. Nothing was changed",
        "name one of them, or its region: nbflow configure --from-stack NAME --region REGION",
    ),
    "U021": Entry(
        "stack '{name}' is not ready: {status}",
        "{why}",
        "{fix}",
        mostly="aws cloudformation wait stack-create-complete --stack-name NAME",
    ),
    "U022": Entry(
        "stack '{name}' does not say {missing}",
        "it is not made from our template, or from an older one. Its outputs are: {there}. Nothing was changed",
        "nbflow deploy --template  prints the template",
    ),
    "U023": Entry("stack '{name}' cannot be looked at: {why}", "Nothing was changed", "{fix}", mostly="nbflow doctor"),
}
