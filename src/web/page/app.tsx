import { StoreContext } from '../ground/context.ts'
import type { Store } from '../ground/store.ts'
import { SignIn } from '../sign-in/sign-in.tsx'
import { Chat } from './chat.tsx'
import { OneTimeLinkView } from './later.tsx'
import { QuestionSheet } from './question-sheet.tsx'
import { Toast } from './toast.tsx'
import { Waiting } from './waiting.tsx'

export function App({ store }: { store: Store }) {
  const stage = store.stage.value
  const link = store.signIn.link.value
  return (
    <StoreContext.Provider value={store}>
      {link && <OneTimeLinkView key={link.token} link={link} />}
      {!link && stage === 'asking' && <Waiting status={store.state.value.status} />}
      {!link && stage === 'sign-in' && <SignIn />}
      {!link && stage === 'rooms' && <Chat />}
      <QuestionSheet />
      <Toast text={store.toast.value} onClose={() => (store.toast.value = undefined)} />
    </StoreContext.Provider>
  )
}
