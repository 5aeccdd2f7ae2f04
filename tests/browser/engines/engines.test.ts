import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { makeTokens } from '../../../src/operator/tokens.ts'
import { rest, waitFor } from '../../support/client.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { type Link, startLink } from '../link.ts'
import { isThere, keys, type Tab } from './engine.ts'
import { firefox } from './firefox.ts'
import { webkit } from './webkit.ts'

/*
 * The acts that everybody needs, in the engines that Playwright does not drive, and by keyboard alone: headless Firefox has no
 * pointer. The tests around this folder try everything else, in Chromium.
 */

for (const engine of [firefox, webkit])
  describe.skipIf(!isThere(engine))(`the page in ${engine.name}`, () => {
    let server: TestServer
    let link: Link
    let tab: Tab
    let cleo: ReturnType<typeof rest>

    beforeAll(async () => {
      server = await startServer()
      link = await startLink(server.url)
      const [made] = await makeTokens(server.tools, { usernames: ['cleo'], create: true })
      cleo = rest(server, made!)
      await cleo.put('/rooms/general/members/me', {})
      tab = await engine.open()
      await tab.go(link.url)
      await tab.run(`
        window.faults = []
        addEventListener('error', ({ message }) => faults.push(message))
        addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)))
        document.addEventListener('securitypolicyviolation', ({ blockedURI }) => faults.push(blockedURI))`)
    })

    afterAll(async () => {
      await tab?.close()
      link?.close()
      await server?.stop()
    })

    /** The last element in view with such a label, or such a text if it has none, as an expression for the page. */
    const find = (
      selector: string,
      name: RegExp,
    ) => `[...document.querySelectorAll(${JSON.stringify(selector)})]
      .findLast((each) => each.checkVisibility() && ${name}
        .test((each.getAttribute('aria-label') ?? each.labels?.[0]?.textContent ?? each.textContent).trim()))`
    const focus = (selector: string, name: RegExp) =>
      waitFor(`${selector} ${name}`, () =>
        tab.run<boolean>(
          `const found = ${find(selector, name)}; found?.focus(); return document.activeElement === (found ?? 0)`,
        ),
      )
    const act = async (selector: string, name: RegExp) => {
      await focus(selector, name)
      await tab.press(keys.enter)
    }
    const fill = async (label: RegExp, text: string) => {
      await focus('input', label)
      await tab.press(...text)
    }
    /** The page gives the focus by itself where there is a keyboard; what comes before that would lose it. */
    const given = (selector: string) =>
      waitFor(`the focus at ${selector}`, () =>
        tab.run<boolean>(`return document.activeElement.matches(${JSON.stringify(selector)})`),
      )
    const composer = () => focus('textarea', /^Message /)
    const write = async (text: string) => {
      await composer()
      await tab.press(...text, keys.enter)
    }
    /** The texts of the messages, as the page shows them. */
    const shown = () =>
      tab.run<string[]>(
        `return [...document.querySelectorAll('.log .message .words')].map(({ innerText }) => innerText.trim())`,
      )
    const shows = (text: string) =>
      waitFor(`${text} in the page`, async () => (await shown()).some((words) => words.includes(text)))
    const stored = async (): Promise<{ [field: string]: never }[]> =>
      (await cleo.get('/rooms/general/messages')).body.items
    const heard = (content: string) =>
      waitFor(`${content} on the server`, async () =>
        (await stored()).find((message) => message.content === (content as never)),
      )
    const say = async (content: string): Promise<number> =>
      (await cleo.post('/rooms/general/messages', { content })).body.seq

    test('you sign up and join a room', async () => {
      await given('[autocomplete=username]')
      await act('button', /^Create an account$/)
      await given('form:has([autocomplete=new-password]) [autocomplete=username]')
      await tab.press(...'ben')
      await fill(/^Email/, 'ben@example.org')
      await fill(/^Password$/, 'the tide turns at four')
      await act('button', /^Create account$/)
      await act('.rooms button.row', /General/)
      await composer()
      expect((await cleo.get('/rooms/general/members')).body.items).toHaveLength(2)
    })

    test('you and another hear each other; Enter sends', async () => {
      await write('Is the harbour open?')
      await heard('Is the harbour open?')
      await say('Since six this morning.')
      await shows('Since six this morning.')
      expect(await shown()).toEqual(['Is the harbour open?', 'Since six this morning.'])
    })

    test('you reply to a message', async () => {
      const seq = await say('Who brings lanterns?')
      await shows('Who brings lanterns?')
      await focus('.message', /Who brings lanterns/)
      await act('.line-bar button', /^Reply$/)
      await write('I do.')
      expect((await heard('I do.')).reply_to).toBe(seq as never)
    })

    test('you react to a message', async () => {
      const seq = await say('The varnish is dry.')
      await shows('The varnish is dry.')
      await focus('.message', /The varnish is dry/)
      await act('.line-bar button', /^React$/)
      await given('.picker input')
      await act('.picker button', /party popper/)
      await waitFor('the reaction', async () => {
        const { body } = await cleo.get(`/rooms/general/messages/${seq}`)
        return body.reactions.length === 1
      })
      await waitFor('the reaction in the page', () =>
        tab.run<boolean>(`return document.querySelectorAll('.log .reactions button').length > 0`),
      )
    })

    test('the arrow up edits your last message', async () => {
      await write('At nin')
      await heard('At nin')
      await shows('At nin')
      await composer()
      await tab.press(keys.up)
      await waitFor('the text to edit', () =>
        tab.run<boolean>(`return document.querySelector('textarea')?.value === 'At nin'`),
      )
      await tab.press(keys.end, 'e', keys.enter)
      await heard('At nine')
      await shows('At nine')
    })

    test('what was written on both sides of a cut comes once, in order', async () => {
      link.cut()
      await waitFor('that it says so', () =>
        tab.run<boolean>(
          `return /offline|Reconnecting/.test(document.querySelector('.banner')?.textContent ?? '')`,
        ),
      )
      await write('Written on the water.')
      await write('And this after it.')
      await say('Ben is away.')
      link.mend()
      await heard('And this after it.')
      await shows('Ben is away.')
      const last = ['Ben is away.', 'Written on the water.', 'And this after it.']
      await waitFor('the order', async () => (await shown()).slice(-3).join() === last.join())
      expect((await stored()).slice(-3).map(({ content }) => content)).toEqual(last as never)
    })

    test('nothing broke on the way', async () => {
      expect(await tab.run('return faults')).toEqual([])
    })
  })
