// The yardstick: a bare node:http server that reads the request and answers the bytes it was given, nothing else.
import { createServer } from 'node:http'

export interface BareReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Base64. */
  readonly body: string
}

process.once('message', (reply: BareReply) => {
  const body = Buffer.from(reply.body, 'base64')
  const headers = { ...reply.headers }
  const server = createServer((request, response) => {
    request.on('end', () => {
      response.writeHead(reply.status, headers)
      response.end(body)
    })
    request.resume()
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object' && address !== null) process.send?.(address.port)
  })
  process.once('disconnect', () => process.exit(0))
})
