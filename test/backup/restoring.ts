import { createReadStream } from 'node:fs'
import http from 'node:http'
import type { Server } from '../harness/server.ts'

/** Where a snapshot of the same vault is restored. */
export const RESTORE = 'sys/storage/snapshot'

/** Sends bytes, or the file of that name, as a body without a content type, as clients of Vault do; the status that comes. */
export function sendSnapshot(
  server: Server,
  where: string,
  body: Buffer | string,
  token = server.rootToken,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${server.address}/v1/${where}`, {
      method: 'POST',
      headers: { 'x-vault-token': token },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    if (typeof body === 'string') createReadStream(body).pipe(request)
    else request.end(body)
  })
}
