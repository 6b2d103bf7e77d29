import { appendFile, chmod, mkdir, readFile, rename, symlink, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileDevice, record, TestingInstallation, testingRequest } from './testing-records.ts'

const declared = (path: string, options: Readonly<Record<string, string>> = {}) => ({ path, ...fileDevice(options) })

test('a path in use, one above it and one below it are refused, and nothing changes', async () => {
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('a/b', fileDevice())
  for (const path of ['a/b', 'a/b/', 'a', 'a/b/c'])
    await expect(audit.enable(path, fileDevice({ file_path: 'other.log' }))).rejects.toThrow('path already in use')
  for (const path of ['', '/', 'a/../c', 'x//y', '.'])
    await expect(audit.enable(path, fileDevice())).rejects.toMatchObject({ code: 'invalid_request' })
  expect((await audit.list()).map(({ path }) => path)).toEqual(['a/b/'])
  await audit.close()
})

test('a file that another device writes to is refused however it is spelt, and both go on as they were', async () => {
  const place = await TestingInstallation.create()
  await mkdir(join(place.folder, 'real'))
  await symlink('real', join(place.folder, 'linked'))
  const audit = await place.open()
  await audit.enable('one', fileDevice({ file_path: 'real/audit.log' }))
  const spellings = ['real/audit.log', './real//audit.log', 'x/../real/audit.log', 'linked/audit.log']
  for (const file_path of [...spellings, join(place.folder, 'real/audit.log'), 'real/audit.worker-2.log'])
    await expect(audit.enable('two', fileDevice({ file_path }))).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'the file of audit device two/ is that of one/: each needs one of its own',
    })
  for (const path of ['out', 'again']) await audit.enable(path, fileDevice({ file_path: 'stdout' }))
  await audit.enable('two', fileDevice({ file_path: 'audit.log' }))
  await record(audit, 1)
  await audit.close()
  const text = await readFile(join(place.folder, 'real/audit.log'), 'utf8')
  expect(text.match(/"event":"[a-z]+"/g)).toEqual(['"event":"start"', '"event":"closed"'])
})

test('two declared devices on one file are refused, as is one on the file of a device that was enabled', async () => {
  const audit = await (await TestingInstallation.create()).open()
  const shared = 'the file of audit device b/ is that of a/'
  await expect(audit.declare([declared('a/'), declared('b/', { file_path: './audit.log' })])).rejects.toThrow(shared)
  expect(await audit.list()).toEqual([])
  await audit.enable('a', fileDevice())
  await expect(audit.declare([declared('b/')])).rejects.toThrow(shared)
  await audit.declare([declared('a/'), declared('b/', { file_path: 'b.log' })])
  await audit.declare([declared('a/', { file_path: 'b.log' }), declared('b/')])
  await audit.close()
})

test('an unknown type is refused in the words that clients know', async () => {
  const audit = await (await TestingInstallation.create()).open()
  await expect(audit.enable('x', { ...fileDevice(), type: 'nope' })).rejects.toThrow('unknown backend type: "nope"')
  await expect(audit.hash('x', 'y')).rejects.toThrow('unknown audit backend "x/"')
  await audit.disable('x')
  await audit.close()
})

test('a disabled device ends with a checkpoint, takes no more records and forgets its keys', async () => {
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('file', fileDevice())
  const before = await audit.hash('file', 'x')
  await audit.disable('file/')
  expect(audit.request(testingRequest(1), undefined)).toBeUndefined()
  expect(await readFile(join(place.folder, 'audit.log'), 'utf8')).toMatch(/"event":"closed"[^\n]*\n$/)
  await audit.enable('file', fileDevice())
  expect(await audit.hash('file', 'x')).not.toBe(before)
  await audit.close()
})

test('another node takes over what one enables, hashes alike, and writes a stream of its own', async () => {
  const place = await TestingInstallation.create()
  const one = await place.open()
  const two = await place.open({ nodeId: 'node-2', folder: join(place.folder, 'two') })
  await one.enable('file', fileDevice())
  await one.setHeader('X-Audited', false)
  expect(two.request(testingRequest(1), undefined)).toBeUndefined()
  await two.refresh()
  await two.request(testingRequest(1, { headers: { 'x-audited': 'shown' } }), undefined)
  expect(await two.hash('file', 'x')).toBe(await one.hash('file', 'x'))
  const evidence = await two.evidence('file')
  expect(evidence.streams.map(({ node }) => node)).toEqual(['node-1', 'node-2'])
  await one.disable('file')
  await two.refresh()
  expect(two.request(testingRequest(2), undefined)).toBeUndefined()
  const text = await readFile(join(place.folder, 'two', 'audit.log'), 'utf8')
  expect(text).toContain('"headers":{"x-audited":["shown"]}')
  await Promise.all([one.close(), two.close()])
})

test('declared devices are made once, kept over unseals, changed in place, and forgotten when no longer declared', async () => {
  const place = await TestingInstallation.create()
  const first = await place.open()
  await first.declare([declared('file/')])
  const hash = await first.hash('file', 'x')
  await record(first, 1)
  await expect(first.disable('file')).rejects.toThrow('configuration declares')
  await first.close()
  const second = await place.open({ apiCreation: false })
  await second.declare([declared('file/')])
  expect(await second.hash('file', 'x')).toBe(hash)
  await expect(second.enable('other', fileDevice())).rejects.toThrow('cannot enable audit device via API')
  await second.declare([declared('file/', { log_raw: 'true' })])
  await record(second, 1)
  const text = await readFile(join(place.folder, 'audit.log'), 'utf8')
  expect(text).toContain('token-in-clear')
  expect(text.match(/"event":"start"/g)).toHaveLength(1)
  await second.declare([])
  expect(await second.list()).toEqual([])
  await expect(second.declare([declared('bad', { mode: '0777' })])).rejects.toMatchObject({ code: 'invalid_request' })
  await second.close()
})

test('a stored device that cannot be opened refuses requests until it can', async () => {
  const place = await TestingInstallation.create()
  const first = await place.open()
  await first.enable('file', fileDevice())
  await first.close()
  await chmod(join(place.folder, 'audit.log'), 0o700)
  const second = await place.open()
  await expect(second.request(testingRequest(1), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  await chmod(join(place.folder, 'audit.log'), 0o600)
  await record(second, 1)
  await second.close()
})

test('a stored device whose file lies outside the folder by now opens nothing and refuses requests', async () => {
  const place = await TestingInstallation.create()
  const first = await place.open()
  await first.enable('file', fileDevice({ file_path: join(place.folder, 'audit.log') }))
  await first.close()
  const second = await place.open({ folder: join(place.folder, 'elsewhere') })
  await expect(second.request(testingRequest(1), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  await second.disable('file')
  expect(second.request(testingRequest(2), undefined)).toBeUndefined()
  await second.close()
})

test('records of one turn of the event loop are one write, in their order, and closing waits for them', async () => {
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('out', { type: 'stdout', description: '', local: false, options: { prefix: '@cee: ' } })
  const writes = place.stdout.length
  for (let number = 0; number < 100; number++) void audit.request(testingRequest(number), undefined)
  await audit.close()
  const [batch = '', closing = ''] = place.stdout.slice(writes)
  expect(place.stdout).toHaveLength(writes + 2)
  expect([...batch.matchAll(/app-(\d+)"/g)].map(([, number]) => Number(number))).toEqual(
    Array.from({ length: 100 }, (_, at) => at),
  )
  expect(
    batch
      .split('\n')
      .slice(0, -1)
      .every((line) => line.startsWith('@cee: {')),
  ).toBe(true)
  expect(closing).toContain('"event":"closed"')
})

test('a discarding device writes nothing and can still hash', async () => {
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('none', fileDevice({ file_path: 'discard' }))
  await record(audit, 1)
  expect(await audit.hash('none', 'x')).toMatch(/^hmac-sha256:/)
  await audit.close()
})

test('a checkpoint comes after some thousand records', async () => {
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('file', fileDevice())
  for (let number = 0; number < 5000; number++) void audit.request(testingRequest(number), undefined)
  await audit.request(testingRequest(5000), undefined)
  const events = async () =>
    [...(await readFile(join(place.folder, 'audit.log'), 'utf8')).matchAll(/"event":"(\w+)"/g)].map(
      ([, event]) => event,
    )
  expect(await events()).toEqual(['start', 'checkpoint'])
  await audit.close()
})

test('without being told, it makes a checkpoint when one is due, follows a file that was moved, and tells of one that was cut', async () => {
  const place = await TestingInstallation.create()
  const file = join(place.folder, 'audit.log')
  const audit = await place.open()
  await audit.enable('file', fileDevice())
  await record(audit, 1)
  const until = (path: string, what: RegExp) => expect.poll(() => readFile(path, 'utf8').catch(() => '')).toMatch(what)
  place.clock.ms += 6000
  await until(file, /"event":"checkpoint"/)
  await rename(file, `${file}.1`)
  await until(file, /"event":"opened"/)
  expect(await readFile(`${file}.1`, 'utf8')).toMatch(/"event":"rotated"[^\n]*\n$/)
  await record(audit, 1)
  await truncate(file, 0)
  await until(file, /"event":"opened".*the file was cut from \d+ to 0 bytes/)
  await appendFile(file, 'somebody else\n')
  await until(file, /"event":"break".*something else wrote 13 bytes after record \d+/)
  await audit.close()
})
