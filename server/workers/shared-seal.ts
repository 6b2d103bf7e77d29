import { EgideError } from '../../engines/errors.ts'
import type { SealOperations } from '../../engines/system/services/seal.ts'

/** The operations of the seal, by their names in messages between workers. A name outside this list is never looked up. */
const NAMES: ReadonlySet<string> = new Set([
  'status',
  'initialise',
  'unseal',
  'resetUnseal',
  'sealEverywhere',
  'keyStatus',
  'rotationConfig',
  'configureRotation',
  'rotateKeyring',
  'rotateRootKey',
  ...['rootShares', 'recoveryShares'].flatMap((kind) =>
    ['status', 'start', 'update', 'cancel', 'verification', 'verify', 'restartVerification'].map(
      (name) => `${kind}.${name}`,
    ),
  ),
  ...['status', 'start', 'update', 'cancel'].map((name) => `rootGeneration.${name}`),
  ...['status', 'give', 'reset', 'service'].map((name) => `drill.${name}`),
  ...['status', 'unseal', 'reset', 'seal'].map((name) => `namespaces.${name}`),
])

/** Forwards an operation to the worker that runs it. */
export type Forward = (name: string, args: readonly unknown[]) => Promise<unknown>

/**
 * The seal as the rows of every worker see it: one worker does what operators ask for, so that shares, nonces and progress
 * are one server's, whichever worker a request comes to.
 */
export function sharedSeal(forward: Forward, local: SealOperations): SealOperations {
  const to =
    (name: string) =>
    (...args: readonly unknown[]): Promise<never> =>
      forward(name, args) as Promise<never>
  const shares = (kind: string) => ({
    status: to(`${kind}.status`),
    start: to(`${kind}.start`),
    update: to(`${kind}.update`),
    cancel: to(`${kind}.cancel`),
    verification: to(`${kind}.verification`),
    verify: to(`${kind}.verify`),
    restartVerification: to(`${kind}.restartVerification`),
  })
  return {
    get recoverySupported() {
      return local.recoverySupported
    },
    status: to('status'),
    ownState: () => local.ownState(),
    initialise: to('initialise'),
    unseal: to('unseal'),
    resetUnseal: to('resetUnseal'),
    sealEverywhere: to('sealEverywhere'),
    keyStatus: to('keyStatus'),
    rotationConfig: to('rotationConfig'),
    configureRotation: to('configureRotation'),
    rotateKeyring: to('rotateKeyring'),
    rotateRootKey: to('rotateRootKey'),
    rootShares: shares('rootShares'),
    recoveryShares: shares('recoveryShares'),
    rootGeneration: {
      status: to('rootGeneration.status'),
      start: to('rootGeneration.start'),
      update: to('rootGeneration.update'),
      cancel: to('rootGeneration.cancel'),
    },
    drill: {
      status: to('drill.status'),
      give: to('drill.give'),
      reset: to('drill.reset'),
      service: to('drill.service'),
    },
    namespaces: {
      status: to('namespaces.status'),
      unseal: to('namespaces.unseal'),
      reset: to('namespaces.reset'),
      seal: to('namespaces.seal'),
    },
  }
}

/** Runs an operation of the seal that another worker forwarded to this one. Throws `internal` for a name that is no operation. */
export async function runForwarded(seal: SealOperations, name: string, args: readonly unknown[]): Promise<unknown> {
  if (!NAMES.has(name)) throw new EgideError('internal', 'an unknown operation of the seal')
  const [first = '', second] = name.split('.')
  const owner = (second === undefined ? seal : Reflect.get(seal, first)) as object
  const operation = Reflect.get(owner, second ?? first) as (...given: readonly unknown[]) => Promise<unknown>
  // Whoever is given a share owns it, and may keep it after this: what arrived is erased.
  return operation.apply(
    owner,
    args.map((arg) => (arg instanceof Uint8Array ? ownCopy(arg) : arg)),
  )
}

function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}
