/** What a step does with an image, before expressions in it are resolved. */
export interface Reading {
  kind: 'build' | 'push' | 'scan'
  /** Names with tags; empty when the tool has its own way to know. */
  names: string[]
  /** Of a build: the Dockerfile and the stage, when they are named. */
  dockerfile: string | null
  stage: string | null
  /** It cannot work without a Dockerfile. */
  fromDockerfile: boolean
  /** Of a scan: its findings end the run. */
  gates: boolean
}

type Inputs = Record<string, string>

const reading = (given: Pick<Reading, 'kind'> & Partial<Reading>): Reading => ({
  names: [],
  dockerfile: null,
  stage: null,
  fromDockerfile: false,
  gates: false,
  ...given,
})

const isOn = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== 'false'

const buildPush = (inputs: Inputs): Reading[] => {
  const outputs = inputs['outputs'] ?? ''
  const pushed = isOn(inputs['push']) || /type=registry|push=true/.test(outputs)
  const names = [
    inputs['tags'] ?? '',
    /(?:^|,)name=((?:\$\{\{[^}]{0,200}\}\}|[^,\s])+)/.exec(outputs)?.[1] ?? '',
  ].filter(Boolean)
  const context = (inputs['context'] ?? '').replace(/^\.\/?|\/$/g, '')
  const beside = context === '' || context.includes('${{') ? '' : `${context}/Dockerfile`
  const build = {
    names,
    dockerfile: inputs['file']?.replace(/^\.\//, '') ?? (beside || null),
    stage: inputs['target'] ?? null,
    fromDockerfile: true,
  }
  return [reading({ kind: 'build', ...build }), ...(pushed ? [reading({ kind: 'push', ...build })] : [])]
}

const both = (names: string[], dockerfile?: string): Reading[] => [
  reading({ kind: 'build', names, dockerfile: dockerfile ?? null }),
  reading({ kind: 'push', names, dockerfile: dockerfile ?? null }),
]

const listed = (...texts: (string | undefined)[]): string[] =>
  texts.filter(text => text !== undefined && text !== '') as string[]

const scan = (names: string[], gates: boolean): Reading[] => [reading({ kind: 'scan', names, gates })]

/** Trivy scans an image unless it is told to scan something else. */
const trivy = (inputs: Inputs): Reading[] =>
  (inputs['scan-type'] ?? 'image') === 'image' && !inputs['scan-ref']
    ? scan(
        listed(inputs['image-ref'], inputs['input'] && '*'),
        isOn(inputs['exit-code']) && inputs['exit-code'] !== '0',
      )
    : []

/** Actions that are known for what they do with images. */
export const imageActions: { owner: RegExp; read: (inputs: Inputs) => Reading[] }[] = [
  { owner: /^(docker|depot)\/build-push-action(@|$)/, read: buildPush },
  {
    owner: /^(docker|depot)\/bake-action(@|$)/,
    read: inputs =>
      isOn(inputs['push']) || /push=true/.test(inputs['set'] ?? '')
        ? both(['*'])
        : [reading({ kind: 'build', names: ['*'] })],
  },
  {
    owner: /^elgohr\/Publish-Docker-Github-Action(@|$)/i,
    read: inputs => both(listed(inputs['name']), inputs['dockerfile']),
  },
  { owner: /^macbre\/push-to-ghcr(@|$)/, read: inputs => both(listed(inputs['image_name']), inputs['dockerfile']) },
  {
    owner: /^mr-smithers-excellent\/docker-build-push(@|$)/,
    read: inputs => both(listed(inputs['image']), inputs['dockerfile']),
  },
  { owner: /^int128\/kaniko-action(@|$)/, read: buildPush },
  {
    owner: /^redhat-actions\/buildah-build(@|$)/,
    read: inputs => [reading({ kind: 'build', names: listed(inputs['image'] ?? inputs['tags']) })],
  },
  {
    owner: /^redhat-actions\/push-to-registry(@|$)/,
    read: inputs => [
      reading({ kind: 'push', names: listed([inputs['registry'], inputs['image'] ?? '*'].filter(Boolean).join('/')) }),
    ],
  },
  { owner: /^aquasecurity\/trivy-action(@|$)/, read: trivy },
  {
    owner: /^anchore\/scan-action(@|$)/,
    read: inputs => (inputs['image'] ? scan([inputs['image']], (inputs['fail-build'] ?? 'true') !== 'false') : []),
  },
  {
    owner: /^docker\/scout-action(@|$)/,
    read: inputs =>
      /\b(cves|compare|quickview)\b/.test(inputs['command'] ?? '')
        ? scan(listed(inputs['image']?.replace(/^\w+:\/\//, '') ?? '*'), isOn(inputs['exit-code']))
        : [],
  },
  { owner: /^snyk\/actions\/docker(@|$)/, read: inputs => scan(listed(inputs['image']), true) },
  {
    owner: /^sysdiglabs\/scan-action(@|$)/,
    read: inputs => scan(listed(inputs['image-tag']), inputs['stop-on-failed-policy-eval'] === 'true'),
  },
  {
    owner: /^crazy-max\/ghaction-container-scan(@|$)/,
    read: inputs => scan(listed(inputs['image'], inputs['tarball'] && '*'), isOn(inputs['severity_threshold'])),
  },
  { owner: /^azure\/container-scan(@|$)/, read: inputs => scan(listed(inputs['image-name']), true) },
  {
    owner: /^aws-actions\/vulnerability-scan-github-action-for-amazon-inspector(@|$)/,
    read: inputs => (inputs['artifact_type'] === 'container' ? scan(listed(inputs['artifact_path']), false) : []),
  },
]

const values = (words: string[], ...names: string[]): string[] =>
  words.flatMap((word, at) => {
    const [name = '', value] = word.split(/=(.*)/s)
    return names.includes(name) ? [value ?? words[at + 1] ?? ''] : []
  })

/** Operands: words that are no options and no values of the options that are known to take one. */
const operands = (words: string[], valued: RegExp): string[] =>
  words.filter(
    (word, at) => !word.startsWith('-') && !(valued.test(words[at - 1] ?? '') && !(words[at - 1] ?? '').includes('=')),
  )

const trivyValued =
  /^--?(s|severity|f|format|o|output|exit-code|timeout|vuln-type|pkg-types|scanners|ignorefile|cache-dir|template|t|db-repository|c|config|platform|report|skip-dirs|skip-files)$/

const builds = ([program = '', ...words]: string[]): Reading[] => {
  const [verb, second] = words.filter(word => !word.startsWith('-'))
  if (!/^(docker|podman|buildah|nerdctl)$/.test(program) || verb === 'compose') return []
  const isBuild =
    /^(build|bud|bake)$/.test(verb ?? '') ||
    (/^(buildx|image|builder)$/.test(verb ?? '') && /^(build|bake)$/.test(second ?? ''))
  const isPush = verb === 'push' || (verb === 'image' && second === 'push')
  if (isPush) {
    const [name] = operands(words, /^$/).slice(verb === 'image' ? 2 : 1)
    return [reading({ kind: 'push', names: listed(name) })]
  }
  if (!isBuild) return []
  const build = {
    names: values(words, '-t', '--tag'),
    dockerfile: values(words, '-f', '--file')[0]?.replace(/^\.\//, '') ?? null,
    stage: values(words, '--target')[0] ?? null,
    fromDockerfile: true,
  }
  const pushed = words.some(word => /^--push(=true)?$|type=registry|push=true/.test(word))
  return [reading({ kind: 'build', ...build }), ...(pushed ? [reading({ kind: 'push', ...build })] : [])]
}

const isDirectory = /^(\.|\/|dir:|file:|sbom:|fs$)/

const scans = ([program = '', ...words]: string[]): Reading[] => {
  const given = operands(words, trivyValued)
  const exits = values(words, '--exit-code').some(code => code !== '0')
  if (program === 'trivy')
    return given[0] === 'image' || given[0] === 'i'
      ? scan(listed(given[1] ?? (words.includes('--input') ? '*' : undefined)), exits)
      : []
  if (program === 'grype') {
    const [image] = operands(words, /^(-o|--output|-f|--fail-on|-c|--config|--only-fixed|--scope|--file|--platform)$/)
    return image && !isDirectory.test(image)
      ? scan([image.replace(/^(registry|docker|podman):/, '')], values(words, '-f', '--fail-on').length > 0)
      : []
  }
  if (program === 'docker' && given[0] === 'scout' && /^(cves|quickview|compare)$/.test(given[1] ?? ''))
    return scan(
      listed(given[2] ?? '*'),
      words.some(word => /^(-e|--exit-code)$/.test(word)),
    )
  if (program === 'snyk' && given[0] === 'container' && /^(test|monitor)$/.test(given[1] ?? ''))
    return scan(listed(given[2]), given[1] === 'test')
  if (program === 'osv-scanner' && given[0] === 'scan' && given[1] === 'image') return scan(listed(given[2]), true)
  return []
}

const others = ([program = '', ...words]: string[]): Reading[] => {
  const [first = '', second = ''] = words.filter(word => !word.startsWith('-'))
  if (/(^|\/)(kaniko\/)?executor$/.test(program) && words.some(word => word.startsWith('--destination')))
    return both(values(words, '--destination'), values(words, '--dockerfile')[0])
  if (program === 'gcloud' && first === 'builds' && second === 'submit') return both(values(words, '--tag', '-t'))
  if (program === 'az' && first === 'acr' && second === 'build')
    return both(values(words, '-t', '--image'), values(words, '-f', '--file')[0])
  if (program === 'pack' && first === 'build' && words.includes('--publish')) return both(listed(second))
  if (program === 'ko' && /^(build|publish|resolve|apply)$/.test(first)) return both(['*'])
  if ((program === 'docker' && first === 'compose') || program === 'docker-compose') {
    const verb = program === 'docker' ? second : first
    if (verb === 'push') return [reading({ kind: 'push', names: ['*'] })]
    return verb === 'build'
      ? [
          reading({ kind: 'build', names: ['*'] }),
          ...(words.includes('--push') ? [reading({ kind: 'push', names: ['*'] })] : []),
        ]
      : []
  }
  const copied = /^(skopeo|crane|regctl|oras)$/.test(program) && /^(copy|push|image)$/.test(first)
  return copied
    ? [
        reading({
          kind: 'push',
          names: listed(words.findLast(word => !word.startsWith('-'))?.replace(/^docker:\/\//, '')),
        }),
      ]
    : []
}

/** What a command line does with images. */
export const imageCommands = (words: string[]): Reading[] =>
  words.some(word => /^(--help|-h|--version|--dry-run)$/.test(word))
    ? []
    : [...builds(words), ...scans(words), ...others(words)]
