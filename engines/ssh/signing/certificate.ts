import { authorizedKey, type SshPublicKey } from '../keys/public-key.ts'
import type { Signer } from '../keys/signer.ts'
import { string, uint32, uint64, WireReader } from '../keys/wire.ts'

/** OpenSSH's certificates, version 01: PROTOCOL.certkeys of OpenSSH. */

export type CertificateType = 'user' | 'host'
const TYPE_NUMBERS: Readonly<Record<CertificateType, number>> = { user: 1, host: 2 }

export interface CertificateContents {
  readonly type: CertificateType
  readonly key: SshPublicKey
  readonly serial: bigint
  readonly keyId: string
  /** None: it holds for any user or host. */
  readonly principals: readonly string[]
  /** Seconds since the epoch. */
  readonly validAfter: number
  readonly validBefore: number
  /** Names to values; '' for those that have none. */
  readonly criticalOptions: Readonly<Record<string, string>>
  readonly extensions: Readonly<Record<string, string>>
}

/** The line of a certificate as `ssh-keygen -s` writes it, with its end. `nonce` is 32 random bytes. */
export async function signedCertificate(contents: CertificateContents, nonce: Buffer, signer: Signer): Promise<string> {
  const { key } = contents
  const algorithm = `${key.algorithm.replace('@openssh.com', '')}-cert-v01@openssh.com`
  const body = Buffer.concat([
    string(algorithm),
    string(nonce),
    numbersOf(key),
    uint64(contents.serial),
    uint32(TYPE_NUMBERS[contents.type]),
    string(contents.keyId),
    string(Buffer.concat(contents.principals.map(string))),
    uint64(BigInt(contents.validAfter)),
    uint64(BigInt(contents.validBefore)),
    string(tuples(contents.criticalOptions)),
    string(tuples(contents.extensions)),
    string(''),
    string(signer.publicKey.blob),
  ])
  return authorizedKey(algorithm, Buffer.concat([body, string(await signer.sign(body))]))
}

/** The key without the name of its type. */
function numbersOf({ blob }: SshPublicKey): Buffer {
  const reader = new WireReader(blob)
  reader.string()
  return reader.rest()
}

/** In the order of their names, each once; a value is a string inside a string, none is an empty one. */
function tuples(options: Readonly<Record<string, string>>): Buffer {
  const sorted = Object.entries(options)
    .map(([name, value]) => ({ name: Buffer.from(name), value }))
    .sort((a, b) => a.name.compare(b.name))
  return Buffer.concat(sorted.flatMap(({ name, value }) => [string(name), string(value === '' ? '' : string(value))]))
}
