import { someIn } from '../code/parts.ts'
import type { Value } from '../code/values.ts'
import { nameOf } from '../concurrency/paths.ts'
import type { Reach } from '../reach.ts'
import { handedOn, isFirstWord, lastName, nameIn, type FirstWord, type Written } from './words.ts'

const denying = /(block|den(y|ied)|forbid|banned|blacklist|disallow|dangerous|unsafe|prohibit|restricted)/i
const allowing = /(allow|permit|whitelist|safe)/i
const ofPrograms = /(command|cmd|program|binar|executable|shell)/i

/** It takes the name out of a path, or looks for a path. */
const knowsPaths = (value: Value): boolean =>
  someIn(
    value,
    part =>
      (part.is === 'text' && /^\/+$/.test(part.text)) ||
      (part.is === 'pattern' && part.text.includes('/')) ||
      (part.is === 'call' && /^(basename|which|realpath\w*|PurePath|Path)$/.test(nameOf(part))) ||
      (part.is === 'member' && part.name === 'sep'),
  )

/** `denied.includes(word)`, `denied.has(word)`, `word in denied`. */
const listsIn = ({ values, of }: Written): { list: string; line: number }[] => {
  const found: { list: string; line: number }[] = []
  let line = of.line
  for (const value of values)
    someIn(value, part => {
      if (part.is === 'call') ({ line } = part)
      if (part.is === 'compare' && /^(not )?in$/.test(part.operator)) found.push({ list: lastName(part.right), line })
      if (part.is === 'call' && part.callee.is === 'member' && /^(includes|has|indexOf)$/.test(part.callee.name))
        found.push({ list: lastName(part.callee.of), line })
      return false
    })
  return found
}

/** A list of programs that are denied, asked for the first word of a command: `/usr/bin/NAME` is none of them. */
export const programPolicy = (written: Written, reach: Reach): FirstWord[] => {
  const { of, module } = written
  const lists = listsIn(written)
  const by = nameIn(of, module)
  const denied = lists.find(({ list }) => denying.test(list) && ofPrograms.test(`${list} ${by}`))
  if (!denied) return []
  // what has to be on a list of allowed ones as well is refused there
  if (lists.some(({ list }) => allowing.test(list) && !denying.test(list))) return []
  const around = handedOn(written, reach)
  const takesFirst = around.some(one => one.values.some(value => someIn(value, part => isFirstWord(part, one.module))))
  if (!takesFirst || around.some(one => one.values.some(knowsPaths))) return []
  return [{ of: 'program', file: module.path, line: denied.line, by: by || 'a function', list: denied.list }]
}

const starting =
  /^(child_process:|cross-spawn:|execa:|node-pty:|subprocess\.|os\.(system|popen|exec\w+|spawn\w+)$|asyncio\.(subprocess\.)?create_subprocess_|pexpect\.)/

/** Requests reach a call that starts programs. */
export const startsPrograms = ({ graph, bodies, resolver }: Reach): boolean =>
  [...graph.functions].some(([of, module]) =>
    bodies
      .of(module, of)
      .calls.some(({ callee }) =>
        starting.test((resolver.external(callee, { module, frames: [] }) ?? '').replace(/^node:/, '')),
      ),
  )
