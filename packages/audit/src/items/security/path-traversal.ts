import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { pathCanaries, type PathProbe, type PathProbes } from '../../gather/path-canaries.ts'
import { foreignNames } from '../../gather/foreign-names.ts'
import { lexicalChecks, type LexicalCheck } from '../../gather/lexical-checks.ts'
import { nothingCalled, shown } from '../../gather/proven-tools.ts'
import { taint } from '../../gather/taint.ts'
import { judgeFlows } from '../carried.ts'

const got = {
  content: 'the content of the canary file came back',
  name: 'the directory was listed',
  written: 'the file was made there',
}

const leaks = ({ probes }: PathProbes): Evidence[] =>
  probes.flatMap(({ tool, parameter, form, value, leaked }) =>
    leaked
      ? [
          {
            at: `tools/call ${tool}`,
            saw: `${parameter} = ${JSON.stringify(value).slice(0, 160)} (${form}) → ${got[leaked]}`,
            wanted: 'a refusal: the file is outside everything this server was given',
          },
        ]
      : [],
  )

/** Whichever call it was: nobody else knows these files. */
const changed = ({ spoilt, probes }: PathProbes): Evidence[] =>
  spoilt.length === 0
    ? []
    : [
        {
          at: `${spoilt.length} canary files outside of what the server was given`,
          saw: `changed or removed by calls of ${[...new Set(probes.filter(({ isPath }) => isPath).map(({ tool }) => tool))].slice(0, 8).join(', ')}: ${spoilt.slice(0, 3).join(', ')}`,
          wanted: 'files outside left alone',
        },
      ]

const parametersOf = (probes: PathProbe[]): string[] => [
  ...new Set(probes.map(({ tool, parameter }) => `${tool}.${parameter}`)),
]

const proven = ({ probes, placed, untried }: PathProbes): Evidence[] => {
  const answered = probes.filter(probe => probe.answered)
  const named = parametersOf(answered.filter(({ isPath }) => isPath))
  const free = parametersOf(answered.filter(({ isPath }) => !isPath))
  // What names files and was never tried leaves the question open.
  if (answered.length === 0 || (named.length === 0 && untried.length > 0)) return []
  const list = (names: string[]): string => names.slice(0, 8).join(', ') || 'none'
  return [
    {
      at: `${answered.length} paths to canary files ${placed.join(', ')}`,
      saw: `nothing of them came back, and nothing was written there; parameters that name files: ${list(named)}; other texts: ${list(free)}`,
    },
    ...(untried.length > 0 ? [{ at: 'never tried', saw: list(untried) }] : []),
  ]
}

const unresolved = ({ file, line, by }: LexicalCheck): Evidence => ({
  at: file,
  line,
  saw: `${by} compares a path as it is written; nothing in the source asks where a symbolic link in the folder leads`,
  wanted: 'the real path of both (realpath), compared with a separator',
})

const elsewhere =
  'the server was not started by the audit, or in a container: canaries of this machine prove nothing there'

const item: Item = {
  id: 'path-traversal',
  area: 'security',
  rows: [28],
  title: 'Paths stay where they belong',
  level: 'must',
  why: 'A path that climbs out of its folder hands every file the server may read to whoever writes the prompt.',
  how: 'Resolve the real path (links too) and compare it with the real root and a separator; refuse all else.',
  refs: [
    'https://cwe.mitre.org/data/definitions/22.html',
    'https://github.com/advisories/GHSA-hc55-p739-j48w',
    'https://github.com/advisories/GHSA-q66q-fx2p-7w4m',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Do tools refuse every way to a file outside of what the server was given?',
      needs: { pathCanaries },
      judge: ({ pathCanaries }) => {
        const { callable, good, placed, takesText, untried, isHere } = pathCanaries
        if (!takesText) return notApplicable('no tool takes a text')
        if (good === 0) return unknown(nothingCalled(callable))
        if (placed.length === 0)
          return unknown(
            isHere ? 'the server works in a directory that holds every place where a canary could be put' : elsewhere,
          )
        const names = untried.slice(0, 5).join(', ')
        const otherwise =
          untried.length > 0
            ? `parameters that name files belong to tools that were not called with success: ${names}`
            : 'no text of a tool that was called with success took a path to a canary'
        const found = shown([...leaks(pathCanaries), ...changed(pathCanaries)])
        return judged(found, isHere ? proven(pathCanaries) : [], isHere ? otherwise : elsewhere)
      },
    }),
    check({
      asks: 'Is each path that comes from an argument held against its folder, links and neighbours included?',
      needs: { taint, lexicalChecks },
      judge: ({ taint, lexicalChecks }) => {
        const verdict = judgeFlows(taint, {
          kinds: ['file'],
          places: 'file',
          instead: 'the real path, compared with the real folder and a separator behind it, before the file is touched',
        })
        const [first, ...more] = lexicalChecks.map(unresolved)
        const isOpen = taint.flows.some(({ kind, fate }) => kind === 'file' && fate === 'undecided')
        return verdict.status === 'unknown' && isOpen && first ? fail(first, ...more) : verdict
      },
    }),
    check({
      asks: 'Do names that other machines and archives give to files stay in their folder?',
      needs: { foreignNames },
      judge: ({ foreignNames }) => {
        const [first, ...more] = foreignNames.map(({ file, line, saw, wanted }) => ({ at: file, line, saw, wanted }))
        return first ? fail(first, ...more) : notApplicable('no file was seen to get such a name')
      },
    }),
  ],
}

export default item
