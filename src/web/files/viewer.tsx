import { useEffect, useRef, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { useDialog } from '../kit/use-dialog.ts'
import { clockOf, momentOf } from '../language/dates.ts'
import { rightToLeft } from '../language/language.ts'
import { say } from '../language/say.ts'
import { addressOfFile, addressOfPreview, mayMove } from './kinds.ts'
import { useZoom } from './use-zoom.ts'
import type { Viewable } from './viewable.ts'

const largestPreview = 1440
/** So far a preview is sharp enough. */
const sharpUpTo = 1.4
const stepPx = 60

type Props = {
  pictures: readonly Viewable[]
  /** The id of the picture with which it opens. */
  first: string
  onClose: () => void
}

/** Looks through pictures, as large as the window. What is deleted meanwhile goes from it at once. */
export function Viewer({ pictures, first, onClose }: Props) {
  const store = useStore()
  const dialog = useDialog(onClose)
  const [id, setId] = useState(first)
  const place = useRef(0)
  const picture = useRef<HTMLImageElement>(null)
  const pressed = useRef<EventTarget | null>(null)
  const found = pictures.findIndex(({ file }) => file.id === id)
  const index = found >= 0 ? found : Math.min(place.current, pictures.length - 1)
  const shown = pictures[index]

  const go = (to: number) => {
    const next = pictures[Math.min(pictures.length - 1, Math.max(0, to))]
    if (next) setId(next.file.id)
  }
  const zoom = useZoom(picture, shown?.file.id ?? '', {
    // A swipe to the left shows what is on the right.
    onSwipe: (by) => go(index + (rightToLeft.value ? -by : by)),
    onClose,
  })

  useEffect(() => {
    if (found >= 0) place.current = found
    else {
      store.toast.value = say('files.gone')
      if (shown) setId(shown.file.id)
      else onClose()
    }
  }, [found, shown, onClose])
  useEffect(() => {
    for (const near of [pictures[index + 1], pictures[index - 1]])
      if (near) new Image().src = sourceOf(near, 1)
  }, [id])

  if (!shown) return null
  const { file, message } = shown
  const ahead = rightToLeft.value ? -1 : 1
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const moves: { [key: string]: [number, number] } = {
      ArrowRight: [-stepPx, 0],
      ArrowLeft: [stepPx, 0],
      ArrowDown: [0, -stepPx],
      ArrowUp: [0, stepPx],
    }
    const steps: { [key: string]: number } = {
      ArrowRight: index + ahead,
      ArrowLeft: index - ahead,
      PageDown: index + 1,
      PageUp: index - 1,
      Home: 0,
      End: pictures.length - 1,
    }
    const move = zoom.scale > 1 ? moves[event.key] : undefined
    const step = steps[event.key]
    if (move) zoom.moveBy(...move)
    else if (step !== undefined) go(step)
    else if (event.key === '+' || event.key === '=') zoom.zoomIn()
    else if (event.key === '-') zoom.zoomOut()
    else if (event.key === '0') zoom.whole()
    else return
    event.preventDefault()
  }
  const { width, height, name, alt } = file
  const count = pictures.length
  return (
    <dialog {...dialog} class="viewer" aria-label={say('viewer.title')} onKeyDown={press}>
      <header>
        <p>
          <strong dir="auto">{message.author.display_name}</strong>
          <a
            href={addressOf(message.room, message.seq)}
            title={momentOf(message.created_at)}
            onClick={onClose}
          >
            <span class="unseen">{say('viewer.go')}, </span>
            {clockOf(message.created_at)}
          </a>
        </p>
        {count > 1 && (
          <p class="count" role="status">
            {say('viewer.of', { n: index + 1, count })}
          </p>
        )}
        <button
          type="button"
          class="icon"
          aria-label={say('viewer.out')}
          title={say('viewer.out')}
          aria-disabled={zoom.scale === 1}
          onClick={zoom.zoomOut}
        >
          <Icon of="less" />
        </button>
        <button
          type="button"
          class="icon"
          aria-label={say('viewer.in')}
          title={say('viewer.in')}
          onClick={zoom.zoomIn}
        >
          <Icon of="add" />
        </button>
        <a
          class="icon"
          href={addressOfFile(file.id)}
          download={name}
          aria-label={say('files.saveOne', { name })}
          title={say('files.save')}
        >
          <Icon of="save" />
        </a>
        <button
          type="button"
          class="icon"
          aria-label={say('act.close')}
          title={say('act.close')}
          onClick={onClose}
        >
          <Icon of="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the dialog hears the keys, and Escape closes it */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for fingers and the mouse, what the keys and buttons do too */}
      <div
        class={zoom.scale > 1 ? 'stage close' : 'stage'}
        {...zoom.handlers}
        onPointerDownCapture={(event) => {
          pressed.current = event.target
        }}
        // Next to the picture. After a drag the browser sends a click too.
        onClick={({ currentTarget }) => pressed.current === currentTarget && !zoom.moved() && onClose()}
      >
        <img
          key={file.id}
          ref={picture}
          src={sourceOf(shown, zoom.scale)}
          width={width}
          height={height}
          alt={alt ?? say('files.picture', { name })}
          draggable={false}
        />
      </div>
      {count > 1 && (
        <>
          <Step to="back" name={say('viewer.before')} off={index === 0} onClick={() => go(index - 1)} />
          <Step to="on" name={say('viewer.next')} off={index === count - 1} onClick={() => go(index + 1)} />
        </>
      )}
      <p class="caption" dir="auto">
        {alt ?? name}
      </p>
    </dialog>
  )
}

type StepProps = { to: 'back' | 'on'; name: string; off: boolean; onClick: () => void }

const Step = ({ to, name, off, onClick }: StepProps) => (
  <button
    type="button"
    class={`icon step ${to}`}
    aria-label={name}
    title={name}
    aria-disabled={off}
    onClick={onClick}
  >
    <Icon of={to} />
  </button>
)

/** Its preview; the picture itself where that is not sharp enough, or where it moves. */
function sourceOf({ file }: Viewable, scale: number): string {
  const isSmall = Math.max(file.width, file.height) <= largestPreview
  return isSmall || mayMove(file) || scale > sharpUpTo
    ? addressOfFile(file.id)
    : addressOfPreview(file.id, largestPreview)
}
