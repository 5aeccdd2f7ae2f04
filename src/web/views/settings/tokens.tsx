import { Tokens } from '../../components/tokens.tsx'
import { useStore } from '../../context.ts'
import { say } from '../../say.ts'

export function TokenSettings() {
  const { me } = useStore().state.value
  return (
    <>
      <p>{say('tokens.text')}</p>
      <Tokens owner="me" admin={me?.roles.includes('admin') ?? false} />
    </>
  )
}
