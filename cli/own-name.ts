import { existsSync } from 'node:fs'
import path from 'node:path'
import { shellQuoted } from '../server/shell-quoted.ts'

/** How this command is called from `folder`, as it is typed at a shell: by its path in a checkout, by name where it is installed. */
export function ownName(folder: string, from: string = import.meta.dirname): string {
  for (let at = from; at !== path.dirname(at); at = path.dirname(at)) {
    const launcher = path.join(at, 'bin', 'egide')
    if (!existsSync(launcher)) continue
    // A package has what was compiled, and no sources.
    if (!existsSync(path.join(at, 'cli', 'main.ts'))) break
    const near = path.relative(folder, launcher)
    return near.startsWith('..') ? quoted(launcher) : quoted(near)
  }
  return 'egide'
}

const quoted = (text: string): string => (/^[\w./@+-]+$/.test(text) ? text : shellQuoted(text))
