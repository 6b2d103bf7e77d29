import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '../../test/harness/server.ts'

/** With it in its environment, each server can be asked for collections: it listens for debuggers, at a port of its own. */
export const COLLECTABLE = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

const LISTENS_WITHIN_MS = 10_000

/** Has a server that was started with COLLECTABLE collect all garbage of its serving thread, by the debugger of Node.js. */
export async function collectAll(server: Server): Promise<void> {
  const socket = new WebSocket(await debuggerOf(server))
  try {
    const done = new Promise((resolve, reject) => {
      socket.onmessage = resolve
      socket.onerror = reject
    })
    await Promise.race([done, new Promise((resolve) => (socket.onopen = resolve))])
    socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }))
    await done
  } finally {
    socket.close()
  }
}

/** Its address. */
async function debuggerOf(server: Server): Promise<string> {
  const deadline = Date.now() + LISTENS_WITHIN_MS
  for (;;) {
    const [, url] = /Debugger listening on (ws:\S+)/.exec(server.log) ?? []
    if (url !== undefined) return url
    if (Date.now() > deadline) throw new Error(`no debugger listens:\n${server.log}`)
    await sleep(20)
  }
}
