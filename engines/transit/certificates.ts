import { X509Certificate } from 'node:crypto'
import Type from 'typebox'
import { publicKeyOf } from '../../crypto/keys/pkcs8.ts'
import { isSameKey } from '../../crypto/keys/same-key.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { pem, pemBlocks } from '../pem.ts'
import { signedRequest } from './certificate-request.ts'
import { type Key, type KeyVersion, versionOf, withChanged } from './keys/key.ts'
import { loadKey, refuseSoftDeleted, saveKey } from './keys/key-store.ts'
import { keyTypeOf } from './keys/key-types.ts'
import { keyringOf } from './keys/keyrings.ts'
import { nameField } from './message-fields.ts'

/** Rows about certificates for keys: asking for one, and keeping it. */

const CHAIN_MAX = 20
const versionField = field.int({ description: 'Version of the key; absent: the latest.' })

const requestFields = {
  name: nameField,
  version: versionField,
  csr: field.text({ default: '', description: 'A request, in PEM, whose subject and attributes are taken over.' }),
}

export const certificateRequest = route('keys/:name/csr', {
  summary: 'Make a certificate request for a key, signed with it',
  fields: requestFields,
  returns: Type.Object({ name: Type.String(), type: Type.String(), csr: Type.String({ description: 'PEM.' }) }),
  auditClear: ['name', 'type', 'version'],
  operations: { update: { handler: makeRequest, pure: true } },
})

async function makeRequest({ fields }: EngineRequest<typeof requestFields>, context: EngineContext): Promise<Reply> {
  const { store, random } = context
  const { key, version } = signingVersion(await loadKey(store, fields.name), fields)
  const [template, ...others] = pemBlocks(fields.csr, 'CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST')
  if (others.length > 0 || (template === undefined && fields.csr !== '')) throw invalid('could not decode PEM CSR')
  const { sign } = keyringOf(store, key).pair(version.number, 'certificate requests')
  if (sign === undefined || version.publicKey === undefined) {
    throw invalid('private key not imported for key version selected')
  }
  const der = await signedRequest(keyTypeOf(key.type).name, version.publicKey, template, (message, how) =>
    sign(message, how, random),
  )
  return { data: { name: key.name, type: key.type, csr: pem('CERTIFICATE REQUEST', der) } }
}

const chainFields = {
  name: nameField,
  version: versionField,
  certificate_chain: field.text({ required: true, description: 'In PEM, the leaf first.' }),
}

export const setCertificate = route('keys/:name/set-certificate', {
  summary: 'Keep the certificate chain of a key with it',
  description: 'It replaces the one that is there. The leaf must be for the key.',
  fields: chainFields,
  returns: Type.Object({ name: Type.String(), type: Type.String(), certificate_chain: Type.String() }),
  auditClear: ['name', 'type', 'version'],
  operations: { update: keepChain },
})

async function keepChain({ fields }: EngineRequest<typeof chainFields>, { store }: EngineContext): Promise<Reply> {
  const chain = parsedChain(fields.certificate_chain)
  return store.transaction(async (tx) => {
    const { key, version } = signingVersion(await loadKey(tx, fields.name), fields)
    const leaf = chain[0]?.publicKey
    if (version.publicKey === undefined || leaf === undefined || !isSameKey(leaf, publicKeyOf(version.publicKey))) {
      throw invalid('leaf certificate public key does not match the selected key version')
    }
    saveKey(tx, withChanged(key, { ...version, certificates: chain.map(({ raw }) => raw) }))
    return { data: { name: key.name, type: key.type, certificate_chain: fields.certificate_chain } }
  })
}

/** The words are Vault's. */
function signingVersion(
  key: Key | undefined,
  { name, version: asked }: { readonly name: string; readonly version: number | undefined },
): { readonly key: Key; readonly version: KeyVersion } {
  if (key === undefined) throw invalid(`key with provided name '${name}' not found`)
  refuseSoftDeleted(key)
  if (!keyTypeOf(key.type).supports.signing) throw invalid(`key type '${key.type}' does not support signing`)
  if (key.derived) throw invalid('operation not supported for keys with derivation enabled')
  const version = versionOf(key, asked ?? key.latest)
  if (version === undefined) throw invalid('no such key version')
  return { key, version }
}

function parsedChain(text: string): readonly X509Certificate[] {
  const blocks = pemBlocks(text, 'CERTIFICATE', 'X509 CERTIFICATE')
  if (blocks.length === 0) {
    throw invalid('provided certificate chain did not contain any valid PEM encoded certificate')
  }
  if (blocks.length > CHAIN_MAX) throw invalid(`a certificate chain has at most ${CHAIN_MAX} certificates`)
  const [leaf, ...authorities] = blocks.map(parsedCertificate)
  if (leaf === undefined || leaf.ca) throw invalid('certificate in the first element is not a valid leaf certificate')
  if (authorities.some(({ ca }) => !ca)) {
    throw invalid('certificates after the first element must be of certificate authorities')
  }
  return [leaf, ...authorities]
}

function parsedCertificate(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch {
    throw invalid('could not parse a certificate in the certificate chain')
  }
}
