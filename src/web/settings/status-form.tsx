import { useRef, useState } from 'preact/hooks'
import type { CustomStatus } from '../../protocol/profile.ts'
import { useStore } from '../ground/context.ts'
import { useUntil } from '../ground/use-until.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Select } from '../kit/select.tsx'
import { clockOf } from '../language/dates.ts'
import { language } from '../language/language.ts'
import { say } from '../language/say.ts'
import { EmojiButton } from './emoji-button.tsx'
import { type End, ends, firstDayIn } from './status-ends.ts'
import { useElsewhere } from './use-elsewhere.ts'

/** What is offered to begin with: an emoji, its text, and when it ends. */
const offers = [
  ['🗓️', 'meeting', 'hour'],
  ['🥪', 'lunch', 'hour'],
  ['🚌', 'way', 'halfHour'],
  ['🤒', 'sick', 'today'],
  ['🌴', 'holiday', 'week'],
] as const

const shownAs = ({ emoji, text, until }: CustomStatus = {}): string => [emoji, text, until].join(' ')

/** What you are doing, for others, and until when. */
export function StatusForm({ onDone }: { onDone?: () => void }) {
  const { state, account } = useStore()
  const status = state.value.me?.custom_status
  const until = useUntil(status?.until)
  const lasting = status?.until === until ? status : undefined
  const { key, save } = useElsewhere(shownAs(lasting))
  const set = async (custom_status: CustomStatus) => {
    await save(async () => {
      await account.changeProfile({ custom_status })
      return shownAs(custom_status)
    })
    onDone?.()
  }
  return <Status key={key} status={lasting} onSave={set} inSheet={onDone !== undefined} />
}

type Props = {
  status: CustomStatus | undefined
  onSave: (status: CustomStatus) => Promise<void>
  inSheet: boolean
}
type Draft = { emoji: string; text: string; end: End | 'same' }

function Status({ status, onSave, inSheet }: Props) {
  const [{ emoji, text, end, drawn }, setDraft] = useState<Draft & { drawn: number }>({
    ...{ emoji: status?.emoji ?? '', text: status?.text ?? '', drawn: 0 },
    end: status?.until ? 'same' : 'never',
  })
  /** What is typed goes: its fields are drawn again. */
  const replace = (draft: Draft) => setDraft({ ...draft, drawn: drawn + 1 })
  // By the form, which says it when that fails.
  const clearing = useRef(false)
  const save = async (fields: FormData) => {
    if (clearing.current) {
      clearing.current = false
      await onSave({})
      return replace({ emoji: '', text: '', end: 'never' })
    }
    const words = String(fields.get('text')).trim()
    const picked = String(fields.get('end')) as Draft['end']
    const until =
      picked === 'same' ? status?.until : ends[picked](new Date(), firstDayIn(language.value))?.toISOString()
    const sign = emoji || (words ? '💬' : '')
    await onSave({
      ...(sign ? { emoji: sign } : {}),
      ...(words ? { text: words } : {}),
      ...(until ? { until } : {}),
    })
  }
  return (
    <Form action={say('status.set')} done={say('act.saved')} onSubmit={save}>
      {(wrong) => (
        <>
          <div class="status-line">
            <EmojiButton
              emoji={emoji}
              onPick={(picked) => setDraft((before) => ({ ...before, emoji: picked }))}
            />
            <Field
              key={drawn}
              name="text"
              label={say('status.text')}
              value={text}
              wrong={wrong.text}
              maxlength={100}
              autocomplete="off"
              autofocus={inSheet}
            />
          </div>
          <div class="options">
            {offers.map(([sign, name, till]) => (
              <button
                key={name}
                type="button"
                class="quiet"
                onClick={() => replace({ emoji: sign, text: say(`status.${name}`), end: till })}
              >
                {sign} {say(`status.${name}`)}
              </button>
            ))}
          </div>
          <Select<Draft['end']>
            key={`end ${drawn}`}
            name="end"
            label={say('status.ends')}
            value={end}
            options={[
              ...(status?.until
                ? ([['same', say('status.at', { at: clockOf(status.until) })]] as const)
                : []),
              ...(Object.keys(ends) as End[]).map((each) => [each, say(`status.${each}`)] as const),
            ]}
          />
          {status && (
            <button
              type="button"
              class="link"
              onClick={(event) => {
                clearing.current = true
                event.currentTarget.form?.requestSubmit()
              }}
            >
              {say('status.clear')}
            </button>
          )}
        </>
      )}
    </Form>
  )
}
