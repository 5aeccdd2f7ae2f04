import type { Notice } from '../timeline.ts'

export function Day({ name }: { name: string }) {
  return (
    <li class="day">
      <h3>{name}</h3>
    </li>
  )
}

/** Comings and goings, told once and quietly. */
export function Comings({
  notices,
  nameOf,
}: {
  notices: readonly Notice[]
  nameOf: (username: string) => string
}) {
  const told = (kind: Notice['kind']) => {
    const names = [
      ...new Set(notices.filter((notice) => notice.kind === kind).map(({ username }) => username)),
    ]
    return names.length > 0 ? `${listed(names.map(nameOf))} ${kind}` : undefined
  }
  return <li class="quietly">{[told('joined'), told('left')].filter(Boolean).join(' · ')}</li>
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** A name may be written from right to left; these marks keep it from turning the sentence around. */
const isolated = (name: string) => `\u2068${name}\u2069`

export function listed(names: readonly string[]): string {
  const shown = names.length > 3 ? names.slice(0, 2) : names
  const rest = names.length - shown.length
  return list.format([...shown.map(isolated), ...(rest > 0 ? [`${rest} others`] : [])])
}
