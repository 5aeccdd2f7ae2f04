/* Apart from the schemas, so that the page can have these numbers without the library of schemas. */

export const filesPerMessage = 10
/** The longer side of a preview, in pixels. */
export const previewSizes = [360, 720, 1440] as const
