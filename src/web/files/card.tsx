import type { File } from '../../protocol/files.ts'
import { Icon } from '../kit/icon.tsx'
import { sizeOf } from '../language/amounts.ts'
import { say } from '../language/say.ts'
import { addressOfFile, typeName } from './kinds.ts'

type Props = { file: File; tab?: 0 | -1 }

/** A file that is not shown in the talk: what it is, how large, and a click saves it. It never opens in the page. */
export function FileCard({ file, tab = 0 }: Props) {
  const { id, name, type, bytes } = file
  return (
    <a class="file-card" href={addressOfFile(id)} download={name} tabIndex={tab}>
      <span class="file-sign" aria-hidden="true">
        {typeName(type)}
      </span>
      <span class="file-about">
        <span class="unseen">{say('files.save')} </span>
        <bdi class="file-name" title={name}>
          {name}
        </bdi>
        <span class="hint">
          <span class="unseen">{typeName(type)}, </span>
          {sizeOf(bytes)}
        </span>
      </span>
      <Icon of="save" />
    </a>
  )
}
