import { describeRepository } from './repository-cases.ts'

describeRepository('typescript')
