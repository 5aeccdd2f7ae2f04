import type { ComponentChildren } from 'preact'

const address = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g

/** What a person wrote: always text nodes, with plain web addresses made into links. Never markup from a string. */
export function Words({ text, children }: { text: string; children?: ComponentChildren }) {
  const parts: ComponentChildren[] = []
  let from = 0
  for (const { 0: href, index } of text.matchAll(address)) {
    parts.push(text.slice(from, index))
    parts.push(
      <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {href}
      </a>,
    )
    from = index + href.length
  }
  parts.push(text.slice(from))
  return (
    <p class="words" dir="auto">
      {parts}
      {children}
    </p>
  )
}
