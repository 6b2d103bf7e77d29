import { PolicyError } from './policy.ts'

/** Longest policy name, in UTF-8 bytes. */
export const POLICY_NAME_MAX_BYTES = 512

/** What policies are stored and looked up under: names are not case-sensitive and carry no blanks around them. */
export function normalPolicyName(name: string): string {
  return name.trim().toLowerCase()
}

/**
 * The normal form of a name that a policy is to be kept under. Throws PolicyError for one that can't be: empty, too
 * long, with control or invisible characters or commas (lists of names are written with commas), or not a clean path.
 */
export function checkedPolicyName(name: string): string {
  const normal = normalPolicyName(name)
  if (normal === '') throw new PolicyError('policy name must be provided in the URL')
  if (Buffer.byteLength(normal) > POLICY_NAME_MAX_BYTES)
    throw new PolicyError(`policy name is longer than ${POLICY_NAME_MAX_BYTES} bytes`)
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp},]/u.test(normal))
    throw new PolicyError('policy name holds a comma, a control character or an invisible one')
  if (normal.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new PolicyError("policy name holds an empty, '.' or '..' part")
  return normal
}
