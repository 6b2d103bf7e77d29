import { domain } from '../../crypto/aead.ts'

/** Where the seal keeps its own entries, and which key seals each. Values of namespaces lie elsewhere. */
export const SEAL_PATHS = {
  /** Shares and thresholds, in clear: it is needed before any key is there. The vault is initialised when it exists. */
  config: 'core/seal-config',
  /** The root key, wrapped by the unseal key or the auto-unseal service. */
  rootKey: 'core/root-key',
  /** The keyring, sealed by the root key. */
  keyring: 'core/keyring',
  /** Proof of the recovery key, sealed by the keyring. */
  recoveryKey: 'core/recovery-key',
  /** The root key once more, sealed by the key that recovery shares make; only where they shall open the vault. */
  breakGlassRootKey: 'core/break-glass-root-key',
  /** That key, sealed by the keyring. */
  breakGlassKey: 'core/break-glass-key',
  /** When the keyring rotates by itself, sealed by the keyring. */
  rotationConfig: 'core/rotation-config',
  /** Encryptions of the active term, sealed by the keyring. */
  usage: 'core/usage',
  /** Rewritten with every change of keys, so that other processes see by one revision that they must load them anew. */
  epoch: 'core/keys-epoch',
  /** Rewritten to seal every process that has the vault open. */
  sealOrder: 'core/seal-order',
  /** While an initialisation is under way. */
  initialising: 'core/initialising',
  /** Rewritten when everything in storage was replaced by a snapshot: what a process knew before is of another time. */
  restored: 'core/restored',
  /** While a copy of another storage is written here: nothing may be made of what is there yet. */
  restoring: 'core/restoring',
  /**
   * Below it, of each namespace: `<id>/keys`, its keys, sealed by the keyring or by the keys of a namespace above; `<id>/seal`,
   * how shares seal them, where they do; `<id>/seal-order`, rewritten to seal it in every process that has it open.
   */
  namespaces: 'core/ns/',
  /** `<fingerprint of a root key>` below it: its successor, sealed by it, for processes that were unsealed with the old one. */
  successors: 'core/root-key-successor/',
} as const

/** Whether it can be the identifier of a namespace, which becomes a path segment. */
export const isNamespaceId = (id: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(id)

export const namespaceKeysPath = (id: string): string => `${SEAL_PATHS.namespaces}${id}/keys`
export const namespaceSealPath = (id: string): string => `${SEAL_PATHS.namespaces}${id}/seal`
export const namespaceSealOrderPath = (id: string): string => `${SEAL_PATHS.namespaces}${id}/seal-order`
export const successorPath = (fingerprint: string): string => `${SEAL_PATHS.successors}${fingerprint}`

export const SEAL_DOMAINS = {
  rootKey: domain('egide/root-key'),
  keyring: domain('egide/keyring'),
  namespaceKeys: domain('egide/namespace-keys'),
  /** By what a namespace's own shares make. */
  namespaceSeal: domain('egide/namespace-seal'),
  successor: domain('egide/root-key-successor'),
  settings: domain('egide/seal-settings'),
  breakGlass: domain('egide/break-glass'),
} as const
