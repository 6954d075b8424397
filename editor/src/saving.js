// Keeps the text on the screen, in this browser's journal and on the server the same, whatever fails in between. It
// knows nothing of the editor: it asks for the text, and says what should become of it.
import { TAB, forget, keep, keepAtOnce, recordsOf, whenGone } from "./journal.js"
import { merge3 } from "./merge3.js"

const PAUSE_MS = 500 // after the last keystroke
const MOST_MS = 1400 // after the first one that is not saved
const KEEP_MS = 150
const ASK_MS = 4000 // whether somebody else changed the draft
const PATIENCE_MS = 20_000
const RETRY_MS = [1000, 2000, 4000, 8000]
const REMEMBERED = 20
const SMALL = 60_000 // bytes that a browser still sends while its page goes away

/** `page` has `read()` → {text, title}, `write({text, title})`, `show(state, sentence)`, `decide(conflict)` →
 * the text that the writer chose, `settled()` to wait until no word is half composed, and `told(answer)` for what the server knows besides the text. */
export class Saving {
  constructor(draft, api, page) {
    Object.assign(this, { draft, page, url: `${api}/drafts/${encodeURIComponent(draft)}/text`, key: `${draft}:${TAB}` })
    this.failures = 0
    this.sent = [] // seals of what was sent: a server that has one of these has our own words, answered or not
    this.queue = Promise.resolve()
    this.onhide = () => this.leave()
    this.onback = () => this.wake()
    addEventListener("pagehide", this.onhide)
    addEventListener("online", this.onback)
    document.addEventListener("visibilitychange", this.onback)
    this.asking = setInterval(() => this.ask(), ASK_MS)
  }

  async open() {
    const answer = await this.fetch("GET")
    if (!answer.ok) throw new Error(await sentence(answer))
    this.begin(await answer.json())
    for (const record of await recordsOf(this.draft)) if (record.tab !== TAB) this.adopt(record)
  }

  begin(there) {
    this.base = { revision: there.revision, text: there.text, title: there.title }
    this.saved = { text: there.text, title: there.title }
    this.page.write(this.saved, { first: true })
    this.page.told(there)
    this.page.show("saved")
  }

  get dirty() {
    const { text, title } = this.page.read()
    return text !== this.saved.text || title !== this.saved.title
  }

  changed() {
    const now = Date.now()
    this.since ??= now
    if (!this.keeping) this.keeping = setTimeout(() => this.journal(), KEEP_MS)
    if (this.deciding) return
    if (!this.failures) this.page.show("typing")
    this.schedule(Math.min(PAUSE_MS, Math.max(0, this.since + MOST_MS - now)))
  }

  schedule(ms) {
    if (this.failures && ms < RETRY_MS[0]) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), ms)
  }

  journal() {
    clearTimeout(this.keeping)
    this.keeping = 0
    if (!this.base || !this.dirty) return
    keep(this.record()).then((kept) => (this.kept = kept))
  }

  record() {
    return { key: this.key, draft: this.draft, tab: TAB, at: Date.now(), base: this.base, sent: this.sent, ...this.page.read() }
  }

  /** One save after the other; what was typed during one goes with the next. */
  save() {
    clearTimeout(this.timer)
    this.queue = this.queue.then(() => this.deciding || this.put())
    return this.queue
  }

  async put() {
    const sent = this.page.read()
    if (!this.base || (sent.text === this.saved.text && sent.title === this.saved.title)) return this.clean()
    this.since = null
    if (!this.failures) this.page.show("saving")
    this.sent = [...this.sent.slice(-REMEMBERED), seal(sent.text)]
    await keep(this.record()) // before it is sent: the journal is never behind the server
    const headers = { "content-type": "application/json", "if-match": `"${this.base.revision}"` }
    const body = JSON.stringify({ ...sent, ...this.page.origin?.() })
    try {
      const answer = await this.fetch("PUT", { headers, body })
      if (answer.ok) this.took(sent, await answer.json())
      else if (answer.status === 412) await this.reconcile(await answer.json())
      else if (answer.status >= 500 || answer.status === 408 || answer.status === 429) this.failed()
      else this.refused(await sentence(answer))
    } catch {
      this.failed()
    }
  }

  took(sent, answer) {
    this.failures = 0
    this.saved = sent
    this.base = { revision: answer.revision, text: answer.text, title: answer.title }
    this.page.told(answer)
    if (this.dirty) this.again()
    else this.clean()
  }

  again() {
    this.since ??= Date.now()
    this.page.show("typing")
    this.schedule(PAUSE_MS)
  }

  clean() {
    this.since = null
    this.failures = 0
    clearTimeout(this.keeping)
    this.keeping = 0
    this.page.show("saved")
    forget(this.key)
  }

  failed() {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]
    this.failures += 1
    this.page.show("offline")
    this.journal()
    this.schedule(wait)
  }

  refused(text) {
    this.failures = 1
    this.page.show("refused", text)
    this.journal()
    this.schedule(RETRY_MS.at(-1))
  }

  wake() {
    if (document.visibilityState === "hidden") return this.dirty && this.journal()
    if (this.failures) this.schedule(RETRY_MS[0])
    else this.ask()
  }

  /** Whether the draft has another revision now: a job finished a section, another tab or person saved. */
  ask() {
    if (document.visibilityState === "hidden" || this.deciding || !this.base) return this.queue
    this.queue = this.queue.then(() => this.compare())
    return this.queue
  }

  async compare() {
    try {
      const answer = await this.fetch("GET", { headers: { "if-none-match": `"${this.base.revision}"` } })
      if (answer.status !== 200) return
      const there = await answer.json()
      this.page.told(there)
      if (there.revision !== this.base.revision) await this.reconcile({ ...there, draft_title: there.title })
    } catch {
      // the server is away: the next save will say so, reading alone is no reason to
    }
  }

  async reconcile({ text, revision, draft_title: title }) {
    await this.page.settled()
    const there = { revision, text, title }
    const mine = this.page.read()
    this.failures = 0
    if (mine.text === text && mine.title === title) {
      this.base = there
      this.saved = mine
      return this.clean()
    }
    if (this.sent.includes(seal(text))) return this.answered(there)
    const unedited = mine.text === this.saved.text
    await this.weave(unedited ? text : null, this.base, there, mine)
  }

  /** It was saved, and only the answer was lost. */
  answered(there) {
    this.base = there
    this.saved = { text: there.text, title: there.title }
    this.again()
  }

  async weave(given, base, there, mine) {
    const merged = merge3(base.text, mine.text, there.text)
    const title = mine.title === base.title ? there.title : mine.title
    const text = given ?? (merged.clean ? merged.text : await this.askWriter(merged))
    this.base = there
    this.saved = { text: there.text, title: there.title }
    this.page.write({ text, title })
    if (this.dirty) this.again()
    else this.clean()
  }

  async askWriter(merged) {
    this.deciding = true
    this.page.show("conflict")
    this.journal()
    try {
      return await this.page.decide(merged)
    } finally {
      this.deciding = false
    }
  }

  /** Text that a tab which is gone had not saved. */
  async adopt(record) {
    await whenGone(record)
    this.queue = this.queue.then(() => this.restore(record))
    await this.queue
  }

  async restore(record) {
    await this.page.settled()
    const newest = (await recordsOf(this.draft)).find(({ key, at }) => key === record.key && at >= record.at)
    if (!newest) return // saved or taken over by another tab meanwhile
    const mine = this.page.read()
    const own = newest.sent?.includes(seal(mine.text))
    const merged = own ? { clean: true, text: newest.text } : merge3(newest.base.text, newest.text, mine.text)
    const text = merged.clean ? merged.text : await this.askWriter(merged)
    const title = newest.title === newest.base.title ? mine.title : newest.title
    this.page.write({ text, title })
    if (this.dirty) await keep(this.record())
    await forget(record.key)
    if (this.dirty) this.again()
    else this.clean()
  }

  /** The page goes away: what there is time for. */
  leave() {
    if (!this.base || !this.dirty) return
    const record = this.record()
    keepAtOnce(record)
    if (!this.deciding && record.text.length * 3 < SMALL) this.sendOff(record)
  }

  sendOff({ text, title }) {
    const headers = { "content-type": "application/json", "if-match": `"${this.base.revision}"` }
    fetch(this.url, { method: "PUT", headers, body: JSON.stringify({ text, title }), keepalive: true }).catch(() => {})
  }

  fetch(method, options = {}) {
    return fetch(this.url, { method, ...options, signal: AbortSignal.timeout(PATIENCE_MS) })
  }

  close() {
    clearInterval(this.asking)
    clearTimeout(this.timer)
    removeEventListener("pagehide", this.onhide)
    removeEventListener("online", this.onback)
    document.removeEventListener("visibilitychange", this.onback)
  }
}

/** A text's fingerprint that does not see white space, of which the server keeps less (FNV-1a, 2 × 32 bits). */
function seal(text) {
  let [one, other] = [0x811c9dc5, 0x01000193]
  for (const character of text.replace(/\s+/g, " ").trim()) {
    one = Math.imul(one ^ character.codePointAt(0), 0x01000193)
    other = Math.imul(other ^ character.codePointAt(0), 0x85ebca6b)
  }
  return `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`
}

export async function sentence(answer) {
  try {
    return (await answer.json()).detail ?? "The server did not say why."
  } catch {
    return `The server answered with ${answer.status}.`
  }
}
