import type { ComponentChildren } from 'preact'
import { useStore } from '../ground/context.ts'

type Props = {
  username: string
  name: string
  class?: string
  /** −1 where the Tab key goes from line to line and skips names. */
  tab?: 0 | -1
  children?: ComponentChildren
}

/** A name that opens the card of the person: `store.people.show`. */
export function PersonLink({ username, name, class: looks = '', tab = 0, children }: Props) {
  const store = useStore()
  return (
    <button
      type="button"
      class={`person-link ${looks}`}
      title={`@${username}`}
      tabIndex={tab}
      onClick={() => store.people.show(username)}
    >
      <span class="name" dir="auto">
        {name}
      </span>
      {children}
    </button>
  )
}
