import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { listAddress } from '../ground/route.ts'
import { say } from '../language/say.ts'
import { Icon } from './icon.tsx'

type Tab = { name: string; address: string; current: boolean }
type Props = { title: string; tabs?: readonly Tab[]; children: ComponentChildren }

/** A page in place of a room: settings, administration, the list of all rooms. */
export function Pane({ title, tabs, children }: Props) {
  return (
    <main class="pane">
      <header>
        <a href={listAddress} class="icon back" aria-label={say('act.back')}>
          <Icon of="back" />
        </a>
        <h2>{title}</h2>
      </header>
      {tabs && <Tabs title={title} tabs={tabs} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard, also where it holds only text */}
      <section class="pane-body" aria-label={title} tabIndex={0}>
        {children}
      </section>
    </main>
  )
}

function Tabs({ title, tabs }: { title: string; tabs: readonly Tab[] }) {
  const row = useRef<HTMLElement>(null)
  const at = tabs.find(({ current }) => current)?.address
  useLayoutEffect(() => {
    // On a phone not all tabs fit.
    row.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [at])
  return (
    <nav ref={row} class="tabs" aria-label={title}>
      {tabs.map(({ name, address, current }) => (
        <a key={address} href={address} aria-current={current ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  )
}
