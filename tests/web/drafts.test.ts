import { expect, test } from 'bun:test'
import { createDrafts } from '../../src/web/talk/drafts.ts'

/** Two tabs of a browser: the other one sees what one of them stores. */
function browser() {
  const kept = new Map<string, string>()
  const tabs: ((event: { key: string; newValue: string | null }) => void)[] = []
  const tab = () => {
    let own: (typeof tabs)[number] | undefined
    const tell = (key: string, newValue: string | null) => {
      for (const hear of tabs) if (hear !== own) hear({ key, newValue })
    }
    const localStorage = {
      get length() {
        return kept.size
      },
      key: (index: number) => [...kept.keys()][index] ?? null,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem(key: string, value: string) {
        kept.set(key, value)
        tell(key, value)
      },
      removeItem(key: string) {
        if (kept.delete(key)) tell(key, null)
      },
    }
    const addEventListener = (_: string, hear: (typeof tabs)[number]) => {
      own = hear
      tabs.push(hear)
    }
    return createDrafts({ localStorage, addEventListener } as unknown as Window)
  }
  return { tab, kept }
}

test('a draft is there after a reload, and in the other tab at once', () => {
  const { tab } = browser()
  const [one, other] = [tab(), tab()]
  one.open('ben')
  other.open('ben')
  one.write('general', 'Half a')
  expect(other.drafts.value.get('general')).toBe('Half a')
  other.write('general', '')
  expect(one.drafts.value.has('general')).toBe(false)
  one.write('quay', 'Kept')
  const reloaded = tab()
  reloaded.open('ben')
  expect([...reloaded.drafts.value]).toEqual([['quay', 'Kept']])
})

test('another user of the same browser sees no drafts, even if their names begin alike', () => {
  const { tab } = browser()
  const one = tab()
  one.open('ben')
  one.write('general', 'Only mine')
  one.close()
  expect(one.drafts.value.size).toBe(0)
  for (const username of ['ben.c', 'be', 'cleo']) {
    one.open(username)
    expect(one.drafts.value.size).toBe(0)
  }
})

test('signing out deletes your drafts, and none of others', () => {
  const { tab, kept } = browser()
  const one = tab()
  one.open('ben.c')
  one.write('general', 'Stays')
  one.close()
  one.open('ben')
  one.write('general', 'Goes')
  one.erase()
  expect([...kept.values()]).toEqual(['Stays'])
})

test('rooms with a draft are listed, and the same rooms are the same set', () => {
  const one = browser().tab()
  one.open('ben')
  one.write('general', 'a')
  const drafted = one.drafted.value
  one.write('general', 'ab')
  one.write('quay', '  ')
  expect(one.drafted.value).toBe(drafted)
  expect([...drafted]).toEqual(['general'])
})

test('a browser that forbids storage still has drafts while the page is open', () => {
  const one = createDrafts({
    get localStorage(): Storage {
      throw new Error('forbidden')
    },
    addEventListener() {},
  })
  one.open('ben')
  one.write('general', 'Here')
  expect(one.drafts.value.get('general')).toBe('Here')
  one.erase()
})
