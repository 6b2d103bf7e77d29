import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express'
import type { Log } from '../../engines/engine.ts'
import { landingPage, type PageStatus, STYLE } from './landing.ts'
import { REFERENCE_PAGE, REFERENCE_SCRIPT, REFERENCE_STYLE } from './reference.ts'
import { securityHeaders } from './security-headers.ts'
import { SIGN_IN_PAGE, SIGN_IN_PATH, SIGN_IN_SCRIPT } from './sign-in.ts'

/** What the pages need of the server. */
export interface PageServices {
  readonly log: Log
  /** Asked for each landing page. */
  readonly status: () => PageStatus | Promise<PageStatus>
  /** The OpenAPI document; asked for each time that it is fetched. */
  readonly openApi: () => object | Promise<object>
  /** Headers that an operator added to the pages (`sys/config/ui/headers`); asked for each request. */
  readonly uiHeaders: () => Readonly<Record<string, readonly string[]>>
  /** Whether there are pages at all; asked for each request. */
  readonly isEnabled: () => boolean
}

/** The pages. Nothing on them comes from another host. */
export function createPages(services: PageServices): (message: IncomingMessage, reply: ServerResponse) => void {
  const app = express()
  app.disable('x-powered-by')
  app.enable('strict routing')
  app.enable('case sensitive routing')
  app.use(securityHeaders)
  app.use((_request, reply, next) => {
    for (const [name, values] of Object.entries(services.uiHeaders())) reply.set(name, [...values])
    next()
  })
  app.use((_request, reply, next) => (services.isEnabled() ? next() : notFound(reply)))
  app.use(readingOnly)
  addLanding(app, services)
  addReference(app, services)
  app.get(SIGN_IN_PATH, (_request, reply) => void reply.type('html').send(SIGN_IN_PAGE))
  app.get('/ui/sign-in.js', (_request, reply) => void reply.type('js').send(SIGN_IN_SCRIPT))
  app.use((_request, reply) => notFound(reply))
  app.use(failed(services.log))
  return (message, reply) => app(message, reply)
}

function addLanding(app: Express, services: PageServices): void {
  app.get(['/', '/ui', '/ui/'], async (_request, reply) => {
    reply.type('html').send(landingPage(await services.status()))
  })
  app.get('/ui/style.css', (_request, reply) => void reply.type('css').send(STYLE))
}

const require = createRequire(import.meta.url)
const ASSETS = path.dirname(require.resolve('swagger-ui-dist/package.json'))
/** By name, so that nothing else of that folder is served. */
const ASSET_NAMES = ['swagger-ui.css', 'swagger-ui-bundle.js']
const ASSET_MAX_AGE_MS = 3_600_000

function addReference(app: Express, services: PageServices): void {
  app.get(['/docs', '/docs/'], (_request, reply) => void reply.type('html').send(REFERENCE_PAGE))
  const openApi = asText(services.openApi)
  app.get('/docs/openapi.json', async (_request, reply) => void reply.type('json').send(await openApi()))
  app.get('/docs/assets/reference.css', (_request, reply) => void reply.type('css').send(REFERENCE_STYLE))
  app.get('/docs/assets/reference.js', (_request, reply) => void reply.type('js').send(REFERENCE_SCRIPT))
  for (const name of ASSET_NAMES)
    app.get(`/docs/assets/${name}`, (_request, reply, next) => {
      reply.setHeader('Cache-Control', 'public')
      reply.sendFile(name, { root: ASSETS, maxAge: ASSET_MAX_AGE_MS }, (error) => error && next(error))
    })
}

/** Nearly a megabyte, which anybody may ask for: it is written out once for as long as it is the same object. */
function asText(document: () => object | Promise<object>): () => Promise<string> {
  let written: { readonly document: object; readonly text: string } | undefined
  return async () => {
    const now = await document()
    if (written?.document !== now) written = { document: now, text: JSON.stringify(now) }
    return written.text
  }
}

const readingOnly: RequestHandler = ({ method }, reply, next) => {
  if (method === 'GET' || method === 'HEAD') next()
  else
    reply
      .status(405)
      .set('Allow', 'GET, HEAD')
      .json({ errors: ['unsupported method'] })
}

function notFound(reply: Response): void {
  reply.status(404).json({ errors: ['no such page; the API is below /v1/'] })
}

/** Malformed URLs are the client's fault; whatever else went wrong stays in our log. */
function failed(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, reply, _next) => {
    if (reply.headersSent || reply.destroyed) {
      reply.destroy()
    } else if (statusOf(error) < 500) {
      reply.status(400).json({ errors: ['malformed request'] })
    } else {
      log.error({ error: String(error) }, 'a page failed')
      reply.status(500).json({ errors: ['internal error'] })
    }
  }
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' ? status : 500
}
