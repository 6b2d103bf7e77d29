import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Shell } from '../cli/shell.ts'
import { at } from '../harness/http.ts'
import { type Server, type ServerOptions, startUnsealed } from '../harness/server.ts'
import { get, operatorOf, put } from './backup.ts'
import { RESTORE, sendSnapshot } from './restoring.ts'

const opened: { remove(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.remove()
})

async function started(options: ServerOptions = {}): Promise<{ server: Server; shell: Shell }> {
  const server = await startUnsealed(options)
  const shell = operatorOf(server)
  opened.push(server, shell)
  return { server, shell }
}

const newToken = async (server: Server, body: object = {}): Promise<string> =>
  String(at((await server.call('POST', 'auth/token/create', { body })).body, 'auth', 'client_token'))
const statusAs = async (server: Server, token: string): Promise<number> =>
  (await server.call('GET', 'auth/token/lookup-self', { token })).status

test('a running vault is again what it was: secrets, tokens, policies and mounts, on record and without a restart', async () => {
  const { server, shell } = await started({ audit: true })
  await put(server, 'app', 'before')
  await put(server, 'deleted', 'before')
  const revoked = await newToken(server)
  await server.call('PUT', 'sys/policies/acl/old', { body: { policy: 'path "a" { capabilities = ["read"] }' } })
  await shell.ok(['operator', 'snapshot', 'save', 'then.snap'])
  await put(server, 'app', 'after')
  await put(server, 'new', 'after')
  await server.call('DELETE', 'secret/metadata/deleted')
  await server.call('POST', 'auth/token/revoke', { body: { token: revoked } })
  await server.call('DELETE', 'sys/policies/acl/old')
  await server.call('POST', 'sys/mounts/later', { body: { type: 'kv' } })
  const late = await newToken(server)
  const said = await shell.run(['operator', 'snapshot', 'restore', 'then.snap'])
  expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('Success! Restored'), stderr: '' })
  expect(said.stdout).not.toContain('sealed')
  expect(await get(server, 'app')).toBe('before')
  expect(await get(server, 'deleted')).toBe('before')
  expect((await server.call('GET', 'secret/data/new')).status).toBe(404)
  expect([await statusAs(server, revoked), await statusAs(server, late)]).toEqual([200, 403])
  expect((await server.call('GET', 'sys/policies/acl/old')).status).toBe(200)
  expect((await server.call('GET', 'later/x')).status).toBe(404)
  await put(server, 'app', 'written since')
  expect(await get(server, 'app')).toBe('written since')
  expect((await shell.run(['storage', 'check'])).stdout).toMatch(/ 0 damaged/)
  const records = readFileSync(server.auditFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"path":"${RESTORE}"`) && line.includes('"operation":"update"'))
  expect(records.map((line) => at(JSON.parse(line.slice(line.indexOf('{'))), 'type'))).toEqual(['request', 'response'])
  await server.stop()
  await server.start()
  await server.unseal()
  expect(await get(server, 'app')).toBe('written since')
})

test('nothing is changed by a body that is no whole snapshot of this vault, nor by who may not', async () => {
  const { server, shell } = await started()
  await put(server, 'app', 'kept')
  for (let nth = 0; nth < 12; nth++) await put(server, `fill/${nth}`, 'x'.repeat(200_000))
  await shell.ok(['operator', 'snapshot', 'save', 'whole.snap'])
  const whole = readFileSync(path.join(shell.home, 'whole.snap'))
  await put(server, 'app', 'newer')
  const flipped = (where: number): Buffer => {
    const bytes = Buffer.from(whole)
    bytes[where] = (bytes[where] ?? 0) ^ 4
    return bytes
  }
  const refused: Record<string, Buffer> = {
    'a byte flipped at its beginning': flipped(700),
    'a byte flipped in the middle': flipped(Math.floor(whole.length / 2)),
    'a byte flipped at its end': flipped(whole.length - 800),
    'half of one': whole.subarray(0, Math.floor(whole.length / 2)),
    'one without its end': whole.subarray(0, whole.length - 700),
    'no archive': Buffer.from('{"data": 1}'),
    nothing: Buffer.alloc(0),
  }
  for (const [what, body] of Object.entries(refused)) {
    for (const where of [RESTORE, `${RESTORE}-force`, 'sys/storage/raft/snapshot'])
      expect([what, where, await sendSnapshot(server, where, body)]).toEqual([what, where, 400])
  }
  const plain = await newToken(server, { policies: ['default'] })
  for (const where of [RESTORE, `${RESTORE}-force`, 'sys/storage/raft/snapshot-force'])
    expect(await sendSnapshot(server, where, whole, plain)).toBe(403)
  expect(await get(server, 'app')).toBe('newer')
  expect(await sendSnapshot(server, 'sys/storage/raft/snapshot', whole)).toBe(204)
  expect(await get(server, 'app')).toBe('kept')
})

test('the snapshot of another vault is refused, and by force makes this one that vault', async () => {
  const { server, shell } = await started({ audit: true })
  const { server: other, shell: theirs } = await started()
  await put(other, 'app', 'of the other')
  await put(server, 'app', 'of this one')
  const file = path.join(shell.home, 'other.snap')
  await theirs.ok(['operator', 'snapshot', 'save', file])
  const refused = await shell.run(['operator', 'snapshot', 'restore', file])
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('another vault') })
  expect(await get(server, 'app')).toBe('of this one')
  const forced = await shell.run(['operator', 'snapshot', 'restore', '-force', file])
  expect(forced).toMatchObject({ code: 0, stdout: expect.stringContaining('The server is sealed') })
  expect((await server.call('GET', 'secret/data/app')).status).toBe(503)
  await expect(server.unseal()).rejects.toThrow()
  const ownToken = server.rootToken
  server.adopt(other)
  await server.unseal()
  expect(await get(server, 'app')).toBe('of the other')
  expect(await statusAs(server, ownToken)).toBe(403)
  await put(server, 'app', 'goes on')
  expect(await get(other, 'app')).toBe('of the other')
})

test('a snapshot from before the root key was changed needs force, and the shares of its time', async () => {
  const { server, shell } = await started()
  await put(server, 'app', 'then')
  await shell.ok(['operator', 'snapshot', 'save', 'old.snap'])
  await server.call('POST', 'sys/rotate/keyring')
  await shell.ok(['operator', 'snapshot', 'save', 'rotated.snap'])
  // What was sealed since with a newer key of the keyring is no obstacle.
  expect(await sendSnapshot(server, RESTORE, path.join(shell.home, 'old.snap'))).toBe(204)
  expect(await sendSnapshot(server, RESTORE, path.join(shell.home, 'rotated.snap'))).toBe(204)
  expect(await get(server, 'app')).toBe('then')
  await server.call('POST', 'sys/rotate/root')
  expect(await sendSnapshot(server, RESTORE, path.join(shell.home, 'old.snap'))).toBe(400)
  expect(await sendSnapshot(server, `${RESTORE}-force`, path.join(shell.home, 'old.snap'))).toBe(204)
  expect((await server.call('GET', 'secret/data/app')).status).toBe(503)
  await server.unseal()
  expect(await get(server, 'app')).toBe('then')
})

test('the audit log goes on: its chain verifies across restores, back and forth', async () => {
  const { server, shell } = await started()
  await server.call('PUT', 'sys/audit/file', { body: { type: 'file', options: { file_path: 'chain.log' } } })
  await shell.ok(['operator', 'snapshot', 'save', 'then.snap'])
  for (let nth = 0; nth < 5; nth++) await put(server, 'app', String(nth))
  for (let times = 0; times < 2; times++) {
    expect(await sendSnapshot(server, RESTORE, path.join(shell.home, 'then.snap'))).toBe(204)
    await put(server, 'app', 'since')
  }
  const evidence = await server.call('GET', 'sys/audit-evidence/file')
  shell.file('evidence.json', JSON.stringify(at(evidence.body, 'data')))
  const log = path.join(path.dirname(server.auditFile), 'chain.log')
  const verified = await shell.run(['audit', 'verify', '-evidence=evidence.json', log])
  expect(verified).toMatchObject({ code: 0, stderr: '' })
  // What is expected is no warning.
  const warnings = server.log.split('\n').filter((line) => /"level":"(warn|error)"|\[(WARN|ERROR)/.test(line))
  expect(warnings.filter((line) => !line.includes('a snapshot is put in the place of'))).toEqual([])
  expect(warnings).toHaveLength(2)
})

test('two workers are one server: neither serves what was, once the call has returned', async () => {
  const { server, shell } = await started({ config: 'workers = 2' })
  await expect.poll(() => server.workerPids().length).toBe(2)
  await put(server, 'app', 'then')
  await shell.ok(['operator', 'snapshot', 'save', 'then.snap'])
  for (let round = 0; round < 3; round++) {
    await put(server, 'app', `after ${round}`)
    expect(await sendSnapshot(server, RESTORE, path.join(shell.home, 'then.snap'))).toBe(204)
    // Over connections of their own, which go to the one and to the other.
    const seen = new Map<unknown, number>()
    for (let nth = 0; nth < 20; nth++) {
      const reply = await server.call('GET', 'secret/data/app', { headers: { connection: 'close' } })
      const what = reply.status === 503 ? 503 : at(reply.body, 'data', 'data', 'value')
      seen.set(what, (seen.get(what) ?? 0) + 1)
    }
    expect([...seen.keys()].filter((what) => what !== 503)).toEqual(['then'])
  }
  await expect
    .poll(async () => {
      const statuses = new Set<number>()
      for (let nth = 0; nth < 8; nth++)
        statuses.add((await server.call('GET', 'secret/data/app', { headers: { connection: 'close' } })).status)
      return [...statuses]
    })
    .toEqual([200])
})
