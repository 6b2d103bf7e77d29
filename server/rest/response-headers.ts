import type { HeadersFor } from './send.ts'

/** Headers that an operator adds to answers, by 'default', a class such as '4xx', or one status such as '404'. */
type CustomHeaders = Readonly<Record<string, Readonly<Record<string, string>>>>

const HSTS = ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'] as const
const CONSTANT = [
  ['Cache-Control', 'no-store'],
  ['Content-Type', 'application/json'],
] as const

/** The header list of each status, put together once. A more specific entry replaces a header of a less specific one. */
export function responseHeaders(tls: boolean, custom: CustomHeaders): HeadersFor {
  const lists = new Map<number, readonly string[]>()
  return (status) => {
    const known = lists.get(status)
    if (known !== undefined) return known
    const list = headersFor(status, tls, custom)
    lists.set(status, list)
    return list
  }
}

function headersFor(status: number, tls: boolean, custom: CustomHeaders): readonly string[] {
  const chosen = new Map<string, readonly [string, string]>()
  const add = (name: string, value: string) => chosen.set(name.toLowerCase(), [name, value])
  for (const [name, value] of tls ? [...CONSTANT, HSTS] : CONSTANT) add(name, value)
  for (const key of ['default', `${Math.floor(status / 100)}xx`, String(status)]) {
    for (const [name, value] of Object.entries(custom[key] ?? {})) add(name, value)
  }
  return Array.from(chosen.values()).flat()
}
