import { expect, test } from 'vitest'
import { readReply } from './reply-reader.ts'

const length = 'HTTP/1.1 200 OK\r\nContent-Type: x\r\nContent-Length: 5\r\n\r\nhello'
const chunked = 'HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'
const empty = 'HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n'

for (const [what, text, status] of [
  ['a length', length, 200],
  ['chunks', chunked, 400],
  ['no body', empty, 204],
] as const) {
  test(`a reply with ${what} ends where it ends`, () => {
    expect(readReply(Buffer.from(`${text}HTTP/1.1 500 `))).toEqual({ status, end: text.length })
  })
  test(`a reply with ${what} is not whole before its last byte`, () => {
    for (let cut = 0; cut < text.length; cut++) expect(readReply(Buffer.from(text.slice(0, cut)))).toBeUndefined()
  })
}
