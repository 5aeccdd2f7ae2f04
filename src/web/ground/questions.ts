import { signal } from '@preact/signals'

/** A confirmation of something that cannot be undone. */
export type Question = {
  title: string
  text: string
  /** The text of the button: the action itself, never "OK". */
  action: string
  answer: (yes: boolean) => void
}

export function createQuestions() {
  const question = signal<Question>()
  const ask = (asked: Omit<Question, 'answer'>): Promise<boolean> =>
    new Promise((resolve) => {
      question.value = {
        ...asked,
        answer(yes) {
          question.value = undefined
          resolve(yes)
        },
      }
    })
  return { question, ask }
}
