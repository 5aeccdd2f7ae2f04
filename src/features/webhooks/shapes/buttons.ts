import { fieldsOf, firstText, listOf } from '../json.ts'
import { inLine, link } from '../markdown.ts'
import { unescaped } from '../mrkdwn.ts'

/** Buttons with an address, as links. Others would call the program that sent them, which nobody here can answer. */
export function buttonsText(buttons: unknown): string {
  const links = listOf(buttons).flatMap((button) => {
    const { text, name, label, url, options } = fieldsOf(button)
    const own = { label: firstText(fieldsOf(text).text, text, label, name), url }
    const choices = listOf(options)
      .map(fieldsOf)
      .map((choice) => ({ label: firstText(fieldsOf(choice.text).text, choice.text), url: choice.url }))
    return [own, ...choices].filter((each) => typeof each.url === 'string' && /^https?:\/\//i.test(each.url))
  })
  return inLine(links.map((each) => link(each.url, unescaped(each.label))))
}
