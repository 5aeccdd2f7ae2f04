import { useStore } from '../ground/context.ts'
import { type Choice, Menu } from '../kit/menu.tsx'
import { say } from '../language/say.ts'

/** How the list is sorted, and a new section of your own. */
export function ListMenu() {
  const store = useStore()
  const choices = (): Choice[] => {
    const order = store.state.value.arrangement?.order ?? 'title'
    return [
      {
        name: say('arrange.byTitle'),
        checked: order === 'title',
        run: () => store.rooms.sortBy('title'),
      },
      {
        name: say('arrange.byActivity'),
        checked: order === 'activity',
        run: () => store.rooms.sortBy('activity'),
      },
      {
        name: say('arrange.new'),
        run: () => {
          store.rooms.sheet.value = { section: { name: '' } }
        },
      },
    ]
  }
  return <Menu label={say('arrange.title')} choices={choices} />
}

type Props = {
  section: { id: string; name: string; rows: readonly unknown[] }
  isFirst: boolean
  isLast: boolean
}

/** The menu of a section of your own. */
export function SectionMenu({ section: { id, name, rows }, isFirst, isLast }: Props) {
  const store = useStore()
  const remove = async () => {
    const question = {
      title: say('arrange.deleteTitle', { name }),
      text: say('arrange.deleteText'),
      action: say('arrange.delete'),
    }
    if (rows.length === 0 || (await store.ask(question))) store.rooms.deleteSection(id)
  }
  const choices = (): Choice[] => [
    {
      name: say('arrange.rename'),
      icon: 'edit',
      run: () => {
        store.rooms.sheet.value = { section: { id, name } }
      },
    },
    ...(isFirst
      ? []
      : [{ name: say('arrange.up'), icon: 'send', run: () => store.rooms.moveSection(id, -1) } as const]),
    ...(isLast
      ? []
      : [{ name: say('arrange.down'), icon: 'down', run: () => store.rooms.moveSection(id, 1) } as const]),
    { name: say('arrange.delete'), icon: 'bin', danger: true, run: () => void remove() },
  ]
  return <Menu label={say('arrange.section', { name })} choices={choices} />
}
