import { RsaSaPssParams } from '@peculiar/asn1-rsa'
import { AsnConvert } from '@peculiar/asn1-schema'
import type { AlgorithmIdentifier } from '@peculiar/asn1-x509'
import type { DerElement } from '../../../crypto/der.ts'
import { membersOf, oidText } from './reading.ts'

/** Sizes of SHA-2 that sign. */
export const HASH_BITS = [256, 384, 512] as const
export type HashBits = (typeof HASH_BITS)[number]

const RSASSA_PSS = '1.2.840.113549.1.1.10'
const HASHES: Readonly<Record<string, HashBits>> = {
  '2.16.840.1.101.3.4.2.1': 256,
  '2.16.840.1.101.3.4.2.2': 384,
  '2.16.840.1.101.3.4.2.3': 512,
}

/** An AlgorithmIdentifier as it was read. */
export interface Algorithm {
  readonly id: string
  readonly parameters: ArrayBuffer | Buffer | undefined
}

/** The hash of an RSASSA-PSS signature (RFC 4055, 3.1). Undefined for other algorithms, and for hashes that are not taken. */
export function pssHashOf({ id, parameters }: Algorithm): HashBits | undefined {
  if (id !== RSASSA_PSS || parameters === undefined) return undefined
  return HASHES[AsnConvert.parse(parameters, RsaSaPssParams).hashAlgorithm.algorithm]
}

export function algorithmOf({ algorithm, parameters }: AlgorithmIdentifier): Algorithm {
  return { id: algorithm, parameters: parameters ?? undefined }
}

/** Throws EncodingError for what is no AlgorithmIdentifier. */
export function algorithmIn(element: DerElement | undefined): Algorithm {
  const [id, parameters] = membersOf(element)
  return { id: oidText(id), parameters: parameters?.whole }
}
