import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type Output, OutputError } from './output.ts'

/** POSTs the lines of one write to a URL. Anything but a 2xx answer is a failure; redirects are not followed. */
export class HttpOutput implements Output {
  readonly #uri: URL
  readonly #headers: Readonly<Record<string, string | readonly string[]>>
  readonly #agent: HttpAgent
  #request: ClientRequest | undefined

  constructor(uri: string, headers: Readonly<Record<string, readonly string[]>>) {
    this.#uri = new URL(uri)
    this.#headers = headers
    const options = { keepAlive: true, maxSockets: 1 }
    this.#agent = this.#uri.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
  }

  async open(): Promise<void> {}

  write(bytes: Buffer): Promise<void> {
    const send = this.#uri.protocol === 'https:' ? httpsRequest : httpRequest
    return new Promise((done, failed) => {
      const headers = { 'content-type': 'application/x-ndjson', ...this.#headers, 'content-length': bytes.length }
      const request = send(this.#uri, { method: 'POST', agent: this.#agent, headers }, (response) => {
        response.resume()
        response.once('error', failed)
        response.once('end', () => {
          const status = response.statusCode ?? 0
          if (status >= 200 && status < 300) done()
          else failed(new OutputError(`the audit collector answered with status ${status}`))
        })
      })
      this.#request = request
      request.once('error', failed)
      // Without a listener there would be neither an answer nor an error, also when this is given up.
      request.once('upgrade', (_response, socket) => {
        socket.destroy()
        failed(new OutputError('the audit collector changes to another protocol'))
      })
      request.end(bytes)
    })
  }

  async close(): Promise<void> {
    this.#agent.destroy()
  }

  destroy(): void {
    this.#request?.destroy(new OutputError('given up'))
  }
}
