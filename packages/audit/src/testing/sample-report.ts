import type { Report } from '../core/report.ts'
import { countRows, rowsOf } from '../engine/rows.ts'
import { sampleItems } from './sample-items.ts'

/** A report with something of everything, hostile text included. */
export const sampleReport = (): Report => {
  const rows = rowsOf(sampleItems, [])
  return {
    schemaVersion: 1,
    tool: { name: 'mcp-airworthy', version: '0.1.0' },
    target: {
      name: 'weather',
      repository: '/home/ada/weather',
      server: 'uv run weather --units metric',
      startedBy: 'pyproject.toml script "weather"',
    },
    server: {
      name: 'weather\u001B[31m',
      version: '1.4.2',
      transport: 'stdio',
      era: 'legacy',
      revision: '2025-11-25',
      capabilities: ['tools', 'logging'],
      startupMs: 412,
    },
    profile: 'local',
    impact: 'call',
    summary: countRows(rows),
    items: sampleItems,
    rows,
    run: {
      startedAt: '2026-11-03T09:12:44.000Z',
      seconds: 8.42,
      waitingSeconds: 3.1,
      processes: 14,
      called: [
        {
          tool: 'forecast',
          arguments: '{"city":"Berlin","days":3,"units":"metric","fields":["temperature","wind"]}',
          count: 212,
        },
        { tool: 'cities', arguments: '{}', count: 41 },
      ],
      notCalled: [
        { tool: 'delete_station', because: 'it is annotated as destructive' },
        { tool: 'rename_station', because: 'its effect is unknown' },
        { tool: 'add_station', because: 'its effect is unknown' },
      ],
      leftovers: ['node /srv/weather/worker.js (pid 4711)'],
      notes: ['only the first 20000 files of the directory were read'],
    },
  }
}
