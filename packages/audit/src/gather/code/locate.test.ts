import { describe, expect, it } from 'vitest'
import { fileOf } from './locate.ts'

const find = (name: string, root: string | null): string | null =>
  fileOf({ path: 'tools/edit.py', language: 'python' }, name, {
    paths: new Set(['__init__.py', 'main.py', 'tools/__init__.py', 'tools/edit.py', 'utils.py']),
    root,
    aliases: [],
    packages: new Map(),
  })

describe('files that Python imports', () => {
  it('are found by the name of the folder that is read, where that is a package', () => {
    expect(find('notes_server.tools.edit', 'notes_server')).toBe('tools/edit.py')
    expect(find('notes_server.tools', 'notes_server')).toBe('tools/__init__.py')
  })

  it('are none of another package', () => {
    expect(find('requests.utils', 'notes_server')).toBeNull()
    expect(find('notes_server.tools.edit', null)).toBeNull()
    expect(find('notes_server.missing', 'notes_server')).toBeNull()
  })
})
