import { useState } from 'preact/hooks'
import type { Preview } from '../../protocol/previews.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'

type Props = {
  previews: readonly Preview[]
  tab: 0 | -1
  /** Absent if you may not. */
  onRemove: ((preview: string) => void) | undefined
}

/** What the pages say of themselves that a message links to. A picture has its place before it is there, and every card the same width. */
export function LinkCards({ previews, tab, onRemove }: Props) {
  return (
    <ul class="files">
      {previews.map((preview) => (
        <li key={preview.id} class="file-card link-card">
          <LinkCard preview={preview} tab={tab} />
          {onRemove && (
            <button
              type="button"
              class="icon"
              tabIndex={tab}
              aria-label={say('links.remove', { name: preview.title ?? hostOf(preview.url) })}
              onClick={() => onRemove(preview.id)}
            >
              <Icon of="close" />
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** As the browser reads it, in ASCII: a name in letters of two alphabets shows what it is. */
const hostOf = (url: string): string => URL.parse(url)?.host.replace(/^www\./, '') ?? ''

function LinkCard({ preview: { url, title, description, image }, tab }: { preview: Preview; tab: 0 | -1 }) {
  const [isLost, setLost] = useState(false)
  return (
    <a href={url} tabIndex={tab} target="_blank" rel="noopener noreferrer nofollow ugc">
      {image && !isLost && (
        <img
          class="link-picture"
          style={image.placeholder && { backgroundImage: `url("${image.placeholder}")` }}
          src={image.url}
          alt=""
          loading="lazy"
          onError={() => setLost(true)}
        />
      )}
      <span class="file-about">
        <span class="hint" dir="ltr">
          {hostOf(url)}
        </span>
        {title && <bdi class="link-title">{title}</bdi>}
        {description && <bdi class="link-text">{description}</bdi>}
      </span>
    </a>
  )
}
