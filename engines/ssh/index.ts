import Type from 'typebox'
import { type EngineRequest, engine, route } from '../engine.ts'
import { issuerRoutes } from './issuers/routes.ts'
import { OTP_LEASE, otpRoutes, revokePassword } from './otp/routes.ts'
import { role, roleList } from './roles/routes.ts'
import { signingRoutes } from './signing/routes.ts'

/** What peers once gave out as keys for hosts; there are none here, so none are left. */
const tidyDynamicKeys = route('tidy/dynamic-keys', {
  summary: 'Remove what older versions of Vault left: there is nothing here',
  fields: {},
  returns: Type.Object({ message: Type.String() }),
  auditClear: ['message'],
  operations: { delete: async (_request: EngineRequest) => ({ data: { message: 'Removed 0 of 0 host keys.' } }) },
})

/** Logins over SSH: signed keys, and one-time passwords. */
export const ssh = engine({
  type: 'ssh',
  kind: 'secret',
  description: 'Logins over SSH: signed keys of users and hosts, and one-time passwords',
  routes: [...issuerRoutes, roleList, role, ...signingRoutes, ...otpRoutes, tidyDynamicKeys],
  leases: { [OTP_LEASE]: { revoke: revokePassword } },
})
