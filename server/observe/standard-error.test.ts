import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'

const LOG = new URL('./log.ts', import.meta.url).href

/** A process that logs a line for each piece of its standard input, and answers each on its standard output. */
const PROGRAM = `
  import { ServerLog } from ${JSON.stringify(LOG)}
  const log = new ServerLog({ level: 'info', format: 'standard', clock: { now: () => 0 } })
  process.stdin.on('data', (text) => {
    for (let n = 0; n < 3; n++) log.info({ n }, String(text))
    process.stdout.write('alive')
  })
`

test('the log goes to standard error, and the process lives when nobody reads it any more', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { stdio: 'pipe' })
  const exited = once(child, 'exit')
  try {
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
    child.stdin.write('one')
    await once(child.stdout, 'data')
    while (!log.includes('n=2')) await once(child.stderr, 'data')
    expect(log).toContain('1970-01-01T00:00:00.000Z [INFO]  one: n=0\n')
    child.stderr.destroy()
    for (const text of ['two', 'three']) {
      child.stdin.write(text)
      const [answer] = await once(child.stdout, 'data')
      expect(String(answer)).toBe('alive')
    }
    child.stdin.end()
    const [code] = await exited
    expect(code).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
})

test.runIf(existsSync('/dev/full'))('the process lives when its log is on a full disk', async () => {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { stdio: ['pipe', 'pipe', full] })
  const { stdin, stdout } = child
  try {
    if (stdin === null || stdout === null) throw new Error('the child has no pipes')
    const exited = once(child, 'exit')
    for (const text of ['one', 'two', 'x'.repeat(50_000)]) {
      stdin.write(text)
      const [answer] = await once(stdout, 'data')
      expect(String(answer)).toMatch(/^(alive)+$/)
    }
    stdin.end()
    stdout.resume()
    const [code] = await exited
    expect(code).toBe(0)
  } finally {
    child.kill('SIGKILL')
    closeSync(full)
  }
})
