/**
 * Encodes and decodes values as text, by type oid, so that both drivers return the same rows for a raw `query`: int8 is a
 * number (a bigint beyond 2^53), timestamptz a Date, jsonb the parsed value, bytea a Uint8Array. Arrays have one
 * dimension and keep nulls. timestamp, date, time, interval and numeric stay text.
 */
type Encode = (value: unknown) => string
type Decode = (text: string) => unknown
type Codec = { oid: number; array: number; encode: Encode; decode: Decode }

const asText: Encode = (value) => (value instanceof Date ? value.toISOString() : String(value))
const asIs: Decode = (text) => text
const toNumber: Decode = (text) => Number(text)

const codecs: Codec[] = [
  { oid: 16, array: 1000, encode: encodeBoolean, decode: (text) => text === 't' },
  { oid: 17, array: 1001, encode: encodeBytes, decode: (text) => Buffer.from(text.slice(2), 'hex') },
  { oid: 20, array: 1016, encode: asText, decode: decodeInt8 },
  { oid: 21, array: 1005, encode: asText, decode: toNumber },
  { oid: 23, array: 1007, encode: asText, decode: toNumber },
  { oid: 25, array: 1009, encode: asText, decode: asIs },
  { oid: 26, array: 1028, encode: asText, decode: toNumber },
  { oid: 700, array: 1021, encode: asText, decode: toNumber },
  { oid: 701, array: 1022, encode: asText, decode: toNumber },
  { oid: 114, array: 199, encode: encodeJson, decode: (text) => JSON.parse(text) as unknown },
  { oid: 1043, array: 1015, encode: asText, decode: asIs },
  { oid: 1082, array: 1182, encode: asText, decode: asIs },
  { oid: 1083, array: 1183, encode: asText, decode: asIs },
  { oid: 1114, array: 1115, encode: asText, decode: asIs },
  { oid: 1184, array: 1185, encode: asText, decode: (text) => new Date(text) },
  { oid: 1186, array: 1187, encode: asText, decode: asIs },
  { oid: 1700, array: 1231, encode: asText, decode: asIs },
  { oid: 2950, array: 2951, encode: asText, decode: asIs },
  { oid: 3802, array: 3807, encode: encodeJson, decode: (text) => JSON.parse(text) as unknown },
]

export const encoders: Record<number, Encode> = Object.fromEntries(
  codecs.flatMap(({ oid, array, encode }) => [
    [oid, encode],
    [array, (value: unknown) => encodeArray(value, encode)],
  ]),
)

export const decoders: Record<number, Decode> = Object.fromEntries(
  codecs.flatMap(({ oid, array, decode }) => [
    [oid, decode],
    [array, (text: string) => decodeArray(text, decode)],
  ]),
)

/** A forgotten value must not be stored as null. */
export function refuseUndefined(params: readonly unknown[]): void {
  const index = params.indexOf(undefined)
  if (index !== -1)
    throw new TypeError(`Parameter $${index + 1} of a statement is undefined. Did you mean null?`)
}

function encodeBoolean(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 't' : 'f') : String(value)
}

function encodeBytes(value: unknown): string {
  return value instanceof Uint8Array ? `\\x${value.toHex()}` : String(value)
}

/** A string is already JSON text: Drizzle passes it so. */
function encodeJson(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function decodeInt8(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** A string is already an array literal. */
function encodeArray(value: unknown, encode: Encode): string {
  if (!Array.isArray(value)) return String(value)
  return encodePlain(value) ?? `{${value.map((item: unknown) => encodeItem(item, encode)).join(',')}}`
}

const encodeItem = (item: unknown, encode: Encode): string =>
  item === null || item === undefined ? 'null' : `"${encode(item).replace(/[\\"]/g, '\\$&')}"`

/** Numbers, and text that JSON quotes as Postgres does: the engine writes them much faster than we can encode each. */
function encodePlain(items: unknown[]): string | undefined {
  if (items.every((item) => typeof item === 'number')) return `{${items.join(',')}}`
  if (!items.every((item) => typeof item === 'string')) return undefined
  const json = JSON.stringify(items)
  return json.includes('\\') ? undefined : `{${json.slice(1, -1)}}`
}

function decodeArray(text: string, decode: Decode): unknown[] {
  const items: unknown[] = []
  for (let at = 1; at < text.length - 1; at++) {
    if (text[at] === '"') {
      let item = ''
      for (at++; text[at] !== '"'; at++) item += text[at] === '\\' ? text[++at] : text[at]
      items.push(decode(item))
      at++
    } else {
      const end = text.indexOf(',', at)
      const item = text.slice(at, end === -1 ? text.length - 1 : end)
      items.push(item === 'NULL' ? null : decode(item))
      at += item.length
    }
  }
  return items
}
