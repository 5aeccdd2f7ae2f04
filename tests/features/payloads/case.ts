export type Case = {
  name: string
  /** Text is sent as it is, anything else as JSON. */
  body: unknown
  /** `application/json`, if absent. */
  type?: string
  /** The lines of the message. */
  shown: string[]
}
