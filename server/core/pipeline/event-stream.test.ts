import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Bench, pipelineBench } from '../../../test/pipeline/probe.ts'
import { callerError } from './failures.ts'

interface Event {
  readonly kind: string
  readonly path: string
  readonly version: number
  readonly revision: number
}

/** A watch as an adapter reads it. `step` has those who watch looked at, as the server does now and then. */
class Watch {
  readonly #bench: Bench
  readonly #lines: AsyncIterator<unknown>
  readonly told: Event[] = []
  ended: string | undefined

  constructor(bench: Bench, lines: AsyncIterable<unknown>) {
    this.#bench = bench
    this.#lines = lines[Symbol.asyncIterator]()
    void this.#read()
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.#lines.next()
        if (done === true) break
        this.told.push(JSON.parse(String(value)) as Event)
      }
      this.ended = 'ended'
    } catch (error) {
      const known = callerError(error, this.#bench.world.namespace as never, '')
      this.ended = `${known?.code}: ${known?.message}`
    }
  }

  /** 'written a 1' and so on, of what came since the last call. Positions are left out. */
  async events(): Promise<string[]> {
    await this.#bench.world.namespace.callWatchers()
    for (let n = 0; n < 20; n++) await turn()
    const events = this.told.splice(0).filter(({ kind }) => kind !== 'position')
    return events.map(({ kind, path, version }) => `${kind} ${path} ${version}`)
  }
}

let bench: Bench
beforeEach(async () => {
  bench = await pipelineBench()
})

/** [where secrets are written, what is listed] */
const FORMS = { flat: ['secrets/', 'secrets/'], plain: ['kv/', 'kv/'] } as const

async function lines(operation: 'read' | 'list', path: string, data: object, token: string) {
  const { raw } = await bench.world.call(operation, path, { watch: true, ...data }, { token })
  if (raw === null || typeof raw.body === 'string' || raw.body instanceof Uint8Array) throw new Error('no stream')
  return raw.body
}

async function watch(path: string, data: object = {}, token = bench.world.root): Promise<Watch> {
  const operation = path.startsWith('secret/data/') ? 'read' : 'list'
  const opened = new Watch(bench, await lines(operation, path, data, token))
  await opened.events()
  return opened
}

/** All up to the next position. */
async function missed(after: number): Promise<Event[]> {
  const events: Event[] = []
  for await (const line of await lines('list', 'secret/metadata/', { after_revision: after }, bench.world.root)) {
    events.push(JSON.parse(String(line)) as Event)
    if (events.at(-1)?.kind === 'position') break
  }
  return events
}

const write = (path: string, data: object = { data: { x: 1 } }) => bench.world.call('update', path, data)

describe('what is told', () => {
  test('of versioned secrets: each kind of change, with the version, and nothing of what is in them', async () => {
    const watching = await watch('secret/metadata/app/')
    const steps: [() => Promise<unknown>, string][] = [
      [() => write('secret/data/app/a', { data: { x: 'the secret' } }), 'written app/a 1'],
      [() => write('secret/data/app/a'), 'written app/a 2'],
      [() => bench.world.call('patch', 'secret/data/app/a', { data: { y: 2 } }), 'written app/a 3'],
      [() => bench.world.call('delete', 'secret/data/app/a'), 'deleted app/a 3'],
      [() => write('secret/undelete/app/a', { versions: [3] }), 'undeleted app/a 3'],
      [() => write('secret/delete/app/a', { versions: [2, 1] }), 'deleted app/a 2'],
      [() => write('secret/destroy/app/a', { versions: [1] }), 'destroyed app/a 1'],
      [() => write('secret/metadata/app/a', { custom_metadata: { k: 'v' } }), 'metadata app/a 0'],
      [() => write('secret/metadata/app/deep/er', { max_versions: 3 }), 'metadata app/deep/er 0'],
      [() => bench.world.call('delete', 'secret/metadata/app/a'), 'removed app/a 0'],
    ]
    for (const [step, told] of steps) {
      await step()
      expect(await watching.events()).toEqual([told])
    }
    await write('secret/data/apple')
    await write('secret/data/other/a')
    expect(await watching.events()).toEqual([])
  })

  test('of flat secrets and of plain ones', async () => {
    await bench.world.call('update', 'sys/mounts/kv', { type: 'kv', options: { version: '1' } })
    for (const form of ['flat', 'plain'] as const) {
      const [data, list] = FORMS[form]
      const watching = await watch(list)
      const version = (n: number) => (form === 'flat' ? n : 0)
      await write(`${data}a/b`)
      expect(await watching.events()).toEqual([`written a/b ${version(1)}`])
      await write(`${data}a/b`)
      expect(await watching.events()).toEqual([`written a/b ${version(2)}`])
      if (form === 'flat') {
        await bench.world.call('delete', `${data}a/b`, { version: 1 })
        expect(await watching.events()).toEqual(['destroyed a/b 1'])
      }
      await bench.world.call('delete', `${data}a/b`)
      expect(await watching.events()).toEqual(['removed a/b 0'])
    }
  })

  test('of one secret: itself alone, by who may read it', async () => {
    await bench.world.policy('one', 'path "secret/data/app/a" { capabilities = ["read"] }')
    const token = await bench.world.token({ policies: ['one'] })
    const watching = await watch('secret/data/app/a', {}, token)
    for (const path of ['app/b', 'app/a', 'app/a/b']) await write(`secret/data/${path}`)
    expect(await watching.events()).toEqual(['written app/a 1'])
    expect(await bench.world.refusal('read', 'secret/data/app/b', { watch: true }, { token })).toMatch(/^permission/)
    expect(await bench.world.refusal('list', 'secret/metadata/app', { watch: true }, { token })).toMatch(/^permission/)
  })

  test('a position at first, and each event with a revision from which the next watch goes on', async () => {
    const [begun] = await missed(0)
    expect(begun).toMatchObject({ kind: 'position', path: '', version: 0 })
    for (const path of ['a', 'b', 'a', 'c']) await write(`secret/data/${path}`)
    const events = await missed(begun?.revision ?? 0)
    expect(events.map(({ kind, path, version }) => `${kind} ${path} ${version}`)).toEqual([
      'written b 1',
      'written a 2',
      'written c 1',
      'position  0',
    ])
    const revisions = events.map(({ revision }) => revision)
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))
    expect(await missed(events[1]?.revision ?? 0)).toEqual(events.slice(2))
    expect(await bench.world.refusal('list', 'secret/metadata/', { watch: true, after_revision: -1 })).toMatch(
      /^invalid/,
    )
  })
})

describe('who is told', () => {
  test('only what the token may read, as the policies are at that moment', async () => {
    const rules = (paths: string[]) => `path "secret/metadata/*" { capabilities = ["list"] }
      ${paths.map((path) => `path "secret/data/${path}" { capabilities = ["read"] }`).join('\n')}`
    await bench.world.policy('some', rules(['app/a']))
    const token = await bench.world.token({ policies: ['some'] })
    const watching = await watch('secret/metadata/', {}, token)
    for (const name of ['a', 'b']) await write(`secret/data/app/${name}`)
    expect(await watching.events()).toEqual(['written app/a 1'])
    await bench.world.policy('some', rules(['app/b']))
    for (const name of ['a', 'b']) await write(`secret/data/app/${name}`)
    expect(await watching.events()).toEqual(['written app/b 2'])
  })

  test('nobody whose token was revoked, has run out, or is used up', async () => {
    const { world } = bench
    await world.policy('lists', 'path "secret/*" { capabilities = ["list", "read"] }')
    const token = (data: object = {}) => world.token({ policies: ['lists'], ...data })
    const revoked = await token()
    const short = await token({ ttl: '10m' })
    const [one, two] = [await watch('secret/metadata/', {}, revoked), await watch('secret/metadata/', {}, short)]
    await world.call('update', 'auth/token/revoke', { token: revoked })
    await write('secret/data/a')
    expect(await one.events()).toEqual([])
    expect(one.ended).toBe('permission_denied: permission denied')
    expect(await two.events()).toEqual(['written a 1'])
    world.pass(601)
    await two.events()
    expect(two.ended).toBe('permission_denied: permission denied')
    const last = await watch('secret/metadata/', {}, await token({ num_uses: 1 }))
    expect(last.ended).toBe('permission_denied: permission denied')
  })

  test('nobody who is disabled meanwhile, and nothing that a group gave them once they are not in it', async () => {
    const { world } = bench
    await world.policy('lists', 'path "secret/metadata/*" { capabilities = ["list"] }')
    await world.policy('reads', 'path "secret/data/*" { capabilities = ["read"] }')
    const login = { policies: ['lists'], alias: { name: 'bob', metadata: {} } }
    const { auth } = await world.call('update', 'auth/door/login', login, { token: undefined })
    const group = { name: 'readers', policies: ['reads'] }
    await world.call('update', 'identity/group', { ...group, member_entity_ids: [auth?.entityId] })
    const watching = await watch('secret/metadata/', {}, auth?.clientToken)
    await write('secret/data/a')
    expect(await watching.events()).toEqual(['written a 1'])
    await world.call('update', 'identity/group', { ...group, member_entity_ids: [] })
    await write('secret/data/a')
    expect(await watching.events()).toEqual([])
    expect(watching.ended).toBeUndefined()
    await world.call('update', `identity/entity/id/${auth?.entityId}`, { disabled: true })
    await watching.events()
    expect(watching.ended).toBe('permission_denied: permission denied')
  })

  test('nobody when the mount is gone, and nobody when the vault is sealed', async () => {
    const { world } = bench
    await world.call('update', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } })
    const gone = await watch('kv/metadata/')
    const other = await watch('secret/metadata/')
    await world.call('delete', 'sys/mounts/kv')
    await gone.events()
    expect(gone.ended).toBe('not_found: the mount was removed or changed')
    expect(other.ended).toBeUndefined()
    await world.namespace.close()
    for (let n = 0; n < 20; n++) await turn()
    expect(other.ended).toBe('sealed: Vault is sealed')
  })

  test('nobody when the namespace, or one above it, is locked', async () => {
    const { world } = bench
    const mounted = { type: 'kv', options: { version: '2' } }
    for (const place of ['team/', 'team/part/', 'other/']) {
      await world.call('update', `${place.replace(/[^/]+\/$/, '')}sys/namespaces/${place.split('/').at(-2)}`)
      await world.call('update', `${place}sys/mounts/kv`, mounted)
    }
    const watching = [await watch('team/kv/metadata/'), await watch('team/part/kv/metadata/')]
    const other = await watch('other/kv/metadata/')
    await world.call('update', 'sys/namespaces/api-lock/lock/team')
    for (const one of watching) {
      expect(await one.events()).toEqual([])
      expect(one.ended).toContain('"team/" must be unlocked')
    }
    await write('other/kv/data/a')
    expect(await other.events()).toEqual(['written a 1'])
  })

  test('nobody without its records', async () => {
    bench.recorder.failing.add('response')
    expect(await bench.world.refusal('list', 'secret/metadata/', { watch: true })).toMatch(/^unavailable/)
    expect(bench.recorder.take()).toEqual(['request', 'request written', 'response'])
  })
})
