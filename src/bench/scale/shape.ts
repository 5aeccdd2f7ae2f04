/** A small community of many nodes. Each node has `listeners` sockets, and each listens to all rooms that are on that node. */
export type Shape = {
  nodes: number
  bus: 'redis' | 'postgres'
  rooms: number
  /** On so many nodes somebody listens to a room. */
  spread: number
  listeners: number
  /** In each room, by one author on one of its nodes. */
  messages: number
}

/** A room, the nodes on which somebody listens to it, and the node of its author; nodes from 0. */
export type PlacedRoom = { id: string; nodes: number[]; author: number }

/** Room after room begins on the next node, so that all nodes have equally many. */
export const placeRooms = ({ nodes, rooms, spread }: Shape, name: string): PlacedRoom[] =>
  Array.from({ length: rooms }, (_, index) => ({
    id: `${name}-${index}`,
    nodes: Array.from({ length: spread }, (_, nth) => (index + nth) % nodes),
    author: index % nodes,
  }))
