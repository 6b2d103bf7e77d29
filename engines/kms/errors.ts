import { DecryptFailed } from '../../crypto/errors.ts'
import { InputRefused, KeyRefused, KeysBusy } from '../../crypto/keys/errors.ts'
import { type Code, EgideError } from '../errors.ts'

/**
 * Every way in which this engine refuses, by a name that stays. REST sends the name as `data.kind` beside the message;
 * what speaks AWS's protocol translates it. Each has the code that decides the status.
 */
const CODES = {
  /** No such key, alias or grant. */
  NotFound: 'not_found',
  /** Key policy and grants do not let the caller do it. */
  AccessDenied: 'permission_denied',
  /** The key is disabled. */
  Disabled: 'invalid_request',
  /** The key's state does not allow it: it waits for its deletion, or for its material. */
  InvalidState: 'invalid_request',
  /** The key is not for this, or has not this algorithm. */
  InvalidKeyUsage: 'invalid_request',
  /** The ciphertext was made by another key than the one that is named. */
  IncorrectKey: 'invalid_request',
  /** It is no ciphertext of this mount, was changed, or has another encryption context. */
  InvalidCiphertext: 'invalid_request',
  InvalidGrantToken: 'invalid_request',
  AlreadyExists: 'invalid_request',
  LimitExceeded: 'invalid_request',
  /** A key, alias or principal is named by something that names none. */
  InvalidArn: 'invalid_request',
  InvalidAliasName: 'invalid_request',
  MalformedPolicy: 'invalid_request',
  /** Keys of this spec or origin can't do it. */
  UnsupportedOperation: 'invalid_request',
  Tag: 'invalid_request',
  InvalidImportToken: 'invalid_request',
  ExpiredImportToken: 'invalid_request',
  /** It is not the material that this key had before. */
  IncorrectKeyMaterial: 'invalid_request',
  /** The wrapped material does not open, or is no key of this spec. */
  InvalidKeyMaterial: 'invalid_request',
  /** It would have succeeded, and was only to be tried. */
  DryRun: 'invalid_request',
  /** Anything else that is wrong with what was sent. */
  Validation: 'invalid_request',
  /** Too much slow work waits; trying again helps. */
  Busy: 'unavailable',
} as const satisfies Readonly<Record<string, Code>>

export type Kind = keyof typeof CODES
export const KINDS = Object.keys(CODES) as readonly Kind[]

/** An error to be thrown. `message` goes to the caller. */
export function refused(kind: Kind, message: string): EgideError {
  return new EgideError(CODES[kind], message, { data: { kind } })
}

/** The kind of what this engine threw; undefined of anything else. */
export function kindOf(error: unknown): Kind | undefined {
  const kind = error instanceof EgideError ? error.kind : undefined
  return typeof kind === 'string' && Object.hasOwn(CODES, kind) ? (kind as Kind) : undefined
}

/** What crypto/keys throws, as callers are told it; anything else stays what it is. */
function asRefusal(error: unknown): unknown {
  if (error instanceof DecryptFailed) return invalidCiphertext()
  if (error instanceof KeyRefused || error instanceof InputRefused) return refused('Validation', error.message)
  if (error instanceof KeysBusy) return refused('Busy', error.message)
  return error
}

/** Runs work of crypto/keys. */
export async function refusing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asRefusal(error)
  }
}

/** The same for whatever was wrong: key, tag, length, encryption context. */
export const invalidCiphertext = () => refused('InvalidCiphertext', 'the ciphertext does not open')
