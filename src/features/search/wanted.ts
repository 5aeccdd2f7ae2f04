import { ChatError } from '../../protocol/errors.ts'
import type { SearchQuery } from '../../protocol/search.ts'
import type { Scope } from '../../scope.ts'
import { termGroups } from '../../text/search/match.ts'
import { type Asked, readMoment, readQuery } from '../../text/search/query.ts'
import type { LogRoom } from '../log/entry.ts'
import { findPerson } from '../users/find.ts'
import { marks, searchKeys } from './keys.ts'
import { accessReadable, listReadable } from './readable.ts'

const mostWords = 32
/** More groups of terms make the statement no more selective: the text decides. */
const mostGroups = 12
const mostPlaces = 20

/** What is looked for, with everything looked up that the query names. */
export type Wanted = Pick<Asked, 'words' | 'without'> & {
  rooms: Map<number, LogRoom>
  /** Ids of users, one of whom is the author; empty: anyone. */
  from: string[]
  before: Date | undefined
  after: Date | undefined
  has: Set<'file' | 'link' | 'pin'>
  /** A message has one hash of every group. */
  groups: number[][]
}

export async function wantedBy(scope: Scope, query: SearchQuery): Promise<Wanted> {
  const asked = readQuery(query.q ?? '')
  const parts = [...asked.words, ...asked.without].reduce((sum, { parts }) => sum + parts.length, 0)
  if (asked.words.length + asked.without.length > mostWords || parts > 4 * mostWords)
    throw new ChatError('search_words', { max: mostWords })
  const from = [...(query.from ? [query.from] : []), ...asked.from]
  const places = [...(query.in ? [query.in] : []), ...asked.in]
  const named = from.length + places.length + asked.before.length + asked.after.length + asked.has.length
  if (named + asked.is.length > mostPlaces) throw new ChatError('search_words', { max: mostPlaces })
  const has = new Set<'file' | 'link' | 'pin'>()
  if (query.has) has.add(query.has)
  for (const each of asked.has) has.add(oneOf('has', each, hasValues))
  const authors = new Set<string>()
  for (const each of asked.is) {
    if (oneOf('is', each, isValues) === 'pinned') has.add('pin')
    else authors.add(scope.actor.id)
  }
  const isEmpty = asked.words.length + has.size + authors.size + from.length + places.length === 0
  const before = earliest(moments('before', query.before, asked.before))
  const after = latest(moments('after', query.after, asked.after))
  if (isEmpty && before === undefined && after === undefined) throw new ChatError('search_empty')
  for (const each of from) authors.add(await authorOf(scope, each))
  const { words, without } = asked
  return {
    ...{ words, without, has, before, after },
    from: [...authors],
    rooms: places.length > 0 ? await accessReadable(scope, places) : await listReadable(scope),
    groups: groupsOf(scope, asked, has, [...authors]),
  }
}

const hasValues = {
  file: 'file',
  link: 'link',
  pin: 'pin',
  files: 'file',
  links: 'link',
  pins: 'pin',
} as const
const isValues = { pinned: 'pinned', mine: 'mine' } as const

function oneOf<Value extends string>(filter: string, text: string, values: Record<string, Value>): Value {
  const value = text.toLowerCase()
  if (!Object.hasOwn(values, value)) throw new ChatError('search_filter', { filter: `${filter}:` })
  return values[value]!
}

function moments(filter: 'before' | 'after', param: string | undefined, typed: string[]): Date[] {
  return [...(param ? [param] : []), ...typed].map((text) => {
    const moment = readMoment(text)
    if (!moment) throw new ChatError('search_filter', { filter: `${filter}:` })
    return moment
  })
}

const earliest = (times: Date[]): Date | undefined => times.toSorted((one, other) => +one - +other)[0]
const latest = (times: Date[]): Date | undefined => times.toSorted((one, other) => +other - +one)[0]

async function authorOf(scope: Scope, text: string): Promise<string> {
  const name = text.replace(/^@/, '')
  return name.toLowerCase() === 'me' ? scope.actor.id : (await findPerson(scope, name.toLowerCase())).id
}

/** Longer terms first: they are in fewer messages. */
function groupsOf(scope: Scope, { words }: Asked, has: Set<string>, authors: string[]): number[][] {
  const { hashes } = searchKeys(scope)
  const groups = words.flatMap(termGroups).sort((one, other) => other[0]!.length - one[0]!.length)
  for (const each of ['link', 'pin', 'file'] as const) if (has.has(each)) groups.unshift([marks[each]])
  if (authors.length > 0) groups.unshift(authors.map(marks.author))
  return groups.slice(0, mostGroups).map((terms) => [...new Set(terms.flatMap(hashes))])
}
