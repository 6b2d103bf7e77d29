const HEAD_END = Buffer.from('\r\n\r\n')
const STATUS_AT = 'HTTP/1.1 '.length

/** Where a reply ends in `bytes` and what its status is, or undefined while it is not whole yet. */
export function readReply(bytes: Buffer): { readonly status: number; readonly end: number } | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(head.slice(STATUS_AT, STATUS_AT + 3))
  const end = bodyEnd(bytes, head, headEnd + HEAD_END.length, status)
  return end === undefined || end > bytes.length ? undefined : { status, end }
}

/** RFC 9112 section 6.3: no body, chunks, or a length. */
function bodyEnd(bytes: Buffer, head: string, start: number, status: number): number | undefined {
  if (status === 204 || status === 304) return start
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)
  if (length !== null) return start + Number(length[1])
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return chunksEnd(bytes, start)
  throw new Error(`a reply of unknown length: ${head}`)
}

function chunksEnd(bytes: Buffer, start: number): number | undefined {
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    at = lineEnd + 2 + size + 2
    if (size === 0) return at
    if (at > bytes.length) return undefined
  }
}
