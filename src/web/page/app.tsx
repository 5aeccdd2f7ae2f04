import { StoreContext } from '../ground/context.ts'
import type { Store } from '../ground/store.ts'
import { Door } from '../sign-in/sign-in.tsx'
import { Chat } from './chat.tsx'
import { QuestionSheet } from './question-sheet.tsx'
import { Toast } from './toast.tsx'
import { Waiting } from './waiting.tsx'

export function App({ store }: { store: Store }) {
  const place = store.place.value
  return (
    <StoreContext.Provider value={store}>
      {place === 'asking' && <Waiting status={store.state.value.status} />}
      {place === 'door' && <Door />}
      {place === 'in' && <Chat />}
      <QuestionSheet />
      <Toast text={store.trouble.value} onClose={() => (store.trouble.value = undefined)} />
    </StoreContext.Provider>
  )
}
