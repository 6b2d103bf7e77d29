import type { Worker } from 'node:cluster'

interface Handle {
  close(): void
}

/**
 * Has no connection be lost with a worker. Node.js gives a new connection to a worker and forgets it once the worker says
 * that it has it. When the worker dies before that, Node.js keeps the connection open for ever, with nobody to answer, and
 * never sees that the worker is gone, so that other listeners go on giving connections to it. Here the connection is closed
 * when the worker's channel ends, so that its client learns of it and asks again, and Node.js is told. It can't be given to
 * another worker: the one that died may have read of it.
 *
 * Nothing public tells of these connections. What is read here is the `newconn` that Node.js (lib/internal/cluster) sends
 * with each and the `ack` of its number; tests in test/workers hold that.
 */
export function closeWithWorker({ process: worker }: Worker): void {
  const handed = new Map<number, Handle>()
  const send = worker.send.bind(worker) as (...args: unknown[]) => boolean
  worker.send = (...args: unknown[]) => {
    const number = numberOfNewConnection(args[0])
    if (number !== undefined) handed.set(number, args[1] as Handle)
    return send(...args)
  }
  worker.on('internalMessage', ({ ack }: { readonly ack?: number }) => {
    if (ack !== undefined) handed.delete(ack)
  })
  let isTold = false
  worker.once('disconnect', () => {
    isTold = true
  })
  const disconnect = worker.disconnect.bind(worker)
  // What Node.js calls at the channel's end. What the worker said last is heard before the next tick is over.
  worker.disconnect = () => {
    disconnect()
    process.nextTick(() => {
      for (const handle of handed.values()) handle.close()
      handed.clear()
      if (!isTold) worker.emit('disconnect')
    })
  }
}

function numberOfNewConnection(message: unknown): number | undefined {
  const { act, seq } = message as { readonly act?: unknown; readonly seq?: unknown }
  return act === 'newconn' && typeof seq === 'number' ? seq : undefined
}
