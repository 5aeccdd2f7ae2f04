import type { Route } from '../../protocol/route.ts'

/** What an operation does beyond its summary, who may call it, what an API token needs, and from which budget it spends. */
export function accessWords({ description, access, permit, budget }: Route): string {
  const words = description === undefined ? [] : [description]
  if (access === 'public') return [...words, 'Anyone can call this, without a token.'].join(' ')
  words.push(access === 'admin' ? 'For administrators.' : 'For everyone who is signed in.')
  if (permit === 'person') words.push('An API token cannot do this.')
  else if (typeof permit === 'string') words.push(`An API token needs the scope \`${permit}\`.`)
  else
    words.push(
      `An API token needs the scope \`${permit.me}\` for \`me\`, and \`${permit.others}\` for others.`,
    )
  if (typeof budget === 'string') words.push(`It spends from the budget \`${budget}\`.`)
  else
    words.push(
      `It spends from the budget \`${budget.me}\` for \`me\`, and from \`${budget.others}\` for others.`,
    )
  return words.join(' ')
}
