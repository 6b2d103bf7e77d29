/**
 * Where people sign in for an application whose OpenID provider this vault is. The page does what a command would: it logs
 * in, asks the authorization endpoint with the token, and sends the browser back with the code. The token is kept nowhere,
 * and one that the page got itself is revoked once it has served.
 */
export const SIGN_IN_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Egide: sign in</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/ui/style.css">
</head>
<body>
<main>
<h1>Sign in</h1>
<p id="goal"></p>
<form id="form">
<label>With <select id="method">
<option value="userpass">a name and a password</option>
<option value="token">a token</option>
</select></label>
<label id="name-row">Name <input id="name" autocomplete="username" autocapitalize="none" spellcheck="false"></label>
<label><span id="secret-name">Password</span> <input id="secret" type="password" autocomplete="current-password"></label>
<label id="code-row" hidden>Code <input id="code" inputmode="numeric" autocomplete="one-time-code"></label>
<label id="mount-row">Auth method's path <input id="mount" value="userpass" autocapitalize="none" spellcheck="false"></label>
<button id="button">Sign in</button>
</form>
<p id="message" role="alert"></p>
<noscript><p>Signing in needs a script.</p></noscript>
</main>
<script src="/ui/sign-in.js"></script>
</body>
</html>
`

/** Below \`/ui/vault/\` the page has the path that the endpoint has below \`/v1/\`, as Vault's has. */
export const SIGN_IN_PATH = /^\/ui\/vault\/(?:[^?]+\/)?identity\/oidc\/provider\/[^/?]+\/authorize$/

/** The browser leaves only for what the endpoint has found to be a place of the client's. */
export const SIGN_IN_SCRIPT = `'use strict'
const part = (id) => document.getElementById(id)
const endpoint = location.pathname.replace('/ui/vault/', '/v1/')
const namespace = endpoint.slice(0, endpoint.lastIndexOf('identity/oidc/provider/'))
const goal = new URLSearchParams(location.search).get('redirect_uri') || ''

async function asked(method, where, token, body) {
  const headers = { 'X-Vault-Request': 'true' }
  if (token !== undefined) headers['X-Vault-Token'] = token
  const reply = await fetch(where, { method, headers, body: body && JSON.stringify(body), credentials: 'omit' })
  const answer = reply.status === 204 ? {} : await reply.json().catch(() => ({}))
  if (reply.ok) return answer
  // The login that waited is over: it was too slow, or has its token.
  if (where.endsWith('sys/mfa/validate') && reply.status === 400) forget()
  throw new Error(answer.error_description || (answer.errors || []).join('; ') || 'the request failed')
}

// What a login waits for that needs a second factor.
let waiting

async function loggedIn() {
  const auth = waiting === undefined ? await entered() : await proven()
  if (auth && auth.client_token) {
    forget()
    return auth.client_token
  }
  if (!auth || !auth.mfa_requirement) throw new Error('this login gives no token')
  waiting = auth.mfa_requirement
  if (!factors().some((method) => method.uses_passcode)) return loggedIn()
  part('code-row').hidden = false
  throw new Error('Type the code of your second factor as well.')
}

// One method of each enforcement.
function factors() {
  return Object.values(waiting.mfa_constraints || {}).flatMap(({ any }) => (any || []).slice(0, 1))
}

async function proven() {
  const code = part('code').value.trim()
  const payload = factors().map(({ id, uses_passcode }) => [id, uses_passcode ? [code] : []])
  const body = { mfa_request_id: waiting.mfa_request_id, mfa_payload: Object.fromEntries(payload) }
  if (payload.some(([, shown]) => shown.length === 0)) part('message').textContent = 'Answer at your device.'
  const { auth } = await asked('POST', namespace + 'sys/mfa/validate', undefined, body)
  return auth
}

// The next attempt begins with the password again.
function forget() {
  waiting = undefined
  part('code-row').hidden = true
}

async function entered() {
  const path = part('mount').value.split('/').filter(Boolean).map(encodeURIComponent).join('/')
  const where = namespace + 'auth/' + path + '/login/' + encodeURIComponent(part('name').value)
  const { auth } = await asked('POST', where, undefined, { password: part('secret').value })
  return auth
}

async function signIn() {
  const isOwn = part('method').value === 'userpass'
  const token = isOwn ? await loggedIn() : part('secret').value.trim()
  let granted
  try {
    granted = await asked('GET', endpoint + location.search, token)
  } finally {
    if (isOwn) await asked('POST', namespace + 'auth/token/revoke-self', token).catch(() => {})
  }
  const { code, state } = granted
  const back = new URLSearchParams(state === '' ? { code } : { code, state })
  location.assign(goal + (goal.includes('?') ? '&' : '?') + back)
}

function show() {
  const isToken = part('method').value === 'token'
  part('name-row').hidden = isToken
  part('mount-row').hidden = isToken
  part('secret-name').textContent = isToken ? 'Token' : 'Password'
  // A browser that keeps passwords is no place for a token.
  part('secret').autocomplete = isToken ? 'off' : 'current-password'
  forget()
}

part('goal').textContent = URL.canParse(goal)
  ? 'You go on to ' + (new URL(goal).host || goal) + ', which learns who you are.'
  : 'An application sent you here without saying where you go on to.'
for (const id of ['name', 'mount']) part(id).addEventListener('change', forget)
part('method').addEventListener('change', show)
part('form').addEventListener('submit', (event) => {
  event.preventDefault()
  part('message').textContent = ''
  part('button').disabled = true
  signIn()
    .catch((error) => {
      part('message').textContent = error.message
      part('button').disabled = false
    })
    .finally(() => {
      part('secret').value = ''
      part('code').value = ''
    })
})
show()
`
