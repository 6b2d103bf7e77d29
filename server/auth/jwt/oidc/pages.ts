import type { Reply } from '../../../../engines/engine.ts'

/** Pages for the browser of somebody who logs in. They load nothing, run nothing, and may be framed by nobody. */

const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

export function page(status: number, title: string, text: string, form = ''): Reply {
  const body = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
${form}</html>
`
  return { raw: { status, contentType: 'text/html; charset=utf-8', body, headers: HEADERS } }
}

export const donePage = (): Reply => page(200, 'Logged in', 'Go back to where you began: you are logged in there.')
export const failedPage = (): Reply => page(400, 'Login failed', 'Go back to where you began, and begin anew.')
export const continuedPage = (): Reply =>
  page(200, 'Nearly there', 'Go back to where you began: the login goes on there.')

/** Asks whether the login is theirs: somebody else may have begun it and sent them to the provider. */
export function confirmationPage(role: string, requester: string, fields: Readonly<Record<string, string>>): Reply {
  const where = requester === '' ? 'this machine' : requester
  const inputs = Object.entries({ ...fields, confirmation: 'yes' })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
  return page(
    200,
    'Is this login yours?',
    `A login with role ${role} was begun from ${where}. Go on only if you began it yourself: whoever did gets in as you.`,
    `<form method="get" action="">${inputs.join('')}<button>Yes, log me in</button></form>\n`,
  )
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
