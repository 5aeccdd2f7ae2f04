import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import { Tokens } from './token-list.tsx'

export function TokenSettings() {
  const { me } = useStore().state.value
  return (
    <>
      <p>{say('tokens.text')}</p>
      <Tokens owner="me" admin={me?.roles.includes('admin') ?? false} />
    </>
  )
}
