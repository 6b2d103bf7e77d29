import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

const home = mkdtempSync(join(tmpdir(), 'egide-folder-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('what is missing is made for its owner alone, by several at once too', async () => {
  const folder = join(home, 'a', 'b', 'c')
  await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(join(home, 'a', 'd'))])
  expect(['a', 'a/b', 'a/b/c', 'a/d'].map((name) => statSync(join(home, name)).mode & 0o777)).toEqual(
    Array(4).fill(0o700),
  )
  await makeFolder(folder)
})

test('below a file, or a link that leads nowhere, nothing is made', async () => {
  writeFileSync(join(home, 'file'), '')
  symlinkSync(join(home, 'nowhere'), join(home, 'link'))
  await expect(makeFolder(join(home, 'file', 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(makeFolder(join(home, 'link', 'x'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test.skipIf(!existsSync('/proc/self'))(
  'a folder that takes no new one is an error, not an attempt without end',
  async () => {
    await expect(makeFolder('/proc/egide/data')).rejects.toMatchObject({ code: 'ENOENT' })
  },
)
