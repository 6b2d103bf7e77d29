import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EGIDE, type Shell } from '../cli/shell.ts'
import { at } from '../harness/http.ts'
import { type Server, startServer, startUnsealed } from '../harness/server.ts'
import { databaseOf, emptyServer, fill, get, operatorOf, put } from './backup.ts'

/** Snapshots from outside, with real processes. */
let server: Server
let shell: Shell
beforeAll(async () => {
  server = await startUnsealed({ audit: true })
  shell = operatorOf(server)
  await put(server, 'app', 'a secret')
})
afterAll(async () => {
  shell.remove()
  await server.remove()
})

const verified = (file: string, shares: readonly string[]) =>
  shell.run(['operator', 'snapshot', 'verify', '-shares', '-format=json', file], { stdin: shares.join('\n') })

/** A server on what was restored, unsealed by the shares of the one that was saved. */
async function twinOf(file: string): Promise<Server> {
  const twin = await emptyServer()
  await shell.ok(['operator', 'snapshot', 'restore', `-config=${twin.configFile}`, file])
  await twin.start()
  twin.adopt(server)
  await twin.unseal()
  return twin
}

test('a snapshot taken under writes is of one moment, opens, and the restored twin reads back bit for bit', async () => {
  const secrets = await fill(server, 20, 100_000)
  let stopped = false
  const writing = (async () => {
    for (let n = 1; !stopped; n++) {
      await put(server, 'first', String(n))
      await put(server, 'second', String(n))
    }
  })()
  while ((await get(server, 'second')) === undefined) await sleep(20)
  for (let nth = 0; nth < 3; nth++) await shell.ok(['operator', 'snapshot', 'save', `under-writes-${nth}`])
  stopped = true
  await writing
  const proof = await verified('under-writes-1', server.keys)
  expect(proof.stderr).toBe('')
  expect(JSON.parse(proof.stdout)).toMatchObject({ entries_that_do_not_open: '0', signed_by_the_vault_in_it: 'yes' })
  const twin = await twinOf('under-writes-1')
  try {
    // Whoever sees a write of `second` sees the write of `first` that was acknowledged before it.
    const ahead = Number(await get(twin, 'first')) - Number(await get(twin, 'second'))
    expect([0, 1]).toContain(ahead)
    for (const [name, value] of secrets) expect(await get(twin, name)).toBe(value)
    await put(twin, 'app', 'written after the restore')
    expect(await get(twin, 'app')).toBe('written after the restore')
    expect((await operatorOf(twin).run(['storage', 'check'])).stdout).toMatch(/ 0 damaged/)
  } finally {
    await twin.remove()
  }
})

test('it holds no secret in clear, is recorded, and counted', async () => {
  await shell.ok(['operator', 'snapshot', 'save', 'clear'])
  const file = path.join(shell.home, 'clear')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file).includes('a secret')).toBe(false)
  expect(readFileSync(server.auditFile, 'utf8')).toContain('"path":"sys/storage/snapshot"')
  const metrics = (await server.call('GET', 'sys/metrics?format=prometheus')).text
  expect(metrics).toMatch(/egide_snapshots_total\{outcome="complete"\} [1-9]/)
})

test('only sudo takes one', async () => {
  const rules = 'path "sys/storage/*" { capabilities = ["read"] }'
  await server.call('PUT', 'sys/policies/acl/plain', { body: { policy: rules } })
  await server.call('PUT', 'sys/policies/acl/backup', { body: { policy: rules.replace('"read"', '"read", "sudo"') } })
  const as = async (policy: string) => {
    const made = await server.call('POST', 'auth/token/create', { body: { policies: [policy] } })
    const token = String(at(made.body, 'auth', 'client_token'))
    const where = ['sys/storage/snapshot', 'sys/storage/raft/snapshot', 'sys/storage/check']
    return Promise.all(where.map(async (one) => (await server.call('GET', one, { token })).status))
  }
  expect(await as('plain')).toEqual([403, 403, 403])
  expect(await as('backup')).toContain(200)
})

test('a file that was changed is refused by verify and by restore, which writes nothing', async () => {
  await shell.ok(['operator', 'snapshot', 'save', 'whole'])
  const whole = readFileSync(path.join(shell.home, 'whole'))
  const flipped = Buffer.from(whole)
  const middle = Math.floor(whole.length / 2)
  flipped[middle] = (flipped[middle] ?? 0) ^ 4
  writeFileSync(path.join(shell.home, 'flipped'), flipped)
  writeFileSync(path.join(shell.home, 'cut'), whole.subarray(0, whole.length - 700))
  const target = await emptyServer()
  for (const file of ['flipped', 'cut']) {
    const checked = await shell.run(['operator', 'snapshot', 'verify', file])
    expect([file, checked.code]).toEqual([file, 2])
    expect(checked.stderr).toMatch(/damaged|cut/)
    const restored = await shell.run(['operator', 'snapshot', 'restore', `-config=${target.configFile}`, file])
    expect([file, restored.code]).toEqual([file, 2])
  }
  await target.start()
  expect(at((await target.call('GET', 'sys/health')).body, 'initialized')).toBe(false)
  await target.remove()
})

test('a file that cannot be read is not called damaged', async () => {
  for (const [file, why] of [
    ['no-such-file', 'no-such-file: no such file'],
    ['.', 'it is a folder'],
  ] as const) {
    for (const verb of ['verify', 'inspect']) {
      const { code, stderr } = await shell.run(['operator', 'snapshot', verb, file])
      expect([verb, file, code]).toEqual([verb, file, 1])
      expect(stderr).toContain(why)
    }
  }
})

test('one of another vault is refused where ours is asked for, and the wrong shares do not open it', async () => {
  const other = await startUnsealed()
  const key = String(at((await server.call('GET', 'sys/storage/snapshot/key')).body, 'data', 'public_key'))
  shell.file('key.pem', key)
  const theirs = operatorOf(other)
  await theirs.ok(['operator', 'snapshot', 'save', path.join(shell.home, 'theirs')])
  await shell.ok(['operator', 'snapshot', 'save', 'ours'])
  const against = (file: string) => shell.run(['operator', 'snapshot', 'verify', '-public-key=key.pem', file])
  expect(await against('ours')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('signed by the vault of that key'),
  })
  const { code, stderr } = await shell.run(['operator', 'snapshot', 'verify', 'ours'])
  expect(code).toBe(0)
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /Which vault that was is proven with -public-key.*with -shares or -config\./,
  )
  expect(await against('theirs')).toMatchObject({ code: 2, stderr: expect.stringContaining('another vault') })
  expect(await verified('theirs', server.keys)).toMatchObject({ code: 1 })
  expect(await verified('theirs', other.keys)).toMatchObject({ code: 0 })
  const target = await emptyServer()
  const args = ['operator', 'snapshot', 'restore', '-public-key=key.pem', `-config=${target.configFile}`, 'theirs']
  expect((await shell.run(args)).code).toBe(2)
  await target.remove()
  theirs.remove()
  await other.remove()
})

test('a client that goes away ends its snapshot, and another can be taken', async () => {
  const broken = async () =>
    Number(
      /egide_snapshots_total\{outcome="broken"\} (\d+)/.exec(
        (await server.call('GET', 'sys/metrics?format=prometheus')).text,
      )?.[1] ?? 0,
    )
  const before = await broken()
  await fill(server, 30, 400_000)
  const request = http.get(`${server.address}/v1/sys/storage/snapshot`, {
    headers: { 'x-vault-token': server.rootToken },
  })
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage]
  await once(answer, 'readable') // and then reads no more
  expect((await server.call('GET', 'sys/storage/snapshot')).status).toBe(429)
  answer.destroy()
  while ((await broken()) === before) await sleep(20)
  await shell.ok(['operator', 'snapshot', 'save', 'after-a-broken-one'])
})

test('a download that breaks off leaves no file', async () => {
  const stub = http.createServer((_, reply) => {
    reply.writeHead(200, { 'content-type': 'application/gzip' })
    reply.write(readFileSync(path.join(shell.home, 'whole')).subarray(0, 3000), () => reply.destroy())
  })
  stub.listen(0, '127.0.0.1')
  await once(stub, 'listening')
  const address = stub.address()
  const port = typeof address === 'object' ? address?.port : 0
  const ended = await shell.run(['operator', 'snapshot', 'save', 'partial'], {
    env: { EGIDE_ADDR: `http://127.0.0.1:${port}` },
  })
  stub.close()
  expect(ended.code).toBe(2)
  expect(readdirSync(shell.home).filter((name) => name.startsWith('partial'))).toEqual([])
})

test('a restore that is killed leaves a storage that no server starts with, and is run again', async () => {
  await shell.ok(['operator', 'snapshot', 'save', 'large'])
  const argsFor = ({ configFile }: Server) => ['operator', 'snapshot', 'restore', `-config=${configFile}`, 'large']
  /** What a server says on the storage of a restore that was killed; undefined where the restore was through by then. */
  const refusalAfterKill = async (target: Server): Promise<string | undefined> => {
    const child = spawn(EGIDE, argsFor(target), { cwd: shell.home, stdio: 'ignore' })
    const exited = once(child, 'exit')
    const log = `${databaseOf(target)}-wal`
    while (child.exitCode === null && (!existsSync(log) || statSync(log).size < 2_000_000)) await sleep(1)
    child.kill('SIGKILL')
    await exited
    return target.start().then(
      () => undefined,
      (error: unknown) => String(error),
    )
  }
  let target = await emptyServer()
  let refusal = await refusalAfterKill(target)
  for (let tries = 0; refusal === undefined && tries < 5; tries++) {
    await target.remove()
    target = await emptyServer()
    refusal = await refusalAfterKill(target)
  }
  expect(refusal).toMatch(/not finished/)
  await shell.ok(argsFor(target))
  await target.start()
  target.adopt(server)
  await target.unseal()
  expect(await get(target, 'app')).toBe('a secret')
  await target.remove()
})

test('an entry that was changed behind the server is named by check', async () => {
  const victim = await startUnsealed()
  const operator = operatorOf(victim)
  await put(victim, 'app', 'a secret')
  await victim.stop()
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(databaseOf(victim))
  const where = String(
    db.prepare("select path from entry where path like 'ns/root/mount/%' order by path limit 1").pluck().get(),
  )
  db.prepare('update entry set value = zeroblob(length(value)) where path = ?').run(where)
  db.close()
  await victim.start()
  await victim.unseal()
  const ended = await operator.run(['storage', 'check'])
  expect(ended).toMatchObject({ code: 2, stdout: expect.stringContaining(`${where}: it does not decrypt`) })
  operator.remove()
  await victim.remove()
})

test('restore refuses a storage that is not empty', async () => {
  const taken = await startServer()
  await taken.init()
  await taken.stop()
  const args = ['operator', 'snapshot', 'restore', `-config=${taken.configFile}`, 'whole']
  expect(await shell.run(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('not empty') })
  await taken.remove()
})

test('one secret, a folder or a mount is restored into the running vault', async () => {
  await server.call('POST', 'sys/mounts/plain', { body: { type: 'kv', options: { version: '1' } } })
  const exact = '{"number":12345678901234567890.0123}'
  await put(server, 'team/one', 'before')
  await put(server, 'team/deep/two', 'before')
  await put(server, 'teammate', 'before')
  await server.call('POST', 'plain/x/y', { body: { note: 'before' } })
  await server.call('PUT', 'secrets/flat', { body: { data: { note: 'before' } } })
  await shell.ok(['write', 'secret/data/exact', '-'], { stdin: `{"data":${exact}}` })
  await put(server, 'gone', 'deleted before the snapshot')
  await server.call('DELETE', 'secret/data/gone')
  await shell.ok(['operator', 'snapshot', 'save', 'parts'])
  for (const name of ['team/one', 'teammate', 'exact']) await put(server, name, 'after')
  await server.call('DELETE', 'secret/metadata/team/deep/two')
  await server.call('POST', 'plain/x/y', { body: { note: 'after' } })
  await server.call('DELETE', 'secrets/flat')

  const part = (where: string, shares = server.keys) =>
    shell.run(['operator', 'snapshot', 'restore', `-path=${where}`, '-shares', 'parts'], { stdin: shares.join('\n') })
  expect(await part('secret/team')).toMatchObject({ code: 0, stdout: expect.stringContaining('Restored 2 secrets') })
  expect(await get(server, 'team/one')).toBe('before')
  expect(await get(server, 'team/deep/two')).toBe('before')
  expect(await get(server, 'teammate')).toBe('after')
  expect((await part('secret/exact')).code).toBe(0)
  expect((await server.call('GET', 'secret/data/exact')).text).toContain(exact)
  expect((await part('plain/')).code).toBe(0)
  expect(at((await server.call('GET', 'plain/x/y')).body, 'data', 'note')).toBe('before')
  expect((await part('secrets/flat')).code).toBe(0)
  expect(at((await server.call('GET', 'secrets/flat')).body, 'data', 'data', 'note')).toBe('before')
  for (const where of ['secret/none', 'secret/gone', 'nowhere/x', 'transit']) expect((await part(where)).code).toBe(1)
  expect((await part('secret/team', [Buffer.alloc(33, 7).toString('base64')])).code).toBe(1)
})
