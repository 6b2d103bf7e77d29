import { type Server, type ServerOptions, startUnsealed } from '../harness/server.ts'

/**
 * A server with a root CA at `pki/`, whose mount knows the address that its ACME directory is at. ACME itself is not enabled:
 * tests have settings of their own for `pki/config/acme`.
 */
export async function startAcmeServer(options: ServerOptions = { storage: 'inmem' }): Promise<Server> {
  const server = await startUnsealed(options)
  try {
    await mountAcme(server)
    return server
  } catch (error) {
    await server.remove()
    throw error
  }
}

/** The same on a server that is there. */
export async function mountAcme(server: Server): Promise<void> {
  const requests: readonly (readonly [path: string, body: object])[] = [
    ['sys/mounts/pki', { type: 'pki', config: { max_lease_ttl: '8760h' } }],
    ['pki/root/generate/internal', { common_name: 'Root', key_type: 'ec', ttl: '8000h' }],
    ['pki/config/cluster', { path: `${server.address}/v1/pki` }],
  ]
  for (const [path, body] of requests) {
    const { status } = await server.call('POST', path, { body })
    if (status >= 300) throw new Error(`${path} answered with ${status}`)
  }
}
