import { gatherer } from '../core/item.ts'
import { documents, sectionsOf, type Document } from './documents.ts'

const forOperators =
  /(^|\/)(ops|operations?|runbooks?|playbooks?|sre|deploy(ment)?|infra(structure)?|k8s|kubernetes)\/([^/]+\/)*[^/]+\.(md|mdx|markdown|rst|txt|adoc)$|^\.github\/(SECURITY|SUPPORT|RUNBOOK)[^/]*\.(md|rst|txt)$/i
const notTheirs = /(^|\/)(node_modules|tests?|fixtures|examples?)\//
const maxDocuments = 100

/** What those who run the server are given to read: the documents of its users, runbooks, security policies. */
export const handbook = gatherer<Document[], { documents: typeof documents }>({
  id: 'handbook',
  impact: 'read',
  from: 'repository',
  needs: { documents },
  gather: async ({ repository }, { documents }) => {
    const known = new Set(documents.map(({ path }) => path))
    const paths = (repository?.files ?? []).filter(
      path => forOperators.test(path) && !notTheirs.test(path) && !known.has(path),
    )
    const found = [...documents]
    for (const path of paths.slice(0, maxDocuments)) {
      const text = await repository?.text(path)
      if (text) found.push({ path, sections: sectionsOf(text) })
    }
    return found
  },
})
