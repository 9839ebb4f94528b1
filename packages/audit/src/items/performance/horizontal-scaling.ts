import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import type { SharedData } from '../../gather/scaling/shared-data.ts'
import { spread, type Spread } from '../../gather/spread.ts'

const declare =
  'declare a tool that writes and one that shows it as "state": { "write": …, "read": … } (or "add" and "count") in airworthy.json'

const lost = ({ written, counted }: SharedData): Evidence[] => [
  ...(written?.crossings ?? [])
    .filter(one => one.lost > 0)
    .map(one => ({
      at: `tools/call ${written?.write} at instance ${one.by}, ${written?.read} at instance ${one.at}`,
      saw: `${one.lost} of ${one.acknowledged} acknowledged writes are not seen by the other instance`,
      wanted: 'one store for all instances',
    })),
  ...(counted?.after ?? []).flatMap((after, index) =>
    after === null || after === (counted?.before ?? 0) + (counted?.acknowledged ?? 0)
      ? []
      : [
          {
            at: `tools/call ${counted?.count} at instance ${index + 1}`,
            saw: `${after} after ${counted?.acknowledged} additions to ${counted?.before} at two instances`,
            wanted: `${(counted?.before ?? 0) + (counted?.acknowledged ?? 0)}: one number for all instances`,
          },
        ],
  ),
]

const kept = ({ written, counted }: SharedData): Evidence[] => [
  ...(written?.crossings ?? [])
    .filter(({ acknowledged }) => acknowledged > 0)
    .map(({ by, at, acknowledged }) => ({
      at: `tools/call ${written?.write} at instance ${by}`,
      saw: `all ${acknowledged} acknowledged writes were there at instance ${at}`,
    })),
  ...(counted?.after.every(after => after !== null)
    ? [
        {
          at: `tools/call ${counted.add} at two instances`,
          saw: `both showed all ${counted.acknowledged} additions afterwards`,
        },
      ]
    : []),
]

/** Tools that only read have nothing to share but what they answer. */
const judgeReading = ({ clients, writing }: Spread): Verdict => {
  if (writing.length > 0)
    return unknown(`${writing.slice(0, 4).join(', ')} may keep something that another instance has to see: ${declare}`)
  const both = clients.flatMap(({ requests }) =>
    requests.filter(
      ({ at, answers }) =>
        at.startsWith('tools/call') &&
        [1, 2].every(instance => answers.some(one => one.instance === instance && one.served)),
    ),
  )
  const names = [...new Set(both.map(({ at }) => at))]
  return judged(
    [],
    names.length > 0
      ? [{ at: 'two instances', saw: `no tool says that it writes, and both served ${names.slice(0, 6).join(', ')}` }]
      : [],
    'no tool was served by two instances',
  )
}

const item: Item = {
  id: 'horizontal-scaling',
  area: 'performance',
  rows: [42],
  title: 'Two instances are one service',
  level: 'should',
  why: 'What an instance keeps to itself is missing from every answer of the others: an order that was placed is gone with the next call.',
  how: 'Keep what has to last outside of the process: a database, Redis, a shared file that is appended to. Count in the store (INCR, UPDATE … SET n = n + 1), and give caches an end.',
  refs: ['https://12factor.net/processes', 'https://12factor.net/backing-services'],
  applies: { profile: 'service', transport: 'http', capability: 'tools' },
  checks: [
    check({
      asks: 'Does each of two instances see what the other has kept?',
      needs: { spread },
      judge: ({ spread }) => {
        if (!spread.data) return judgeReading(spread)
        const broken = lost(spread.data)
        const [untried] = spread.data.untried
        if (broken.length === 0 && untried) return unknown(untried)
        return judged(broken, kept(spread.data), declare)
      },
    }),
  ],
}

export default item
