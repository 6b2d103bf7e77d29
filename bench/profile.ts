// Ranks what a CPU profile holds: bin/with-node node bench/profile.ts FILE.cpuprofile [lines]
import { readFileSync } from 'node:fs'

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const NOT_WORK = new Set(['(idle)', '(program)', '(root)'])
const REPOSITORY = new URL('..', import.meta.url).href

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const place = url.replace(REPOSITORY, '').replace(/^.*node_modules\//, '')
  return `${functionName || '(anonymous)'}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`
}

/** Microseconds of each function alone, and of each with what it called; a recursive one counts once. */
function totals({ nodes, samples, timeDeltas }: Profile) {
  const own = new Map<number, number>()
  for (const [at, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[at] ?? 0))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const self = new Map<string, number>()
  const inclusive = new Map<string, number>()
  const add = (to: Map<string, number>, name: string, micros: number) => to.set(name, (to.get(name) ?? 0) + micros)
  const walk = (node: ProfileNode, above: readonly string[]): number => {
    const name = nameOf(node)
    let micros = own.get(node.id) ?? 0
    add(self, name, micros)
    const path = [...above, name]
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child !== undefined) micros += walk(child, path)
    }
    if (!above.includes(name)) add(inclusive, name, micros)
    return micros
  }
  const [root] = nodes
  if (root !== undefined) walk(root, [])
  return { self, inclusive }
}

function print(title: string, micros: ReadonlyMap<string, number>, busy: number, lines: number): void {
  process.stdout.write(`${title}\n`)
  const ranked = [...micros].filter(([name]) => !NOT_WORK.has(name)).sort(([, a], [, b]) => b - a)
  for (const [name, value] of ranked.slice(0, lines)) {
    process.stdout.write(`  ${((100 * value) / busy).toFixed(1).padStart(5)} %  ${name}\n`)
  }
}

const [file, lines = '40'] = process.argv.slice(2)
if (file === undefined) throw new Error('which profile?')
const { self, inclusive } = totals(JSON.parse(readFileSync(file, 'utf8')) as Profile)
const busy = [...self].filter(([name]) => !NOT_WORK.has(name)).reduce((sum, [, micros]) => sum + micros, 0)
process.stdout.write(`${(busy / 1e6).toFixed(2)} s of work\n`)
print('alone', self, busy, Number(lines))
print('with what it called', inclusive, busy, Number(lines))
