/** One request as the owner of this token; resolves to the body of the response. Throws if it is refused. */
export async function askServer(
  url: string,
  { method, path, token, body }: { method: string; path: string; token: string; body?: object | undefined },
): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.status === 204 ? undefined : response.json()
}
