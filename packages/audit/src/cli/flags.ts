import { Option, type Command } from 'commander'
import { closest } from '../core/closest.ts'
import { Refusal } from '../core/refusal.ts'

/** A flag with a closed list of values. */
export const oneOf = (flags: string, description: string, values: readonly string[]): Option =>
  new Option(flags, `${description}: ${values.join(', ')}`).argParser((asked: string) => {
    if (values.includes(asked)) return asked
    const near = closest(asked, values)
    const name = flags.split(' ')[0]
    throw new Refusal(
      `${name} cannot be «${asked}»`,
      `${near ? `did you mean ${near}? ` : ''}it is one of ${values.join(', ')}`,
    )
  })

/** A flag that may be repeated. */
export const repeated = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((one: string, before: string[] | undefined) => [...(before ?? []), one])

/** A flag that takes names with commas between them and may be repeated. */
export const names = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((list: string, before: string[] | undefined) => {
    const named = list.split(',').flatMap(name => name.trim() || [])
    const flag = flags.split(' ')[0]
    if (named.length === 0) throw new Refusal(`${flag} names nothing`, `give one or more names: ${flag} NAME,NAME`)
    return [...(before ?? []), ...named]
  })

export const formats = ['terminal', 'json'] as const
export type Format = (typeof formats)[number]

export const withFace = (command: Command): Command =>
  command
    .addOption(oneOf('--format <format>', 'how to print', formats).default('terminal'))
    .option('--no-color', 'print without colour')
