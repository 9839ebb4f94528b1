import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { takenPort, type TakenPort } from '../../gather/taken-port.ts'

const wanted = 'an error that names the port, and an exit code other than 0'

const howItEnded = ({ exit }: TakenPort): string =>
  exit?.signal ? `it ended with signal ${exit.signal}` : `it ended with exit code ${exit?.code}`

const judge = (seen: TakenPort): Verdict => {
  const { port, exit, watchedMs, listens, says, claims } = seen
  const at = `a start on port ${port}, which is taken`
  const [other] = listens
  if (other?.port === port)
    return unknown(`${at}: it listens on ${other.host}:${other.port}, an address that was still free`)
  if (other) return fail({ at, saw: `it listens on ${other.host}:${other.port} instead`, wanted })
  if (!exit)
    return fail({
      at,
      saw: `it still runs after ${Math.round(watchedMs / 1000)} s and listens nowhere${says[0] ? `; it says: ${says[0]}` : ''}`,
      wanted,
    })
  const broken: Evidence[] = [
    ...(exit.code === 0 ? [{ at, saw: howItEnded(seen), wanted }] : []),
    ...(says.length === 0 ? [{ at, saw: `${howItEnded(seen)} and says nothing of the port`, wanted }] : []),
    ...(claims === null ? [] : [{ at, saw: `it says: ${claims}`, wanted: 'no such line before it listens' }]),
  ]
  return judged(broken, [{ at, saw: `${howItEnded(seen)}: ${says[0] ?? ''}` }], 'not reached')
}

const item: Item = {
  id: 'port-binding',
  area: 'resilience',
  rows: [],
  title: 'A port that is taken is an error',
  level: 'should',
  why: 'A server that quietly takes another port, or ends with exit code 0, looks started to whoever runs it, while all clients talk to the one that was there before.',
  how: 'Listen before anything else, let the error of it end the process with an exit code other than 0, name the port in it, and say that you listen only once you do: Express 5 calls the callback of listen with the error too.',
  refs: [
    'https://nodejs.org/api/net.html#serverlisten',
    'https://docs.python.org/3/library/socket.html#socket.create_server',
  ],
  applies: { profile: 'service', transport: 'http' },
  checks: [
    check({
      asks: 'Does a start on a taken port end with a clear error and an exit code other than 0?',
      needs: { takenPort },
      judge: ({ takenPort }) => judge(takenPort),
    }),
  ],
}

export default item
