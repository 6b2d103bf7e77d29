import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { OperationsServices } from '../services/operations.ts'

const fields = {
  context: field.text({
    default: '',
    query: true,
    description: 'Text that ends each operationId: letters, digits, - and _.',
  }),
}
type SpecificationRequest = EngineRequest<typeof fields>

/** The document stands in the answer without an envelope, as tools expect it. */
export const specification = route('internal/specs/openapi', {
  summary: 'The OpenAPI document of this server',
  description: 'It has the mounts that the caller may know of; without a token, those that are shown to anybody.',
  fields,
  access: 'none',
  auditClear: ['context'],
  operations: { read: document, update: { handler: document, pure: true } },
})

async function document(
  request: SpecificationRequest,
  { services }: EngineContext<OperationsServices>,
): Promise<Reply> {
  const { context } = request.fields
  if (!/^[\w-]{0,100}$/.test(context)) throw invalid('context is letters, digits, - and _, at most 100 of them')
  const made = await services.operations.openApi(request.caller, context)
  return { raw: { status: 200, contentType: 'application/json', body: JSON.stringify(made) } }
}
