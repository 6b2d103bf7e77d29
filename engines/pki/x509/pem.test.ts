import { expect, test } from 'vitest'
import { pem, pemLength, pemOf } from './pem.ts'

test('in pieces, whatever these are, it is the same text, of a length that is known before', () => {
  for (const length of [1, 2, 3, 47, 48, 49, 95, 96, 97, 1000, 4800]) {
    const der = Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 256))
    const text = pem('X509 CRL', der)
    expect(pemLength('X509 CRL', length)).toBe(text.length)
    for (const size of [1, 5, 47, 48, 49, 96, 1000, 5000]) {
      const pieces: Buffer[] = []
      for (let at = 0; at < length; at += size) pieces.push(der.subarray(at, at + size))
      expect(pemOf('X509 CRL', pieces), `${length} in pieces of ${size}`).toBe(text)
    }
  }
})
