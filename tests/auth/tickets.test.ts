import { expect, test } from 'bun:test'
import { cast, logIn } from '../support/cast.ts'
import { openSocket, rest, tryUpgrade } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({}, cast)
const ticketOf = async (person: { token: string }): Promise<string> => {
  const { status, body } = await rest(at().server, person).post('/auth/ticket')
  expect([status, body.expires_in]).toEqual([200, 30])
  return body.ticket
}

test('a ticket opens one socket, as the user who requested it', async () => {
  const { server, ben } = at()
  const ticket = await ticketOf(ben)
  const socket = await openSocket(`${server.url}/ws?ticket=${ticket}`)
  expect((await socket.next('hello')).user.username).toBe('ben')
  expect((await tryUpgrade(server, `/ws?ticket=${ticket}`)).status).toBe(401)
  await socket.close()
})

test('one of a hundred parallel uses of the same ticket succeeds', async () => {
  const { server, ben } = at()
  const ticket = await ticketOf(ben)
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      tryUpgrade(server, `${n % 2 ? '/ws' : '/ws/general'}?ticket=${ticket}`),
    ),
  )
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 101)).toHaveLength(1)
  expect(statuses.filter((status) => status === 401)).toHaveLength(99)
})

test.each(['', 'x', '%20', 'A'.repeat(128)])('the ticket %j opens nothing', async (ticket) => {
  expect((await tryUpgrade(at().server, `/ws?ticket=${ticket}`)).status).toBe(401)
})

test('a ticket is no token, and a token no ticket', async () => {
  const { server, ben } = at()
  const ticket = await ticketOf(ben)
  expect((await tryUpgrade(server, `/ws?token=${ticket}`)).status).toBe(401)
  expect((await rest(server, { token: ticket }).get('/users/me')).status).toBe(401)
  expect([401, 422]).toContain((await tryUpgrade(server, `/ws?ticket=${ben.token}`)).status)
})

test('a ticket of a session that has ended opens nothing', async () => {
  const { server } = at()
  const ben = await logIn(server, 'ben')
  const ticket = await ticketOf(ben)
  await rest(server, ben).post('/auth/logout')
  expect((await tryUpgrade(server, `/ws?ticket=${ticket}`)).status).toBe(401)
})

test('an altered ticket opens nothing and uses nothing up', async () => {
  const { server, ben } = at()
  const ticket = await ticketOf(ben)
  expect((await tryUpgrade(server, `/ws?ticket=${ticket.slice(1)}A`)).status).toBe(401)
  expect((await tryUpgrade(server, `/ws?ticket=${ticket}`)).status).toBe(101)
})
