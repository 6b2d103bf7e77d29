import type { Code, EgideError } from '../../engines/errors.ts'
import { type Kind, kindOf } from '../../engines/kms/errors.ts'
import { AwsError } from './aws-error.ts'

/** AWS's names: https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html and the errors of each operation. */
const TYPES: Readonly<Record<Kind, string>> = {
  NotFound: 'NotFoundException',
  AccessDenied: 'AccessDeniedException',
  Disabled: 'DisabledException',
  InvalidState: 'KMSInvalidStateException',
  InvalidKeyUsage: 'InvalidKeyUsageException',
  IncorrectKey: 'IncorrectKeyException',
  InvalidCiphertext: 'InvalidCiphertextException',
  InvalidGrantToken: 'InvalidGrantTokenException',
  AlreadyExists: 'AlreadyExistsException',
  LimitExceeded: 'LimitExceededException',
  InvalidArn: 'InvalidArnException',
  InvalidAliasName: 'InvalidAliasNameException',
  MalformedPolicy: 'MalformedPolicyDocumentException',
  UnsupportedOperation: 'UnsupportedOperationException',
  Tag: 'TagException',
  InvalidImportToken: 'InvalidImportTokenException',
  ExpiredImportToken: 'ExpiredImportTokenException',
  IncorrectKeyMaterial: 'IncorrectKeyMaterialException',
  InvalidKeyMaterial: 'InvalidCiphertextException',
  DryRun: 'DryRunOperationException',
  Validation: 'ValidationException',
  Busy: 'ThrottlingException',
}

/** Of errors that are not the engine's own. */
const BY_CODE: Readonly<Record<Code, readonly [type: string, status: number]>> = {
  invalid_request: ['ValidationException', 400],
  permission_denied: ['AccessDeniedException', 400],
  not_found: ['NotFoundException', 400],
  unsupported_operation: ['UnsupportedOperationException', 400],
  unsupported_media_type: ['ValidationException', 400],
  conflict: ['ConflictException', 400],
  in_use: ['ConflictException', 400],
  too_large: ['RequestEntityTooLargeException', 413],
  timeout: ['RequestTimeoutException', 408],
  rate_limited: ['ThrottlingException', 400],
  sealed: ['ServiceUnavailableException', 503],
  not_initialized: ['ServiceUnavailableException', 503],
  unavailable: ['ServiceUnavailableException', 503],
  internal: ['KMSInternalException', 500],
}

/** An error of the pipeline or the engine as AWS would tell it. */
export function awsErrorOf(error: EgideError): AwsError {
  const kind = kindOf(error)
  const [byCode, status] = BY_CODE[error.code]
  if (kind !== undefined) return new AwsError(TYPES[kind], error.message, 400, error.retryAfterSeconds)
  return new AwsError(byCode, error.message || 'not found', status, error.retryAfterSeconds)
}
