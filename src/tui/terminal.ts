/** A person's keyboard and screen. */
export type Terminal = { input: NodeJS.ReadStream; output: NodeJS.WriteStream }
