import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(file))

/** Links and their places, without those in code. */
function linksOf(page: string): string[] {
  const text = readFileSync(page, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}

/** GitHub's anchors: lower case, without punctuation, blanks as dashes. */
function anchorsOf(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  )
}

for (const page of pages)
  test(`${page}: every link leads somewhere`, () => {
    const broken = linksOf(page).filter((target) => {
      if (/^[a-z]+:/.test(target)) return false
      const [file = '', anchor] = target.split('#')
      const there = file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file))
      if (!existsSync(there)) return true
      return anchor !== undefined && there.endsWith('.md') && !anchorsOf(there).includes(anchor)
    })
    expect(broken).toEqual([])
  })

test('the README leads to every page for users', () => {
  const linked = new Set(linksOf('README.md'))
  const guides = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page))
  expect(guides.filter((page) => !linked.has(page))).toEqual([])
})
