import { beforeEach, describe, expect, test } from 'vitest'
import type { IdentityView } from '../../engines/identity-view.ts'
import type { PolicyDraft } from '../../engines/system/services/policies.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import type { Codec, Store } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'
import { PolicyStore } from './policy-store.ts'

const ROOT_NAMESPACE = { id: 'root', path: '' }
const backend = () => new MemoryBackend()

interface Node {
  readonly store: Store
  readonly policies: PolicyStore
}
let nowMs = 0
let made = 0
/** A process of its own: its caches are not the other's. */
function node(shared: MemoryBackend, cipher = testingCipher()): Node {
  const store = createStore({ backend: shared, cipher, prefix: 'ns/' })
  const random = { bytes: (count: number) => Buffer.alloc(count), uuid: () => `epoch-${++made}` }
  const policies = new PolicyStore({ store, namespace: ROOT_NAMESPACE, clock: { now: () => nowMs }, random })
  return { store, policies }
}

const draft = (text: string, more: Partial<PolicyDraft> = {}): PolicyDraft => ({
  text,
  casRequired: false,
  expiresAtMs: undefined,
  allowSlashesInTemplates: false,
  allowWildcardsInTemplates: false,
  ...more,
})
const reading = (path: string) => draft(`path "${path}" { capabilities = ["read"] }`)
async function mayRead({ store, policies }: Node, names: readonly string[], path: string): Promise<boolean> {
  await store.refresh()
  return (await policies.aclFor(names)).decide({ operation: 'read', path, data: {}, nowMs }).allowed
}

let one: Node
let other: Node
beforeEach(async () => {
  nowMs = 1_000_000
  const shared = backend()
  const cipher = testingCipher()
  one = node(shared, cipher)
  other = node(shared, cipher)
  await one.policies.addInitial()
})

describe('what a change reaches', () => {
  test('every node decides by the new text after its next refresh, also in sets it had compiled', async () => {
    const names = ['default', 'team']
    expect(await mayRead(other, names, 'kv/a')).toBe(false)
    await one.policies.put('team', reading('kv/*'), undefined)
    expect(await mayRead(other, names, 'kv/a')).toBe(true)
    await one.policies.put('team', draft('path "kv/*" { capabilities = ["deny"] }'), undefined)
    expect(await mayRead(other, names, 'kv/a')).toBe(false)
    await other.policies.put('team', reading('kv/*'), undefined)
    expect(await mayRead(one, names, 'kv/a')).toBe(true)
    await other.policies.delete('TEAM')
    expect(await mayRead(one, names, 'kv/a')).toBe(false)
  })

  test('a set whose policies stayed the same is not compiled again', async () => {
    await one.policies.put('team', reading('kv/*'), undefined)
    const before = await other.policies.aclFor(['team'])
    await one.policies.put('unrelated', reading('kv/*'), undefined)
    await other.store.refresh()
    expect(await other.policies.aclFor(['team'])).toBe(before)
    await one.policies.put('team', reading('kv/*'), undefined)
    await other.store.refresh()
    expect(await other.policies.aclFor(['team'])).not.toBe(before)
  })

  test('a known set costs one read', async () => {
    let reads = 0
    const counted = countingStore(one.store, () => reads++)
    const { policies } = { policies: storeOver(counted) }
    const names = ['default', 'team', 'nobody']
    const acl = await policies.aclFor(names)
    reads = 0
    expect(await policies.aclFor(names)).toBe(acl)
    expect(await policies.aclFor([...names])).toBe(acl)
    expect(reads).toBe(2)
  })

  test('more sets than are kept are still decided by what they hold', async () => {
    await one.policies.put('team', reading('kv/*'), undefined)
    for (let i = 0; i < 2_100; i++) await one.policies.aclFor([`p${i}`, 'team'])
    for (const i of [0, 1, 2_099]) expect(await mayRead(one, [`p${i}`, 'team'], 'kv/a')).toBe(true)
    expect(await mayRead(one, ['p0'], 'kv/a')).toBe(false)
  })
})

function countingStore(store: Store, onGet: () => void): Store {
  return {
    get: <T>(path: string, codec: Codec<T>) => {
      onGet()
      return store.get(path, codec)
    },
    entry: (path, codec) => store.entry(path, codec),
    list: (prefix, page) => store.list(prefix, page),
    scan: (prefix, page) => store.scan(prefix, page),
    getThrough: (paths, codec) => store.getThrough(paths, codec),
    refresh: () => store.refresh(),
    transaction: (work) => store.transaction(work),
    view: (prefix) => store.view(prefix),
    follow: (prefix, options) => store.follow(prefix, options),
  }
}
function storeOver(store: Store): PolicyStore {
  const random = { bytes: (count: number) => Buffer.alloc(count), uuid: () => 'x' }
  return new PolicyStore({ store, namespace: ROOT_NAMESPACE, clock: { now: () => nowMs }, random })
}

describe('sets', () => {
  test('names cannot be made to look like another set', async () => {
    await one.policies.put('a', reading('kv/*'), undefined)
    expect(await mayRead(one, ['a', 'b'], 'kv/x')).toBe(true)
    for (const name of ['a","b', 'a,b', 'a\0b', 'a\nb', '../a', 'x/../a', '', ' '])
      expect(await mayRead(one, [name], 'kv/x'), name).toBe(false)
  })

  test('root alone may do everything; beside others it is refused', async () => {
    expect(await mayRead(one, ['root'], 'anything')).toBe(true)
    await expect(one.policies.aclFor(['root', 'default'])).rejects.toThrow('other policies present along with root')
  })

  test('response-wrapping gives what a wrapping token needs, and no more', async () => {
    expect(
      await one.policies.capabilities({ policies: ['response-wrapping'] }, [
        { path: 'sys/wrapping/unwrap' },
        { path: '/cubbyhole/response' },
        { path: 'kv/a' },
      ]),
    ).toEqual([['update'], ['create', 'read'], ['deny']])
  })

  test('templates are filled in for whom they speak of', async () => {
    await one.policies.put('own', reading('kv/{{identity.entity.name}}/*'), undefined)
    const called = (name: string): IdentityView => ({
      entity: { id: name, name, metadata: {}, aliases: [] },
      groups: [],
    })
    const ann = called('ann')
    const acl = await one.policies.aclFor(['own'], ann)
    expect(acl.capabilities('kv/ann/x', nowMs)).toEqual(['read'])
    expect(acl.capabilities('kv/bob/x', nowMs)).toEqual(['deny'])
    expect(await one.policies.aclFor(['own'], ann)).toBe(acl)
    expect((await one.policies.aclFor(['own'], called('bob'))).capabilities('kv/bob/x', nowMs)).toEqual(['read'])
    expect(await mayRead(one, ['own'], 'kv/ann/x')).toBe(false)
  })
})

describe('bounds of sets', () => {
  const large = (start: string) =>
    draft(Array.from({ length: 10_000 }, (_, i) => `path "${start}${i}" { capabilities = ["read"] }`).join('\n'))

  test('a set of more rules or characters than there may be is refused, one of fewer is not', async () => {
    const names = Array.from({ length: 6 }, (_, i) => `large${i}`)
    for (const name of names) await one.policies.put(name, large(`${name}/`), undefined)
    expect(await mayRead(one, names.slice(0, 5), 'large4/9999')).toBe(true)
    await expect(one.policies.aclFor(names)).rejects.toThrow("a token's policies have at most 50000 path blocks")
    const long = draft(`# ${'x'.repeat(1_000_000)}`)
    const wordy = Array.from({ length: 9 }, (_, i) => `wordy${i}`)
    for (const name of wordy) await one.policies.put(name, long, undefined)
    await expect(one.policies.aclFor(wordy)).rejects.toThrow('8388608 characters together')
    expect(await mayRead(one, [...wordy.slice(0, 7), 'large0'], 'large0/1')).toBe(true)
  })

  test('a set is compiled once for all who ask at the same time', async () => {
    await one.policies.put('team', reading('kv/*'), undefined)
    const [first, second] = await Promise.all([one.policies.aclFor(['team']), one.policies.aclFor(['team'])])
    expect(second).toBe(first)
  })

  test('rules that are filled in for identities are forgotten when they are many', async () => {
    await one.policies.put('own', large('kv/{{identity.entity.name}}/'), undefined)
    const people = Array.from({ length: 42 }, (_, i): IdentityView => {
      return { entity: { id: `${i}`, name: `p${i}`, metadata: {}, aliases: [] }, groups: [] }
    })
    const [ann] = people as [IdentityView]
    const first = await one.policies.aclFor(['own'], ann)
    expect(await one.policies.aclFor(['own'], ann)).toBe(first)
    for (const person of people) await one.policies.aclFor(['own'], person)
    const again = await one.policies.aclFor(['own'], ann)
    expect(again).not.toBe(first)
    expect(again.capabilities('kv/p0/77', nowMs)).toEqual(['read'])
    expect(again.capabilities('kv/p1/77', nowMs)).toEqual(['deny'])
  })
})

describe('writing', () => {
  const refusals: Record<string, [name: string, draft: PolicyDraft, cas: number | undefined, message: RegExp]> = {
    root: ['root', reading('a'), undefined, /cannot update "root" policy/],
    'the wrapping policy, in any case': ['Response-Wrapping', reading('a'), undefined, /cannot update/],
    'an empty text': ['p', draft(''), undefined, /'policy' parameter not supplied or empty/],
    'what does not parse': [
      'p',
      draft('path "a" { capabilities = ["fly"] }'),
      undefined,
      /failed to parse policy: line 1/,
    ],
    'a moment that has passed': ['p', { ...reading('a'), expiresAtMs: 1_000_000 }, undefined, /already elapsed/],
    'a version where there is none': ['p', reading('a'), 3, /did not match/],
    'a first write without cas that asks for cas': ['p', { ...reading('a'), casRequired: true }, undefined, /required/],
    'a name with a comma': ['a,b', reading('a'), undefined, /comma/],
    'a name with a zero-width space': ['a\u200bb', reading('a'), undefined, /invisible/],
    'a name that leads out': ['a/../b', reading('a'), undefined, /'\.\.'/],
    'a name that is too long': ['x'.repeat(513), reading('a'), undefined, /longer than 512/],
  }
  for (const [what, [name, wanted, cas, message]] of Object.entries(refusals)) {
    test(`refuses ${what}`, async () => {
      await expect(one.policies.put(name, wanted, cas)).rejects.toThrow(message)
      expect(await one.policies.names('')).toEqual(['default'])
    })
  }

  test('check-and-set: each version once, by one of many', async () => {
    await one.policies.put('p', { ...reading('a'), casRequired: true }, -1)
    await expect(one.policies.put('p', reading('a'), -1)).rejects.toThrow('set to -1 on existing entry')
    await expect(one.policies.put('p', reading('a'), undefined)).rejects.toThrow('parameter required')
    const racing = await Promise.allSettled(
      [one, other, one, other].map(({ policies }, i) => policies.put('p', reading(`won/${i}`), 1)),
    )
    expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await one.store.refresh()
    expect(await one.policies.get('p')).toMatchObject({ version: 2, casRequired: false })
  })

  test('a patch changes what it names, counts as a write, and needs no cas', async () => {
    await one.policies.put('p', { ...reading('a'), casRequired: true, allowSlashesInTemplates: true }, -1)
    await one.policies.patch('P', { text: reading('b').text }, undefined)
    expect(await one.policies.get('p')).toEqual({
      name: 'p',
      text: reading('b').text,
      version: 2,
      casRequired: true,
      expiresAtMs: undefined,
      modifiedMs: nowMs,
      allowSlashesInTemplates: true,
      allowWildcardsInTemplates: false,
    })
    await expect(one.policies.patch('p', {}, 1)).rejects.toThrow('did not match')
    await expect(one.policies.patch('q', {}, undefined)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('default can be changed, and is not written over by the next start', async () => {
    await one.policies.put('default', reading('mine'), undefined)
    await one.policies.addInitial()
    expect((await one.policies.get('default'))?.text).toBe(reading('mine').text)
    await expect(one.policies.delete('default')).rejects.toThrow('cannot delete default policy')
    await expect(one.policies.delete('root')).rejects.toThrow('cannot delete "root" policy')
  })

  test('names are sorted, below a prefix when asked, and deleting what is not there succeeds', async () => {
    for (const name of ['b', 'team/x', 'team/a/b', 'teamwork']) await one.policies.put(name, reading('a'), undefined)
    expect(await one.policies.names('')).toEqual(['b', 'default', 'team/a/b', 'team/x', 'teamwork'])
    expect(await one.policies.names('Team/')).toEqual(['team/a/b', 'team/x'])
    expect(await one.policies.names('../')).toEqual([])
    await one.policies.delete('team/x')
    await one.policies.delete('team/x')
    await one.policies.delete('a,b')
    expect(await one.policies.names('team/')).toEqual(['team/a/b'])
  })
})

describe('expiry', () => {
  test('a policy holds to its last moment, and from then on does not exist', async () => {
    const names = ['p']
    await one.policies.put('p', { ...reading('kv/*'), expiresAtMs: nowMs + 5_000 }, undefined)
    nowMs += 5_000
    expect(await mayRead(one, names, 'kv/a')).toBe(true)
    expect(await one.policies.get('p')).toMatchObject({ version: 1 })
    nowMs += 1
    expect(await mayRead(one, names, 'kv/a')).toBe(false)
    expect(await one.policies.get('p')).toBeUndefined()
    expect(await one.policies.names('')).toEqual(['default'])
    await one.policies.put('p', reading('kv/*'), -1)
    expect(await one.policies.get('p')).toMatchObject({ version: 1, expiresAtMs: undefined })
    expect(await one.policies.tidy()).toBe(0)
    expect(await mayRead(one, names, 'kv/a')).toBe(true)
  })

  test('tidying removes what is over, and nothing else', async () => {
    await one.policies.put('gone', { ...reading('a'), expiresAtMs: nowMs + 1 }, undefined)
    await one.policies.put('later', { ...reading('a'), expiresAtMs: nowMs + 100 }, undefined)
    await one.policies.put('renewed', { ...reading('a'), expiresAtMs: nowMs + 1 }, undefined)
    await one.policies.patch('renewed', { expiresAtMs: nowMs + 200 }, undefined)
    nowMs += 50
    expect(await one.policies.tidy()).toBe(1)
    expect(await one.policies.names('')).toEqual(['default', 'later', 'renewed'])
    expect(await one.store.scan('policies/')).toEqual([
      'acl/default',
      'acl/later',
      'acl/renewed',
      'epoch',
      'expiring/0000000001000100/later',
      'expiring/0000000001000200/renewed',
    ])
  })
})
