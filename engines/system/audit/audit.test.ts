import { expect, test } from 'vitest'
import { fileDevice, TestingInstallation } from '../../../server/audit/testing-records.ts'
import { inputOf, operationOf } from '../../../server/core/dispatch.ts'
import { RouteTable } from '../../../server/core/route-table.ts'
import type { EngineContext, Operation, Reply } from '../../engine.ts'
import type { AuditServices } from '../services/audit.ts'
import { auditRoutes } from './index.ts'

type Body = Readonly<Record<string, unknown>>
const table = new RouteTable(auditRoutes)

/** A real audit log behind the rows, called as the pipeline would. */
async function rows() {
  const audit = await (await TestingInstallation.create()).open()
  const context = { services: { audit } } as unknown as EngineContext<AuditServices>
  const call = async (operation: Operation, path: string, data: Body = {}): Promise<Reply | undefined> => {
    const match = table.match(path)
    if (match === undefined) throw new Error(`no row for ${path}`)
    const request = { id: '1', data, headers: {}, connection: {} } as never
    const resolved = { caller: undefined, sudo: true, headerNames: 'all' } as const
    const input = inputOf(request, operation, match.route, match.params, path, resolved)
    return operationOf(match.route, operation).handler(input, context)
  }
  return { audit, call }
}

test('a device is enabled, listed as Vault lists it, asked for hashes, and disabled', async () => {
  const { audit, call } = await rows()
  expect((await call('read', 'audit'))?.data).toEqual({})
  const spec = { type: 'file', description: 'main', options: { file_path: 'audit.log' } }
  expect(await call('update', 'audit/my/file', spec)).toBeUndefined()
  expect(await call('read', 'audit')).toEqual({
    data: { 'my/file/': { ...spec, path: 'my/file/', local: false } },
    topLevel: true,
  })
  const { data } = (await call('update', 'audit-hash/my/file', { input: 'x' })) ?? {}
  expect(data).toEqual({ hash: await audit.hash('my/file', 'x') })
  expect(await call('delete', 'audit/my/file')).toBeUndefined()
  expect(await call('delete', 'audit/my/file')).toBeUndefined()
  expect((await call('read', 'audit'))?.data).toEqual({})
  await audit.close()
})

test('wrong input is refused in the words that clients know', async () => {
  const { audit, call } = await rows()
  await expect(call('update', 'audit/x', {})).rejects.toThrow('unknown backend type: ""')
  await expect(call('update', 'audit/x', { type: 'file' })).rejects.toThrow('file_path is required')
  await expect(call('update', 'audit-hash/x', { input: 'y' })).rejects.toThrow('unknown audit backend "x/"')
  await expect(call('update', 'audit-hash/x')).rejects.toThrow('the "input" parameter is empty')
  await audit.close()
})

test('audited headers are set, read in the case they are asked in, and removed', async () => {
  const { audit, call } = await rows()
  const base = 'config/auditing/request-headers'
  await call('update', `${base}/X-Forwarded-For`, { hmac: true })
  await call('update', `${base}/x-other`)
  const both = { 'x-forwarded-for': { hmac: true }, 'x-other': { hmac: false } }
  expect((await call('read', base))?.data).toEqual({ headers: both })
  expect((await call('read', `${base}/X-Forwarded-For`))?.data).toEqual({ 'X-Forwarded-For': { hmac: true } })
  await call('delete', `${base}/x-forwarded-for`)
  await call('delete', `${base}/x-forwarded-for`)
  await expect(call('read', `${base}/x-forwarded-for`)).rejects.toThrow('Could not find header in config')
  for (const name of ['__proto__', 'a b', 'a\nb']) await expect(call('update', `${base}/${name}`)).rejects.toThrow()
  await audit.close()
})

test('evidence and chain key are what verification needs, and need sudo', async () => {
  const { audit, call } = await rows()
  await audit.enable('file', fileDevice())
  const { data } = (await call('read', 'audit-evidence/file')) ?? {}
  expect(data).toMatchObject({ public_key: expect.stringContaining('BEGIN PUBLIC KEY'), streams: [{ sequence: 3 }] })
  const key = (await call('read', 'audit-chain-key/file'))?.data?.chain_key
  expect(Buffer.from(String(key), 'base64')).toHaveLength(32)
  for (const path of ['audit', 'audit/x', 'audit-evidence/x', 'audit-chain-key/x', 'config/auditing/request-headers'])
    expect(table.match(path)?.route.access).toBe('sudo')
  await audit.close()
})
