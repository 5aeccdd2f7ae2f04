import { useStore } from '../ground/context.ts'
import { reportsKey } from '../ground/powers.ts'
import { adminAddress, reportsAddress, settingsAddress } from '../ground/route.ts'
import { type Choice, Menu } from '../kit/menu.tsx'
import { say } from '../language/say.ts'
import { Face } from '../people/face.tsx'
import { StatusSign } from '../people/status-sign.tsx'
import { signOut } from '../sign-in/sign-out.ts'

/** Your name at the bottom of the sidebar, and the menu of your account. */
export function AccountMenu() {
  const store = useStore()
  const { me } = store.state.value
  const choices = (): Choice[] => [
    {
      name: say('status.set'),
      icon: 'smile',
      run: () => {
        store.overlay.value = 'status'
      },
    },
    { name: say('settings.title'), icon: 'settings', run: () => store.go(settingsAddress('profile')) },
    ...(reportsKey(store.state.value)
      ? [{ name: say('reports.title'), icon: 'flag', run: () => store.go(reportsAddress) } as const]
      : []),
    ...(me?.roles.includes('admin')
      ? [{ name: say('admin.title'), icon: 'shield', run: () => store.go(adminAddress('users')) } as const]
      : []),
    {
      name: say('keys.title'),
      icon: 'keyboard',
      run: () => {
        store.overlay.value = 'shortcuts'
      },
    },
    { name: say('signIn.signOut'), icon: 'leave', run: () => signOut(store) },
  ]
  return (
    <footer>
      {me && <Face {...me} />}
      <p class="self">
        <strong dir="auto">
          {me?.display_name} <StatusSign status={me?.custom_status} />
        </strong>
        <span dir="ltr">@{me?.username}</span>
      </p>
      <Menu label={say('self.menu')} choices={choices} />
    </footer>
  )
}
