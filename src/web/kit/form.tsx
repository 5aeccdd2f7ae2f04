import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type ErrorText, errorText, type Sentences } from '../language/error-text.ts'
import { fieldErrorsIn } from '../language/field-errors.ts'
import { say } from '../language/say.ts'
import { useTyped } from './typed.ts'

type Props = {
  /** The text of its button. */
  action: string
  danger?: boolean
  /** Shown after success when the form stays open. */
  done?: string
  /** Sentences for refusals that are more precise here than in general. */
  refusals?: Sentences
  /** Keeps what you typed under this name while the page is open, until it is sent. */
  keepAs?: string
  /** Adds the button "Cancel", which forgets what you typed. */
  onCancel?: () => void
  /** `false`: you have changed your mind, and nothing was sent. */
  onSubmit: (fields: FormData, form: HTMLFormElement) => Promise<unknown>
  /** Returns the fields; `wrong` has a sentence for each invalid field. */
  children: (wrong: ErrorText['fields']) => ComponentChildren
}

/** Submits one request at a time, shows each error at its field, and keeps what you typed. */
export function Form({ action, danger, done, refusals = {}, keepAs, onCancel, onSubmit, children }: Props) {
  const self = useRef<HTMLFormElement>(null)
  const [failed, setFailed] = useState<ErrorText>()
  const [stage, setStage] = useState<'idle' | 'busy' | 'done'>('idle')
  useEffect(() => {
    if (failed) self.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [failed])

  const typed = useTyped(self, keepAs)
  const typedMeanwhile = useRef(false)

  const submit = async (form: HTMLFormElement) => {
    if (stage === 'busy') return
    const fields = fieldErrorsIn(form)
    if (Object.keys(fields).length > 0) return setFailed({ fields })
    setStage('busy')
    typedMeanwhile.current = false
    setFailed(undefined)
    try {
      if ((await onSubmit(new FormData(form), form)) === false) return setStage('idle')
      // What was typed meanwhile into a form that stays open is not saved yet.
      const unsaved = done !== undefined && typedMeanwhile.current
      if (!unsaved) typed.forget()
      setStage(unsaved ? 'idle' : 'done')
    } catch (error) {
      setFailed(shownIn(form, errorText(error, refusals)))
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
      onInput={() => {
        typed.keep()
        typedMeanwhile.current = true
        if (stage === 'done') setStage('idle')
      }}
    >
      {failed?.message && (
        <p class="notice bad" role="alert" dir="auto">
          {failed.message}
        </p>
      )}
      {children(failed?.fields ?? {})}
      <div class="actions">
        <span class="hint" role="status">
          {stage === 'done' && done}
        </span>
        {onCancel && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              typed.forget()
              onCancel()
            }}
          >
            {say('act.cancel')}
          </button>
        )}
        <button type="submit" class={danger ? 'primary danger' : 'primary'} aria-disabled={stage === 'busy'}>
          {stage === 'busy' ? say('app.moment') : action}
        </button>
      </div>
    </form>
  )
}

/** The error of a field that this form does not have is shown above the form. */
function shownIn(form: HTMLFormElement, { message, fields }: ErrorText): ErrorText {
  const others = Object.entries(fields).filter(([name]) => form.elements.namedItem(name) === null)
  const shown = [message, ...others.map(([, sentence]) => sentence)].filter(Boolean).join(' ')
  return { ...(shown ? { message: shown } : {}), fields }
}
