import { someIn } from '../code/parts.ts'
import type { FunctionValue, Module, Value } from '../code/values.ts'
import { nameOf } from '../concurrency/paths.ts'
import type { Reach } from '../reach.ts'
import { handedOn, isFirstWord, lastName, nameIn, textsOf, writtenIn, type FirstWord, type Written } from './words.ts'

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

interface Asked {
  list: string
  of: Value
  line: number
}

/** `denied.includes(word)`, `denied.has(word)`, `word in denied`. */
const listsIn = ({ values, of }: Written): Asked[] => {
  const found: Asked[] = []
  let line = of.line
  const add = (list: Value): number => found.push({ list: lastName(list), of: list, line })
  for (const value of values)
    someIn(value, part => {
      if (part.is === 'call') ({ line } = part)
      if (part.is === 'compare' && /^(not )?in$/.test(part.operator)) add(part.right)
      if (part.is === 'call' && part.callee.is === 'member' && /^(includes|has|indexOf)$/.test(part.callee.name))
        add(part.callee.of)
      return false
    })
  return found
}

/** Programs that lists of what is denied name; one that names none of them is about words of another language. */
const denied =
  /^(rm|rmdir|sudo|su|dd|mkfs(\.\w+)?|format|mount|umount|fdisk|diskpart|parted|shutdown|reboot|halt|poweroff|passwd|useradd|usermod|userdel|adduser|chmod|chown|chgrp|kill|killall|pkill|bash|sh|zsh|cmd|powershell|curl|wget|nc|netcat|telnet|ssh|scp|python3?|node|perl|ruby|eval|exec|del|erase|rd|reg|net|netsh|sc|iptables|systemctl|service|visudo|crontab|mv|cp)(\.exe)?$/i

const isAllowing = ({ list }: Asked): boolean => allowing.test(list) && !denying.test(list)

/** Those that ask, and those that ask these: a path may be refused there. */
const askersOf = (of: FunctionValue, { graph }: Reach): { from: FunctionValue; module: Module }[] =>
  graph.into(of).flatMap(({ from, module }) => [{ from, module }, ...graph.into(from)])

/** A list of programs that are denied, asked for the first word of a command: `/usr/bin/NAME` is none of them. */
const programPolicy = (written: Written, reach: Reach): FirstWord[] => {
  const { of, module } = written
  const lists = listsIn(written)
  const by = nameIn(of, module)
  const asked = lists.find(({ list }) => denying.test(list) && ofPrograms.test(`${list} ${by}`))
  if (!asked) return []
  // what has to be on a list of allowed ones as well is refused there
  if (lists.some(isAllowing)) return []
  const words = textsOf(asked.of, { module, frames: [] }, reach)
  if (words.length > 0 && !words.some(word => denied.test(word.trim()))) return []
  const around = handedOn(written, reach)
  const takesFirst = around.some(one => one.values.some(value => someIn(value, part => isFirstWord(part, one.module))))
  if (!takesFirst || around.some(one => one.values.some(knowsPaths))) return []
  if (askersOf(of, reach).some(({ from, module: asker }) => writtenIn(from, asker, reach).values.some(knowsPaths)))
    return []
  return [{ of: 'program', file: module.path, line: asked.line, by: by || 'a function', list: asked.list }]
}

/** Rules about programs, where no list of those that are allowed is asked anywhere. */
export const programPolicies = (functions: Written[], reach: Reach): FirstWord[] => {
  const found = functions.flatMap(one => programPolicy(one, reach))
  const isAllowed = (one: Written): boolean =>
    listsIn(one).some(asked => isAllowing(asked) && ofPrograms.test(`${asked.list} ${nameIn(one.of, one.module)}`))
  return found.length > 0 && !functions.some(isAllowed) ? found : []
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
