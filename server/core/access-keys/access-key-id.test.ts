import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { namespaceOfAccessKey, newAccessKeyId } from './access-key-id.ts'

const random = { bytes: (count: number) => randomBytes(count), uuid: () => '' }
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.split('')
const namespaceId = fc.string({ unit: fc.constantFrom(...BASE62), minLength: 6, maxLength: 6 })

test('an access key id leads back to its namespace, and looks like one of AWS', () => {
  for (const id of ['root', '000000', 'zzzzzz']) expect(namespaceOfAccessKey(newAccessKeyId(id, random))).toBe(id)
  fc.assert(
    fc.property(namespaceId, (id) => {
      const made = newAccessKeyId(id, random)
      expect(made).toMatch(/^AKIA[A-Z0-9]{16}$/)
      expect(namespaceOfAccessKey(made)).toBe(id)
    }),
  )
})

test('what is no id of ours leads nowhere', () => {
  const others = ['', 'AKIA', `AKIA${'Z'.repeat(16)}`, `AKIA${'0'.repeat(16)}`, 'akiaq3de69sia3krtijr']
  for (const text of others) expect(namespaceOfAccessKey(text)).toBeUndefined()
})
