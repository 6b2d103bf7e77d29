import Type from 'typebox'
import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { denied, EgideError } from '../../errors.ts'
import { field } from '../../field.ts'
import { shownMount } from '../mounts/shown.ts'
import type { MountEntry } from '../services/mounts.ts'
import type { Context } from './acl-fields.ts'
import { outlineOf, shownPath } from './mount-data.ts'
import { ownPolicies } from './subject.ts'

/** `sys/internal/ui`: what user interfaces, and the `kv` commands of Vault's CLI, ask before they do anything. */

const MountMap = Type.Record(Type.String(), Type.Any())

export const uiMounts = route('internal/ui/mounts', {
  summary: 'The mounts that the caller can do something with',
  description: 'Without a token: those that are shown to anybody (`listing_visibility`).',
  fields: {},
  access: 'none',
  auditClear: ['secret', 'auth'],
  returns: Type.Object({ secret: MountMap, auth: MountMap }),
  operations: { read: readMounts },
})

const mountFields = { path: field.text({ required: true, description: 'A path at or below the mount.' }) }
type MountRequest = EngineRequest<typeof mountFields>

export const uiMount = route('internal/ui/mounts/:path*', {
  summary: 'The mount that a path belongs to, also one of a namespace below that the path begins with',
  fields: mountFields,
  access: 'none',
  auditClear: ['path', 'type', 'accessor', 'uuid', 'options'],
  returns: MountMap,
  operations: { read: readMount },
})

export const uiNamespaces = route('internal/ui/namespaces', {
  summary: 'The namespaces below this one that the caller can do something in',
  fields: {},
  access: 'none',
  auditClear: ['keys'],
  returns: Type.Object({ keys: Type.Array(Type.String()) }),
  operations: { read: readNamespaces },
})

export const resultantAcl = route('internal/ui/resultant-acl', {
  summary: 'Everything that the calling token may do, path by path',
  fields: {},
  returns: Type.Object({
    root: Type.Boolean(),
    exact_paths: Type.Optional(MountMap),
    glob_paths: Type.Optional(MountMap),
  }),
  operations: { read: readResultant },
})

async function readMounts({ caller, token }: EngineRequest, { services }: Context): Promise<Reply> {
  // A token that is not valid is a mistake to be told of, not a caller without one.
  if (caller === undefined && token !== undefined && token !== '') throw denied()
  const mounts = (await services.mounts.all()).filter(({ leaving }) => !leaving)
  const paths = mounts.map(({ path }) => path)
  const reached = caller === undefined ? [] : await services.policies.reachBelow(ownPolicies(caller), paths)
  const shown = mounts.filter((entry, i) => entry.config.listingVisibility === 'unauth' || reached[i] === true)
  const render = caller === undefined ? outlineOf : shownMount
  return { data: { secret: byPath(shown, 'secret', render), auth: byPath(shown, 'auth', render) } }
}

function byPath(
  mounts: readonly MountEntry[],
  kind: MountEntry['kind'],
  render: (entry: MountEntry) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    mounts.filter((entry) => entry.kind === kind).map((entry) => [shownPath(entry), render(entry)]),
  )
}

async function readMount({ caller, fields }: MountRequest, { services }: Context): Promise<Reply> {
  const policies = ownPolicies(caller)
  const path = `${fields.path.replace(/^\/+/, '')}/`
  const own = await services.mounts.holding(path)
  const { entry, namespacePath } =
    own === undefined ? await services.namespaces.mountBelow(path) : { entry: own, namespacePath: '' }
  const reached = entry && (await services.policies.reachBelow(policies, [namespacePath + entry.path]))[0]
  // The same answer where there is no mount, so that nobody finds out by trying which there are.
  if (entry === undefined || reached !== true) {
    throw new EgideError(
      'permission_denied',
      `preflight capability check returned 403, please ensure client's policies grant access to path "${path}"`,
    )
  }
  return { data: { ...shownMount(entry), path: namespacePath + shownPath(entry) } }
}

async function readNamespaces({ caller }: EngineRequest, { services, namespace }: Context): Promise<Reply> {
  const holder = ownPolicies(caller)
  const below = (await services.namespaces.list({})).map(({ path }) => path.slice(namespace.path.length))
  const reached = await services.policies.reachBelow(holder, below)
  return { data: { keys: below.filter((_, i) => reached[i] === true) } }
}

async function readResultant({ caller }: EngineRequest, { services }: Context): Promise<Reply> {
  return { data: await services.policies.resultant(ownPolicies(caller)) }
}
