import { isWithin } from '../../../engines/cidr.ts'
import type { RawReply, ReplyEvent } from '../../../engines/engine.ts'
import { denied, notFound, sealed } from '../../../engines/errors.ts'
import type { FoundToken } from '../../auth/token/service.ts'
import type { Subject } from '../identity/subjects.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { Request } from '../request.ts'
import { callerError } from './failures.ts'
import type { PipelineParts } from './parts.ts'

type Parts = Pick<PipelineParts, 'namespace' | 'mounts' | 'homes' | 'whyUnavailable' | 'clock' | 'log'>

/** Who listens. */
interface Listener {
  readonly found: FoundToken
  readonly subject: Subject
}

/** One JSON text a line, as RFC 8259 texts are streamed. */
const CONTENT_TYPE = 'application/x-ndjson'

/**
 * An answer that goes on. Before each event the caller is looked at again: that the namespace is open, that its token
 * lives, that its policies still let it read what the event is about, that the mount is still the one it asked. What it
 * lost ends the stream or hides the event. The request was recorded when it began; what is told is where something changed, and never a secret.
 */
export class EventStream {
  readonly #parts: Parts
  readonly #request: Request
  readonly #mount: LiveMount
  readonly #isClosed: () => boolean

  constructor(parts: Parts, request: Request, mount: LiveMount, isClosed: () => boolean) {
    this.#parts = parts
    this.#request = request
    this.#mount = mount
    this.#isClosed = isClosed
  }

  reply(events: AsyncIterable<ReplyEvent>): RawReply {
    return { status: 200, contentType: CONTENT_TYPE, body: this.#lines(events) }
  }

  async *#lines(events: AsyncIterable<ReplyEvent>): AsyncGenerator<string, void> {
    try {
      for await (const { readPath, data } of events) {
        const listener = await this.#listener()
        if (data === undefined) continue
        if (readPath === undefined || (await this.#mayRead(listener, readPath))) yield `${JSON.stringify(data)}\n`
      }
    } catch (error) {
      throw callerError(error, this.#parts.log, this.#request.id) ?? error
    }
  }

  /** Throws what ends the stream. */
  async #listener(): Promise<Listener> {
    if (this.#isClosed()) throw sealed()
    const refusal = await this.#parts.whyUnavailable()
    if (refusal !== undefined) throw refusal
    const { homes, mounts } = this.#parts
    const { token, connection } = this.#request
    const found = token === undefined ? undefined : await homes.lookup(token)
    if (found === undefined || !isWithin(found.entry.boundCidrs, connection.remoteAddress)) throw denied()
    const subject = await homes.subjectOf(found)
    if (subject === undefined) throw denied()
    const { entry, table } = this.#mount
    const there = (await mounts.router()).route(entry.path)?.mount
    if (there?.entry.uuid !== entry.uuid || there.table !== table) throw notFound('the mount was removed or changed')
    return { found, subject }
  }

  async #mayRead({ found, subject }: Listener, readPath: string): Promise<boolean> {
    const { namespace, homes, clock } = this.#parts
    const acl = await homes.aclOf(found, subject)
    const path = `${namespace.path}${this.#mount.entry.path}${readPath}`
    return acl.decide({ operation: 'read', path, data: {}, nowMs: clock.now() }).allowed
  }
}
