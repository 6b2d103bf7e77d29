import { afterEach, describe, expect, test } from 'vitest'
import { type Backend, type Entry, StorageError, type Write } from './backend.ts'

const put = (path: string, text = path, expiresAtMs?: number): Write => ({
  path,
  value: Buffer.from(text),
  expiresAtMs,
})
const entry = (path: string, text = path, expiresAtMs?: number): Entry => ({
  path,
  value: Buffer.from(text),
  revision: 7,
  expiresAtMs,
})
const write = (backend: Backend, ...writes: Write[]) => backend.commit([{ reads: [], lists: [], writes }])

async function* batches(...given: readonly (readonly Entry[])[]): AsyncGenerator<readonly Entry[], void> {
  yield* given
}

async function contents(backend: Backend): Promise<string[]> {
  const found: string[] = []
  for await (const batch of (await backend.snapshot()).batches)
    for (const { path, value, revision } of batch) found.push(`${path}=${Buffer.from(value)}@${revision}`)
  return found
}

/** What backend.ts promises of `replace`, as tests. `open` gives a new, empty backend; the suite closes it. */
export function replaceContract(name: string, open: () => Promise<Backend>): void {
  describe(`replacing everything: ${name}`, () => {
    const opened: Backend[] = []
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((backend) => backend.close()))
    })
    replacements(async () => {
      const backend = await open()
      opened.push(backend)
      return backend
    })
  })
}

function replacements(fresh: () => Promise<Backend>): void {
  test('what comes in is all there is, at one revision that is newer than any before', async () => {
    const backend = await fresh()
    await write(backend, put('a', 'old'), put('gone', 'old', 5))
    await write(backend, put('a', 'older'))
    expect(await backend.replace(batches([entry('a'), entry('b')], [], [entry('c', 'due', 9)]))).toBe(3)
    expect(await backend.readIndex()).toBe(3)
    expect(await contents(backend)).toEqual(['a=a@3', 'b=b@3', 'c=due@3'])
    expect(await backend.due(100, 10)).toEqual([{ expiresAtMs: 9, path: 'c' }])
    expect((await backend.list('', { recursive: true, after: '', limit: 10 })).names).toEqual(['a', 'b', 'c'])
    expect(await write(backend, put('d'))).toEqual([{ kind: 'committed', revision: 4 }])
    expect(await backend.changes(3)).toEqual({ kind: 'paths', paths: ['d'], revisions: [4], revision: 4 })
  })

  test('whatever was known before has to be learnt anew, and what follows from it is not committed', async () => {
    const backend = await fresh()
    await write(backend, put('kept'), put('other'))
    await backend.replace(batches([entry('kept')]))
    expect(await backend.changes(1)).toEqual({ kind: 'resync', revision: 2 })
    const stale = { reads: [{ path: 'kept', revision: 1 }], lists: [], writes: [put('x')] }
    const listed = { reads: [], lists: [{ prefix: '', since: 1 }], writes: [put('y')] }
    const outcomes = await backend.commit([stale, listed])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['conflict', 'conflict'])
    expect(await contents(backend)).toEqual(['kept=kept@2'])
  })

  test('what breaks off changes nothing, and the store goes on', async () => {
    const backend = await fresh()
    await write(backend, put('a', 'old'))
    async function* broken(): AsyncGenerator<readonly Entry[], void> {
      yield [entry('a', 'new'), entry('b')]
      throw new Error('the source broke off')
    }
    await expect(backend.replace(broken())).rejects.toThrow('the source broke off')
    const twice = backend.replace(batches([entry('a')], [entry('b'), entry('/not-a-path')]))
    await expect(twice).rejects.toBeInstanceOf(StorageError)
    expect(await contents(backend)).toEqual(['a=old@1'])
    await write(backend, put('b'))
    expect(await contents(backend)).toEqual(['a=old@1', 'b=b@2'])
  })

  test('commits that come meanwhile are applied after it, and judged by what it left', async () => {
    const backend = await fresh()
    await write(backend, put('a', 'old'))
    const arrived = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    async function* slow(): AsyncGenerator<readonly Entry[], void> {
      yield [entry('a', 'new')]
      arrived.resolve()
      await goOn.promise
      yield [entry('b', 'new')]
    }
    const replacing = backend.replace(slow())
    await arrived.promise
    const [seen] = await backend.get(['a'])
    expect(Buffer.from(seen?.value ?? []).toString()).toBe('old')
    const committing = backend.commit([
      { reads: [{ path: 'a', revision: 1 }], lists: [], writes: [put('lost')] },
      { reads: [], lists: [], writes: [put('after')] },
    ])
    goOn.resolve()
    expect(await replacing).toBe(2)
    expect((await committing).map(({ kind }) => kind)).toEqual(['conflict', 'committed'])
    expect(await contents(backend)).toEqual(['a=new@2', 'after=after@3', 'b=new@2'])
  })

  test('an empty store comes in as well', async () => {
    const backend = await fresh()
    await write(backend, put('a'))
    expect(await backend.replace(batches())).toBe(2)
    expect(await contents(backend)).toEqual([])
  })
}
