import type { File } from '../../protocol/files.ts'
import { say } from '../language/say.ts'
import { FileCard } from './card.tsx'
import { Clip } from './clip.tsx'
import { isPicture, kindOf } from './kinds.ts'
import { Photo } from './photo.tsx'

type Props = { files: readonly File[]; tab: 0 | -1; onOpen: (file: File) => void }

/** What a message has apart from its text: pictures first, then what is played, then everything else. */
export function MessageFiles({ files, tab, onOpen }: Props) {
  const pictures = files.filter(isPicture)
  const others = files.filter((file) => !isPicture(file))
  const columns = pictures.length === 2 || pictures.length === 4 ? 2 : 3
  return (
    <div class="files">
      {pictures.length === 1 && <Photo file={pictures[0]!} tab={tab} onOpen={() => onOpen(pictures[0]!)} />}
      {pictures.length > 1 && (
        <ul class={`photos by-${columns}`} aria-label={say('files.pictures', { n: pictures.length })}>
          {pictures.map((file) => (
            <li key={file.id}>
              <Photo file={file} square={480 / columns} tab={tab} onOpen={() => onOpen(file)} />
            </li>
          ))}
        </ul>
      )}
      {others.map((file) => {
        const kind = kindOf(file)
        if (kind === 'video' || kind === 'sound')
          return <Clip key={file.id} file={file} of={kind} tab={tab} />
        return <FileCard key={file.id} file={file} tab={tab} />
      })}
    </div>
  )
}
