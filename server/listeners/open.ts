import { setTimeout as sleep } from 'node:timers/promises'
import type { ListenerConfig } from '../config/types.ts'
import { Listener, type ListenerServices } from './listener.ts'

/** How often late requests are looked for. */
const EXPIRY_CHECK_MS = 1000

/** The open listeners of a server. */
export interface Listeners {
  /** URLs, in the order of the config; a Unix socket is `unix://` and its path. */
  readonly addresses: readonly string[]
  /** Connections open now. */
  readonly connections: number
  /** SIGHUP: reads certificates again. False if a pair was not usable and the old one stays; that is logged. */
  reload(): boolean
  /**
   * Stops accepting, lets what is in flight finish and tells keep-alive connections to close, ends streams, and after
   * `graceMs` cuts what is left. Resolves to whether nothing had to be cut.
   */
  close(graceMs: number): Promise<boolean>
}

/** Opens all of them, or none: throws ListenError naming the address that can't be listened at. */
export async function openListeners(
  configs: readonly ListenerConfig[],
  services: ListenerServices,
): Promise<Listeners> {
  const listeners: Listener[] = []
  try {
    for (const config of configs) listeners.push(await Listener.open(config, services))
  } catch (error) {
    await closeAll(listeners, services, 0)
    throw error
  }
  const expiry = setInterval(() => {
    for (const listener of listeners) listener.expire()
  }, EXPIRY_CHECK_MS)
  expiry.unref()
  let closing: Promise<boolean> | undefined
  return {
    addresses: listeners.map(({ url }) => url),
    get connections() {
      return listeners.reduce((sum, { connections }) => sum + connections, 0)
    },
    reload: () => listeners.map((listener) => listener.reload()).every((isFresh) => isFresh),
    close: (graceMs) => {
      closing ??= closeAll(listeners, services, graceMs).finally(() => clearInterval(expiry))
      return closing
    },
  }
}

async function closeAll(listeners: readonly Listener[], services: ListenerServices, graceMs: number): Promise<boolean> {
  const stopped = Promise.all(listeners.map((listener) => listener.stop())).then(() => true)
  services.rest.inFlight.endStreams()
  const grace = new AbortController()
  const late = sleep(graceMs, false, { signal: grace.signal }).catch(() => false)
  const inTime = await Promise.race([stopped, late])
  grace.abort()
  for (const listener of listeners) listener.cut()
  await stopped
  return inTime
}
