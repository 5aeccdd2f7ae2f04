import type { ComponentChildren } from 'preact'
import { listAddress } from '../ground/route.ts'
import { say } from '../language/say.ts'
import { Icon } from './icon.tsx'
import { Mark } from './mark.tsx'

type Props = {
  title: string
  children: ComponentChildren
  action?: { name: string; run: () => void } | undefined
  below?: ComponentChildren
}

/** Shown in place of a room when there is none to show. */
export function EmptyPane({ title, children, action, below }: Props) {
  return (
    <main class="room empty-pane">
      <a href={listAddress} class="icon back" aria-label={say('act.back')}>
        <Icon of="back" />
      </a>
      <Mark />
      <h2 dir="auto">{title}</h2>
      <p dir="auto">{children}</p>
      {action && (
        <button type="button" class="primary" onClick={action.run}>
          {action.name}
        </button>
      )}
      {below}
    </main>
  )
}
