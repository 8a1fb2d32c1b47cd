/** What a real browser makes of the host's rules: the policy is only worth what the browser does with it. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { windows } from '../../helpers/window.ts'

const open = windows()

/** Another program on this machine with a page of its own: for cookies it is the same site. */
let other: Server
let heard: string[]
beforeEach(async () => {
  heard = []
  other = createServer(({ url }, response) => {
    heard.push(url!)
    response.setHeader('Access-Control-Allow-Origin', '*').setHeader('Content-Type', url!.endsWith('.js') ? 'text/javascript' : 'text/html')
    response.end(url!.endsWith('.js') ? 'globalThis.stranger = true' : '<title>other</title>')
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
})
afterEach(() => other.close())

const addressOf = () => `http://127.0.0.1:${String((other.address() as AddressInfo).port)}`

/** What comes of one way to reach something: 'yes' or 'no'. */
const ways: Readonly<Record<string, (url: string) => string>> = {
  picture: (url) => `const it = new Image(); it.onload = yes; it.onerror = no; it.src = ${JSON.stringify(`${url}/media/image/1`)}`,
  script: (url) => `const it = document.createElement('script'); it.onload = yes; it.onerror = no; it.src = ${JSON.stringify(url)} + script; document.head.append(it)`,
  fetch: (url) => `fetch(${JSON.stringify(`${url}/media/image/1`)}, { credentials: 'include' }).then(yes, no)`,
  blindFetch: (url) => `fetch(${JSON.stringify(`${url}/media/image/1`)}, { credentials: 'include', mode: 'no-cors' }).then(yes, no)`,
  socket: (url) => `const it = new WebSocket(${JSON.stringify(`${url.replace('http', 'ws')}/rpc`)}); it.onopen = yes; it.onclose = it.onerror = no`,
}

async function reach(page: Page, url: string, script: string): Promise<Record<string, string>> {
  const tried = Object.entries(ways).map(async ([name, way]) => {
    const code = `new Promise((resolve) => { const [yes, no] = [() => resolve('yes'), () => resolve('no')]; const script = ${JSON.stringify(script)}; ${way(url)} })`
    return [name, await page.evaluate<string>(code)] as const
  })
  return Object.fromEntries(await Promise.all(tried))
}

const ALL = { picture: 'yes', script: 'yes', fetch: 'yes', blindFetch: 'yes', socket: 'yes' }
const NONE = { picture: 'no', script: 'no', fetch: 'no', blindFetch: 'no', socket: 'no' }

it('the link leaves a clean address and a cookie that no script sees', async () => {
  const { page, host } = await open({ images: ['shapes-01.png'] })
  const token = host.url.searchParams.get('token')!
  expect(page.url()).toBe(`${host.url.origin}/`)
  expect(await page.evaluate<string>('JSON.stringify([document.cookie, document.referrer, location.href, Object.entries(localStorage), Object.entries(sessionStorage)])')).toBe(
    JSON.stringify(['', '', `${host.url.origin}/`, [], []]),
  )
  const cookies = await page.context().cookies()
  expect(cookies.map(({ httpOnly, sameSite, path, expires }) => ({ httpOnly, sameSite, path, expires }))).toEqual([{ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 }])
  expect(await page.content()).not.toContain(token)
})

it('a page of another program on this machine gets nothing, though the browser sends it the cookie, and can not frame the window', async () => {
  const { page, host } = await open({ images: ['shapes-01.png'] })
  const { origin } = host.url
  const script = await page.locator('script[src]').first().getAttribute('src')
  expect(await reach(page, origin, script!.replace(/^\./, ''))).toEqual(ALL)

  const strange = await page.context().newPage()
  await strange.goto(addressOf())
  expect(await reach(strange, origin, script!.replace(/^\./, ''))).toEqual(NONE)
  await strange.evaluate(`new Promise((loaded) => { const it = document.createElement('iframe'); it.onload = loaded; it.src = ${JSON.stringify(`${origin}/`)}; document.body.append(it) })`)
  expect(strange.frames().map((frame) => frame.url())).toEqual([`${addressOf()}/`, 'chrome-error://chromewebdata/'])
})

it('what gets into the page by a name or a label can neither run nor send anything away', async () => {
  const { page } = await open({ images: ['shapes-01.png'] })
  const run = (code: string) => page.evaluate<unknown>(code)
  await run(`{ const it = document.createElement('script'); it.textContent = 'globalThis.inline = true'; document.head.append(it) }`)
  await run(`document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="globalThis.handler = true"><a id="address" href="javascript:globalThis.link = true">x</a>')`)
  await run(`document.getElementById('address').click()`)
  expect(await run(`new Promise((resolve) => setTimeout(() => resolve([globalThis.inline, globalThis.handler, globalThis.link]), 200))`)).toEqual([undefined, undefined, undefined])
  const text = `new Promise((resolve) => setTimeout(() => { try { resolve(Function('return "ran"')()) } catch ({ name }) { resolve(name) } }))`
  expect(await run(text)).toBe('EvalError')
  expect(await reach(page, addressOf(), '/x.js')).toEqual(NONE)
  await run(`{ const it = document.createElement('form'); it.action = ${JSON.stringify(`${addressOf()}/form`)}; document.body.append(it); it.submit() }`)
  await run(`new Promise((resolve) => setTimeout(resolve, 200))`)
  expect(heard).toEqual([])
})
