import type { PipelineStep } from '../pipelines.ts'
import { givesGithubToken, permission, usesOwnToken } from './permissions.ts'

/** A step that makes a release on the forge. */
export interface ForgeReleaseStep {
  step: PipelineStep
  does: string
  /** Where its notes come from; null when it gives none. */
  notes: string | null
  /** Files that the notes are read from. */
  notesFile: string | null
  draft: boolean
  /** Why it cannot work; null when nothing speaks against it. */
  refused: string | null
}

interface Known {
  action: RegExp
  /** Inputs that give the notes. */
  notes: string[]
  file?: string
  always?: string
  unless?: [input: string, value: string]
  only?: string
  draft?: (inputs: Record<string, string>) => boolean
}

const draftInput = (inputs: Record<string, string>): boolean => inputs['draft'] === 'true'

const known: Known[] = [
  {
    action: /^softprops\/action-gh-release$/,
    notes: ['body', 'generate_release_notes'],
    file: 'body_path',
    draft: draftInput,
  },
  {
    action: /^ncipollo\/release-action$/,
    notes: ['body', 'generateReleaseNotes'],
    file: 'bodyFile',
    draft: draftInput,
  },
  {
    action: /^(actions|comnoco|elgohr)\/(create-release|create-release-action|Github-Release-Action)$/,
    notes: ['body'],
    file: 'body_path',
    draft: draftInput,
  },
  {
    action:
      /^(marvinpinto\/action-automatic-releases|taiki-e\/create-gh-release-action|rymndhng\/release-on-push-action)$/,
    notes: [],
    always: 'the commits',
    draft: draftInput,
  },
  {
    action: /^release-drafter\/release-drafter$/,
    notes: [],
    always: 'the pull requests',
    draft: inputs => inputs['publish'] !== 'true',
  },
  { action: /^goreleaser\/goreleaser-action$/, notes: [], always: 'the commits' },
  {
    action: /^(googleapis|google-github-actions)\/release-please-action$/,
    notes: [],
    always: 'the commits',
    unless: ['skip-github-release', 'true'],
  },
  { action: /^(cycjimmy\/semantic-release-action|go-semantic-release\/action)$/, notes: [], always: 'the commits' },
  {
    action: /^python-semantic-release\/python-semantic-release$/,
    notes: [],
    always: 'the commits',
    unless: ['vcs_release', 'false'],
  },
  {
    action: /^changesets\/action$/,
    notes: [],
    always: 'the changesets',
    unless: ['createGithubReleases', 'false'],
    only: 'publish',
  },
  { action: /^svenstaro\/upload-release-action$/, notes: ['body'] },
]

const valueOf = (words: string[], names: string[]): string | null => {
  for (const [at, word] of words.entries()) {
    const [name = '', value] = word.split(/=(.*)/s)
    if (names.includes(name)) return value ?? words[at + 1] ?? ''
  }
  return null
}

const byCommand = (words: string[]): Pick<ForgeReleaseStep, 'notes' | 'notesFile' | 'draft'> | null => {
  const [program = '', first, second] = words
  if ((program === 'gh' || program === 'glab') && first === 'release' && second === 'create') {
    const notesFile = valueOf(words, ['--notes-file', '-F'])
    const text = valueOf(words, ['--notes', '-n'])
    const generated = words.some(word => /^--(generate-notes|notes-from-tag|notes-start-tag)$/.test(word))
    return {
      notes:
        notesFile ??
        (generated
          ? 'generated from what was merged'
          : text === null || text.trim() === ''
            ? null
            : 'written in the command'),
      notesFile,
      draft: words.some(word => /^(--draft|-d)$/.test(word)),
    }
  }
  const made = { notes: 'the commits', notesFile: null, draft: false }
  const isReal = !words.some(word => /^(--dry-run|--no-vcs-release|--noop|--snapshot|--help)$/.test(word))
  if (program === 'semantic-release') return isReal && first !== 'changelog' ? made : null
  if (program === 'goreleaser') return isReal && first === 'release' ? made : null
  if (program === 'release-please') return first === 'github-release' ? made : null
  if (program === 'auto') return first === 'shipit' || first === 'release' ? made : null
  if (program === 'release-cli')
    return first === 'create' ? { ...made, notes: valueOf(words, ['--description']) } : null
  return (program === 'lerna' && words.some(word => word.startsWith('--create-release'))) ||
    (program === 'release-it' && words.includes('--github.release'))
    ? made
    : null
}

const refusalOf = (step: PipelineStep, isGh: boolean): string | null => {
  if (step.workflow.forge !== 'github') return null
  if (isGh && !givesGithubToken(step)) return 'gh is given no token (GH_TOKEN)'
  return permission(step, 'contents') === 'none' && usesOwnToken(step)
    ? 'its token may not write contents (permissions)'
    : null
}

const writtenBy = (input: string | undefined): string | null =>
  input === undefined
    ? null
    : /generate/i.test(input)
      ? 'generated from what was merged'
      : `written in its input ${input}`

/** The releases that a step makes on the forge. */
export const forgeReleasesOf = (step: PipelineStep): ForgeReleaseStep[] => {
  const { uses, with: inputs } = step.step
  const [action = ''] = (uses ?? '').split('@')
  const match = known.find(each => each.action.test(action))
  const isMeant =
    match && (!match.unless || inputs[match.unless[0]] !== match.unless[1]) && (!match.only || inputs[match.only])
  const given = match?.notes.find(name => inputs[name] && inputs[name] !== 'false')
  const file = match?.file ? (inputs[match.file] ?? null) : null
  const byAction: ForgeReleaseStep[] = isMeant
    ? [
        {
          step,
          does: uses ?? '',
          notes: match.always ?? file ?? writtenBy(given),
          notesFile: file,
          draft: match.draft?.(inputs) ?? false,
          refused: refusalOf(step, false),
        },
      ]
    : []
  const byScript =
    action === 'actions/github-script' && /\.createRelease\s*\(/.test(inputs['script'] ?? '')
      ? [
          {
            step,
            does: uses ?? '',
            notes: /\b(body|generate_release_notes)\b/.test(inputs['script'] ?? '') ? 'given by the script' : null,
            notesFile: null,
            draft: /draft:\s*true/.test(inputs['script'] ?? ''),
            refused: refusalOf(step, false),
          },
        ]
      : []
  return [
    ...byAction,
    ...byScript,
    ...step.runs.flatMap(run => {
      const made = byCommand(run.words)
      return made ? [{ step, does: run.via.join(' → '), ...made, refused: refusalOf(step, run.words[0] === 'gh') }] : []
    }),
  ]
}
