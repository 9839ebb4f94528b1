import { describe, expect, it } from 'vitest'
import { loadItems } from '../packages/audit/src/catalogue.ts'
import { needsOf } from '../packages/audit/src/core/item.ts'
import type { ItemResult } from '../packages/audit/src/core/report.ts'
import { judgeItem } from '../packages/audit/src/engine/judge.ts'
import { collect } from '../packages/audit/src/engine/schedule.ts'
import { withFiles, type Files } from '../packages/audit/src/testing/repositories.ts'

const workflow = (...steps: string[]): string =>
  `on: [push, pull_request]\njobs:\n  check:\n    runs-on: \${{ matrix.os }}\n    strategy: { matrix: { os: [ubuntu-latest, macos-latest] } }\n    steps:\n      - uses: actions/checkout@v4\n      - uses: gitleaks/gitleaks-action@v2\n${steps.map(step => `      - run: ${step}\n`).join('')}`

const shared = (language: string): Files => ({
  'README.md': `# notes-mcp\n\nAn MCP server in ${language}.\n`,
  Dockerfile: 'FROM debian:13 AS build\nRUN make\nFROM debian:13-slim\nCOPY --from=build /notes /notes\nUSER 1000\n',
  'CHANGELOG.md': '# Changelog\n\n## 1.2.0 - 2026-11-01\n\n- Notes can be searched.\n',
})

const repositories: [language: string, files: Files][] = [
  [
    'Go',
    {
      'go.mod': 'module github.com/acme/notes-mcp\n\ngo 1.24\n',
      'cmd/main.go': 'package main\n\nimport "github.com/modelcontextprotocol/go-sdk/mcp"\n\nfunc main() {}\n',
      '.github/workflows/ci.yml': workflow(
        'golangci-lint run',
        'go vet ./...',
        'go build ./...',
        'go test -cover ./...',
      ),
    },
  ],
  [
    'Rust',
    {
      'Cargo.toml': '[package]\nname = "notes-mcp"\nversion = "1.2.0"\n[dependencies]\nrmcp = "1"\n',
      'src/main.rs': 'fn main() {}\n',
      '.github/workflows/ci.yml': workflow('cargo clippy -- -D warnings', 'cargo build', 'cargo test'),
    },
  ],
  [
    'Java',
    {
      'pom.xml': '<project><artifactId>notes-mcp</artifactId><version>1.2.0</version></project>\n',
      'src/main/java/Notes.java': 'class Notes { public static void main(String[] args) {} }\n',
      '.github/workflows/ci.yml': workflow('mvn -B checkstyle:check', 'mvn -B package', 'mvn -B test'),
    },
  ],
  [
    'C#',
    {
      'notes.csproj': '<Project Sdk="Microsoft.NET.Sdk"></Project>\n',
      'Program.cs': 'System.Console.WriteLine();\n',
      '.github/workflows/ci.yml': workflow('dotnet format --verify-no-changes', 'dotnet build', 'dotnet test'),
    },
  ],
]

const judge = async (files: Files): Promise<ItemResult[]> => {
  const items = await loadItems()
  return withFiles(files, {}, async target => {
    const wanted = items.flatMap(({ checks }) => checks.flatMap(needsOf)).map(([, need]) => need)
    const outcomes = await collect(wanted, { target, impact: 'read', lanes: 2, listener: () => {} })
    return items.map(item => judgeItem(item, outcomes, { profile: 'complete' }))
  })
}

/** Their question is about the code, or about what the code says. */
const ofCode =
  'api-documentation async-context async-io awaited-calls caching call-timeouts clean-stdout config-documentation config-files database-timeouts docstrings env-only-config environment-config error-handling error-logging error-patterns file-handles formatted imports-sorted input-validation lint-clean named-constants schema-library-version secrets-from-environment timeout-configuration tool-registration tool-tests type-annotations'.split(
    ' ',
  )
/** These can be decided without reading the code. */
const decided =
  'changelog conventional-commits containerization-decision dockerfile matrix-testing multi-stage-build pipeline-stages pre-commit quality-gates security-scanning troubleshooting'.split(
    ' ',
  )

describe.each(repositories)('a server in %s', (language, files) => {
  it('is judged by all but its code', { timeout: 60_000 }, async () => {
    const results = await judge({ ...shared(language), ...files })
    const of = (id: string): ItemResult | undefined => results.find(each => each.id === id)
    const becauses = (id: string): string[] => of(id)?.verdicts.flatMap(({ because }) => because ?? []) ?? []
    expect(ofCode.filter(id => of(id)?.status === 'pass' || of(id)?.status === 'fail')).toEqual([])
    expect(ofCode.filter(id => !becauses(id).includes(`no reader for ${language}`))).toEqual([])
    const unread = decided.filter(id => becauses(id).some(because => because.startsWith('no reader for')))
    expect(unread).toEqual([])
    expect(of('multi-stage-build')?.status).toBe('pass')
    expect(of('secret-management')?.verdicts[0]?.status).toBe('pass')
    expect(of('test-coverage')?.verdicts[0]?.status).toBe('unknown')
  })
})
