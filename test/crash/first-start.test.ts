import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { call } from '../harness/http.ts'

/** `egide start` killed while it makes its vault: whatever it had come to, the next start is ready to use. */

const egide = path.join(import.meta.dirname, '..', '..', 'bin', 'egide')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'egide-first-start-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function start(address: string): ChildProcess {
  return spawn(egide, ['start', `-data=${folder}`, `-listen=${address}`], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function isReady(child: ChildProcess): Promise<string> {
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  while (!said.includes('Three commands to try')) {
    if (child.exitCode !== null) throw new Error(`egide start ended:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return said
}

/** Kills the process as soon as it is told that a file of this name appeared, which may have got its last name by then. */
async function killedAt(child: ChildProcess, name: string): Promise<void> {
  const exited = once(child, 'exit')
  const watcher = watch(folder, (_, appeared) => {
    if (appeared === name) child.kill('SIGKILL')
  })
  await exited
  watcher.close()
}

for (const name of ['egide.db', 'unseal-shares.new', 'root-token.new', 'unseal-shares', 'root-token']) {
  test(`killed when ${name} appears`, async () => {
    const address = `127.0.0.1:${await freePort()}`
    await killedAt(start(address), name)
    const again = start(address)
    try {
      expect(await isReady(again)).toContain('It is unsealed and ready to use.')
      const token = readFileSync(path.join(folder, 'root-token'), 'utf8').trim()
      const reply = await call('GET', `http://${address}/v1/auth/token/lookup-self`, { token })
      expect(reply.status).toBe(200)
    } finally {
      const exited = once(again, 'exit')
      again.kill('SIGTERM')
      await exited
    }
  })
}
