const otherLanguages: [name: string, files: RegExp, manifests: RegExp][] = [
  ['Go', /\.go$/, /(^|\/)go\.mod$/],
  ['Rust', /\.rs$/, /(^|\/)Cargo\.toml$/],
  ['Java', /\.java$/, /(^|\/)(pom\.xml|build\.gradle(\.kts)?)$/],
  ['Kotlin', /\.kts?$/, /(^|\/)build\.gradle\.kts$/],
  ['C#', /\.cs$/, /\.(csproj|slnx?)$/],
  ['Ruby', /\.rb$/, /(^|\/)(Gemfile|[^/]+\.gemspec)$/],
  ['PHP', /\.php$/, /(^|\/)composer\.json$/],
  ['Swift', /\.swift$/, /(^|\/)Package\.swift$/],
  ['Elixir', /\.exs?$/, /(^|\/)mix\.exs$/],
  ['C++', /\.(cc|cpp|cxx|hpp)$/, /(^|\/)CMakeLists\.txt$/],
  ['Dart', /\.dart$/, /(^|\/)pubspec\.yaml$/],
]

/** Another language counts when it has a manifest and more files than those that are read. */
export const unreadLanguage = (paths: string[], read: number): string | null => {
  const counts = otherLanguages.map(([name, files, manifest]) => ({
    name,
    count: paths.some(path => manifest.test(path)) ? paths.filter(path => files.test(path)).length : 0,
  }))
  const most = counts.reduce((best, one) => (one.count > best.count ? one : best))
  return most.count > read ? most.name : null
}
