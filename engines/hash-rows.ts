import { createHash } from 'node:crypto'
import Type from 'typebox'
import { decoded } from './base64.ts'
import { type EngineRequest, type Reply, type Route, route } from './engine.ts'
import { invalid } from './errors.ts'
import { type Field, field } from './field.ts'
import { encodingOf, formatField } from './text-encoding.ts'

/** OpenSSL's names of Vault's algorithms. */
const DIGESTS: Readonly<Record<string, string>> = {
  'sha2-224': 'sha224',
  'sha2-256': 'sha256',
  'sha2-384': 'sha384',
  'sha2-512': 'sha512',
  'sha3-224': 'sha3-224',
  'sha3-256': 'sha3-256',
  'sha3-384': 'sha3-384',
  'sha3-512': 'sha3-512',
}
const KNOWN = Object.keys(DIGESTS).join(', ')

const common = {
  algorithm: field.text({ default: 'sha2-256', description: `Digest to compute: ${KNOWN}.` }),
  format: formatField('hex'),
  input: field.text({ default: '', description: 'What to hash, in base64.' }),
}
const returns = Type.Object({ sum: Type.String({ description: 'The digest, in the format asked for.' }) })
const clear = ['algorithm', 'format', 'urlalgorithm']

const named = {
  ...common,
  urlalgorithm: field.text({ default: '', description: 'As `algorithm`, which it outranks.' }),
}

/**
 * Rows that hash data of the caller's, below `prefix` ('' or ending in '/'). Nothing is stored. `mustGive`: an input, though it
 * may be empty, which Transit wants and `sys/tools` does not, as in peers.
 */
export function hashRows(prefix: string, { mustGive }: { readonly mustGive: boolean }): readonly Route[] {
  const handler = async (request: EngineRequest<Shared>): Promise<Reply> => {
    if (mustGive && !request.has('input')) throw invalid('input missing')
    return digest(request)
  }
  const operations = { update: { handler, pure: true } }
  return [
    route(`${prefix}hash`, {
      summary: 'Hash data with a named algorithm',
      fields: named,
      returns,
      auditClear: clear,
      operations,
    }),
    route(`${prefix}hash/:urlalgorithm`, {
      summary: 'Hash data with the algorithm that the path names',
      fields: {
        ...common,
        urlalgorithm: field.text({ required: true, description: 'As `algorithm`, which it outranks.' }),
      },
      returns,
      auditClear: clear,
      operations,
    }),
  ]
}

type Shared = { readonly [K in keyof typeof named]: Field<string> }

async function digest({ fields }: EngineRequest<Shared>): Promise<Reply> {
  const name = fields.urlalgorithm || fields.algorithm
  const encoding = encodingOf(fields.format)
  const algorithm = Object.hasOwn(DIGESTS, name) ? DIGESTS[name] : undefined
  if (algorithm === undefined) throw invalid(`unsupported algorithm ${name.slice(0, 100)}`)
  const input = decoded(fields.input)
  if (input === undefined) throw invalid('unable to decode input as base64: illegal base64 data')
  return { data: { sum: createHash(algorithm).update(input).digest(encoding) } }
}
