import { useStore } from '../ground/context.ts'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'

/** Asks before something that cannot be undone. `store.ask` opens it. */
export function QuestionSheet() {
  const question = useStore().question.value
  if (!question) return null
  return (
    <Sheet title={question.title} onClose={() => question.answer(false)}>
      <p>{question.text}</p>
      <div class="actions">
        <button type="button" class="quiet" autofocus onClick={() => question.answer(false)}>
          {say('act.cancel')}
        </button>
        <button type="button" class="primary danger" onClick={() => question.answer(true)}>
          {question.action}
        </button>
      </div>
    </Sheet>
  )
}
