// Longer than 300 lines: the acts build on each other in one room, and a server and a browser of their own for each would take minutes.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { problems } from './axe.ts'
import { type Actor, backToList, composer, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const hostile = `<img src=x onerror="document.title='owned'"> & <b>co</b>`

describe.skipIf(!browserIsThere())('writing, at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  /** On a phone; the room is his. */
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(
      await phone(browser),
      server.url,
      { username: 'ben', display_name: 'Ben Okafor' },
      faults,
    )
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: hostile }, faults)
    await ben.api('POST', '/rooms', { id: 'quay', title: 'Quay' })
    await cleo.api('PUT', '/rooms/quay/members/me')
    for (const actor of [ben, cleo]) {
      await go(actor, '#room=quay')
      await composer(actor).waitFor()
    }
    await cleo.page.getByText('2 online').waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const line = ({ page }: Actor, text: string) =>
    page
      .locator('.message:not(.sending)')
      .filter({ has: page.locator('.words', { hasText: text }) })
      .last()
  const written = (actor: Actor) => composer(actor).inputValue()
  const send = ({ page }: Actor) => page.getByRole('button', { name: 'Send', exact: true })
  const list = ({ page }: Actor, name: string) => page.getByRole('listbox', { name })
  const say = async (actor: Actor, text: string) => {
    await composer(actor).fill(text)
    await composer(actor).press('Control+Enter')
  }
  /** Somebody is silenced while their words are on the way. */
  const refused = async (actor: Actor, text: string) => {
    const until = new Date(Date.now() + 60_000).toISOString()
    await actor.page.context().setOffline(true)
    await say(actor, text)
    await ben.api('PUT', `/rooms/quay/members/${actor.username}/silence`, { until })
    await actor.page.context().setOffline(false)
    const failed = actor.page.locator('.message.failed', { hasText: text })
    await failed.waitFor()
    return failed
  }
  const speak = async ({ page }: Actor, language: string) => {
    await page.evaluate((chosen) => localStorage.setItem('parley.language', chosen), language)
    await page.reload()
  }
  const edited = async ({ api }: Actor, seq: string) =>
    (await api('GET', `/rooms/quay/messages/${seq}`)).content

  test('at a desk Enter sends and Shift-Enter makes a line; on a phone Enter makes the line and the button sends', async () => {
    await composer(cleo).pressSequentially('One')
    await composer(cleo).press('Shift+Enter')
    await composer(cleo).pressSequentially('two')
    await composer(cleo).press('Enter')
    expect(await written(cleo)).toBe('')
    await line(ben, 'One').waitFor()
    expect(await line(ben, 'One').locator('.words').innerText()).toBe('One\ntwo')

    await composer(ben).pressSequentially('Three')
    await composer(ben).press('Enter')
    await composer(ben).pressSequentially('four')
    expect(await written(ben)).toBe('Three\nfour')
    await send(ben).tap()
    await line(cleo, 'Three').waitFor()
    // The keyboard on the glass stays open for the next.
    expect(await composer(ben).evaluate((box) => box === document.activeElement)).toBe(true)
  })

  test('while an input method composes a character, Enter is its own', async () => {
    await composer(cleo).fill('nihon')
    await composer(cleo).evaluate((box) => {
      for (const keyCode of [13, 229])
        box.dispatchEvent(
          new KeyboardEvent('keydown', {
            key: 'Enter',
            bubbles: true,
            cancelable: true,
            isComposing: keyCode === 13,
            keyCode,
          }),
        )
    })
    expect(await written(cleo)).toBe('nihon')
    await composer(cleo).fill('')
  })

  test('a name is completed by the keyboard, found by any of its words, and taken back by the browser’s undo', async () => {
    await composer(cleo).pressSequentially('Ahoy @oka')
    await list(cleo, 'People to mention').waitFor()
    expect(await composer(cleo).getAttribute('aria-activedescendant')).toBeTruthy()
    await composer(cleo).press('Enter')
    expect(await written(cleo)).toBe('Ahoy @ben ')
    await composer(cleo).press('Control+z')
    expect(await written(cleo)).toBe('Ahoy @oka')
    await composer(cleo).press('Control+Shift+z')
    expect(await written(cleo)).toBe('Ahoy @ben ')
    await composer(cleo).press('Backspace')
    await list(cleo, 'People to mention').waitFor()
    await composer(cleo).press('Escape')
    await list(cleo, 'People to mention').waitFor({ state: 'detached' })
    await backToList(ben)
    await composer(cleo).press('Enter')
    await ben.page.getByRole('link', { name: /Quay.*1 mention/ }).click()
    await line(ben, 'Ahoy').locator('.mention.own').waitFor()
  })

  test('on a phone a name is touched; what looks like markup in it stays text', async () => {
    await composer(ben).pressSequentially('@cl')
    const option = list(ben, 'People to mention').getByRole('option')
    expect(await option.innerText()).toContain(hostile)
    const { x, width } = (await list(ben, 'People to mention').boundingBox())!
    expect(x).toBeGreaterThanOrEqual(0)
    expect(x + width).toBeLessThanOrEqual(390)
    expect((await option.boundingBox())!.height).toBeGreaterThanOrEqual(44)
    await option.tap()
    expect(await written(ben)).toBe('@cleo ')
    expect(await ben.page.locator('.composer img, .composer b').count()).toBe(0)
    await composer(ben).fill('')
  })

  test('an emoji is found by its name, with Tab, or picked', async () => {
    await composer(cleo).pressSequentially('Well done :tad')
    await list(cleo, 'Emoji').getByRole('option', { name: 'party popper' }).waitFor()
    await composer(cleo).press('Tab')
    expect(await written(cleo)).toBe('Well done 🎉 ')
    expect(await composer(cleo).evaluate((box) => box === document.activeElement)).toBe(true)

    await cleo.page.getByRole('button', { name: 'Emoji', exact: true }).click()
    await cleo.page.getByRole('searchbox', { name: 'Search emoji' }).fill('lobster')
    await cleo.page.keyboard.press('Enter')
    await cleo.page.getByRole('button', { name: 'Emoji', exact: true }).click()
    await cleo.page.getByRole('searchbox', { name: 'Search emoji' }).fill('anchor')
    await cleo.page.keyboard.press('ArrowDown')
    await cleo.page.keyboard.press('Enter')
    expect(await written(cleo)).toBe('Well done 🎉 🦞⚓')
    expect(await composer(cleo).evaluate((box) => box === document.activeElement)).toBe(true)
    await composer(cleo).fill('')
  })

  test('the name of an emoji becomes one at its last colon, and where it is drawn; code and times stay as they are', async () => {
    await composer(cleo).pressSequentially('Off at 10:30:00 :rocket:')
    expect(await written(cleo)).toBe('Off at 10:30:00 🚀')
    await composer(cleo).press('Control+z')
    expect(await written(cleo)).toBe('Off at 10:30:00 :rocket:')
    await composer(cleo).fill('')
    await ben.api('POST', '/rooms/quay/messages', { content: ':tada: at 10:30:00, `:tada:` and :nothing:' })
    await cleo.page.locator('.words', { hasText: '🎉 at 10:30:00, :tada: and :nothing:' }).waitFor()
  })

  test('a message of emoji alone is large, and stands where other words do', async () => {
    await ben.api('POST', '/rooms/quay/messages', { content: 'Look at this' })
    await ben.api('POST', '/rooms/quay/messages', { content: '🦞🎉' })
    const boxOf = (text: string) => cleo.page.locator('.words', { hasText: text }).last().boundingBox()
    await cleo.page.locator('.words', { hasText: '🦞🎉' }).waitFor()
    const [words, emoji] = [(await boxOf('Look at this'))!, (await boxOf('🦞🎉'))!]
    expect(emoji.x).toBe(words.x)
    expect(emoji.y).toBeGreaterThanOrEqual(words.y + words.height)
    expect(emoji.height).toBeGreaterThan(words.height * 1.3)
  })

  test('a spoiler is shown to those who ask, code has colours, and quotes hide what is hidden', async () => {
    const content = 'The butler ||did it||\n\n```ts\nconst tide = "high" // at ten\n```'
    const { seq } = (await ben.api('POST', '/rooms/quay/messages', { content })) as { seq: number }
    await ben.api('POST', '/rooms/quay/messages', { content: 'No!', reply_to: seq })
    const words = cleo.page.locator(`[data-seq="${seq}"] .words`)
    await words.getByText('The butler').waitFor()
    expect(await words.getByText('did it').isVisible()).toBe(false)
    await cleo.page.getByText('The butler ▒▒▒').first().waitFor()
    await words.getByRole('button', { name: 'Show what is hidden' }).press('Enter')
    await words.getByText('did it').waitFor()
    for (const [tone, text] of [
      ['keyword', 'const'],
      ['string', '"high"'],
      ['comment', '// at ten'],
    ])
      await words.locator(`.hljs-${tone}`, { hasText: text! }).waitFor()
    expect(await words.locator('pre').innerText()).toBe('const tide = "high" // at ten')
    expect(await problems(cleo.page, 'words')).toEqual([])
  })

  test('a #room is completed, and leads its reader there by its title; what is no room stays text', async () => {
    await composer(ben).pressSequentially('Ask in #gen')
    await list(ben, 'Rooms').getByRole('option', { name: 'General' }).click()
    expect(await written(ben)).toBe('Ask in #general ')
    await composer(ben).pressSequentially('about #1, #nowhere, `#general` and https://a.example/#general')
    await send(ben).tap()
    const words = cleo.page.locator('.words', { hasText: 'about #1, #nowhere' }).last()
    const link = words.locator('a.room-link')
    await words.waitFor()
    expect(await link.allInnerTexts()).toEqual(['#General'])
    await link.click()
    await cleo.page.getByRole('heading', { name: 'General', exact: true }).first().waitFor()
    await go(cleo, '#room=quay')
    await composer(cleo).waitFor()
  })

  test('an address that is pasted over words makes them a link; undo takes it back', async () => {
    const box = composer(cleo)
    const paste = (text: string) =>
      box.evaluate((field, pasted) => {
        const clipboardData = new DataTransfer()
        clipboardData.setData('text/plain', pasted)
        return field.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData, cancelable: true, bubbles: true }),
        )
      }, text)
    const select = (from: number, to: number) =>
      box.evaluate(
        (field: HTMLTextAreaElement, [start, end]) => field.setSelectionRange(start!, end!),
        [from, to],
      )
    await box.fill('See the tables today')
    await select(8, 14)
    await paste('https://tides.example/a_(b)')
    expect(await written(cleo)).toBe('See the [tables](<https://tides.example/a_(b)>) today')
    await box.press('Control+z')
    expect(await written(cleo)).toBe('See the tables today')
    // Any other paste is the browser's.
    await select(8, 14)
    expect(await paste('boats')).toBe(true)
    await box.fill('https://a.example')
    await select(0, 17)
    expect(await paste('https://b.example')).toBe(true)
    await box.fill('')
  })

  test('rich text is pasted as Markdown, and taken back by one undo; with Shift it is plain text', async () => {
    const { page } = cleo
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url })
    const html =
      '<h2>Tides</h2><p>High at <b>ten</b>, <a href="https://tides.example/">all</a></p><ul><li>low</li></ul>'
    await page.evaluate(async (written) => {
      const as = (type: string, text: string) => ({ [type]: new Blob([text], { type }) })
      const item = { ...as('text/html', written), ...as('text/plain', 'Tides, high at ten') }
      await navigator.clipboard.write([new ClipboardItem(item)])
    }, html)
    await composer(cleo).fill('')
    await composer(cleo).pressSequentially('See:')
    await composer(cleo).press('Control+v')
    const markdown = 'See:\n\n## Tides\n\nHigh at **ten**, [all](https://tides.example/)\n\n- low'
    await page.waitForFunction((text) => document.querySelector('textarea')?.value === text, markdown)
    await composer(cleo).press('Control+z')
    expect(await written(cleo)).toBe('See:')
    await composer(cleo).press('Control+Shift+v')
    await page.waitForFunction(() => document.querySelector('textarea')?.value === 'See:Tides, high at ten')
    await composer(cleo).fill('')
  })

  test('nothing in pasted HTML runs or is loaded', async () => {
    const { page } = cleo
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const html = `<p style="color:red" onclick="document.title='owned'"><b>words</b><img src="/owned.png" onerror="document.title='owned'"><script>document.title='owned'</script><link rel="stylesheet" href="/owned.css"><iframe src="/owned.html"></iframe> <a href="javascript:document.title='owned'">there</a></p>`
    await composer(cleo).evaluate((field, pasted) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/html', pasted)
      clipboardData.setData('text/plain', 'plain')
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true, bubbles: true }))
    }, html)
    await page.waitForFunction(() => document.querySelector('textarea')?.value === '**words** there')
    expect(await page.title()).not.toContain('owned')
    expect(asked.filter((url) => url.includes('owned'))).toEqual([])
    await composer(cleo).fill('')
  })

  test('words are set off by keys and by tools, and undo takes that back', async () => {
    const box = composer(cleo)
    await box.fill('bold words')
    await box.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(0, 4))
    await box.press('Control+b')
    expect(await written(cleo)).toBe('**bold** words')
    await box.press('Control+b')
    expect(await written(cleo)).toBe('bold words')
    await box.press('Control+z')
    expect(await written(cleo)).toBe('**bold** words')
    const tools = cleo.page.getByRole('toolbar', { name: 'Formatting' })
    // They stay away until asked for.
    expect(await tools.count()).toBe(0)
    await cleo.page.getByRole('button', { name: 'Formatting' }).click()
    await tools.getByRole('button', { name: 'Quote' }).click()
    expect(await written(cleo)).toBe('> **bold** words')
    await tools.getByRole('button', { name: 'Quote' }).press('ArrowRight')
    expect(await cleo.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('List')
    expect(await ben.page.getByRole('toolbar', { name: 'Formatting' }).count()).toBe(0)
    await ben.page.getByRole('button', { name: 'Formatting' }).tap()
    for (const tool of await ben.page
      .getByRole('toolbar', { name: 'Formatting' })
      .getByRole('button')
      .all()) {
      const { width, height } = (await tool.boundingBox())!
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44)
    }
    await ben.page.getByRole('button', { name: 'Formatting' }).tap()
    await box.fill('')
  })

  test('a reply shows whom it replies to; Escape ends it, and the text stays', async () => {
    await composer(cleo).fill('Half an answer')
    await line(cleo, 'Three').hover()
    await line(cleo, 'Three').getByRole('button', { name: 'Reply', exact: true }).click()
    await cleo.page.getByText(/Replying to .?Ben Okafor/).waitFor()
    await composer(cleo).press('Escape')
    await cleo.page.getByText(/Replying to .?Ben Okafor/).waitFor({ state: 'detached' })
    expect(await written(cleo)).toBe('Half an answer')
    await line(cleo, 'Three').hover()
    await line(cleo, 'Three').getByRole('button', { name: 'Reply', exact: true }).click()
    await composer(cleo).press('Enter')
    await line(ben, 'Half an answer').getByRole('button', { name: /Three/ }).waitFor()
    await cleo.page.getByText(/Replying to .?Ben Okafor/).waitFor({ state: 'detached' })
  })

  test('arrow-up edits your last message; Escape brings the draft back, Enter saves', async () => {
    await say(cleo, 'The tide turns at for')
    await line(cleo, 'The tide turns at for').waitFor()
    await composer(cleo).press('ArrowUp')
    await cleo.page.getByText('Editing your message').waitFor()
    expect(await written(cleo)).toBe('The tide turns at for')
    await composer(cleo).press('Escape')
    expect(await written(cleo)).toBe('')

    await composer(cleo).fill('A draft')
    await composer(cleo).press('ArrowUp')
    expect(await cleo.page.getByText('Editing your message').count()).toBe(0)
    await line(cleo, 'The tide').hover()
    await line(cleo, 'The tide').getByRole('button', { name: 'More' }).click()
    await cleo.page.getByRole('menuitem', { name: 'Edit' }).click()
    await cleo.page.getByText('Editing your message').waitFor()
    await composer(cleo).press('End')
    await composer(cleo).press('Backspace')
    await composer(cleo).press('Backspace')
    await composer(cleo).pressSequentially('our')
    await composer(cleo).press('Enter')
    await line(ben, 'The tide turns at four')
      .getByText(/edited/)
      .waitFor()
    expect(await written(cleo)).toBe('A draft')
    await composer(cleo).fill('')
  })

  test('an edit that fails says so, and keeps the text', async () => {
    await say(cleo, 'Soon to be deleted')
    await line(cleo, 'Soon to be deleted').waitFor()
    const seq = (await line(cleo, 'Soon to be deleted').getAttribute('data-seq'))!
    await composer(cleo).press('ArrowUp')
    await composer(cleo).fill('Rewritten at length')
    await ben.api('DELETE', `/rooms/quay/messages/${seq}`)
    await cleo.page.locator(`[data-seq="${seq}"]`).getByText('This message was deleted').waitFor()
    await composer(cleo).press('Enter')
    await cleo.page.getByRole('alert').filter({ hasText: /\w/ }).waitFor()
    expect(await written(cleo)).toBe('Rewritten at length')
    expect(await edited(cleo, seq)).toBe('')
    await composer(cleo).press('Escape')
    expect(await written(cleo)).toBe('')
  })

  test('a draft survives a reload, is in every other tab, and shows in the list', async () => {
    const { page } = cleo
    await composer(cleo).fill('Half a thought')
    await page.reload()
    await composer(cleo).waitFor()
    expect(await written(cleo)).toBe('Half a thought')
    const tab = { ...cleo, page: await page.context().newPage() }
    await tab.page.goto(`${server.url}/#room=quay`)
    await composer(tab).waitFor()
    expect(await written(tab)).toBe('Half a thought')
    await composer(tab).fill('Half a thought more')
    await page.waitForFunction(() => document.querySelector('textarea')?.value === 'Half a thought more')
    await go(cleo, '#browse')
    await page.getByRole('link', { name: /Quay.*Draft/ }).waitFor()
    await say(tab, 'A whole thought')
    await page.getByRole('link', { name: /Quay.*Draft/ }).waitFor({ state: 'detached' })
    await tab.page.close()
    await go(cleo, '#room=quay')
    expect(await written(cleo)).toBe('')
  })

  test('a text that is too long is neither cut nor sent, and the page says by how much', async () => {
    await composer(cleo).fill('x'.repeat(7990))
    await cleo.page.getByTitle('10 characters left').waitFor()
    await composer(cleo).press('End')
    await cleo.page.evaluate(() => document.execCommand('insertText', false, 'y'.repeat(1010)))
    await cleo.page.getByTitle('1,000 characters too many').waitFor()
    expect(await send(cleo).isDisabled()).toBe(true)
    await composer(cleo).press('Enter')
    expect((await written(cleo)).length).toBe(9000)
    await composer(cleo).fill('')
  })

  test('in slow mode the page says how long to wait, and sends nothing before', async () => {
    await ben.api('PATCH', '/rooms/quay', { slow_seconds: 3 })
    await cleo.page.getByText('Slow mode: 3 seconds between your messages').waitFor()
    expect(await ben.page.getByText('Slow mode').count()).toBe(0)
    await say(cleo, 'Slowly')
    await cleo.page.getByText(/you can post again in \d second/).waitFor()
    await say(cleo, 'And slower')
    expect(await written(cleo)).toBe('And slower')
    await cleo.page.getByText('Slow mode: 3 seconds between your messages').waitFor()
    await composer(cleo).press('Enter')
    await line(ben, 'And slower').waitFor()
    await ben.api('PATCH', '/rooms/quay', { slow_seconds: 0 })
    await cleo.page.getByText('Slow mode').waitFor({ state: 'detached' })
  })

  test('a silenced person sees why a message was not sent, and can retry or delete it', async () => {
    const failed = await refused(cleo, 'Into the wind')
    await failed.getByText(/Not sent: .*silenced/).waitFor()
    await speak(cleo, 'de')
    await failed.getByText(/Nicht gesendet: .*Schreibsperre/).waitFor()
    await speak(cleo, 'en')
    await failed.getByText(/Not sent/).waitFor()
    await ben.api('DELETE', '/rooms/quay/members/cleo/silence')
    await failed.getByRole('button', { name: 'Try again' }).click()
    await line(ben, 'Into the wind').waitFor()
    await failed.waitFor({ state: 'detached' })
  })

  test('where you may not write, a sentence replaces the composer', async () => {
    await ben.api('PATCH', '/rooms/quay', { posting: 'moderators' })
    await cleo.page.getByText('Only moderators can post here.').waitFor()
    expect(await composer(ben).count()).toBe(1)
    await ben.api('PATCH', '/rooms/quay', { posting: 'members', archived: true })
    await ben.page.locator('.joining', { hasText: 'This room is archived' }).waitFor()
    await ben.api('PATCH', '/rooms/quay', { archived: false })
    await composer(cleo).waitFor()
  })

  test('the palette leads to a room by a few letters; Escape gives the focus back', async () => {
    const { page } = cleo
    await ben.api('POST', '/rooms', { id: 'lighthouse', title: hostile })
    await cleo.api('PUT', '/rooms/lighthouse/members/me')
    await composer(cleo).focus()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await page.keyboard.type('nothing of the kind')
    await page.getByRole('option', { name: /^Search messages for .*nothing of the kind/ }).waitFor()
    expect(await page.getByRole('option').count()).toBe(1)
    expect(await page.getByText('No matches.').count()).toBe(0)
    await page.keyboard.press('Escape')
    expect(await composer(cleo).evaluate((box) => box === document.activeElement)).toBe(true)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('light')
    await page.getByRole('option').first().filter({ hasText: hostile }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash === '#room=lighthouse')
    await composer(cleo).waitFor()
    await page.keyboard.press('Alt+ArrowDown')
    await page.waitForFunction(() => location.hash === '#room=quay')
    await page.keyboard.press('Alt+ArrowUp')
    await page.waitForFunction(() => location.hash === '#room=lighthouse')
    expect(await page.title()).not.toBe('owned')
    // To somebody, as well as somewhere.
    await page.keyboard.press('Control+k')
    await page.keyboard.type('okaf')
    await page.getByRole('option', { name: /Ben Okafor/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Ben Okafor', level: 2 }).waitFor()
    await go(cleo, '#room=quay')
    await composer(cleo).waitFor()
    // On a phone a button opens it.
    await backToList(ben)
    await ben.page.getByRole('button', { name: 'Search or go to…' }).tap()
    await ben.page.getByRole('option', { name: /Quay/ }).tap()
    await composer(ben).waitFor()
  })

  test('? lists the keys, but not while you write', async () => {
    const { page } = cleo
    await composer(cleo).press('?')
    expect(await written(cleo)).toBe('?')
    await composer(cleo).fill('')
    await page.getByRole('region', { name: 'Messages', exact: true }).focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Strikethrough').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('signing out deletes drafts, and asks first if messages are unsent', async () => {
    const { page } = cleo
    await go(cleo, '#room=quay')
    await page.getByRole('textbox', { name: /^Message .*Quay/ }).waitFor()
    await refused(cleo, 'Never heard')
    await go(cleo, '#room=lighthouse')
    await composer(cleo).fill('For nobody else')
    expect(await page.evaluate(() => Object.values(localStorage).join())).toContain('For nobody else')
    await page.getByRole('button', { name: 'Your account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('dialog', { name: 'Sign out?' }).getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const kept = await page.evaluate(() => Object.values(localStorage).join())
    expect(kept).not.toMatch(/For nobody else|Never heard/)
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))
})
