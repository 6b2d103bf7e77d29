import Type from 'typebox'
import { type EngineContext, type EngineRequest, engine, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { listed, pageFields, pageOf } from '../../../engines/listing.ts'
import { json } from '../../../storage/codec.ts'

/** Named sequences: each `next` hands out numbers that nobody else gets, such as invoice numbers or certificate serials. */

interface Sequence {
  /** The number that was handed out last. */
  readonly last: number
  /** No number above this one is handed out. */
  readonly max: number
}

const codec = json<Sequence>()
const PREFIX = 'sequences/'
const COUNT_MAX = 1000

const name = field.name({ required: true, description: 'Name of the sequence.' })

const fields = {
  name,
  start: field.int({ default: 1, description: 'The first number.' }),
  max: field.int({ default: Number.MAX_SAFE_INTEGER, description: 'The last number.' }),
}
type SequenceRequest = EngineRequest<typeof fields>

const SequenceReply = Type.Object({ last: Type.Integer(), max: Type.Integer() })

const sequences = route('sequences/:name', {
  summary: 'Make, read and remove a sequence',
  fields,
  exists: async ({ fields }, { store }) => (await store.get(PREFIX + fields.name, codec)) !== undefined,
  returns: SequenceReply,
  auditClear: ['start', 'max', 'last'],
  operations: { create, read, delete: remove },
})

async function create({ fields }: SequenceRequest, { store }: EngineContext): Promise<undefined> {
  const { name, start, max } = fields
  if (start > max) throw invalid('start must not be greater than max')
  await store.transaction(async (tx) => {
    if ((await tx.get(PREFIX + name, codec)) !== undefined) throw invalid('this sequence exists already')
    tx.put(PREFIX + name, { last: start - 1, max }, codec)
  })
}

async function read({ fields }: SequenceRequest, { store }: EngineContext): Promise<Reply> {
  const sequence = await store.get(PREFIX + fields.name, codec)
  if (sequence === undefined) throw notFound()
  return { data: { ...sequence } }
}

async function remove({ fields }: SequenceRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction(async (tx) => tx.delete(PREFIX + fields.name))
}

const nextFields = {
  name,
  count: field.int({ default: 1, description: `How many numbers, at most ${COUNT_MAX}.` }),
}

const next = route('next/:name', {
  summary: 'Hand out the next numbers of a sequence',
  fields: nextFields,
  returns: Type.Object({ first: Type.Integer(), last: Type.Integer() }),
  auditClear: ['count', 'first', 'last'],
  operations: { update: handOut },
})

async function handOut({ fields }: EngineRequest<typeof nextFields>, { store }: EngineContext): Promise<Reply> {
  const { name, count } = fields
  if (count < 1 || count > COUNT_MAX) throw invalid(`count must be 1 to ${COUNT_MAX}`)
  return store.transaction(async (tx) => {
    const sequence = await tx.get(PREFIX + name, codec)
    if (sequence === undefined) throw notFound('no such sequence')
    const last = sequence.last + count
    if (last > sequence.max) throw invalid(`the sequence has only ${sequence.max - sequence.last} numbers left`)
    tx.put(PREFIX + name, { ...sequence, last }, codec)
    return { data: { first: sequence.last + 1, last } }
  })
}

const all = route('sequences', {
  summary: 'List the sequences',
  fields: pageFields,
  operations: { list: async ({ fields }, { store }) => listed(await store.list(PREFIX, pageOf(fields))) },
})

export const sequence = engine({
  type: 'sequence',
  kind: 'secret',
  description: 'Numbers that are handed out once',
  routes: [sequences, all, next],
})
