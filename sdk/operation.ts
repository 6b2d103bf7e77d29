import type { Shape } from './shape.ts'

/** One row of the server's tables for one operation, as the generated methods hand it to a transport. */
export interface Operation {
  /** Of egide.v1; '' where gRPC has no such operation. */
  readonly service: string
  readonly rpc: string
  /** '' where REST has no such route. */
  readonly verb: 'GET' | 'LIST' | 'SCAN' | 'POST' | 'PATCH' | 'DELETE' | ''
  /** Below /v1/, such as `{mount}/data/{path=**}`: a part with `=**` may hold slashes, one as `{/path=**}` may be left out. */
  readonly path: string
  /** What a plain text as input is. */
  readonly sole?: string
  /** Input that stands for the whole body. */
  readonly whole?: string
  /** May be repeated without harm when its answer was lost. */
  readonly safe: boolean
  /**
   * `raw`: bytes with a media type. `bytes`: a stream of bytes. `events`: a stream of what happens, asked for by `watch`.
   * `bare`: messages without an envelope.
   */
  readonly answers: 'data' | 'raw' | 'bytes' | 'bare' | 'events'
  /** Every status is an answer: it says in a number what the data says anyway. */
  readonly anyStatus?: boolean
  readonly shape: Shape
}

export type Input = Readonly<Record<string, unknown>>

/** The path's parts filled with input, and the input that is left. Throws TypeError for what cannot stand in a path. */
export function fillPath(operation: Operation, input: Input): { readonly path: string; readonly rest: Input } {
  const rest: Record<string, unknown> = { ...input }
  const lists = operation.verb === 'LIST' || operation.verb === 'SCAN'
  const path = operation.path.replace(
    /\{(\/?)(\w+)(=\*\*)?\}/g,
    (_, slash: string, name: string, deep: string | undefined) => {
      const value = rest[name] ?? (lists && deep !== undefined ? '' : rest[name])
      delete rest[name]
      if (slash !== '' && (value === undefined || value === '')) return ''
      // What is listed without a name is the topmost folder.
      return slash + part(name, value, deep !== undefined || name === 'mount', lists && deep !== undefined)
    },
  )
  return { path, rest }
}

function part(name: string, value: unknown, isDeep: boolean, mayBeEmpty: boolean): string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be text`)
  if (value === '' && !mayBeEmpty) throw new TypeError(`${name} must not be empty`)
  if (value.includes('/') && !isDeep) throw new TypeError(`${name} must not hold a slash`)
  return value
}
