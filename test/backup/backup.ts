import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { Shell } from '../cli/shell.ts'
import { at } from '../harness/http.ts'
import { type Server, startServer } from '../harness/server.ts'

/** Somebody with the `egide` command and a running server's address and root token. */
export function operatorOf(server: Server): Shell {
  return new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
}

/** A server on an empty storage that has not been started since: what a snapshot is restored into. */
export async function emptyServer(): Promise<Server> {
  const server = await startServer()
  await server.stop()
  return server
}

export async function put(server: Server, name: string, value: string): Promise<void> {
  const reply = await server.call('POST', `secret/data/${name}`, { body: { data: { value } } })
  if (reply.status !== 200) throw new Error(`put ${name}: ${reply.status} ${reply.text}`)
}

export async function get(server: Server, name: string) {
  return at((await server.call('GET', `secret/data/${name}`)).body, 'data', 'data', 'value')
}

/** So many secrets, each of about `bytes`. */
export async function fill(server: Server, count: number, bytes: number): Promise<ReadonlyMap<string, string>> {
  const secrets = new Map<string, string>()
  for (let nth = 0; nth < count; nth++) {
    const value = randomBytes(Math.ceil(bytes / 2)).toString('hex')
    secrets.set(`fill/${nth}`, value)
    await put(server, `fill/${nth}`, value)
  }
  return secrets
}

export const databaseOf = (server: Server): string => path.join(server.dataDir, 'egide.db')
