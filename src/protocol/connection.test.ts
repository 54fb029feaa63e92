import { expect, test } from 'vitest'
import { memoryLink } from '../testing/link.ts'
import { nextChannel } from './connection.ts'

test('channels count up from 1, for each connection by itself', () => {
  const { client, server } = memoryLink()
  expect([nextChannel(client), nextChannel(client), nextChannel(server), nextChannel(client)]).toEqual([1, 2, 1, 3])
})
