import { createHash } from 'node:crypto'
import type { AccessKey, AccessKeys } from '../core/access-keys/access-key.ts'
import { authorizationOf } from './authorization.ts'
import { AwsError } from './aws-error.ts'
import { type SignedRequest, signatureFailure, signedTime, valuesOf, verifySignature } from './signature.ts'

const SERVICE = 'kms'
/** What decides where a request goes, when it was made and what it asks must be signed, however little a client signs. */
const ALWAYS_SIGNED = ['host', 'x-amz-date', 'x-amz-target']
/** What has a meaning where it is there. */
const SIGNED_IF_SENT = ['x-amz-content-sha256', 'x-amz-security-token']
/** Headers that mean two things when they come twice. */
const SENT_ONCE = ['authorization', ...ALWAYS_SIGNED, ...SIGNED_IF_SENT]

/** The access key that signed a request. Throws AwsError for what was not signed, or not like this; EgideError while sealed. */
export async function authenticate(request: SignedRequest, keys: AccessKeys, nowMs: number): Promise<AccessKey> {
  const { rawHeaders } = request
  for (const name of SENT_ONCE) {
    if (valuesOf(rawHeaders, name).length > 1)
      throw new AwsError('IncompleteSignatureException', `the header '${name}' must be sent once`)
  }
  const authorization = authorizationOf(valuesOf(rawHeaders, 'authorization')[0])
  const time = signedTime(request, authorization, nowMs)
  if (authorization.service !== SERVICE)
    throw signatureFailure(`Credential should be scoped to correct service: '${SERVICE}'.`)
  const mustBeSigned = [...ALWAYS_SIGNED, ...SIGNED_IF_SENT.filter((name) => valuesOf(rawHeaders, name).length > 0)]
  const unsigned = mustBeSigned.find((name) => !authorization.signedHeaders.includes(name))
  if (unsigned !== undefined) throw signatureFailure(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`)
  const key = await keys.accessKey(authorization.accessKeyId)
  // Credentials of ours have no session, so that whoever sends one means another.
  if (key === undefined || valuesOf(rawHeaders, 'x-amz-security-token').length > 0)
    throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.')
  if (authorization.region !== key.region)
    throw signatureFailure(`Credential should be scoped to a valid region: '${key.region}'.`)
  verifySignature(request, authorization, time, key.secret)
  refuseOtherHash(request)
  return key
}

/** A client may say what the body's hash is; what it says is signed, and must then be so. */
function refuseOtherHash({ rawHeaders, body }: SignedRequest): void {
  const [told] = valuesOf(rawHeaders, 'x-amz-content-sha256')
  if (told === undefined) return
  if (told.trim() !== createHash('sha256').update(body).digest('hex'))
    throw signatureFailure("The provided 'x-amz-content-sha256' header does not match what was computed.")
}
