import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { referenceMounts } from '../server/boot/engines.ts'
import { apiReference } from './api-reference.ts'

/** Writes docs/reference/api.md; with --check only says whether it is as it would be written. */

const FILE = fileURLToPath(new URL('../docs/reference/api.md', import.meta.url))

const text = apiReference(
  referenceMounts().map(({ path, description, routes }) => ({
    title: `${description[0]?.toUpperCase()}${description.slice(1)}`,
    path,
    routes,
  })),
)

if (!process.argv.includes('--check')) writeFileSync(FILE, text)
else if (readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write('docs/reference/api.md is not what the route tables say: run npm run reference\n')
  process.exitCode = 1
}
