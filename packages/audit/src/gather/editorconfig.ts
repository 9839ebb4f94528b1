import { globMatcher } from './globs.ts'

type Properties = Record<string, string>

/** The properties that an .editorconfig sets for a path; the last section that matches wins. */
export const readEditorConfig = (content: string, directory: string): ((path: string) => Properties) => {
  const sections: { matches: (path: string) => boolean; properties: Properties }[] = []
  for (const line of content.slice(0, 100_000).split('\n')) {
    const head = /^\s*\[(.+)\]\s*$/.exec(line)
    const pair = /^\s*([\w-]+)\s*=\s*([^#;]*)/.exec(line)
    if (head?.[1]) sections.push({ matches: globMatcher([head[1]], directory), properties: {} })
    else if (pair?.[1]) {
      const section = sections.at(-1)
      if (section) section.properties[pair[1].toLowerCase()] = (pair[2] ?? '').trim().toLowerCase()
    }
  }
  return path =>
    Object.assign(
      {},
      ...sections.filter(({ matches }) => matches(path)).map(({ properties }) => properties),
    ) as Properties
}

/** What Prettier makes of the properties. */
export const prettierOptionsOf = (properties: Properties): Record<string, unknown> => {
  const { indent_style: style, indent_size: size, tab_width: width, max_line_length: length } = properties
  const columns = Number(size === 'tab' || size === undefined ? width : size)
  return {
    ...(style === 'tab' ? { useTabs: true } : style === 'space' ? { useTabs: false } : {}),
    ...(columns > 0 ? { tabWidth: columns } : {}),
    ...(Number(length) > 0 ? { printWidth: Number(length) } : length === 'off' ? { printWidth: Infinity } : {}),
  }
}
