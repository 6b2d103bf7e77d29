import type { Random } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import type { PasswordPolicyService } from '../../../engines/system/services/policies.ts'
import { json } from '../../../storage/codec.ts'
import type { Store } from '../../../storage/store.ts'
import { PolicyError } from '../policy.ts'
import { generatePassword } from './generator.ts'
import {
  PASSWORD_MAX_LENGTH,
  PASSWORD_MIN_LENGTH,
  type PasswordPolicy,
  parsePasswordPolicy,
} from './password-policy.ts'

interface PasswordPolicyRecord {
  readonly text: string
}
const recordCodec = json<PasswordPolicyRecord>()
const PREFIX = 'policies/password/'
const NAME_MAX_BYTES = 512

export interface PasswordPolicyStoreOptions {
  /** The namespace's view. */
  readonly store: Store
  readonly random: Random
}

/** The password policies of one namespace. Unlike those of ACL policies, their names are case-sensitive. */
export class PasswordPolicyStore implements PasswordPolicyService {
  readonly #store: Store
  readonly #random: Random

  constructor({ store, random }: PasswordPolicyStoreOptions) {
    this.#store = store
    this.#random = random
  }

  names(): Promise<readonly string[]> {
    return this.#store.scan(PREFIX)
  }

  async get(name: string): Promise<string | undefined> {
    if (!isName(name)) return undefined
    return (await this.#store.get(PREFIX + name, recordCodec))?.text
  }

  async put(name: string, text: string): Promise<void> {
    if (!isName(name)) throw invalid('the name of a password policy is a path of at most 512 bytes')
    const { length } = parsed(text)
    if (length < PASSWORD_MIN_LENGTH || length > PASSWORD_MAX_LENGTH)
      throw invalid(`passwords must be between ${PASSWORD_MIN_LENGTH} and ${PASSWORD_MAX_LENGTH} characters`)
    await this.#store.transaction(async (tx) => tx.put(PREFIX + name, { text }, recordCodec))
  }

  async delete(name: string): Promise<void> {
    if (isName(name)) await this.#store.transaction(async (tx) => tx.delete(PREFIX + name))
  }

  async generate(name: string): Promise<string | undefined> {
    const text = await this.get(name)
    return text === undefined ? undefined : generatePassword(stored(text), this.#random)
  }
}

function isName(name: string): boolean {
  return (
    Buffer.byteLength(name) <= NAME_MAX_BYTES &&
    !/[\p{Cc}\p{Cs}]/u.test(name) &&
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  )
}

function parsed(text: string): PasswordPolicy {
  try {
    return parsePasswordPolicy(text)
  } catch (error) {
    if (error instanceof PolicyError) throw invalid(`invalid password policy: ${error.message}`)
    throw error
  }
}

function stored(text: string): PasswordPolicy {
  try {
    return parsePasswordPolicy(text)
  } catch (cause) {
    throw new EgideError('internal', 'stored password policy configuration failed to parse', { cause })
  }
}
