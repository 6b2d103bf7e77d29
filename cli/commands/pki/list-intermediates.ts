import { isJsonObject } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { command } from '../../command.ts'
import { remote } from '../../failure.ts'
import type { Flags, FlagValues } from '../../flag.ts'
import { keysOf, serialised } from '../../output/print.ts'
import { table } from '../../output/table.ts'
import { joinPath, trimPath } from '../../path.ts'
import { printLine } from '../../terminal.ts'
import { type Relation, readIssuer, relationOf, textOf } from './issuer.ts'

const FLAGS = {
  subject_match: { kind: 'boolean', help: "The parent's name has to be the child's issuer's. Default true." },
  key_id_match: { kind: 'boolean', help: "The parent's key id has to be the child's authority's. Default true." },
  direct_sign: { kind: 'boolean', help: 'The key of the parent has to have signed the child. Default true.' },
  indirect_sign: { kind: 'boolean', help: 'Trust in the parent has to be enough to trust the child. Default true.' },
  path_match: { kind: 'boolean', help: "The parent has to be in the child's chain. Default false." },
  use_names: { kind: 'boolean', help: 'Show issuers by their names, where they have one.' },
} as const satisfies Flags

export const listIntermediates = command({
  usage: '[options] PARENT [CHILD...]',
  description:
    'Lists issuers, and whether PARENT issued them. PARENT is a whole path, such as pki/issuer/default. A CHILD is one too, ' +
    'or a mount, of which all issuers are looked at; without any, those of all mounts of type pki.',
  args: [1, Number.POSITIVE_INFINITY],
  output: 'format',
  flags: FLAGS,
  async run({ args: [parent = '', ...children], flags, session }) {
    const { client } = session
    const possible = await readIssuer(client, trimPath(parent))
    const places = children.length === 0 ? await pkiMounts(client) : children.map(trimPath)
    const found: Record<string, boolean> = {}
    for (const place of places) {
      const paths = isWhole(place) ? [place] : await issuersOf(client, place, flags.use_names === true)
      for (const path of paths)
        found[path] = fits(relationOf(possible, await readIssuer(client, path), Date.now()), flags)
    }
    if (session.format !== 'table') printLine(await serialised(session.format, found))
    else
      printLine(
        table(
          ['intermediate', 'match?'],
          Object.entries(found)
            .sort()
            .map(([path, is]) => [path, String(is)]),
        ),
      )
    return 0
  },
})

const isWhole = (path: string): boolean => /\/(issuer|certs?|revoked)\//.test(path)

async function pkiMounts(client: Logical): Promise<string[]> {
  const { data } = (await remote('Error listing secrets engines', client.readOwn('sys/mounts'))) ?? {}
  return Object.entries(data ?? {})
    .filter(([, mount]) => isJsonObject(mount) && mount.type === 'pki')
    .map(([path]) => trimPath(path))
    .sort()
}

async function issuersOf(client: Logical, mount: string, byName: boolean): Promise<string[]> {
  const ids = keysOf(await remote(`Error listing issuers of ${mount}`, client.list(joinPath(mount, 'issuers')))) ?? []
  const paths: string[] = []
  for (const id of ids) {
    const path = joinPath(mount, 'issuer', id)
    const name = byName
      ? textOf((await remote(`Error reading ${path}`, client.read(path)))?.data ?? {}, 'issuer_name')
      : ''
    paths.push(name === '' ? path : joinPath(mount, 'issuer', name))
  }
  return paths
}

function fits(relation: Relation, flags: FlagValues<typeof FLAGS>): boolean {
  const wanted: readonly (readonly [asked: boolean, holds: boolean])[] = [
    [flags.subject_match ?? true, relation.subject_match],
    [flags.key_id_match ?? true, relation.key_id_match],
    [flags.direct_sign ?? true, relation.signature_match],
    [flags.indirect_sign ?? true, relation.trust_match],
    [flags.path_match ?? false, relation.path_match],
  ]
  return wanted.every(([asked, holds]) => holds || !asked)
}
