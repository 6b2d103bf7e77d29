import { EgideError } from '../../engines/errors.ts'
import { failure, GRPC } from './codes.ts'
import type { Handlers } from './handlers.ts'
import { HEALTH_SERVICE } from './health-descriptor.ts'
import type { SealFollowers } from './seal-followers.ts'
import type { SealWatch } from './seal-watch.ts'
import type { ServerCall } from './server-call.ts'
import { WIRE, WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

/** HealthCheckResponse.ServingStatus */
const STATUS = { serving: 1, notServing: 2, serviceUnknown: 3 } as const

/**
 * grpc.health.v1: whether requests are served, for the server as a whole and for each service. Nobody's secret.
 * https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function serveHealth(
  handlers: Handlers,
  services: readonly string[],
  seal: SealWatch,
  followers: SealFollowers,
): void {
  const names = ['', ...services]
  const known = new Set(names)
  const now = (): number => (seal.isServing ? STATUS.serving : STATUS.notServing)
  handlers.one(`/${HEALTH_SERVICE}/Check`, (call, question) => {
    const service = serviceOf(call, question)
    if (service === undefined) return
    if (known.has(service)) call.reply(checked(now()), {})
    else call.fail(failure(GRPC.NOT_FOUND, 'there is no such service'))
  })
  handlers.one(`/${HEALTH_SERVICE}/List`, (call) => call.reply(listed(names, now()), {}))
  handlers.one(`/${HEALTH_SERVICE}/Watch`, (call, question) => {
    const service = serviceOf(call, question)
    if (service === undefined) return
    const isKnown = known.has(service)
    followers.add(call, () => checked(isKnown ? now() : STATUS.serviceUnknown))
  })
}

/** Fails the call where its message is malformed. */
function serviceOf(call: ServerCall, question: Buffer): string | undefined {
  try {
    return nameIn(question)
  } catch (error) {
    if (!(error instanceof EgideError)) throw error
    call.fail(failure(GRPC.INVALID_ARGUMENT, error.message))
    return undefined
  }
}

/** Of a HealthCheckRequest, whose one field it is. Throws EgideError. */
function nameIn(question: Buffer): string {
  const reader = new WireReader(question)
  let service = ''
  while (reader.at < question.length) {
    const tag = reader.tag(question.length)
    if (tag === ((1 << 3) | WIRE.bytes)) service = reader.text(question.length)
    else reader.skip(tag & 7, question.length)
  }
  return service
}

/** HealthCheckResponse: its one field is the status. */
function checked(status: number): Buffer {
  const writer = new WireWriter(2)
  writeStatus(writer, status)
  return writer.finish()
}

function writeStatus(writer: WireWriter, status: number): void {
  writer.varint((1 << 3) | WIRE.varint)
  writer.varint(status)
}

/** HealthListResponse: a map of names to HealthCheckResponse. */
function listed(names: readonly string[], status: number): Buffer {
  const writer = new WireWriter()
  for (const name of names) {
    writer.varint((1 << 3) | WIRE.bytes)
    const entry = writer.open()
    writer.varint((1 << 3) | WIRE.bytes)
    writer.text(name)
    writer.varint((2 << 3) | WIRE.bytes)
    const response = writer.open()
    writeStatus(writer, status)
    writer.close(response)
    writer.close(entry)
  }
  return writer.finish()
}
