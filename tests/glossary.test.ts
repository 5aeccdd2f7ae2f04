import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'

/*
 * ARCHITECTURE.md's glossary and the manner of CONTRIBUTING.md as a table: words that the house does not use, neither in
 * names nor in sentences, and what to write instead. `clean` lists the folders that have been read with it.
 */

const not: Record<string, string> = {
  anew: 'again',
  beside: 'next to, as well as',
  bury: 'delete',
  'for ever': 'forever, permanently, without end',
  heed: 'handle, apply',
  'in vain': 'without effect, for nothing',
  keepsake: 'saved session',
  lapse: 'refusal, error',
  oneself: 'yourself, your own, themselves',
  'one’s own': 'your own, their own',
  sought: 'wanted, looked up',
  'stands in': 'is in',
  thrice: 'three times',
  told: 'say who tells what: "the server sends", "clients receive", errorText',
  whoever: 'anyone who, the person who',
  whomever: 'anyone, the person who',
  wish: 'command, option',
}

const clean: string[] = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'deploy',
  'docs/bots.md',
  'docs/decisions',
  'docs/from-the-seeds.md',
  'docs/performance.md',
  'docs/protocol-guide.md',
  'docs/protocol.md',
  'docs/sdk.md',
  'docs/self-hosting.md',
  'examples',
  'scripts',
  'src/archive',
  'src/bench',
  'src/bounded.ts',
  'src/bus',
  'src/cli',
  'src/config',
  'src/config.ts',
  'src/crypto',
  'src/features/audit',
  'src/features/auth/api-tokens.ts',
  'src/features/auth/budgets.ts',
  'src/features/auth/confirm.ts',
  'src/features/auth/cookies.ts',
  'src/features/auth/guard.ts',
  'src/features/auth/login.ts',
  'src/features/auth/passwords.ts',
  'src/features/auth/people.ts',
  'src/features/auth/permits.ts',
  'src/features/auth/present.ts',
  'src/features/auth/rates.ts',
  'src/features/auth/refresh-token.ts',
  'src/features/auth/sessions.ts',
  'src/features/auth/setup.ts',
  'src/features/auth/store.ts',
  'src/features/auth/tickets.ts',
  'src/features/auth/tokens.ts',
  'src/features/directs',
  'src/features/erasure',
  'src/features/invites',
  'src/features/log',
  'src/features/messages',
  'src/features/presence',
  'src/features/receipts',
  'src/features/rooms/access.ts',
  'src/features/rooms/administration.ts',
  'src/features/rooms/change.ts',
  'src/features/rooms/commands.ts',
  'src/features/rooms/create.ts',
  'src/features/rooms/defaults.ts',
  'src/features/rooms/establish.ts',
  'src/features/rooms/join.ts',
  'src/features/rooms/known.ts',
  'src/features/rooms/list.ts',
  'src/features/rooms/lock.ts',
  'src/features/rooms/log.ts',
  'src/features/rooms/members.ts',
  'src/features/rooms/present.ts',
  'src/features/rooms/purge.ts',
  'src/features/rooms/store.ts',
  'src/features/rooms/tell.ts',
  'src/features/settings.ts',
  'src/features/tokens',
  'src/features/typing',
  'src/features/users',
  'src/features/webhooks',
  'src/http',
  'src/log',
  'src/log.ts',
  'src/metrics',
  'src/metrics.ts',
  'src/operator',
  'src/protocol',
  'src/rate.ts',
  'src/realtime',
  'src/reasons.ts',
  'src/routes.ts',
  'src/scope.ts',
  'src/sdk',
  'src/secrets.ts',
  'src/server.ts',
  'src/sockets.ts',
  'src/storage',
  'src/time.ts',
  'src/tools.ts',
  'src/tui',
  'src/web/admin',
  'src/web/ground',
  'src/web/kit',
  'src/web/language',
  'src/web/page',
  'src/web/people',
  'src/web/rooms',
  'src/web/settings',
  'src/web/sign-in',
  'src/web/talk',
  'src/web/text',
  'tests',
]

/** They quote sources that have not been read yet. */
const quoting = ['tests/faults/mutant-list.ts', 'tests/glossary.test.ts']

const texts = ['*.md', 'deploy/*', '{src,tests,scripts,examples,docs}/**/*.{ts,tsx,md,css,json}']

const root = join(import.meta.dir, '..')

/** `camelCase` and `snake_case` as words, so that a name is held to the same table as a sentence. */
const asWords = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()

const patterns = Object.keys(not).map(
  (word) => [word, new RegExp(`\\b${word.replace(' ', '\\s+')}(e?s)?\\b`)] as const,
)

test('no file of a clean folder uses a word that the glossary has replaced', async () => {
  const found: string[] = []
  for (const path of texts.flatMap((pattern) => [...new Glob(pattern).scanSync(root)])) {
    if (!clean.some((folder) => path === folder || path.startsWith(`${folder}/`))) continue
    if (quoting.includes(path)) continue
    const lines = (await Bun.file(join(root, path)).text()).split('\n')
    lines.forEach((line, index) => {
      const text = asWords(line)
      for (const [word, pattern] of patterns)
        if (pattern.test(text)) found.push(`${path}:${index + 1} "${word}" (better: ${not[word]})`)
    })
  }
  expect(found).toEqual([])
})
