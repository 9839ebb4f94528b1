import type { Circumstances } from '../core/circumstances.ts'
import { gatherer } from '../core/item.ts'
import { dockerfiles, publishedDockerfile, type Dockerfile } from './dockerfiles.ts'
import { documents, type Document } from './documents.ts'

const httpFlag =
  /(--|\b)(streamable-?http|http|sse)\b|--transport[ =",]+"?(streamable-?http|http|sse)|\b(uvicorn|gunicorn|hypercorn)\b/i

const imageServes = (published: Dockerfile | undefined): boolean => {
  const steps = published?.stages.at(-1)?.steps ?? []
  const command = steps.filter(({ keyword }) => keyword === 'CMD' || keyword === 'ENTRYPOINT').map(({ text }) => text)
  return httpFlag.test(command.join(' ')) || steps.some(({ keyword }) => keyword === 'EXPOSE')
}

/** A client's entry for a URL, or the address it is served at: `"url": "http://localhost:3000/mcp"`. */
const entry = /\bhttps?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:\d+)?\/(mcp|sse)\b/i

/** For those who work on it. */
const forContributors = /(^|\/)(CONTRIBUTING|DEVELOP\w*|HACKING)[^/]*$/i
/** Another program serves what it starts over stdio: `bridge --port 8080 -- npx -y notes-mcp`. */
const bridged = /--port[ =]\d+\b.*\s--\s+\S|--stdio[ =]["']/

const documentsEntry = (all: Document[]): boolean =>
  all.some(
    ({ path, sections }) =>
      !forContributors.test(path) &&
      sections.some(
        ({ blocks }) =>
          blocks.some(({ text }) => entry.test(text)) &&
          !blocks.some(({ kind, text }) => kind === 'code' && bridged.test(text)),
      ),
  )

/** Whether a repository is that of a service or of a local server, when no server runs that could tell. */
export const repositoryProfile = gatherer({
  id: 'repository-profile',
  impact: 'read',
  from: 'repository',
  needs: { dockerfiles, documents },
  gather: ({ settings }, { dockerfiles, documents }): Circumstances => {
    const serves = imageServes(publishedDockerfile(dockerfiles)) || documentsEntry(documents)
    return { profile: settings.profile ?? (serves ? 'service' : 'local') }
  },
})
