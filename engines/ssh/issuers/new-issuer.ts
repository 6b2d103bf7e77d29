import { createPublicKey, type KeyObject } from 'node:crypto'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { generateKey, keySpec, parsePrivateKey } from '../keys/private-key.ts'
import { authorizedKey, parsePublicKey, publicKeyOf } from '../keys/public-key.ts'
import { halvesMatch } from '../keys/signer.ts'
import type { NewIssuerRequest } from './fields.ts'
import { allIssuers, checkedName, checkRoom, type IssuerDocument, putDefault, putIssuer } from './issuers.ts'

export interface Made {
  readonly issuer: IssuerDocument
  /** It was here already. */
  readonly isKnown: boolean
}

/** Makes or imports an issuer. `isDefault`: it is the default from now on; the first one always is. */
export async function makeIssuer(request: NewIssuerRequest, isDefault: boolean, context: EngineContext): Promise<Made> {
  const key = await keyOf(request)
  const { algorithm, blob } = publicKeyOf(createPublicKey(key))
  const line = authorizedKey(algorithm, blob)
  const id = context.random.uuid()
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' })
  const made = await context.store.transaction(async (tx) => {
    const issuers = await allIssuers(tx)
    const known = issuers.find((issuer) => keyOfLine(issuer.publicKey) === keyOfLine(line))
    if (known !== undefined) return { issuer: known, isKnown: true }
    checkRoom(issuers)
    const name = request.fields.issuer_name === undefined ? '' : checkedName(request.fields.issuer_name, issuers)
    const issuer = { id, name, publicKey: lineOf(request.fields.public_key, line), pkcs8 }
    keep(tx, issuer, isDefault || issuers.length === 0)
    return { issuer, isKnown: false }
  })
  if (made.isKnown) zeroize(pkcs8)
  return made
}

/** An imported key is shown as it was given, which clients compare; `own` is the line of a key that came without one. */
function lineOf(given: string, own: string): string {
  return /^\S+[ \t]+\S/.test(given.trim()) ? given : own
}

/** A line without its comment. */
function keyOfLine(line: string): string {
  return parsePublicKey('public_key', line).blob.toString('base64')
}

function keep(tx: Tx, issuer: IssuerDocument, isDefault: boolean): void {
  putIssuer(tx, issuer)
  if (isDefault) putDefault(tx, issuer.id)
}

async function keyOf({ fields }: NewIssuerRequest): Promise<KeyObject> {
  const { private_key: privateKey, public_key: publicKey, generate_signing_key: generate } = fields
  if (privateKey === '' && publicKey === '') {
    if (generate === false) throw invalid('missing public_key')
    return generateKey(keySpec(fields.key_type, fields.key_bits))
  }
  if (generate === true) {
    throw invalid('public_key and private_key must not be set when generate_signing_key is set to true')
  }
  if (privateKey === '' || publicKey === '') {
    throw invalid(
      'only one of public_key and private_key set; both must be set to use, or both must be blank to auto-generate',
    )
  }
  const key = parsePrivateKey(privateKey)
  const isPair = publicKeyOf(createPublicKey(key)).blob.equals(parsePublicKey('public_key', publicKey).blob)
  if (!isPair || !halvesMatch(key)) throw invalid('public_key and private_key do not belong together')
  return key
}
