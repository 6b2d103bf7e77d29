import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PageServices } from './pages.ts'

type Pages = (message: IncomingMessage, reply: ServerResponse) => void

/**
 * What browsers get: everything that is not below `/v1/`. Express, which the pages are made with, is loaded with the first
 * request for one: most servers are never asked, and it is 3 MiB of heap.
 */
export function createPages(services: PageServices): Pages {
  let pages: Promise<Pages> | undefined
  const load = async (): Promise<Pages> => (await import('./pages.ts')).createPages(services)
  return async (message, reply) => {
    try {
      pages ??= load()
      const answer = await pages
      answer(message, reply)
    } catch (error) {
      pages = undefined
      services.log.error({ error: String(error) }, 'a page failed')
      if (reply.headersSent) reply.destroy()
      else reply.writeHead(500, { 'Content-Type': 'application/json' }).end('{"errors":["internal error"]}\n')
    }
  }
}
