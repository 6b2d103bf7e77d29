import type { Route } from '../../engine.ts'
import type { SealServices } from '../services/seal.ts'
import { decodeToken } from './decode-token.ts'
import { drillRoutes } from './drill.ts'
import { generateRootRoutes } from './generate-root.ts'
import { health } from './health.ts'
import { init } from './init.ts'
import { keyStatus, rotate, rotateConfig, rotateKeyring, rotateKeyringConfig, rotateRoot } from './keyring.ts'
import { haStatus, leader, stepDown } from './nodes.ts'
import { shareBackupRow } from './share-backup.ts'
import { shareRotationRows } from './share-rotation.ts'
import { seal, sealStatus, unseal } from './unseal.ts'

/** The rows of `sys/` about the seal and its keys. */
export const sealRoutes: readonly Route<SealServices>[] = [
  init,
  sealStatus,
  unseal,
  seal,
  health,
  leader,
  haStatus,
  stepDown,
  keyStatus,
  rotate,
  rotateKeyring,
  rotateConfig,
  rotateKeyringConfig,
  rotateRoot,
  ...shareRotationRows({ base: 'rekey', of: 'unseal', access: 'none' }),
  ...shareRotationRows({ base: 'rekey-recovery-key', of: 'recovery', access: 'none' }),
  ...shareRotationRows({ base: 'rotate/root', of: 'unseal', access: 'token' }),
  ...shareRotationRows({ base: 'rotate/recovery', of: 'recovery', access: 'token' }),
  shareBackupRow('rekey/backup'),
  shareBackupRow('rekey/recovery-key-backup'),
  shareBackupRow('rotate/root/backup'),
  shareBackupRow('rotate/recovery/backup'),
  ...generateRootRoutes,
  decodeToken,
  ...drillRoutes,
]
