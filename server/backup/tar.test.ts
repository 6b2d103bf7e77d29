import { describe, expect, test } from 'vitest'
import { ArchiveError, archiveEnd, memberHeader, padding, readMembers } from './tar.ts'

const SIZE = { at: 124, length: 11 }
const CHECKSUM = { at: 148, length: 8 }

/** A member of 8 bytes whose header states the size as `stated`, under a checksum that is right. */
function memberStating(stated: string): Buffer {
  const header = memberHeader('meta', 8, 0)
  header.write(stated.padEnd(SIZE.length, '\0'), SIZE.at, 'latin1')
  header.fill(' ', CHECKSUM.at, CHECKSUM.at + CHECKSUM.length)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM.at)
  return Buffer.concat([header, Buffer.from('12345678'), padding(8), archiveEnd()])
}

async function read(archive: Buffer): Promise<string[]> {
  const source = (async function* () {
    yield archive
  })()
  const names: string[] = []
  for await (const { name } of readMembers(source, () => 1024)) names.push(name)
  return names
}

test('zeros fill up the end, but not for ever', async () => {
  const archive = memberStating('00000000010')
  expect(await read(Buffer.concat([archive, Buffer.alloc(20 * 512)]))).toEqual(['meta'])
  await expect(read(Buffer.concat([archive, Buffer.alloc(1024 * 1024)]))).rejects.toThrow('behind the end')
})

describe('a header that states', () => {
  test('how long its member is, is believed', async () => {
    expect(await read(memberStating('00000000010'))).toEqual(['meta'])
  })

  test.each(['', 'nonesuch', '-0000000010', '0x8', '8', '10 ', '77777777777'])(
    'a size of "%s" is of no snapshot',
    async (stated) => {
      await expect(read(memberStating(stated))).rejects.toThrow(ArchiveError)
    },
  )
})
