import { signal } from '@preact/signals'

/** Something that cannot be undone, asked once more. */
export type Question = {
  title: string
  text: string
  /** What the button says: the act itself, never "OK". */
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
