import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { deployed, root } from './deployed.ts'

const run = promisify(execFile)

interface Instruction {
  readonly name: string
  readonly words: string
}

/** What the Dockerfile makes, as a folder instead of an image. */
export interface Image {
  /** Stands for /. */
  readonly folder: string
  /** The last of each instruction of the last stage. */
  readonly settings: ReadonlyMap<string, string>
  remove(): void
}

function instructionsOf(text: string): Instruction[] {
  return text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', words = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
      return { name, words: words.trim() }
    })
}

/** The files of the checkout that the builder gets. Understands what Dockerfile.dockerignore says, and no more. */
export function contextFiles(): string[] {
  const rules = deployed('docker/Dockerfile.dockerignore')
    .split('\n')
    .filter((rule) => rule !== '' && !rule.startsWith('#'))
  const matches = (file: string, pattern: string) => {
    if (pattern === '*') return true
    if (pattern.startsWith('**/*')) return file.endsWith(pattern.slice(4))
    if (pattern.startsWith('**/')) return file.split('/').includes(pattern.slice(3))
    return file === pattern || file.startsWith(`${pattern}/`)
  }
  const isSent = (file: string) => {
    let isIn = true
    for (const rule of rules) if (matches(file, rule.replace(/^!/, ''))) isIn = rule.startsWith('!')
    return isIn
  }
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  return list.toString().split('\n').filter(isSent).filter(Boolean)
}

/**
 * Follows the Dockerfile, in folders instead of containers: base images are empty but for this machine's Node.js, RUN is
 * run by this machine with the absolute paths of the image replaced by those in the folder, and dependencies are copied.
 */
export async function follow(text: string): Promise<Image> {
  const workshop = mkdtempSync(path.join(tmpdir(), 'egide-image-'))
  const stages = new Map<string, { folder: string; directory: string }>()
  const sent = contextFiles()
  let here = { folder: '', directory: '/' }
  let settings = new Map<string, string>()
  const at = (place: string) => path.join(here.folder, path.resolve(here.directory, place))
  const steps: Record<string, (words: string) => Promise<void> | void> = {
    ARG: () => {},
    FROM(words) {
      const [, base = '', name = `${stages.size}`] = /^(\S+)(?: AS (\S+))?$/.exec(words) ?? []
      const folder = path.join(workshop, name)
      const before = stages.get(base)
      mkdirSync(path.join(folder, 'usr/local/bin'), { recursive: true })
      mkdirSync(path.join(folder, 'etc'))
      if (before === undefined) copyFileSync(process.execPath, path.join(folder, 'usr/local/bin/node'))
      else cpSync(before.folder, folder, { recursive: true, verbatimSymlinks: true })
      here = { folder, directory: before?.directory ?? '/' }
      stages.set(name, here)
      settings = new Map()
    },
    WORKDIR(words) {
      here.directory = path.resolve(here.directory, words)
      mkdirSync(at('.'), { recursive: true })
    },
    COPY(words) {
      const [, from, rest = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(words) ?? []
      const sources = rest.split(/\s+/)
      const target = sources.pop() ?? ''
      for (const source of sources) {
        const to = target.endsWith('/') ? path.join(at(target), path.basename(source)) : at(target)
        if (from !== undefined) {
          cpSync(path.join(stages.get(from)?.folder ?? '', source), to, { recursive: true, verbatimSymlinks: true })
          continue
        }
        const files = sent.filter((file) => file === source || file.startsWith(`${source}/`))
        if (files.length === 0) throw new Error(`COPY ${source}: the builder does not get it`)
        for (const file of files) {
          const place = path.join(to, path.relative(source, file))
          mkdirSync(path.dirname(place), { recursive: true })
          copyFileSync(path.join(root, file), place)
        }
      }
    },
    async RUN(words) {
      // From the same lock file as this machine's, whose copy spares the network.
      const installed = `cp -R '${root}/node_modules' . && npm prune --ignore-scripts`
      const command = words
        .replace(/^npm ci --ignore-scripts/, installed)
        .replaceAll(/(?<=^|\s)\/(?=(opt|var|usr|etc)\/)/g, `${here.folder}/`)
      // Only root can give files away.
      const mine = process.getuid?.() === 0 ? command : command.replaceAll(/ -[og] \d+/g, '')
      const PATH = `${path.dirname(process.execPath)}:${process.env.PATH}`
      await run('sh', ['-c', mine], { cwd: at('.'), env: { ...process.env, PATH } })
    },
  }
  for (const { name, words } of instructionsOf(text)) {
    const step = steps[name]
    if (step !== undefined) await step(words)
    settings.set(name, words)
  }
  // Another user must get to it.
  execFileSync('chmod', ['a+rx', workshop])
  return {
    folder: here.folder,
    settings,
    remove() {
      execFileSync('chmod', ['-R', 'u+w', workshop])
      rmSync(workshop, { recursive: true, force: true })
    },
  }
}
