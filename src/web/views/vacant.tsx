import type { ComponentChildren } from 'preact'
import { Icon } from '../components/icon.tsx'
import { Mark } from '../components/mark.tsx'
import { listAddress } from '../route.ts'
import { say } from '../say.ts'

type Props = { title: string; children: ComponentChildren; action?: { name: string; run: () => void } }

/** In the place of a room, when there is none to show. */
export function Vacant({ title, children, action }: Props) {
  return (
    <main class="room vacant">
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
    </main>
  )
}
