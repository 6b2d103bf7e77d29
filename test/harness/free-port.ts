import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below those that systems give to whoever asks for any port, or connects: none of these is taken between being found
 * free and being bound by the server that it was found for, which takes a second to start, or to start again.
 */
const FIRST = 12_000
/** Each worker of a run has its own part of them. */
const PARTS = 8
const PER_PART = 2000

const part = FIRST + (Number(process.env.VITEST_POOL_ID ?? 0) % PARTS) * PER_PART
/** Runs side by side have the same parts: each process begins elsewhere. */
let next = (process.pid * 61) % PER_PART

/** A port of 127.0.0.1 that is free, as are the `following` after it. No process gets the same one soon again. */
export async function freePort(following = 0): Promise<number> {
  for (let tries = 0; tries < PER_PART; tries++) {
    if (next + following >= PER_PART) next = 0
    const port = part + next
    // The one after them stays unused: a server that is told nothing of gRPC serves it there.
    next += following + 2
    const all = Array.from({ length: following + 1 }, (_, n) => isFree(port + n))
    if (!(await Promise.all(all)).includes(false)) return port
  }
  throw new Error('no port is free')
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  await new Promise((closed) => probe.close(closed))
  return true
}
