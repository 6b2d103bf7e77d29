import { readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { VaultReplaced } from '../../../engines/errors.ts'
import { StorageError } from '../../../storage/backend.ts'
import { newEntry, streamKeys } from '../table.ts'
import { fileDevice, record, TestingInstallation, testingRequest, testingResponse } from '../testing-records.ts'
import { verifyDevice } from '../testing-verification.ts'
import type { StoredCheckpoint } from './evidence.ts'
import { ThreadedStream } from './threaded-stream.ts'

// The streams of file devices as the server runs them: on threads of their own.

const THREAD = new URL('../../boot/audit-worker.ts', import.meta.url)
const open = (place: TestingInstallation) => place.open({ thread: THREAD })

async function newPlace() {
  const place = await TestingInstallation.create()
  const audit = await open(place)
  await audit.enable('file', fileDevice())
  return { place, audit, file: join(place.folder, 'audit.log') }
}

const numbersOf = async (file: string) =>
  [...(await readFile(file, 'utf8')).matchAll(/"type":"request".*?"path":"secret\/data\/app-(\d+)"/g)].map(
    ([, number]) => Number(number),
  )

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number)

/** The threads that the broker starts. */
function watchThreads(): Worker[] {
  const threads: Worker[] = []
  const post = Worker.prototype.postMessage
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...args) {
    if (!threads.includes(this)) threads.push(this)
    return post.apply(this, args)
  })
  return threads
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('hundreds of records of one turn are all written before their requests go on, in order, and verify', async () => {
  const { audit, file } = await newPlace()
  const waits: (Promise<void> | undefined)[] = []
  for (const number of upTo(500)) {
    const request = testingRequest(number, { path: `secret/data/app-${number}` })
    waits.push(audit.request(request, undefined), audit.response(request, testingResponse()))
  }
  await Promise.all(waits)
  expect(await numbersOf(file)).toEqual(upTo(500))
  await audit.close()
  expect((await verifyDevice([file], audit)).problem).toBeUndefined()
})

test('long values stand in each file as its device hashes them, and in that of log_raw as they are', async () => {
  const { place, audit, file } = await newPlace()
  const more = { other: { delivery: 'best-effort' }, raw: { log_raw: 'true' } }
  for (const [name, options] of Object.entries(more))
    await audit.enable(name, fileDevice({ file_path: `${name}.log`, ...options }))
  const values = upTo(100).map((number) => `long value ${number} `.repeat(20))
  const waits = values.map((value, number) => {
    const request = testingRequest(number, { data: { value } })
    void audit.request(request, undefined)
    return audit.response(request, testingResponse({ data: { answer: value } }))
  })
  await Promise.all(waits)
  const hashed = (path: string) => Promise.all(values.map((value) => audit.hash(path, value)))
  const expected = { file: await hashed('file'), other: await hashed('other'), raw: values }
  await audit.close()
  for (const [name, wanted] of Object.entries(expected)) {
    const text = await readFile(name === 'file' ? file : join(place.folder, `${name}.log`), 'utf8')
    const lines = text.split('\n').filter((line) => /"type":"re(quest|sponse)"/.test(line) && line.includes('"data"'))
    const records = lines.map((line) => JSON.parse(line)).filter(({ request }) => request.data !== undefined)
    expect(records.map(({ request }) => request.data.value)).toEqual(wanted.flatMap((value) => [value, value]))
    const responses = records.filter(({ type }) => type === 'response')
    expect(responses.map(({ response }) => response.data.answer)).toEqual(wanted)
  }
})

test('a checkpoint that storage refuses is warned of with what storage said; not once a snapshot took the place of the vault', async () => {
  const place = await TestingInstallation.create()
  let refusal: Error | undefined
  const transaction: TestingInstallation['store']['transaction'] = (work) =>
    refusal === undefined ? place.store.transaction(work) : Promise.reject(refusal)
  const store = new Proxy(place.store, {
    get: (real, name) => (name === 'transaction' ? transaction : Reflect.get(real, name).bind(real)),
  })
  const warnings: unknown[] = []
  const ignore = () => undefined
  const warn = (fields: { err?: unknown }) => warnings.push(fields.err)
  const log = { debug: ignore, info: ignore, warn, error: ignore }
  for (const [thrown, warned] of [
    [new StorageError('unavailable', 'away'), true],
    [new VaultReplaced(), false],
  ] as const) {
    refusal = undefined
    const audit = await place.open({ thread: THREAD, store, log })
    await audit.enable('file', fileDevice())
    await record(audit, 1)
    refusal = thrown
    await audit.close()
    expect(warnings.splice(0)).toEqual(warned ? expect.arrayContaining([thrown]) : [])
    refusal = undefined
    await audit.disable('file')
  }
})

test('a device whose file lies outside the folder, or can be run, fails with the reason in the log', async () => {
  const place = await TestingInstallation.create()
  const told: unknown[] = []
  const ignore = () => undefined
  const error = (fields: { error?: unknown }) => told.push(fields.error)
  const audit = await place.open({ thread: THREAD, log: { debug: ignore, info: ignore, warn: ignore, error } })
  await audit.declare([{ path: 'file', ...fileDevice({ file_path: '/elsewhere/audit.log' }) }])
  expect(told).toEqual([expect.stringMatching(/^the file of an audit device must lie below /)])
  // What the thread throws comes over as a sentence too.
  await writeFile(join(place.folder, 'program'), '', { mode: 0o755 })
  await audit.declare([{ path: 'file', ...fileDevice({ file_path: 'program' }) }])
  expect(told.slice(1)).toEqual([`${join(place.folder, 'program')} is executable`])
  await audit.close()
})

test('goes on after a clean stop, and in a new file when the old one was moved away', async () => {
  const { place, audit, file } = await newPlace()
  await record(audit, 3)
  await audit.close()
  const again = await open(place)
  await record(again, 3, 3)
  await rename(file, `${file}.1`)
  await again.reopen()
  await record(again, 3, 6)
  await again.close()
  expect(await numbersOf(`${file}.1`)).toEqual(upTo(6))
  expect(await numbersOf(file)).toEqual([6, 7, 8])
  const result = await verifyDevice([`${file}.1`, file], again)
  expect(result.problem).toBeUndefined()
  expect(result.notes.filter(({ message }) => /torn|restarted/.test(message))).toEqual([])
})

test('the thread sees for itself that its file was moved away, and that it was cut', async () => {
  const { audit, file } = await newPlace()
  await record(audit, 3)
  await rename(file, `${file}.1`)
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toMatch(/"event":"opened"/)
  expect(await readFile(`${file}.1`, 'utf8')).toMatch(/"event":"rotated"[^\n]*\n$/)
  await truncate(file, 0)
  await expect.poll(() => readFile(file, 'utf8')).toMatch(/"event":"opened".*the file was cut from \d+ to 0 bytes/)
  await audit.close()
})

test('a thread that dies fails what it had, the next record starts another, and the file verifies', async () => {
  const threads = watchThreads()
  const { audit, file } = await newPlace()
  await record(audit, 2)
  const [thread] = threads
  expect(thread).toBeDefined()
  const late = audit.request(testingRequest(2), undefined)
  await thread?.terminate()
  const outcome = await Promise.resolve(late).then(
    () => 'written',
    (error: unknown) => error,
  )
  if (outcome !== 'written') expect(outcome).toMatchObject({ code: 'unavailable' })
  await record(audit, 2, 3)
  await audit.close()
  expect(threads).toHaveLength(2)
  expect((await numbersOf(file)).filter((number) => number !== 2)).toEqual([0, 1, 3, 4])
  expect((await verifyDevice([file], audit)).problem).toBeUndefined()
})

test('what a thread that died had been told of dropped records is told by the next, and nothing that it was to hash stays', async () => {
  const threads = watchThreads()
  const place = await TestingInstallation.create()
  const entry = newEntry('file/', { ...fileDevice(), declared: false }, place.random)
  let stored: StoredCheckpoint | undefined
  const stream = new ThreadedStream({
    thread: THREAD,
    keys: streamKeys(entry),
    salt: entry.salt,
    device: entry.id,
    node: 'node-1',
    prefix: '',
    file: { folder: place.folder, path: 'audit.log', mode: 0 },
    evidence: {
      load: async () => stored,
      save: async (checkpoint) => {
        stored = checkpoint
      },
    },
    onEvidenceFailure: () => {},
  })
  stream.drop(3)
  stream.shorthand.hmac('a value that nobody hashes any more')
  const lost = stream.write(['{"type":"request"'])
  await threads[0]?.terminate()
  await expect(lost).rejects.toThrow('has ended')
  expect(Buffer.from(stream.shorthand.memory).every((byte) => byte === 0)).toBe(true)
  await stream.write(['{"type":"request"'])
  await stream.close()
  const text = await readFile(join(place.folder, 'audit.log'), 'utf8')
  expect([...text.matchAll(/"dropped":(\d+)/g)].map(([, count]) => count)).toEqual(['3'])
})

test('closing ends the threads', async () => {
  const threads = watchThreads()
  const { audit } = await newPlace()
  await record(audit, 1)
  await audit.close()
  await expect.poll(() => threads.map(({ threadId }) => threadId)).toEqual([-1])
})

test('a file that may not be written to fails the device by name, as on the main thread', async () => {
  const place = await TestingInstallation.create()
  const audit = await open(place)
  await expect(audit.enable('file', fileDevice({ file_path: '../outside.log' }))).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('must lie below'),
  })
  await audit.close()
})
