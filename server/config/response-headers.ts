import { HclError, type Node } from '../hcl/ast.ts'
import { textsOf } from '../hcl/read.ts'
import { type Section, soleObject } from './section.ts'
import type { CustomResponseHeaders } from './types.ts'

const STATUS = /^(default|[1-5]xx|[1-5]\d\d)$/
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e]*$/
/** Set by the server itself: another value would break framing, or lie. */
const RESERVED =
  /^(x-vault-.*|connection|content-length|content-type|content-encoding|date|keep-alive|retry-after|te|trailer|transfer-encoding|upgrade|x-request-id)$/i

/** The block `custom_response_headers` of a listener. Several values of a header become one, parted by "; ". */
export function responseHeadersOf(listener: Section): CustomResponseHeaders {
  const section = listener.section('custom_response_headers')
  const byStatus: Record<string, Readonly<Record<string, string>>> = {}
  for (const [status, node] of section?.entries() ?? []) {
    const key = status.toLowerCase()
    if (!STATUS.test(key)) throw new HclError(`${status} is not a status, a class such as 2xx, or default`, node.at)
    byStatus[key] = headersOf(section as Section, status, node)
  }
  return byStatus
}

function headersOf(section: Section, status: string, node: Node): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const { keys, value } of soleObject(status, node).items) {
    const [{ name }] = keys
    const text = (
      value.kind === 'list' ? textsOf(value, name) : [value.kind === 'string' ? value.value : undefined]
    ).join('; ')
    if (value.kind !== 'list' && value.kind !== 'string')
      throw new HclError(`${name} must be a string or a list`, value.at)
    if (!HEADER_NAME.test(name) || name === '__proto__')
      throw new HclError(`${name} is not the name of a header`, keys[0].at)
    if (!HEADER_VALUE.test(text)) throw new HclError(`the value of ${name} must be printable ASCII`, value.at)
    if (RESERVED.test(name)) section.warnLine(keys[0].at.line, `the server sets ${name} itself: this value is not used`)
    else headers[name] = text
  }
  return headers
}
