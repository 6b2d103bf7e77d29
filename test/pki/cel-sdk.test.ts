import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Served, serve } from '../grpc/serve.ts'
import { clientsOf } from '../sdk/clients.ts'
import { program } from './cel-programs.ts'

/** Programs of roles by the SDK, over both transports. */

let served: Served
beforeAll(async () => {
  served = await serve()
  const { REST } = clientsOf(served)
  await REST.sys.mount({ path: 'pki', type: 'pki' })
  await REST.pki().generateRoot({ exported: 'internal', common_name: 'Root', key_type: 'ec' })
})
afterAll(() => served?.stop())

test.each(['REST', 'gRPC'] as const)(
  '%s: written, changed in parts, asked with fields of any name',
  async (transport) => {
    const pki = clientsOf(served)[transport].pki()
    await pki.writeCelRole({ name: transport, cel_program: { expression: 'false' } })
    const variables = [{ name: 'host', expression: "request.name + '.example.com'" }]
    await pki.patchCelRole({ name: transport, cel_program: { variables } })
    const expression = `request.ttl == '1h' && request.role == '${transport}' ? ${program('DNSNames: [host]')} : 'no'`
    const patched = await pki.patchCelRole({ name: transport, cel_program: { expression } })
    expect(patched.data.cel_program).toEqual({ variables, expression })
    const { data } = await pki.issueByProgram({ role: transport, ttl: '1h', data: { name: 'x' } })
    expect(new X509Certificate(data.certificate).subjectAltName).toBe('DNS:x.example.com')
    await expect(pki.issueByProgram({ role: transport, ttl: '2h', data: { name: 'x' } })).rejects.toThrow('no')
  },
)
