import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Route } from '../engines/engine.ts'
import { ENGINES } from '../server/boot/engines.ts'
import { INITIAL_MOUNTS } from '../server/core/initial-mounts.ts'
import { apiReference, type ReferenceMount } from './api-reference.ts'

/** Writes docs/reference/api.md; with --check only says whether it is as it would be written. */

const FILE = fileURLToPath(new URL('../docs/reference/api.md', import.meta.url))

/** What a new vault has, and the engines that have to be mounted first. */
const mounts = [
  ...INITIAL_MOUNTS,
  { path: 'kv/', type: 'kv', options: { version: '1' }, description: 'key/value secrets' },
]

function routesOf(type: string, options: Readonly<Record<string, string>>): readonly Route<never>[] {
  const engine = ENGINES.get(type)
  if (engine === undefined) throw new Error(`there is no engine of type ${type}`)
  return typeof engine.routes === 'function' ? engine.routes(options) : engine.routes
}

function titled({ path, type, options, description }: (typeof mounts)[number]): ReferenceMount {
  const title = `${description[0]?.toUpperCase()}${description.slice(1)}`
  return { title, path, routes: routesOf(type, options) }
}

const text = apiReference(mounts.map(titled))

if (!process.argv.includes('--check')) writeFileSync(FILE, text)
else if (readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write('docs/reference/api.md is not what the route tables say: run npm run reference\n')
  process.exitCode = 1
}
