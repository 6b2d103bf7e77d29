import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from './engine.ts'
import { invalid } from './errors.ts'
import { field } from './field.ts'
import { encodingOf, formatField } from './text-encoding.ts'

/** As many as Vault gives at once. */
const BYTES_MAX = 128 * 1024

/** There is one source here, the operating system's; the names are Vault's. */
const SOURCES: ReadonlySet<string> = new Set(['', 'platform', 'seal', 'all'])
const SOURCE_HELP = 'Where the bytes come from: platform, seal or all.'
const SEAL_WARNING = 'no seal/entropy augmentation available, using platform entropy source'

const common = {
  bytes: field.int({ default: 32, description: `How many bytes, 1 to ${BYTES_MAX}.` }),
  format: formatField('base64'),
}
const body = {
  ...common,
  source: field.text({ default: 'platform', description: SOURCE_HELP }),
  urlbytes: field.text({ default: '', description: 'As `bytes`, which it outranks.' }),
}
const returns = Type.Object({ random_bytes: Type.String({ description: 'The bytes, in the format asked for.' }) })
const auditClear = ['bytes', 'format', 'source', 'urlbytes', 'source_or_bytes']

const random = (prefix: string) =>
  route(`${prefix}random`, {
    summary: 'Make random bytes',
    fields: body,
    returns,
    auditClear,
    operations: {
      update: { pure: true, handler: async ({ fields }: EngineRequest<typeof body>, context) => made(fields, context) },
    },
  })

const either = {
  ...body,
  source_or_bytes: field.text({ required: true, description: 'A source, or else a number of bytes.' }),
}

/** Vault has two rows here, told apart by whether the segment is the name of a source. */
const randomFrom = (prefix: string) =>
  route(`${prefix}random/:source_or_bytes`, {
    summary: 'Make random bytes, of a source or a number that the path gives',
    fields: either,
    returns,
    auditClear,
    operations: {
      update: {
        pure: true,
        handler: async ({ fields }: EngineRequest<typeof either>, context) => {
          const segment = fields.source_or_bytes
          const isSource = SOURCES.has(segment)
          return made(isSource ? { ...fields, source: segment } : { ...fields, urlbytes: segment }, context)
        },
      },
    },
  })

const inPath = {
  ...common,
  source: field.text({ required: true, description: SOURCE_HELP }),
  urlbytes: field.text({ required: true, description: 'As `bytes`, which it outranks.' }),
}

const randomFromOf = (prefix: string) =>
  route(`${prefix}random/:source/:urlbytes`, {
    summary: 'Make random bytes, of the source and number that the path gives',
    fields: inPath,
    returns,
    auditClear,
    operations: {
      update: {
        pure: true,
        handler: async ({ fields }: EngineRequest<typeof inPath>, context) => made(fields, context),
      },
    },
  })

/** Rows that make random bytes, below `prefix` ('' or ending in '/'). */
export function randomRows(prefix: string): readonly Route[] {
  return [random(prefix), randomFrom(prefix), randomFromOf(prefix)]
}

type Wanted = { readonly bytes: number; readonly format: string; readonly source: string; readonly urlbytes: string }

function made(wanted: Wanted, { random }: EngineContext): Reply {
  const bytes = wanted.urlbytes === '' ? wanted.bytes : parsedBytes(wanted.urlbytes)
  if (bytes < 1) throw invalid("'bytes' cannot be less than 1")
  if (bytes > BYTES_MAX) throw invalid(`'bytes' should be less than ${BYTES_MAX}`)
  const encoding = encodingOf(wanted.format)
  if (!SOURCES.has(wanted.source)) {
    throw invalid(
      `unsupported entropy source ${JSON.stringify(wanted.source.slice(0, 100))}; must be "platform" or "seal", or "all"`,
    )
  }
  const data = { random_bytes: random.bytes(bytes).toString(encoding) }
  return wanted.source === 'seal' ? { data, warnings: [SEAL_WARNING] } : { data }
}

function parsedBytes(text: string): number {
  if (!/^[-+]?\d{1,15}$/.test(text)) throw invalid('error parsing url-set byte count: expected an integer')
  return Number(text)
}
