/**
 * The module that a thread runs: `name`, without its ending, in the folder of the module whose `import.meta.url` is `beside`.
 * No other thread's has that name, since a bundle has all of them in one folder.
 */
export function threadModule(name: string, beside: string): URL {
  // A checkout runs the sources, a package what was compiled of them.
  return new URL(`./${name}.${beside.endsWith('.ts') ? 'ts' : 'js'}`, beside)
}
