import type { Route } from '../../engine.ts'
import type { NamespaceServices } from '../services/namespaces.ts'
import { lock, unlock } from './lock.ts'
import { rootOptions } from './root-options.ts'
import { deleteSealedNamespace, namespaceSeal, namespaceSealStatus, namespaceUnseal } from './seals.ts'
import { namespace, namespaces } from './table.ts'

/** `sys/namespaces`: tenants. https://openbao.org/api-docs/system/namespaces */
export const namespaceRoutes: readonly Route<NamespaceServices>[] = [
  namespaces,
  namespace,
  lock,
  unlock,
  rootOptions,
  namespaceSealStatus,
  namespaceUnseal,
  namespaceSeal,
  deleteSealedNamespace,
]
