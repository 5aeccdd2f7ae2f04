import { Picture } from '../kit/picture.tsx'
import { language } from '../language/language.ts'
import { hueOf } from './hue.ts'

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** A title of names has the marks that keep their directions apart. */
const invisible = /^[\p{Cf}\p{Z}]+/u

type Props = { username: string; display_name: string; avatar?: string | undefined; large?: boolean }

/** A person as their picture, or the first letter of their name. Next to a text that names them. */
export function Face({ username, display_name: name, avatar, large }: Props) {
  const [first] = letters.segment(name.replace(invisible, ''))
  // The letter is drawn by the style sheet: it is no text of the page.
  return (
    <span
      class={`face ${hueOf(username)} ${large ? 'large' : ''}`}
      aria-hidden="true"
      title={name}
      data-letter={first?.segment.toLocaleUpperCase() ?? ''}
    >
      <Picture address={avatar} />
    </span>
  )
}

/** A direct room of more than two, as the number of the others in it. Their names are next to it. */
export const GroupFace = ({ others }: { others: number }) => (
  <span class="face" aria-hidden="true" data-letter={others.toLocaleString(language.value)} />
)
