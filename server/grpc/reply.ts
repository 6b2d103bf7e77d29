import { create } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import type { IssuedAuth, RawReply, WrapInfo } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import { shownRequirement } from '../core/mfa/shown-requirement.ts'
import type { Response } from '../core/request.ts'
import { authEnvelope } from '../core/wrapping/envelope.ts'
import { FRAME_HEAD_BYTES } from './message-reader.ts'
import type { Rpc } from './rpc.ts'
import { codeOfHttp } from './status.ts'
import { WireWriter } from './wire-writer.ts'

/** Renders an answer of the core as the reply of its method, in its frame. `misfit` hears what the reply has no place for. */
export function renderReply(rpc: Rpc, response: Response, misfit: (where: string) => void): Buffer | Promise<Buffer> {
  if (response.raw === null) return rendered(rpc, response, { data: response.data, raw: null }, misfit)
  return contentOf(rpc, response.raw).then((content) => rendered(rpc, response, content, misfit))
}

function rendered(rpc: Rpc, response: Response, { data, raw }: Content, misfit: (where: string) => void): Buffer {
  const writer = new WireWriter(rpc.replyBytes)
  if (data !== null && !rpc.answers.has('data')) misfit(`${rpc.output.typeName}.data`)
  const isTold = rpc.answers.has('data')
  rpc.encode(writer, { envelope: envelopeOf(response), data: isTold ? data : null, raw }, misfit)
  const frame = writer.finish()
  rpc.expect(frame.length)
  return frame
}

/** Renders a piece of an answer that goes on, an event or bytes, in its frame. */
export function renderPiece(rpc: Rpc, piece: Uint8Array | string, misfit: (where: string) => void): Buffer {
  const writer = new WireWriter()
  rpc.encode(writer, rpc.tellsEvents ? JSON.parse(String(piece)) : { content: piece }, misfit)
  return writer.finish()
}

/** An answer with data that HTTP gives a failing status: here an error, with the reply among its details. */
export function failureOf(
  rpc: Rpc,
  { status }: Response,
  frame: Buffer,
): { error: EgideError; reply: Any } | undefined {
  if (status < 400 || rpc.statusInReply) return undefined
  const typeUrl = `type.googleapis.com/${rpc.output.typeName}`
  const code = codeOfHttp(status)
  const message = code === 'not_found' ? '' : 'the request failed; the reply is among the details'
  return {
    error: new EgideError(code, message),
    reply: create(AnySchema, { typeUrl, value: frame.subarray(FRAME_HEAD_BYTES) }),
  }
}

type Data = Readonly<Record<string, unknown>>

interface Content {
  readonly data: Data | null
  readonly raw: object | null
}

async function contentOf(rpc: Rpc, raw: RawReply): Promise<Content> {
  const body = await wholeBody(raw)
  if (rpc.answers.has('raw')) return { data: null, raw: { content_type: raw.contentType, body } }
  // Some sys paths answer without the envelope; what they say is data all the same.
  const isJson = raw.contentType.startsWith('application/json') && body.length > 0
  return { data: isJson ? (JSON.parse(body.toString()) as Data) : null, raw: null }
}

async function wholeBody({ body }: RawReply): Promise<Buffer> {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

function envelopeOf(response: Response): Data {
  const { auth, wrapInfo } = response
  return {
    request_id: response.requestId,
    lease_id: response.leaseId,
    renewable: response.renewable,
    lease_duration: response.leaseDurationSeconds,
    auth: auth && authOf(auth),
    wrap_info: wrapInfo && wrapInfoOf(wrapInfo),
    warnings: response.warnings,
    mount_type: response.mountType,
    status: response.status,
  }
}

function authOf(auth: IssuedAuth): Data {
  return {
    ...authEnvelope(auth),
    mfa_requirement: auth.mfaRequirement && shownRequirement(auth.mfaRequirement),
  }
}

function wrapInfoOf(wrap: WrapInfo): Data {
  return {
    token: wrap.token,
    accessor: wrap.accessor,
    ttl: wrap.ttlSeconds,
    creation_time: new Date(wrap.creationTimeMs).toISOString(),
    creation_path: wrap.creationPath,
    wrapped_accessor: wrap.wrappedAccessor,
  }
}
