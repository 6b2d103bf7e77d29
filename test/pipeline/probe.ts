import { type Engine, engine, type Reply, route } from '../../engines/engine.ts'
import { field } from '../../engines/field.ts'
import { TestNamespace, type TestNamespaceOptions } from '../core/test-namespace.ts'
import { Recorder } from './recorder.ts'

/** An engine with a row of each kind, which tells the recorder what it does. */
export function probe(recorder: Recorder, gate: Gate): Engine<never> {
  const says = (what: string, reply?: Reply) => async () => {
    recorder.did(what)
    return reply
  }
  const data = { answer: 'of the engine' }
  const name = { name: field.text({ required: true, description: 'Name' }) }
  const row = engine({
    type: 'probe',
    kind: 'secret',
    description: 'a row of each kind',
    routes: [
      route('thing', {
        summary: 'Read and changed',
        fields: {},
        freeForm: true,
        operations: {
          read: says('read', { data }),
          update: says('changed'),
          delete: says('deleted'),
          patch: says('patched'),
        },
      }),
      route('pure', {
        summary: 'Changes nothing',
        fields: {},
        freeForm: true,
        operations: { update: { handler: says('computed', { data }), pure: true } },
      }),
      route('made/:name', {
        summary: 'Created or updated',
        fields: { ...name, number: field.int({ default: 0, description: 'A number' }) },
        exists: async ({ fields }) => fields.name === 'old',
        operations: { create: says('created'), update: says('updated') },
      }),
      route('keys', {
        summary: 'Listed',
        fields: { limit: field.int({ default: -1, description: 'At most' }) },
        operations: {
          list: async ({ fields }) => {
            recorder.did(`listed ${fields.limit}`)
            return { data: { keys: ['a', 'b', 'c/'], key_info: { a: { n: 1 }, b: { n: 2 }, 'c/': { n: 3 } } } }
          },
        },
      }),
      route('keys/:name', { summary: 'A key', fields: name, operations: { read: says('key', { data }) } }),
      route('sudo', {
        summary: 'Of operators',
        access: 'sudo',
        fields: {},
        operations: { read: says('sudo', { data }) },
      }),
      route('half', {
        summary: 'Only a change is of operators',
        fields: {},
        operations: { read: says('half read', { data }), update: { handler: says('half changed'), access: 'sudo' } },
      }),
      route('open', {
        summary: 'For everybody',
        access: 'none',
        fields: {},
        operations: {
          read: async ({ caller }) => {
            recorder.did(`open to ${caller?.policies.join() ?? 'nobody'}`)
            return { data }
          },
          update: says('open changed', { data }),
        },
      }),
      route('status', {
        summary: 'Status',
        access: 'none',
        whileSealed: true,
        fields: {},
        operations: { read: says('status', { data }), update: says('status changed') },
      }),
      route('raw', {
        summary: 'Not an envelope',
        fields: {},
        operations: {
          read: says('raw', { raw: { status: 200, contentType: 'text/plain', body: 'the secret in raw' } }),
        },
      }),
      route('gone', {
        summary: 'Told with another status',
        fields: {},
        operations: { read: says('gone', { data, status: 404 }) },
      }),
      route('broken', {
        summary: 'Fails as nobody foresaw',
        fields: {},
        operations: {
          read: async () => {
            recorder.did('broke')
            throw new TypeError('the secret of the engine')
          },
        },
      }),
      route('slow', {
        summary: 'Waits',
        fields: {},
        operations: {
          read: async () => {
            await gate.pass()
            recorder.did('slow read')
            return { data }
          },
        },
      }),
      route('closing', {
        summary: 'Goes on when it may, and tells nothing',
        fields: {},
        operations: {
          update: async () => {
            await gate.pass()
            return undefined
          },
        },
      }),
      route('escape', {
        summary: 'Asks for what no method may give',
        access: 'none',
        fields: {},
        freeForm: true,
        operations: {
          update: async ({ data: asked }) => ({
            auth: {
              displayName: 'guest',
              policies: ['default'],
              meta: {},
              ttlSeconds: 0,
              maxTtlSeconds: 0,
              explicitMaxTtlSeconds: 0,
              periodSeconds: 0,
              renewable: true,
              numUses: 0,
              boundCidrs: [],
              tokenType: 'default' as const,
              ...asked,
            },
          }),
        },
      }),
    ],
  })
  return row as Engine<never>
}

/** Where a request waits until the test lets it on. */
export class Gate {
  readonly arrived = Promise.withResolvers<void>()
  readonly opened = Promise.withResolvers<void>()

  async pass(): Promise<void> {
    this.arrived.resolve()
    await this.opened.promise
  }
}

export interface Bench {
  readonly world: TestNamespace
  readonly recorder: Recorder
  readonly gate: Gate
}

/** A namespace with the probe at `probe/`, and an empty record. */
export async function pipelineBench(options: TestNamespaceOptions = {}): Promise<Bench> {
  const recorder = new Recorder()
  const gate = new Gate()
  const world = await TestNamespace.create({ ...options, audit: recorder, engines: [probe(recorder, gate)] })
  await world.call('update', 'sys/mounts/probe', { type: 'probe' })
  recorder.take()
  return { world, recorder, gate }
}
