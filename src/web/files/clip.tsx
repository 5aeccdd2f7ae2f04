import { useState } from 'preact/hooks'
import type { File } from '../../protocol/files.ts'
import { Icon } from '../kit/icon.tsx'
import { sizeOf } from '../language/amounts.ts'
import { say } from '../language/say.ts'
import { FileCard } from './card.tsx'
import { addressOfFile } from './kinds.ts'

type Props = { file: File; of: 'video' | 'sound'; tab: 0 | -1 }

/** A film or a sound that is played in the talk. One that turns out not to play is a file like others. */
export function Clip({ file, of, tab }: Props) {
  const [broken, setBroken] = useState(false)
  if (broken) return <FileCard file={file} tab={tab} />
  const { id, name, bytes, alt } = file
  const common = {
    controls: true,
    src: addressOfFile(id),
    tabIndex: tab,
    'aria-label': alt ?? name,
    onError: () => setBroken(true),
  }
  return (
    <figure class="clip">
      {of === 'video' ? (
        <video {...common} preload="metadata" playsInline />
      ) : (
        <audio {...common} preload="none" />
      )}
      <figcaption>
        <bdi class="file-name">{name}</bdi>
        <span class="hint">{sizeOf(bytes)}</span>
        <a
          class="icon"
          href={addressOfFile(id)}
          download={name}
          tabIndex={tab}
          aria-label={say('files.saveOne', { name })}
          title={say('files.save')}
        >
          <Icon of="save" />
        </a>
      </figcaption>
    </figure>
  )
}
