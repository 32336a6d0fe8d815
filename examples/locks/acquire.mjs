#!/usr/bin/env node
// acquire.mjs FILE: reads a line, and only then takes a lock, checks that it still stands, and writes the line to FILE.
import { execFile } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)
const interlock = async (...words) => (await run('interlock', words.map(String))).stdout
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const store = new URL('store', import.meta.url).pathname

/** Runs `work` with the fencing token of a lock that this process holds meanwhile. */
async function withLock(path, reason, work) {
    const options = ['--pid', process.pid, '--wait', '30s', '--reason', reason, '--json']
    const { token } = JSON.parse(await interlock('lock', 'acquire', path, ...options))
    try {
        return await work(token)
    } finally {
        // Not checked: one that was broken does not stand any more.
        await interlock('lock', 'release', '--token', token).catch(() => {})
    }
}

try {
    const { value: line } = await input.next()
    await withLock('/app/blog', 'a line from Node', async (token) => {
        console.log('prepared with token', token)
        await input.next()
        await interlock('lock', 'check', '/app/blog', '--token', token)
        await run(store, [process.argv[2], String(token), line])
    })
    process.exit()
} catch (problem) {
    // 75: not obtained, or lost; 76: it would deadlock. Why is on standard error.
    process.stderr.write(problem.stderr ?? `${problem}\n`)
    process.exit(Number.isInteger(problem.code) ? problem.code : 1)
}
