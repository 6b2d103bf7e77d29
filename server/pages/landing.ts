/** What the landing page tells; all of it is what sys/seal-status tells anybody. */
export interface PageStatus {
  readonly version: string
  readonly isInitialized: boolean
  readonly isSealed: boolean
  /** '' while it has none, or none may be told. */
  readonly clusterName: string
  readonly sealType: string
  /** Key shares needed to unseal, and given so far. */
  readonly threshold: number
  readonly progress: number
}

export const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 40rem; padding: 3rem 1.5rem; }
h1 { font-size: 1.75rem; margin: 0 0 1.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; }
dt { opacity: 0.7; }
dd { margin: 0; overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; }
.state { border: 1px solid; border-radius: 0.5rem; padding: 0.75rem 1rem; font-weight: 600; }
.open { color: #1a7f37; }
.sealed { color: #b35900; }
@media (prefers-color-scheme: dark) {
.open { color: #4ac26b; }
.sealed { color: #f0a04b; }
}
label { display: block; margin: 0.75rem 0; }
input, select { display: block; font: inherit; padding: 0.25rem; width: 100%; box-sizing: border-box; }
button { font: inherit; padding: 0.25rem 1rem; }
[hidden] { display: none; }
`

/** The page works without a script. */
export function landingPage(status: PageStatus): string {
  const { text, tone, next } = stateOf(status)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Egide: ${escaped(text.toLowerCase())}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/ui/style.css">
</head>
<body>
<main>
<h1>Egide</h1>
<p class="state ${tone}" role="status">${escaped(text)}</p>
<p>${next}</p>
<dl>
<dt>Version</dt><dd>${escaped(status.version)}</dd>
<dt>Seal</dt><dd>${escaped(status.sealType)}</dd>
${status.clusterName === '' ? '' : `<dt>Cluster</dt><dd>${escaped(status.clusterName)}</dd>\n`}</dl>
<p><a href="/docs">API reference</a></p>
</main>
</body>
</html>
`
}

interface State {
  readonly text: string
  readonly tone: 'open' | 'sealed'
  /** HTML. */
  readonly next: string
}

function stateOf({ isInitialized, isSealed, threshold, progress }: PageStatus): State {
  if (!isInitialized)
    return {
      text: 'Not initialised',
      tone: 'sealed',
      next: 'Run <code>egide operator init</code> to make its key shares.',
    }
  if (!isSealed) return { text: 'Unsealed', tone: 'open', next: 'The vault serves requests below <code>/v1/</code>.' }
  return {
    text: `Sealed, ${progress} of ${threshold} key shares given`,
    tone: 'sealed',
    next: 'Run <code>egide operator unseal</code> and give a key share.',
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
