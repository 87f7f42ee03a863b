"""Metaflow's names of exceptions, for code that catches by them: `from nbflow.exception import MetaflowNotFound`.

Each is another name of a class of nbflow.

    MetaflowException                        NbflowError
    MetaflowNotFound                         NotFoundError, also a KeyError where `[]` raises it
    MetaflowNamespaceMismatch                NamespaceError
    MetaflowTaggingError                     TagError
    MetaflowInvalidPathspec                  PathspecError
    MetaflowDataMissing                      StoreError
    MetaflowInternalError                    NbflowError
    InvalidNextException                     InvalidNextError
    UnhandledInMergeArtifactsException       MergeConflictError
    MissingInMergeArtifactsException         MergeMissingError
    ParameterFieldFailed                     ParameterError
    ParameterFieldTypeMismatch               ParameterError
    InvalidDecoratorAttribute                DecoratorError
    DuplicateStepDecoratorException          DecoratorError
    DuplicateFlowDecoratorException          DecoratorError
    LintWarn                                 LintError
    CommandException                         UsageError
    ExternalCommandFailed                    RunError
    MetaflowExceptionWrapper                 CaughtError, what @catch leaves: `exception`, `type`, `stacktrace`
    MetaflowS3Exception                      S3Error
    MetaflowS3NotFound                       S3NotFoundError
    MetaflowS3AccessDenied                   S3AccessError
    MetaflowS3URLException                   S3UrlError
    MetaflowS3InvalidObject                  S3ObjectError
    MetaflowS3InvalidRange                   S3RangeError
    MetaflowS3InsufficientDiskSpace          S3SpaceError
    TimeoutException                         the same; @timeout raises it in the body

Raised with plain words, `raise MetaflowException("no data today")`, each says these words.
`MetaflowUnknownUser` is not among them: everybody may run flows, root too.
"""

from __future__ import annotations

from nbflow.errors import (
    DecoratorError,
    InvalidNextError,
    LintError,
    MergeConflictError,
    MergeMissingError,
    NamespaceError,
    NbflowError,
    NotFoundError,
    ParameterError,
    PathspecError,
    RunError,
    StoreError,
    TagError,
    UsageError,
)
from nbflow.flowspec.flow import TimeoutException
from nbflow.model.caught import CaughtError
from nbflow.model.s3_errors import (
    S3AccessError,
    S3Error,
    S3NotFoundError,
    S3ObjectError,
    S3RangeError,
    S3SpaceError,
    S3UrlError,
)

MetaflowException = MetaflowInternalError = NbflowError
MetaflowNotFound = NotFoundError
MetaflowNamespaceMismatch = NamespaceError
MetaflowTaggingError = TagError
MetaflowInvalidPathspec = PathspecError
MetaflowDataMissing = StoreError
InvalidNextException = InvalidNextError
UnhandledInMergeArtifactsException = MergeConflictError
MissingInMergeArtifactsException = MergeMissingError
ParameterFieldFailed = ParameterFieldTypeMismatch = ParameterError
InvalidDecoratorAttribute = DuplicateStepDecoratorException = DuplicateFlowDecoratorException = DecoratorError
LintWarn = LintError
CommandException = UsageError
ExternalCommandFailed = RunError
MetaflowExceptionWrapper = CaughtError
MetaflowS3Exception = S3Error
MetaflowS3NotFound = S3NotFoundError
MetaflowS3AccessDenied = S3AccessError
MetaflowS3URLException = S3UrlError
MetaflowS3InvalidObject = S3ObjectError
MetaflowS3InvalidRange = S3RangeError
MetaflowS3InsufficientDiskSpace = S3SpaceError

__all__ = [
    "CommandException",
    "DuplicateFlowDecoratorException",
    "DuplicateStepDecoratorException",
    "ExternalCommandFailed",
    "InvalidDecoratorAttribute",
    "InvalidNextException",
    "LintWarn",
    "MetaflowDataMissing",
    "MetaflowException",
    "MetaflowExceptionWrapper",
    "MetaflowInternalError",
    "MetaflowInvalidPathspec",
    "MetaflowNamespaceMismatch",
    "MetaflowNotFound",
    "MetaflowS3AccessDenied",
    "MetaflowS3Exception",
    "MetaflowS3InsufficientDiskSpace",
    "MetaflowS3InvalidObject",
    "MetaflowS3InvalidRange",
    "MetaflowS3NotFound",
    "MetaflowS3URLException",
    "MetaflowTaggingError",
    "MissingInMergeArtifactsException",
    "ParameterFieldFailed",
    "ParameterFieldTypeMismatch",
    "TimeoutException",
    "UnhandledInMergeArtifactsException",
]
