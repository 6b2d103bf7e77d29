import { AwsError } from './aws-error.ts'

/** An `Authorization` header of AWS Signature Version 4, in parts. Nothing about it is verified yet. */
export interface Authorization {
  readonly accessKeyId: string
  /** YYYYMMDD. */
  readonly date: string
  readonly region: string
  readonly service: string
  /** In lower case, as they stand there. */
  readonly signedHeaders: readonly string[]
  readonly signature: Buffer
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
const ALGORITHM = /^AWS4-HMAC-SHA256[ ,]/
const PARAMETERS = ['Credential', 'SignedHeaders', 'Signature'] as const
const SIGNATURE = /^[0-9a-f]{64}$/
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
const TERMINATOR = 'aws4_request'

/** Reads the header. Throws AwsError as AWS would; the header's text is never repeated. */
export function authorizationOf(header: string | undefined): Authorization {
  if (header === undefined || header === '')
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  if (!ALGORITHM.test(header)) throw incomplete("Unsupported AWS 'algorithm': it must be AWS4-HMAC-SHA256.")
  const parameters = parametersOf(header)
  const missing = PARAMETERS.filter((name) => !parameters.has(name))
  if (missing.length > 0)
    throw incomplete(missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '))
  const signature = parameters.get('Signature') ?? ''
  if (!SIGNATURE.test(signature)) throw incomplete('Signature must be 64 hexadecimal digits in lower case.')
  return {
    ...scopeOf(parameters.get('Credential') ?? ''),
    signedHeaders: signedHeadersOf(parameters.get('SignedHeaders') ?? ''),
    signature: Buffer.from(signature, 'hex'),
  }
}

function parametersOf(header: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of header.slice('AWS4-HMAC-SHA256'.length).split(',')) {
    const at = part.indexOf('=')
    const name = part.slice(0, Math.max(at, 0)).trim()
    // What stands twice could be read as the one or the other.
    if (at < 0 || parameters.has(name)) throw incomplete('Authorization header is not a list of name=value pairs.')
    parameters.set(name, part.slice(at + 1).trim())
  }
  return parameters
}

function scopeOf(credential: string): Pick<Authorization, 'accessKeyId' | 'date' | 'region' | 'service'> {
  const parts = credential.split('/')
  const [accessKeyId = '', date = '', region = '', service = '', terminator = ''] = parts
  if (parts.length !== 5 || parts.some((part) => part === ''))
    throw incomplete(
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/aws4_request.',
    )
  if (terminator !== TERMINATOR)
    throw new AwsError(
      'InvalidSignatureException',
      `Credential should be scoped with a valid terminator: '${TERMINATOR}'.`,
    )
  return { accessKeyId, date, region, service }
}

function signedHeadersOf(text: string): readonly string[] {
  const names = text.split(';')
  // Sorted and without repeats they have one form, which is what was signed.
  const isCanonical = names.every((name, at) => HEADER_NAME.test(name) && (at === 0 || (names[at - 1] ?? '') < name))
  if (!isCanonical) throw incomplete('SignedHeaders must be names in lower case, sorted and separated by semicolons.')
  return names
}

function incomplete(message: string): AwsError {
  return new AwsError('IncompleteSignatureException', message)
}
