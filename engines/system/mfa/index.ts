import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { MfaServices } from '../services/mfa.ts'

/** The second phase of a login: https://openbao.org/api-docs/system/mfa-validate/ */

const fields = {
  mfa_request_id: field.text({ default: '', description: 'Id of the login, from its MFA requirement.' }),
  mfa_payload: field.map({
    description: 'By the id or the name of a method, a list with a passcode; an empty one for methods without.',
  }),
}

const validate = route('mfa/validate', {
  summary: 'Show the second factor that a login waits for',
  fields,
  access: 'none',
  operations: { update },
})

async function update(request: EngineRequest<typeof fields>, { services }: EngineContext<MfaServices>): Promise<Reply> {
  const { mfa_request_id: requestId, mfa_payload: payload } = request.fields
  if (requestId === '') throw invalid('missing request ID')
  if (payload === undefined) throw invalid('missing mfa payload')
  const { connection, signal } = request
  return { ...(await services.mfa.validate({ requestId, payload, connection, signal })), madeToken: true }
}

export const mfaRoutes: readonly Route<MfaServices>[] = [validate]
