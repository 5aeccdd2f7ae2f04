import { useEffect, useRef, useState } from 'preact/hooks'
import { useUntil } from '../ground/use-until.ts'
import { clockOf } from '../language/dates.ts'
import { say } from '../language/say.ts'

const spans = { tenMinutes: 10, hour: 60, day: 24 * 60 } as const

type Props = {
  /** The end of the present silence. */
  until: string | undefined
  /** Without `minutes` the silence ends. */
  onSilence: (minutes?: number) => void
}

/** Silences a member for a time, or ends the silence. */
export function Silence({ until, onSilence }: Props) {
  const silenced = useUntil(until)
  const [lifted, setLifted] = useState(false)
  const options = useRef<HTMLDivElement>(null)
  const was = useRef(silenced)
  useEffect(() => {
    if (was.current === silenced) return
    setLifted(silenced === undefined)
    was.current = silenced
    // The pressed button was removed.
    if (document.activeElement === document.body) options.current?.querySelector('button')?.focus()
  }, [silenced])

  return (
    <fieldset class="choice silence">
      <legend class={silenced ? 'unseen' : ''}>{say('member.silence')}</legend>
      <p role="status">
        {silenced
          ? say('member.silenced', { at: clockOf(silenced) })
          : lifted
            ? say('member.unsilenced')
            : undefined}
      </p>
      <div class="options" ref={options}>
        {silenced ? (
          <button type="button" class="quiet" onClick={() => onSilence()}>
            {say('member.unsilence')}
          </button>
        ) : (
          (Object.keys(spans) as (keyof typeof spans)[]).map((each) => (
            <button key={each} type="button" class="quiet" onClick={() => onSilence(spans[each])}>
              {say(`member.${each}`)}
            </button>
          ))
        )}
      </div>
    </fieldset>
  )
}
