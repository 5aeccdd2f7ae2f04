/** Where a person sits. */
export type Terminal = { input: NodeJS.ReadStream; output: NodeJS.WriteStream }
