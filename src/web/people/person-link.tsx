import type { ComponentChildren } from 'preact'
import { useStore } from '../ground/context.ts'

type Props = {
  username: string
  name: string
  class?: string
  /** Where the Tab key goes from line to line, and not to every name. */
  tab?: 0 | -1
  children?: ComponentChildren
}

/** A name that leads to who that is: `store.people.show`. */
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
