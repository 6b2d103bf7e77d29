import type { KeyObject } from 'node:crypto'
import type { RandomBytes } from '../random.ts'
import type { HashName } from './hash.ts'

/**
 * What keys are and do, whoever keeps them. An algorithm is one object in the file of its family and a line in
 * algorithms.ts. Key bytes are in Buffers, which their owner zeroes; what works with them is a KeyObject.
 */
export type Algorithm = SymmetricAlgorithm | PairAlgorithm

export interface SymmetricAlgorithm {
  readonly kind: 'symmetric'
  readonly name: string
  /** Bytes that a key may have; most have one length. */
  readonly keyBytes: { readonly min: number; readonly max: number; readonly usual: number }
  /** Absent: keys that only authenticate. */
  readonly aead?: Aead
}

/** One that encrypts. */
export type AeadAlgorithm = SymmetricAlgorithm & { readonly aead: Aead }

/** Authenticated encryption with associated data. Sealed bytes are nonce | ciphertext | tag. */
export interface Aead {
  readonly nonceBytes: number
  /** What sealing adds to a plaintext. */
  readonly overheadBytes: number
  /** No nonce may come twice under one key, unless all that is sealed is the same. */
  seal(key: KeyObject, nonce: Buffer, plaintext: Buffer, associatedData: Buffer | undefined): Buffer
  /** Throws DecryptFailed; whatever was wrong (key, tag, length, associated data) reads the same. */
  open(key: KeyObject, sealed: Buffer, associatedData: Buffer | undefined): Buffer
}

/** A private key and its public key, as they are kept. */
export interface PairBytes {
  /** PKCS #8, or what the algorithm says; undefined: only the public key is known. Secret. */
  readonly privateKey: Buffer | undefined
  /** SubjectPublicKeyInfo, or what the algorithm says. */
  readonly publicKey: Buffer
}

export interface PairAlgorithm {
  readonly kind: 'pair'
  readonly name: string
  readonly uses: PairUses
  /** Rejects with KeysBusy when too many are being made already. */
  generate(random: RandomBytes): Promise<PairBytes>
  /** From PKCS #8, or the algorithm's own form. Throws KeyRefused, which says what is wrong and nothing of the bytes. */
  importPrivate(bytes: Buffer): PairBytes
  /** From SubjectPublicKeyInfo, or the algorithm's own form. Throws KeyRefused. */
  importPublic(bytes: Buffer): PairBytes
  open(bytes: PairBytes): Pair
}

export interface PairUses {
  /** `hashed`: messages are hashed by an algorithm that the caller names. */
  readonly signing: 'hashed' | 'whole' | undefined
  /** `bound`: with associated data. */
  readonly encryption: 'bound' | 'plain' | undefined
  /** Agreeing on a secret with one message. */
  readonly encapsulation: boolean
  /** Agreeing on a secret with another's public key. */
  readonly agreement: boolean
  /** How long a signature takes: many at once would starve others. */
  readonly slow: boolean
  /** What its dearest use takes of the caller's thread, in microseconds, about: many in one turn would starve others. */
  readonly turnMicros: number
}

/** A pair at work. What needs the private key is absent where that is not known, as is what such keys are not for. */
export interface Pair {
  sign?(message: Buffer, how: SignatureOptions, random: RandomBytes): Buffer | Promise<Buffer>
  /** A signature that can't be one is as false as a wrong one. */
  verify?(message: Buffer, signature: Buffer, how: SignatureOptions): boolean | Promise<boolean>
  /**
   * Signs the 64 bytes that stand for a message of any length, where there is such a form beside `sign`: SHA-512 with
   * Ed25519 (Ed25519ph, RFC 8032), mu with ML-DSA (FIPS 204).
   */
  signRepresentative?(representative: Buffer, random: RandomBytes): Promise<Buffer>
  verifyRepresentative?(representative: Buffer, signature: Buffer): Promise<boolean>
  /** `oaepHash` is of RSA alone; absent: SHA-256. */
  encrypt?(plaintext: Buffer, associatedData: Buffer | undefined, oaepHash?: OaepHash): Buffer
  /** Throws DecryptFailed. */
  decrypt?(ciphertext: Buffer, associatedData: Buffer | undefined, oaepHash?: OaepHash): Buffer
  encapsulate?(): Encapsulated
  /** Throws DecryptFailed where the length is wrong; a changed ciphertext gives another secret (FIPS 203). */
  decapsulate?(ciphertext: Buffer): Buffer
  /** The raw shared secret, which is no key yet. Throws KeyRefused. */
  agree?(peer: KeyObject): Buffer
}

/** The hash of RSA-OAEP and of its mask, by OpenSSL's name. */
export type OaepHash = 'sha1' | 'sha256'

export interface Encapsulated {
  readonly ciphertext: Buffer
  readonly sharedSecret: Buffer
}

/** Algorithms look only at what is theirs. */
export interface SignatureOptions {
  /** 'none': the input is signed as it is, without the hash's name (RSA PKCS #1 v1.5). */
  readonly hash: HashName | 'none'
  /** The input is the hash of the message. */
  readonly prehashed: boolean
  readonly padding: 'pss' | 'pkcs1v15'
  /** Bytes of PSS salt; `hash`: those of the hash; `auto`: the most there is room for, and any when verifying. */
  readonly salt: number | 'hash' | 'auto'
  /** Of ECDSA: ASN.1, or both numbers at full length (IEEE P1363), as JWS has it. */
  readonly encoding: 'der' | 'p1363'
}
