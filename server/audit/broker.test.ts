import { mkdir, readFile, rename, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileDevice, record, TestingInstallation, testingRequest } from './testing-records.ts'

const linesOf = async (file: string) =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('with no device a record asks for nothing', async () => {
  const audit = await (await TestingInstallation.create()).open()
  expect(audit.request(testingRequest(1), undefined)).toBeUndefined()
  await audit.close()
})

test('a device gets the test record, then two records a request, and ends with a checkpoint', async () => {
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('file', fileDevice())
  await record(audit, 3)
  await audit.close()
  const lines = await linesOf(join(place.folder, 'audit.log'))
  expect(lines.map((line) => line.event ?? line.type)).toEqual([
    'start',
    'request',
    ...['request', 'response', 'request', 'response', 'request', 'response'],
    'closed',
  ])
  expect(lines.map((line) => line.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect((await stat(join(place.folder, 'audit.log'))).mode & 0o777).toBe(0o600)
})

test('the stream goes on over a restart, and over a rotation', async () => {
  const place = await TestingInstallation.create()
  const file = join(place.folder, 'audit.log')
  const first = await place.open()
  await first.enable('file', fileDevice())
  await first.close()
  const second = await place.open()
  await record(second, 1)
  await rename(file, `${file}.1`)
  await record(second, 1)
  expect(await second.reopen()).toBe(true)
  await record(second, 1)
  await second.close()
  const old = await linesOf(`${file}.1`)
  const now = await linesOf(file)
  expect(old.map((line) => line.event ?? line.type)).toEqual([
    ...['start', 'request', 'closed', 'opened'],
    ...['request', 'response', 'request', 'response', 'rotated'],
  ])
  expect(now.map((line) => line.event ?? line.type)).toEqual(['opened', 'request', 'response', 'closed'])
  expect([...old, ...now].map((line) => line.seq)).toEqual(Array.from({ length: 13 }, (_, at) => at + 1))
  expect(now[0]?.preceding_bytes).toBe(0)
})

test('a file that cannot be opened anew is told of', async () => {
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('file', fileDevice())
  const file = join(place.folder, 'audit.log')
  await rename(file, `${file}.1`)
  await mkdir(file)
  expect(await audit.reopen()).toBe(false)
  await rmdir(file)
  expect(await audit.reopen()).toBe(true)
  await audit.close()
})

test('a closed audit log refuses every record', async () => {
  const audit = await (await TestingInstallation.create()).open()
  await audit.enable('file', fileDevice())
  await audit.close()
  await expect(audit.request(testingRequest(1), undefined)).rejects.toMatchObject({ code: 'unavailable' })
})
