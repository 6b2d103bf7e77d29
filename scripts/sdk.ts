import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { referenceMounts } from '../server/boot/engines.ts'
import { EXTRAS } from './proto/extras.ts'
import { methodsOf } from './proto/methods.ts'
import { SERVICES } from './proto/services.ts'
import { classesOf } from './sdk/model.ts'
import { fileOf, renderApi, renderClass, renderIndex, renderServices } from './sdk/render.ts'

/** Writes sdk/gen/ from the route tables; with --check only says whether it is as it would be written. */

/** Classes that are extended by hand, and the files that do. */
const EXTENDED = { Kv: '../kv.ts', FlatKv: '../flat-kv.ts' }

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = path.join(root, 'sdk/gen')
const exceptions = JSON.parse(readFileSync(path.join(root, 'proto/exceptions.json'), 'utf8')) as Record<string, string>
const placed = [...referenceMounts().flatMap((mount) => methodsOf(mount, (key) => key in exceptions)), ...EXTRAS]
const classes = classesOf(placed, SERVICES)

const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(classes.map((made) => [fileOf(made), renderClass(made)])),
  'api.ts': renderApi(classes, EXTENDED),
  'index.ts': renderIndex(classes),
  'grpc-services.ts': renderServices(SERVICES.map(({ name }) => name)),
}

if (process.argv.includes('--check')) {
  const there = existsSync(folder) ? readdirSync(folder) : []
  const stale = [...new Set([...there, ...Object.keys(files)])].filter((name) => {
    return !there.includes(name) || readFileSync(path.join(folder, name), 'utf8') !== files[name]
  })
  for (const name of stale) process.stderr.write(`sdk/gen/${name} is not what the route tables say: run npm run sdk\n`)
  if (stale.length > 0) process.exitCode = 1
} else {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
}
