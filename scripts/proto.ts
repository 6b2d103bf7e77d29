import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { referenceMounts } from '../server/boot/engines.ts'
import { EXTRAS } from './proto/extras.ts'
import { renderListing } from './proto/listing.ts'
import { methodsOf } from './proto/methods.ts'
import type { ProtoService } from './proto/model.ts'
import { type Numbers, number } from './proto/numbers.ts'
import { grpcReference } from './proto/reference.ts'
import { renderService } from './proto/render.ts'
import { SERVICES } from './proto/services.ts'

/**
 * Writes proto/egide/v1/ from the route tables, numbers.json, the TypeScript of it all with a list of it, and
 * docs/reference/grpc.md. With --check only says whether they are as they would be written, lints, and compares with the baseline that clients rely on.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (...parts: string[]): string => path.join(root, ...parts)
const isCheck = process.argv.includes('--check')
const stale: string[] = []

const numbers = JSON.parse(readFileSync(at('proto/numbers.json'), 'utf8')) as Numbers
const exceptions = JSON.parse(readFileSync(at('proto/exceptions.json'), 'utf8')) as Record<string, string>
const placed = [...referenceMounts().flatMap((mount) => methodsOf(mount, (key) => key in exceptions)), ...EXTRAS]
const services: ProtoService[] = SERVICES.map((service) => ({
  ...service,
  methods: placed.filter((method) => method.service === service.name).map(({ method }) => method),
}))
for (const { name, methods } of services) {
  const twice = methods.find((method, index) => methods.findIndex((other) => other.name === method.name) !== index)
  if (twice) throw new Error(`two methods are called ${name}.${twice.name}: name one in scripts/proto/method-names.ts`)
  for (const { input, output } of methods) for (const message of [input, output]) number(message, 'egide.v1', numbers)
}

put('proto/numbers.json', `${JSON.stringify(numbers, null, 1)}\n`)
for (const service of services)
  put(`proto/egide/v1/${service.name.toLowerCase()}.proto`, renderService(service, numbers))
generateCode()
put('proto/gen/services.ts', renderListing(services))
put('docs/reference/grpc.md', grpcReference(services))
if (isCheck) {
  for (const file of stale) process.stderr.write(`${file} is not what the route tables say: run npm run proto\n`)
  if (stale.length > 0) process.exitCode = 1
  buf('lint', 'proto')
  buf('breaking', 'proto', '--against', 'proto/baseline.binpb')
}

function put(file: string, text: string): void {
  if (!isCheck) writeFileSync(at(file), text)
  else if (contentOf(at(file)) !== text) stale.push(file)
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function generateCode(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'egide-proto-'))
  try {
    buf('generate', 'proto', '--template', 'buf.gen.yaml', '--output', folder)
    const made = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    if (!isCheck) {
      rmSync(at('proto/gen'), { recursive: true, force: true })
      buf('generate', 'proto', '--template', 'buf.gen.yaml')
      return
    }
    for (const file of made) {
      const committed = path.relative(root, at(file))
      if (contentOf(at(file)) !== contentOf(path.join(folder, file))) stale.push(committed)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function buf(...args: string[]): void {
  const done = spawnSync(at('node_modules/.bin/buf'), args, { cwd: root, encoding: 'utf8' })
  if (done.status === 0) return
  process.stderr.write(`buf ${args.join(' ')}:\n${done.stdout ?? ''}${done.stderr ?? ''}${done.error ?? ''}`)
  process.exitCode = 1
}
