/** The name of a frame's schema in the documents: `message.send` is `MessageSend`. */
export const nameOfType = (type: string): string =>
  type.replace(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase())
