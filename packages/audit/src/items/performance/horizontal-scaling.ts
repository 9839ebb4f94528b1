import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import {
  mostFailing,
  scalingThroughput,
  type Measured,
  type ScalingThroughput,
} from '../../gather/scaling-throughput.ts'
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

const enoughGain = 1.3
const noGain = 1.15
const ownLimit = 0.8
/** Of the processors: with less left, two instances cannot show more than one. */
const enoughIdle = 0.4

const rate = ({ load }: Measured): string => `${Math.round(load.perSecond)} calls/s`
const failing = ({ load }: Measured): number => 1 - load.served / Math.max(1, load.sent)

const judgeThroughput = ({ tools, closedWorld, few, rounds }: ScalingThroughput): Verdict => {
  const all = [few, ...rounds.flatMap(({ one, two }) => [one, two])]
  const spoiled = all.find(each => failing(each) > mostFailing)
  if (spoiled) {
    const [first] = spoiled.load.failures
    return unknown(
      `${Math.round(failing(spoiled) * 100)} % of the calls were not served: ${first?.first ?? 'no answer'}`,
    )
  }
  const at = `${tools.slice(0, 4).join(', ')}, 48 calls at a time`
  const saw = rounds.map(({ one, two }) => `${rate(one)} at one instance, ${rate(two)} at two`).join('; ')
  const gains = rounds.map(({ one, two }) => two.load.perSecond / Math.max(0.1, one.load.perSecond))
  if (gains.every(gain => gain >= enoughGain)) return pass({ at, saw })
  const idle = Math.min(...all.map(each => each.idle))
  if (idle < enoughIdle || all.some(({ load }) => load.own.utilisation > ownLimit))
    return unknown(
      `${saw}; this machine has too few free processors to show more (${Math.round(idle * 100)} % were idle)`,
    )
  const isFull = rounds.every(({ one }) => one.load.perSecond < few.load.perSecond * noGain)
  if (!isFull) return unknown(`${saw}; one instance was not at its limit`)
  if (!closedWorld) return unknown(`${saw}; what its tools ask of others may be the limit`)
  if (gains.some(gain => gain >= noGain)) return unknown(`${saw}: too close to tell`)
  return fail({ at, saw, wanted: `more at two: ${Math.round(idle * 100)} % of the processors were idle` })
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
    check({
      asks: 'Do two instances serve more calls a second than one?',
      rows: [42],
      needs: { scalingThroughput },
      judge: ({ scalingThroughput }) => judgeThroughput(scalingThroughput),
    }),
  ],
}

export default item
