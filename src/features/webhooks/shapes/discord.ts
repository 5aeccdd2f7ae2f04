import { type Fields, fieldsOf, listOf, scalarIn, textIn } from '../json.ts'
import { inLine, inLines, inParagraphs, link, plainText, strong, timeText } from '../markdown.ts'
import { fieldText } from './attachments.ts'
import { buttonsText } from './buttons.ts'

/** Discord's webhooks: https://docs.discord.com/developers/resources/webhook#execute-webhook */
export function discordText({ content, embeds, components }: Fields): string {
  return inParagraphs([
    fromDiscord(textIn(content)),
    ...listOf(embeds).map(embedText),
    inLines(listOf(components).map((component) => componentText(component))),
  ])
}

function embedText(embed: unknown): string {
  const { author, title, url, description, fields, image, thumbnail, video, footer, timestamp } =
    fieldsOf(embed)
  return inLines([
    link(fieldsOf(author).url, textIn(fieldsOf(author).name)),
    strong(link(url, textIn(title))),
    fromDiscord(textIn(description)),
    ...listOf(fields).map((field) => {
      const { name, value } = fieldsOf(field)
      return fieldText({ title: name, value: scalarIn(value) }, fromDiscord)
    }),
    ...[image, thumbnail, video].map((each) => link(fieldsOf(each).url)),
    inLine([plainText(textIn(fieldsOf(footer).text)), timeText(timestamp)]),
  ])
}

const mostDepth = 4

/** Rows hold buttons; a text display has a `content`. */
function componentText(component: unknown, depth = 0): string {
  const { content, components, url } = fieldsOf(component)
  if (depth > mostDepth) return ''
  if (typeof url === 'string') return buttonsText([component])
  return inLines([
    fromDiscord(textIn(content)),
    inLine(listOf(components).map((each) => componentText(each, depth + 1))),
  ])
}

/** Discord writes Markdown, with tags for emoji, people, times and addresses without a preview. */
const fromDiscord = (text: string): string =>
  text
    .replace(/<a?(:\w{1,32}:)\d{1,20}>/g, '$1')
    .replace(/<t:(\d{1,12})(?::\w)?>/g, (whole, seconds: string) => timeText(seconds) || whole)
    .replace(/<(https?:\/\/[^\s<>]+)>/g, '$1')
