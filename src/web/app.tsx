import { QuestionSheet } from './components/question.tsx'
import { Toast } from './components/toast.tsx'
import { Waiting } from './components/waiting.tsx'
import { StoreContext } from './context.ts'
import type { Store } from './store.ts'
import { Chat } from './views/chat.tsx'
import { Door } from './views/door.tsx'

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
