import { invalid } from '../../errors.ts'
import type { SshPublicKey } from '../keys/public-key.ts'
import type { CaRole } from '../roles/role.ts'

/** Which keys a role lets be signed: its allowed_user_key_lengths. */

type Rules = CaRole['allowedKeyLengths']
/** Of these the size is looked at; of the others the name says it all, where it comes with any. */
const SIZED: ReadonlySet<string> = new Set(['rsa', 'ssh-rsa', 'ec', 'ecdsa'])

/** What a role may call a key. One of a security key is also one of its kind: it proves the same and more. */
function namesOf(type: SshPublicKey['type'], bits: number): readonly string[] {
  switch (type) {
    case 'rsa':
      return ['rsa', 'ssh-rsa']
    case 'ecdsa':
      return ['ecdsa', 'ec', `ecdsa-sha2-nistp${bits}`]
    case 'ed25519':
      return ['ed25519', 'ssh-ed25519']
    case 'sk-ed25519':
      return ['sk-ssh-ed25519@openssh.com', ...namesOf('ed25519', bits)]
    case 'sk-ecdsa':
      return ['sk-ecdsa-sha2-nistp256@openssh.com', ...namesOf('ecdsa', bits)]
  }
}

/** Throws `invalid_request` for keys that the role does not allow. */
export function checkKey({ type, bits }: Pick<SshPublicKey, 'type' | 'bits'>, rules: Rules): void {
  if (Object.keys(rules).length === 0) return
  const found = namesOf(type, bits).filter((name) => Object.hasOwn(rules, name))
  if (found.length === 0) {
    throw invalid(`public_key failed to meet the key requirements: key of type ${type} is not allowed`)
  }
  const isAllowed = (name: string): boolean => {
    const sizes = rules[name] ?? []
    return SIZED.has(name) ? sizes.includes(bits) : sizes.length > 0
  }
  if (!found.some(isAllowed)) {
    throw invalid(`public_key failed to meet the key requirements: key is of an invalid size: ${bits}`)
  }
}

/** Sizes that stand in for one that is not asked for. */
export function sizesFor(keyType: string, rules: Rules): readonly number[] {
  const names = keyType.endsWith('rsa') ? namesOf('rsa', 0) : ['ec', 'ecdsa']
  return names.flatMap((name) => rules[name] ?? []).toSorted((a, b) => b - a)
}
