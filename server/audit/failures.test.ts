import { appendFile, chmod, link, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AuditBroker } from './log.ts'
import type { Output } from './outputs/output.ts'
import { outputFor } from './outputs/output-for.ts'
import { FaultyOutput } from './testing-faults.ts'
import { fileDevice, PATIENT_MS, record, TestingInstallation, testingRequest } from './testing-records.ts'
import { verifyInputs } from './testing-verification.ts'
import { verify } from './verify/verify.ts'

/** Of a device that hangs. */
const HUNG_MS = 2000

async function faultyPlace(options: Readonly<Record<string, string>> = {}, timeoutMs = PATIENT_MS) {
  const place = await TestingInstallation.create()
  const outputs: FaultyOutput[] = []
  const failed: string[] = []
  const open = (hang?: Promise<void>) =>
    place.open({
      timeoutMs,
      onFailure: (device) => failed.push(device),
      outputs: (spec, more) => {
        const output = new FaultyOutput(outputFor(spec, more))
        output.hang = hang
        outputs.push(output)
        return output as Output
      },
    })
  const audit = await open()
  await audit.enable('file', fileDevice(options))
  return { place, audit, open, failed, output: outputs[0] as FaultyOutput, file: join(place.folder, 'audit.log') }
}

/** Without the chain's key too. */
async function verifyFile(file: string, audit: AuditBroker) {
  const { publicOnly, full } = await verifyInputs(audit)
  expect((await verify([file], publicOnly)).problem).toBeUndefined()
  return verify([file], full)
}

const idsOf = async (file: string) =>
  [...(await readFile(file, 'utf8')).matchAll(/"type":"request".*?"request":\{"id":"([^"]+)"/g)].map(([, id]) => id)

for (const short of [0, 1, 40, 300, 100_000]) {
  test(`a full disk that takes ${short} bytes of a write: tried again, nothing lost or doubled, and it verifies`, async () => {
    const { audit, output, file } = await faultyPlace()
    await record(audit, 2)
    output.short = short
    output.failures = 1
    await record(audit, 2, 2)
    await record(audit, 2, 4)
    await audit.close()
    const result = await verifyFile(file, audit)
    expect(result.problem).toBeUndefined()
    const expected = Array.from({ length: 6 }, (_, number) => testingRequest(number).id)
    expect((await idsOf(file)).slice(1)).toEqual(expected)
  })
}

test('a disk that stays full fails requests by name, and serves again when there is room', async () => {
  const { audit, output, file, failed } = await faultyPlace()
  output.short = 25
  output.failures = 4
  for (const number of [1, 2])
    await expect(audit.request(testingRequest(number), undefined)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('"file/"'),
    })
  expect(failed).toEqual(['file/', 'file/'])
  await record(audit, 1, 3)
  await audit.close()
  const result = await verifyFile(file, audit)
  expect(result.problem).toBeUndefined()
  expect(result.notes.some(({ message }) => /torn lines of 100 bytes/.test(message))).toBe(true)
  expect(result.notes.some(({ message }) => /2 records could not be written/.test(message))).toBe(true)
})

test('a device that hangs fails requests within its bound, and serves again when it answers', async () => {
  const { audit, output, file } = await faultyPlace({}, HUNG_MS)
  const { promise, resolve } = Promise.withResolvers<void>()
  output.hang = promise
  await expect(audit.request(testingRequest(1), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(audit.request(testingRequest(2), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  output.hang = undefined
  resolve()
  const isServed = () =>
    record(audit, 1, 3).then(
      () => true,
      () => false,
    )
  await expect.poll(isServed).toBe(true)
  await audit.close()
  expect((await verifyFile(file, audit)).problem).toBeUndefined()
})

test('neither closing nor opening waits longer than its bound for a device that hangs', async () => {
  const { audit, output, open, file } = await faultyPlace({}, HUNG_MS)
  await record(audit, 1)
  output.hang = new Promise(() => {})
  const waiting = audit.request(testingRequest(1), undefined)
  const closing = audit.close()
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' })
  await closing
  const stuck = await open(new Promise(() => {}))
  await expect(stuck.request(testingRequest(1), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  await stuck.close()
  const next = await open()
  await record(next, 1, 1)
  await next.close()
  expect((await verifyFile(file, next)).problem).toBeUndefined()
})

test('a best-effort device never fails or delays a request, and says how many records it dropped', async () => {
  const { audit, output, file, failed } = await faultyPlace({ delivery: 'best-effort' }, HUNG_MS)
  output.failures = 2
  expect(audit.request(testingRequest(1), undefined)).toBeUndefined()
  await expect.poll(() => failed.length).toBeGreaterThan(0)
  const { promise, resolve } = Promise.withResolvers<void>()
  output.hang = promise
  expect(audit.request(testingRequest(2), undefined)).toBeUndefined()
  await expect.poll(() => output.waiting).toBe(1)
  await sleep(HUNG_MS + 100)
  for (let number = 3; number < 10; number++) expect(audit.request(testingRequest(number), undefined)).toBeUndefined()
  output.hang = undefined
  resolve()
  const before = (await idsOf(file)).length
  let sent = 9
  do {
    expect(audit.request(testingRequest(++sent), undefined)).toBeUndefined()
    await sleep(20)
  } while ((await idsOf(file)).length === before)
  await audit.close()
  const result = await verifyFile(file, audit)
  expect(result.problem).toBeUndefined()
  const written = (await idsOf(file)).length - 1
  const dropped = result.notes.reduce(
    (sum, { message }) => sum + Number(/^(\d+) records could/.exec(message)?.[1] ?? 0),
    0,
  )
  expect(written + dropped).toBe(sent)
  expect(dropped).toBeGreaterThanOrEqual(7)
})

test('a required device beside a best-effort one that fails is all a request waits for', async () => {
  const { audit, output } = await faultyPlace({ delivery: 'best-effort' })
  output.failures = 1000
  await audit.enable('second', fileDevice({ file_path: 'second.log' }))
  await record(audit, 3)
  await audit.close()
})

test('wherever a crash cuts the file, the next run goes on from there and it verifies', async () => {
  const place = await TestingInstallation.create()
  const file = join(place.folder, 'audit.log')
  const first = await place.open()
  await first.enable('file', fileDevice())
  await record(first, 5)
  // As if nobody had closed it: the process was killed. What it wrote since its one checkpoint was torn somewhere.
  const whole = await readFile(file)
  await first.close()
  await resetEvidence(place)
  const start = whole.indexOf('\n') + 1
  const anywhere = fc.sample(fc.integer({ min: start, max: whole.length }), { numRuns: 20, seed: 5 })
  for (const cut of [start, start + 1, start + 700, whole.length - 2, whole.length - 1, whole.length, ...anywhere]) {
    await writeFile(file, whole.subarray(0, cut))
    // Storage is as the crash left it: it knows the first checkpoint only.
    const next = await place.open()
    await record(next, 2, 10)
    const result = await verifyFile(file, next)
    expect(result.problem).toBeUndefined()
    // A line that lacks nothing but its newline is whole.
    const torn = whole[cut - 1] !== 10 && whole[cut] !== 10
    expect(result.notes.some(({ message }) => message.includes('torn lines'))).toBe(torn)
    await next.close()
    await resetEvidence(place)
  }
})

/** Puts the first checkpoint back as the newest one that storage knows. */
async function resetEvidence(place: TestingInstallation): Promise<void> {
  const file = join(place.folder, 'audit.log')
  const [line = ''] = (await readFile(file, 'utf8')).split('\n')
  const { seq, chain, time, node, stream, event } = JSON.parse(line) as Record<string, unknown>
  const [device = ''] = await place.store.list('streams/')
  const codec = (await import('../../storage/codec.ts')).json<unknown>()
  const stored = { node, stream, seq, chain, time, event, reason: '', line }
  await place.store.transaction(async (tx) => tx.put(`streams/${device}node-1`, stored, codec))
}

const whileStopped: Record<string, { tamper: (file: string) => Promise<void>; why: RegExp }> = {
  'cut short': {
    tamper: async (file) => truncate(file, (await readFile(file, 'utf8')).indexOf('\n') + 1),
    why: /ends at record 1, and record/,
  },
  edited: {
    tamper: async (file) => {
      const text = await readFile(file, 'utf8')
      await writeFile(file, text.replace('app-4', 'app-5').replace(/\{[^\n]*"event":"closed"[^\n]*\n/, ''))
    },
    why: /changed/,
  },
  'written to': { tamper: (file) => appendFile(file, 'junk\n'), why: /not a line of an audit log/ },
}

for (const [what, { tamper, why }] of Object.entries(whileStopped)) {
  test(`a file that was ${what} while the server was stopped is found by the server and by the verifier`, async () => {
    const place = await TestingInstallation.create()
    const file = join(place.folder, 'audit.log')
    const first = await place.open()
    await first.enable('file', fileDevice())
    await record(first, 6)
    await first.close()
    await tamper(file)
    const second = await place.open()
    await record(second, 1)
    await second.close()
    expect(await readFile(file, 'utf8')).toContain('"event":"break"')
    const { publicKey, chainKey } = (await verifyInputs(second)).full
    const { problem } = await verify([file], { publicKey, chainKey })
    expect(problem?.message).toMatch(why)
  })
}

test('a file below a linked folder makes no folder on the other side', async () => {
  const place = await TestingInstallation.create()
  const elsewhere = await TestingInstallation.create()
  await symlink(elsewhere.folder, join(place.folder, 'out'))
  const audit = await place.open()
  const device = fileDevice({ file_path: 'out/deep/down/audit.log' })
  await expect(audit.enable('file', device)).rejects.toThrow('must lie below')
  expect(await readdir(elsewhere.folder)).toEqual([])
  await audit.close()
})

const refused: Record<string, (place: TestingInstallation) => Promise<Readonly<Record<string, string>>>> = {
  'outside the folder': async () => ({ file_path: '../audit.log' }),
  'absolute and outside the folder': async () => ({ file_path: '/etc/egide-audit.log' }),
  'a symbolic link': async ({ folder }) => {
    await writeFile(join(folder, 'target'), '', { mode: 0o600 })
    await symlink('target', join(folder, 'audit.log'))
    return {}
  },
  'below a linked folder': async ({ folder }) => {
    await symlink('/', join(folder, 'out'))
    return { file_path: 'out/var/egide-audit.log' }
  },
  'a second name of another file': async ({ folder }) => {
    await writeFile(join(folder, 'target'), '', { mode: 0o600 })
    await link(join(folder, 'target'), join(folder, 'audit.log'))
    return {}
  },
  executable: async ({ folder }) => {
    await writeFile(join(folder, 'audit.log'), '')
    await chmod(join(folder, 'audit.log'), 0o700)
    return {}
  },
  'a folder': async ({ folder }) => {
    await mkdir(join(folder, 'audit.log'))
    return {}
  },
  'to be made executable': async () => ({ mode: '0755' }),
  'without a path': async () => ({ file_path: '' }),
  'of an unknown format': async () => ({ format: 'jsonx' }),
  'with an unknown option': async () => ({ filter: 'x' }),
  'with a flag that says nothing': async () => ({ hmac_accessor: '' }),
}

for (const [what, arrange] of Object.entries(refused)) {
  test(`enabling refuses a file that is ${what}, untested too: all requests would be refused from then on`, async () => {
    const place = await TestingInstallation.create()
    const options = await arrange(place)
    const audit = await place.open()
    for (const skip of [{}, { skip_test: 'true' }]) {
      const device = fileDevice({ ...options, ...skip })
      await expect(audit.enable('file', device)).rejects.toMatchObject({ code: 'invalid_request' })
    }
    expect(await audit.list()).toEqual([])
    expect(audit.request(testingRequest(1), undefined)).toBeUndefined()
    await audit.close()
  })
}
