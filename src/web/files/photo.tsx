import { useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import { addressOfPreview, fitted, mayMove, type Picture, previewsOf } from './kinds.ts'

/** The largest that a picture gets in the talk, in CSS pixels. */
const box = { width: 480, height: 360 }
/** For a smaller square the smallest preview is sharp enough on every screen, so that thirty of them load quickly. */
const smallSquare = 160

type Props = {
  file: Picture
  /** The side of its square, in CSS pixels, where it is one of several. */
  square?: number
  tab: 0 | -1
  onOpen: () => void
}

/** A picture in the talk. Its place is kept before it is there, so that nothing jumps. */
export function Photo({ file, square, tab, onOpen }: Props) {
  const { files } = useStore()
  const [stage, setStage] = useState<'loading' | 'again' | 'there' | 'lost'>('loading')
  const { width, height } = fitted(file, box)
  // A square shows the middle of it: the preview has to be wider than the square.
  const shownPx = square === undefined ? width : Math.ceil(square * Math.max(1, file.width / file.height))
  const isSmall = square !== undefined && square <= smallSquare
  const failed = () => {
    if (stage !== 'loading') return setStage('lost')
    // The session may have ended while the computer slept.
    files.renewSession().then(
      () => setStage('again'),
      () => setStage('lost'),
    )
  }
  const alt = file.alt ?? say('files.picture', { name: file.name })
  return (
    <button
      type="button"
      class={square === undefined ? 'photo' : 'photo square'}
      tabIndex={tab}
      onClick={onOpen}
    >
      {file.placeholder && stage !== 'there' && <img class="soon" src={file.placeholder} alt="" />}
      {stage === 'lost' ? (
        <span class="lost">{say('files.lost', { name: file.name })}</span>
      ) : (
        <img
          key={stage === 'again' ? 'again' : 'once'}
          src={addressOfPreview(file.id, isSmall ? 0 : shownPx)}
          {...(!isSmall && { srcset: previewsOf(file), sizes: `min(${shownPx}px, 100vw)` })}
          width={width}
          height={height}
          alt={alt}
          loading="lazy"
          decoding="async"
          draggable={false}
          onLoad={() => setStage('there')}
          onError={failed}
        />
      )}
      {mayMove(file) && file.type !== 'image/webp' && <span class="moves">GIF</span>}
    </button>
  )
}
