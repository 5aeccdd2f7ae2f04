import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Fault } from '../language/fault.ts'
import { lapsesIn } from '../language/lapses.ts'
import { say } from '../language/say.ts'
import { type Sentences, told } from '../language/told.ts'

type Props = {
  /** What its button says. */
  action: string
  danger?: boolean
  /** Said when it has gone well and the form stays. */
  done?: string
  /** What a refusal means here, where the code alone does not say it. */
  refusals?: Sentences
  /** A second button before the first, such as "Cancel". */
  beside?: ComponentChildren
  onSubmit: (fields: FormData, form: HTMLFormElement) => Promise<unknown>
  /** Draws the fields; `wrong` has a sentence for each that is at fault. */
  children: (wrong: Fault['fields']) => ComponentChildren
}

/** Sends once at a time, says what was wrong where it was wrong, and keeps what was written. */
export function Form({ action, danger, done, refusals = {}, beside, onSubmit, children }: Props) {
  const self = useRef<HTMLFormElement>(null)
  const [fault, setFault] = useState<Fault>()
  const [stage, setStage] = useState<'idle' | 'busy' | 'done'>('idle')
  useEffect(() => {
    if (fault) self.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [fault])

  const submit = async (form: HTMLFormElement) => {
    if (stage === 'busy') return
    const fields = lapsesIn(form)
    if (Object.keys(fields).length > 0) return setFault({ fields })
    setStage('busy')
    setFault(undefined)
    try {
      await onSubmit(new FormData(form), form)
      setStage('done')
    } catch (error) {
      setFault(shownIn(form, told(error, refusals)))
      setStage('idle')
    }
  }

  return (
    <form
      ref={self}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit(event.currentTarget)
      }}
      onInput={() => stage === 'done' && setStage('idle')}
    >
      {fault?.message && (
        <p class="notice bad" role="alert" dir="auto">
          {fault.message}
        </p>
      )}
      {children(fault?.fields ?? {})}
      <div class="actions">
        <span class="hint" role="status">
          {stage === 'done' && done}
        </span>
        {beside}
        <button type="submit" class={danger ? 'primary danger' : 'primary'} aria-disabled={stage === 'busy'}>
          {stage === 'busy' ? say('app.moment') : action}
        </button>
      </div>
    </form>
  )
}

/** A fault of a field that this form does not have is told for the whole of it, rather than not at all. */
function shownIn(form: HTMLFormElement, { message, fields }: Fault): Fault {
  const astray = Object.entries(fields).filter(([name]) => form.elements.namedItem(name) === null)
  const whole = [message, ...astray.map(([, sentence]) => sentence)].filter(Boolean).join(' ')
  return { ...(whole ? { message: whole } : {}), fields }
}
