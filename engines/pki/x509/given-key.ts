import type { KeyObject } from 'node:crypto'
import { privateContents } from '../../../crypto/keys/pkcs8.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { TakenRsaKey } from '../../rsa-keys.ts'
import { type KeyKind, specOf } from './algorithms.ts'
import type { Der } from './der.ts'
import { ecPrivateKey } from './ec-der.ts'

/** A private key as it is given to who asked for it. */
export interface GivenKey {
  readonly kind: KeyKind
  /** In the form that is usual for its kind: PKCS #1 of RSA, SEC 1 of elliptic curves, PKCS #8 of the others. */
  usual(): Der
  pkcs8(): Der
  /** Zeroes the bytes of it that are ours: it cannot be given any more. */
  forget(): void
}

/** `sec1`: of a key of an elliptic curve, where it has been written. */
export function givenKey(key: KeyObject, sec1?: Der): GivenKey {
  const { kind } = specOf(key)
  const pkcs8 = (): Der => key.export({ format: 'der', type: 'pkcs8' })
  const ofCurve = (): Der => sec1 ?? ecPrivateKey(key) ?? key.export({ format: 'der', type: 'sec1' })
  const ofRsa = (): Der => key.export({ format: 'der', type: 'pkcs1' })
  const usual = kind === 'rsa' ? ofRsa : kind === 'ec' ? ofCurve : pkcs8
  return { kind, usual, pkcs8, forget: () => sec1 && zeroize(sec1) }
}

/** Of an RSA key that was made and is not looked at here: OpenSSL takes as long to read and write it as the rest of a certificate. */
export function givenRsaKey({ privateKey, done }: Pick<TakenRsaKey, 'privateKey' | 'done'>): GivenKey {
  return { kind: 'rsa', usual: () => privateContents(privateKey), pkcs8: () => privateKey, forget: done }
}
