import type { File } from '../../protocol/files.ts'
import { Icon } from '../kit/icon.tsx'
import { addressOfPreview, isPicture } from './kinds.ts'

const most = 4
const sidePx = 96

/** The files of a message where it is only mentioned: a small picture of each, and its name. */
export function Glance({ files }: { files: readonly File[] }) {
  return (
    <span class="glance">
      {files.slice(0, most).map((file) => (
        <span key={file.id} class="glance-file">
          {isPicture(file) ? (
            <img class="thumb" src={addressOfPreview(file.id, sidePx)} alt="" loading="lazy" />
          ) : (
            <span class="thumb" aria-hidden="true">
              <Icon of="file" />
            </span>
          )}
          <span class="hint" dir="auto">
            {file.name}
          </span>
        </span>
      ))}
      {files.length > most && <span class="hint">+{files.length - most}</span>}
    </span>
  )
}
