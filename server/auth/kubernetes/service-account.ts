import { type Claims, TokenRefused } from '../jwks/verify-token.ts'

/** Who a token says that it is for. Both forms: of tokens for a pod, and of those that lie in a secret. */
export interface ServiceAccount {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** '' of tokens for a pod. */
  readonly secretName: string
  readonly audiences: readonly string[]
  /** Seconds since the epoch; 0: it doesn't say. */
  readonly issuedAtSeconds: number
}

const LEEWAY_SECONDS = 60

/** Throws TokenRefused for claims of anything but a service account. */
export function serviceAccountOf(claims: Claims): ServiceAccount {
  const bound = ownOf(claims, 'kubernetes.io')
  if (isObject(bound)) {
    const account = ownOf(bound, 'serviceaccount')
    if (!isObject(account)) throw new TokenRefused('it names no service account')
    return complete(claims, {
      namespace: ownOf(bound, 'namespace'),
      name: ownOf(account, 'name'),
      uid: ownOf(account, 'uid'),
      secretName: '',
    })
  }
  const legacy = (name: string): unknown => ownOf(claims, `kubernetes.io/serviceaccount/${name}`)
  return complete(claims, {
    namespace: legacy('namespace'),
    name: legacy('service-account.name'),
    uid: legacy('service-account.uid'),
    secretName: legacy('secret.name') ?? '',
  })
}

function complete(
  claims: Claims,
  { namespace, name, uid, secretName }: Readonly<Record<'namespace' | 'name' | 'uid' | 'secretName', unknown>>,
): ServiceAccount {
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
  if (!isText(namespace) || !isText(name) || !isText(uid) || typeof secretName !== 'string')
    throw new TokenRefused('it does not name a service account, its namespace and its uid')
  const issued = ownOf(claims, 'iat')
  const issuedAtSeconds = typeof issued === 'number' ? issued : 0
  return { namespace, name, uid, secretName, audiences: audiencesOf(claims), issuedAtSeconds }
}

function audiencesOf(claims: Claims): readonly string[] {
  const raw = ownOf(claims, 'aud') ?? []
  const list = Array.isArray(raw) ? raw : [raw]
  if (!list.every((audience) => typeof audience === 'string'))
    throw new TokenRefused('the claim aud is no text or list')
  return list
}

/** Tokens that lie in a secret have no times. Throws TokenRefused. */
export function checkTimes(claims: Claims, nowSeconds: number): void {
  const [expires, notBefore, issued] = ['exp', 'nbf', 'iat'].map((name) => {
    const value = ownOf(claims, name)
    if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value)))
      throw new TokenRefused(`the claim ${name} is no time`)
    return value
  })
  if (expires !== undefined && nowSeconds >= expires + LEEWAY_SECONDS) throw new TokenRefused('it is expired')
  if (Math.max(notBefore ?? 0, issued ?? 0) > nowSeconds + LEEWAY_SECONDS) throw new TokenRefused('it is not valid yet')
}

/** Throws TokenRefused. */
export function checkIssuer(claims: Claims, expected: string): void {
  if (ownOf(claims, 'iss') !== expected) throw new TokenRefused('it is by another issuer')
}

/** What prototypes bring along is no claim. */
function ownOf(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
