import { say, sayNames } from '../language/say.ts'
import type { Notice } from './notices.ts'

export function Day({ name }: { name: string }) {
  return (
    <li class="day">
      <h3>{name}</h3>
    </li>
  )
}

/** The line above the first unread message. */
export function UnreadLine() {
  return (
    <li class="new-rule">
      <h3>{say('news.rule')}</h3>
    </li>
  )
}

type NameOf = (username: string) => string
type Move = 'joined' | 'left' | 'added' | 'removed'

/** Two texts where the people are the subject: a verb has another form for several. */
const wordOf = (kind: Move, people: number) =>
  people > 1 && (kind === 'joined' || kind === 'left')
    ? (`notice.${kind}Many` as const)
    : (`notice.${kind}` as const)

/** Notices: who joined, who left, what changed. One line for several of them. */
export function NoticeLine({ notices, nameOf }: { notices: readonly Notice[]; nameOf: NameOf }) {
  const sentencesOf = (kind: Move) => {
    const names = new Map<string, Set<string>>()
    for (const notice of notices) {
      if (notice.kind !== kind) continue
      const by = 'by' in notice ? notice.by : ''
      names.set(by, (names.get(by) ?? new Set()).add(nameOf(notice.username)))
    }
    return [...names].map(([by, some]) =>
      say(wordOf(kind, some.size), { names: sayNames([...some]), by: by && nameOf(by) }),
    )
  }
  const moves = (['joined', 'added', 'left', 'removed'] as const).flatMap(sentencesOf)
  const changes = notices.flatMap((notice) =>
    notice.kind === 'changed' ? changeSentences(notice, nameOf) : [],
  )
  return <li class="quietly">{[...moves, ...changes].join(' · ')}</li>
}

function changeSentences(
  { username, changed }: Extract<Notice, { kind: 'changed' }>,
  nameOf: NameOf,
): string[] {
  const { title, description, access, avatar, archived } = changed
  const name = nameOf(username)
  const sentences = [
    title !== undefined && say('notice.titled', { name, title }),
    description !== undefined && say('notice.described', { name }),
    access !== undefined && say(access === 'open' ? 'notice.opened' : 'notice.closed', { name }),
    avatar !== undefined && say(avatar === null ? 'notice.unpictured' : 'notice.pictured', { name }),
    archived !== undefined && say(archived ? 'notice.archived' : 'notice.reopened', { name }),
  ].filter((sentence) => sentence !== false)
  return sentences.length > 0 ? sentences : [say('notice.changed', { name })]
}
