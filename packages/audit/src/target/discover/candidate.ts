import type { Launch, Repository } from '../../core/target.ts'

/** A way to start the server that was found in its repository. */
export interface Candidate {
  launch: Launch
  /** Why it was taken for the server, or what to know about it. */
  why: string
  /** What keeps it from starting, and the next step. */
  obstacle?: { saw: string; hint: string }
}

/** A package of the repository; `folder` is '' for its root. */
export interface Place {
  repository: Repository
  folder: string
}

export interface Findings {
  candidates: Candidate[]
  /** What was looked at and did not help, such as `package.json (no bin)`. */
  looked: string[]
}

/** Looks in one kind of file. */
export type Source = (place: Place) => Promise<Findings>

export const nothing: Findings = { candidates: [], looked: [] }

/** A path in the repository, seen from one of its packages; it may climb out and then does not exist. */
export const within = ({ folder }: Place, path: string): string => (folder ? `${folder}/${path}` : path)

export const namesAnMcpServer = (name: string): boolean => /(^|[^a-z])mcp([^a-z]|$)|mcp-?server|^mcp|mcp$/i.test(name)
