import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { say } from '../language/say.ts'
import { useElsewhere } from './use-elsewhere.ts'

const shownAs = (words: readonly string[] = []): string => words.join(', ')

/** Words of your own that count as a mention of you. */
export function KeywordsForm() {
  const { state, mentions } = useStore()
  const words = shownAs(state.value.keywords)
  const { key, save } = useElsewhere(words)
  const set = (fields: FormData) =>
    save(async () => {
      const written = String(fields.get('keywords')).split(/[,，、،\n]/)
      return shownAs(await mentions.setKeywords(written.map((each) => each.trim()).filter(Boolean)))
    })
  return (
    <Form key={key} action={say('act.save')} done={say('act.saved')} onSubmit={set}>
      {(wrong) => (
        <Field
          name="keywords"
          label={say('keywords.label')}
          hint={say('keywords.hint')}
          value={words}
          wrong={wrong.keywords}
          autocapitalize="none"
        />
      )}
    </Form>
  )
}
