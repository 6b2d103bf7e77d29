import type { Key } from '../keys/key.ts'
import { saveKey } from '../keys/key-store.ts'
import { NOT_LEAVING, refuseLockout } from '../keys/lifecycle.ts'
import { permittedKey, refuseStates } from '../usable-key.ts'
import type { Call } from './authorization.ts'
import { defaultPolicy, parsedPolicy } from './key-policy.ts'

/** As it was written; of a key that was given none, the one that all have. */
export async function getKeyPolicy(
  call: Call,
  reference: string,
): Promise<{ readonly key: Key; readonly policy: string }> {
  const { context } = call
  const key = await permittedKey(call, context.store, reference, { action: 'GetKeyPolicy' })
  return { key, policy: key.policy ?? defaultPolicy(context) }
}

/** Throws MalformedPolicy, also where it locks the caller out and `bypass` does not say that it may. */
export function putKeyPolicy(call: Call, reference: string, text: string, bypass: boolean): Promise<Key> {
  const { context } = call
  return context.store.transaction(async (tx) => {
    const before = await permittedKey(call, tx, reference, { action: 'PutKeyPolicy' })
    refuseStates(call, before, NOT_LEAVING)
    parsedPolicy(context, before.id, text)
    const after = { ...before, policy: text }
    if (!bypass) await refuseLockout(call, tx, after)
    saveKey(tx, after, before)
    return after
  })
}
